"""What is read from files and bytes, and how an error in them is told."""

import os
import time
from pathlib import Path

import pyoxigraph as ox
import pytest

from nhm_graph.errors import TooLarge, UnreadableData, UnsupportedFormat
from nhm_graph.rdf.formats import (
    DATA_FORMATS,
    JSON_LD,
    N_QUADS,
    N_TRIPLES,
    RDF_XML,
    TRIG,
    TURTLE,
    DataFormat,
)
from nhm_graph.rdf.reading import read_bytes, read_file

LIMIT = 10_000_000
TRIPLE = (
    ox.NamedNode("https://e.org/s"),
    ox.NamedNode("https://e.org/p"),
    ox.Literal("ä", language="de"),
)
RDF_START = (
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="https://e.org/">'
)
ONE_TRIPLE = {
    "turtle": 'PREFIX e: <https://e.org/>\ne:s e:p "ä"@de .',
    "trig": '<https://e.org/g> { <https://e.org/s> <https://e.org/p> "ä"@de }',
    "n-triples": '<https://e.org/s> <https://e.org/p> "ä"@de .',
    "n-quads": '<https://e.org/s> <https://e.org/p> "ä"@de <https://e.org/g> .',
    "json-ld": '{"@id": "https://e.org/s", "https://e.org/p": {"@value": "ä", "@language": "de"}}',
    "rdf/xml": f'{RDF_START}<rdf:Description rdf:about="https://e.org/s">'
    '<e:p xml:lang="de">ä</e:p></rdf:Description></rdf:RDF>',
}


def refused(text: str | bytes, fmt: DataFormat = TURTLE) -> UnreadableData:
    data = text.encode() if isinstance(text, str) else text
    with pytest.raises(UnreadableData) as caught:
        read_bytes(data, fmt, "plan", LIMIT)
    assert caught.value.extra["name"] == "plan"
    assert caught.value.message("de") != caught.value.message("en")
    return caught.value


@pytest.mark.parametrize("fmt", DATA_FORMATS, ids=lambda each: each.name)
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["plain", "byte-order-mark"])
def test_each_format_is_read_with_and_without_byte_order_mark(
    fmt: DataFormat, mark: bytes, tmp_path: Path
) -> None:
    path = tmp_path / f"plan{fmt.suffix}"
    path.write_bytes(mark + ONE_TRIPLE[fmt.name].encode())
    document = read_file(path, LIMIT)
    assert [tuple(quad)[:3] for quad in document.quads] == [TRIPLE]
    in_graph = document.quads[0].graph_name == ox.NamedNode("https://e.org/g")
    assert in_graph == (fmt.name in ("trig", "n-quads"))
    assert document.format is fmt
    assert document.name == str(path)
    assert document.text == ONE_TRIPLE[fmt.name]


@pytest.mark.parametrize("fmt", [TURTLE, TRIG, N_TRIPLES, N_QUADS], ids=lambda each: each.name)
def test_an_empty_file_says_nothing(fmt: DataFormat) -> None:
    assert read_bytes(b"", fmt, "empty", LIMIT).quads == []


def test_blank_nodes_of_two_documents_never_meet() -> None:
    first, second = (read_bytes(b'_:a <x:p> "1" .', TURTLE, name, LIMIT) for name in ("1", "2"))
    assert first.quads[0].subject != second.quads[0].subject


def test_a_relative_iri_is_refused_unless_a_base_is_given() -> None:
    assert refused("\n<goal> <x:p> 1 .").extra["line"] == 2
    document = read_bytes(b"<goal> <x:p> 1 .", TURTLE, "plan", LIMIT, base="https://e.org/a/b")
    assert document.quads[0].subject == ox.NamedNode("https://e.org/a/goal")


# --- files ---


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableData, match="no such file") as caught:
        read_file(tmp_path / "absent.ttl", LIMIT)
    assert "absent.ttl" in caught.value.message("de")


def test_a_folder_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "plan.ttl"
    folder.mkdir()
    with pytest.raises(UnreadableData, match="a folder"):
        read_file(folder, LIMIT)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_a_pipe_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "plan.ttl")
    with pytest.raises(UnreadableData, match="not a regular file"):
        read_file(tmp_path / "plan.ttl", LIMIT)


def test_a_file_that_may_not_be_read_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def denied(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    (tmp_path / "plan.ttl").write_text("")
    monkeypatch.setattr(Path, "open", denied)
    with pytest.raises(UnreadableData, match="Permission denied"):
        read_file(tmp_path / "plan.ttl", LIMIT)


@pytest.mark.parametrize("name", ["", "  "])
def test_an_empty_name_is_refused(name: str) -> None:
    with pytest.raises(UnreadableData, match="name of the data is empty"):
        read_file(name, LIMIT)
    with pytest.raises(UnreadableData, match="name of the data is empty"):
        read_bytes(b"", TURTLE, name, LIMIT)


@pytest.mark.parametrize("name", ["a\0b.ttl", "x" * 5_000 + ".ttl"])
def test_a_name_no_file_can_have_is_refused(name: str) -> None:
    with pytest.raises(UnreadableData) as caught:
        read_file(name, LIMIT)
    assert len(str(caught.value)) < 1_000


def test_a_wrong_suffix_is_refused_with_the_right_ones(tmp_path: Path) -> None:
    (tmp_path / "plan.txt").write_text("<x:a> <x:b> <x:c> .")
    with pytest.raises(UnsupportedFormat, match=r"\.ttl, .*\.jsonld"):
        read_file(tmp_path / "plan.txt", LIMIT)


def test_a_message_calls_the_file_as_it_is_told(tmp_path: Path) -> None:
    (tmp_path / "plan.ttl").write_text("?")
    with pytest.raises(UnreadableData) as caught:
        read_file(tmp_path / "plan.ttl", LIMIT, name="examples/plan.ttl")
    assert str(caught.value).startswith("examples/plan.ttl, line 1")
    assert str(tmp_path) not in str(caught.value)


def test_the_limit_is_in_bytes_and_may_be_reached(tmp_path: Path) -> None:
    path = tmp_path / "plan.ttl"
    path.write_bytes("# äöü".encode())
    assert read_file(path, 8).quads == []
    with pytest.raises(TooLarge) as caught:
        read_file(path, 7)
    assert caught.value.extra == {"name": str(path), "limit": 7, "unit": "byte"}
    with pytest.raises(TooLarge):
        read_bytes(b"12345678", TURTLE, "plan", 7)


# --- encodings ---


@pytest.mark.parametrize("fmt", DATA_FORMATS, ids=lambda each: each.name)
@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_utf_16_is_refused_with_the_remedy(fmt: DataFormat, encoding: str) -> None:
    refusal = refused(ONE_TRIPLE[fmt.name].encode(encoding), fmt)
    assert "UTF-16" in str(refusal)
    assert "Save the file as UTF-8" in str(refusal)


def test_a_nul_byte_is_refused_with_its_line() -> None:
    assert refused(b'<x:a> <x:b> "a",\n "b\0" .').extra["line"] == 2


@pytest.mark.parametrize("fmt", DATA_FORMATS, ids=lambda each: each.name)
def test_latin_1_is_refused(fmt: DataFormat) -> None:
    assert "not stored as UTF-8 (byte 0xE4)" in str(
        refused(ONE_TRIPLE[fmt.name].encode("latin-1"), fmt)
    )


def test_the_place_of_a_byte_that_is_not_utf_8_is_named_in_characters() -> None:
    refusal = refused('# ä\n# "ö'.encode() + b"\xfc")
    assert (refusal.extra["line"], refusal.extra["column"]) == (2, 5)


# --- errors in the syntax ---


@pytest.mark.parametrize(
    ("fmt", "text", "line", "column", "says"),
    [
        (TURTLE, "PREFIX e: <x:>\ne:a e:b e:c\ne:d e:e e:f .", 3, 1, "not end with a dot"),
        (TURTLE, '<x:a> <x:b>\n "äöü😀" foo .', 2, 9, "“foo”"),
        (TURTLE, "<x:a>\n  nhm:p 1 .", 2, 3, "PREFIX nhm: <…>"),
        (TURTLE, "<x:a> <x:b> .", 1, 13, "where an object is expected"),
        (TURTLE, '<x:a> "b" 1 .', 1, 7, "where a property is expected"),
        (TURTLE, "<x:a> <x:b> 1 . }", 1, 17, "where a new statement is expected"),
        (TURTLE, "<x:a> <x:b> [ <x:c> 1 .", 1, 23, "closing bracket “]”"),
        (TURTLE, '<x:a> <x:b> "a\nb" .', 1, 15, "end of the line"),
        (TURTLE, '<x:a> <x:b>\n """a\n\n', 2, 2, "end in the middle"),
        (TURTLE, "<x:a> <x:b> <x:c d> .", 1, 13, "not a complete, valid IRI"),
        (TURTLE, "<x:a> <x:b> „x“ .", 1, 13, "straight quotation marks"),
        (TURTLE, '<x:a> <x:b> "a\\q" .', 1, 15, "means nothing"),
        (TURTLE, "<x:g> { <x:a> <x:b> 1 }", 1, 7, "TriG"),
        (TURTLE, '<x:a> <x:b> "x"^^y .\r\n', 1, 18, "plan, line 1"),
        (TURTLE, "\r\r<x:a> <x:b> .", 3, 13, "The line reads: “<x:a> <x:b> .”"),
        (TRIG, "<x:g> {\n<x:a> <x:b> 1", 2, 14, "end in the middle"),
        (N_TRIPLES, "<x:a> <x:b> <x:c> .\n<x:a> <x:b> <x:c> <x:d> .", 2, 19, "end with a dot"),
        (N_QUADS, "<x:a> <x:b> <x:c> <x:d>", 1, 24, "end with a dot"),
        (JSON_LD, '{"@id": "x:a",\n "x:b": [1,]}', 2, None, "not valid JSON"),
        (JSON_LD, "", 1, 1, "not valid JSON"),
        (JSON_LD, '{"@id": 5}', None, None, "@id value must be a string"),
        (RDF_XML, RDF_START + "\n<e:a>\n</e:b></rdf:RDF>", 3, 3, "not well-formed"),
        (RDF_XML, RDF_START + "\n<x:a/></rdf:RDF>", 2, 1, "not well-formed"),
        (RDF_XML, RDF_START + "&uuml;</rdf:RDF>", 1, 91, "Write the character itself"),
        (RDF_XML, RDF_START + '\n<e:a rdf:about="b"/>\n</rdf:RDF>', 2, None, "valid IRI"),
        (RDF_XML, '<?xml version="1.0" encoding="latin-1"?>\n<a/>', 1, None, "Save as UTF-8"),
        (RDF_XML, '{"@id": "x:a"}', 1, 1, "not well-formed"),
        (RDF_XML, "", 1, 1, "end in the middle"),
    ],
)
def test_an_error_is_told_with_its_place_and_a_remedy(
    fmt: DataFormat, text: str, line: int | None, column: int | None, says: str
) -> None:
    refusal = refused(text, fmt)
    assert refusal.extra.get("line") == line
    if column is not None:
        assert refusal.extra.get("column") == column
    assert says in str(refusal)


@pytest.mark.parametrize("fmt", [TURTLE, TRIG, N_TRIPLES, N_QUADS, RDF_XML, JSON_LD], ids=str)
def test_a_file_that_was_cut_off_is_never_taken_for_a_complete_one(fmt: DataFormat) -> None:
    whole = ONE_TRIPLE[fmt.name]
    for length in range(whole.index("ä"), len(whole) - 1):
        refused(whole[:length], fmt)


def test_a_long_line_is_shown_around_the_error_only() -> None:
    refusal = refused("<x:a> <x:b> " + '"aaaa" , ' * 100_000 + "nhm:x , " + '"b" , ' * 1_000)
    assert "nhm:x" in str(refusal.extra["text"])
    assert len(str(refusal)) < 400


def test_five_megabytes_of_turtle_are_read_in_two_seconds() -> None:
    statement = 'e:goal-%d a e:Goal ; e:label "Ziel Nr. %d"@de ; e:step [ e:number %d ] .\n'
    text = "PREFIX e: <https://e.org/>\n" + "".join(statement % (i, i, i) for i in range(65_000))
    assert len(text) > 5_000_000
    started = time.process_time()
    assert len(read_bytes(text.encode(), TURTLE, "plan", LIMIT).quads) == 4 * 65_000
    assert time.process_time() - started < 2
