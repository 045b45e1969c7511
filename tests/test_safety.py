"""What must not reach the parser is refused before, at once and with little memory."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from nhm_graph.errors import Refusal, UnreadableData
from nhm_graph.rdf.formats import JSON_LD, N_QUADS, RDF_XML, TURTLE, DataFormat
from nhm_graph.rdf.reading import read_bytes
from nhm_graph.rdf.safety import MAX_NESTING

LIMIT = 10_000_000
CONTEXT = "https://contexts.example/c.jsonld"
RDF_START = (
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="https://e.org/">'
)


def refused(text: str, fmt: DataFormat) -> UnreadableData:
    with pytest.raises(UnreadableData) as caught:
        read_bytes(text.encode(), fmt, "plan", LIMIT)
    assert caught.value.message("de") != caught.value.message("en")
    return caught.value


BOMB = (
    '<!DOCTYPE b [<!ENTITY a0 "aaaaaaaaaa">'
    + "".join(f'<!ENTITY a{i} "{f"&a{i - 1};" * 10}">' for i in range(1, 12))
    + "]>"
)
BOMB_BODY = '<rdf:Description rdf:about="x:a"><e:p>&a11;</e:p></rdf:Description></rdf:RDF>'


@pytest.mark.parametrize(
    "text",
    [
        BOMB + RDF_START + BOMB_BODY,
        RDF_START + BOMB + BOMB_BODY,
        "\n<?xml version='1.0'?>" + BOMB.replace("DOCTYPE", "doctype") + RDF_START + BOMB_BODY,
        '<!DOCTYPE rdf SYSTEM "file:///etc/hostname">' + RDF_START + "</rdf:RDF>",
        '<!doctype rdf SYSTEM "x">' + RDF_START + "</rdf:RDF>",
        RDF_START + "<!-- <!DOCTYPE x> --></rdf:RDF>",
        '<!ENTITY a "b">',
    ],
    ids=[
        "at-the-top",
        "in-the-middle",
        "lower-case",
        "external",
        "all-lower-case",
        "in-a-comment",
        "entity-alone",
    ],
)
def test_doctype_in_rdf_xml_is_refused(text: str) -> None:
    started = time.process_time()
    assert "document type declaration" in str(refused(text, RDF_XML))
    assert time.process_time() - started < 0.5


def in_another_process(code: str) -> subprocess.CompletedProcess[str]:
    """Runs code that may not take more than 2 GiB of memory or 20 s."""
    limited = "import resource; resource.setrlimit(resource.RLIMIT_AS, (2 << 30, 2 << 30))\n"
    return subprocess.run(
        [sys.executable, "-c", limited + code],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        capture_output=True,
        text=True,
        timeout=20,
    )


@pytest.mark.skipif(sys.platform != "linux", reason="RLIMIT_AS binds only on Linux")
def test_an_entity_bomb_costs_no_memory(tmp_path: Path) -> None:
    (tmp_path / "bomb.rdf").write_text(BOMB + RDF_START + BOMB_BODY)
    done = in_another_process(
        "from nhm_graph.errors import UnreadableData\n"
        "from nhm_graph.rdf.reading import read_file\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        f"try: read_file({str(tmp_path / 'bomb.rdf')!r}, 10_000)\n"
        "except UnreadableData as refusal: print('refused', refusal.extra['line'])\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 5_000)"
    )
    assert done.stdout.split() == ["refused", "1", "True"], done.stderr


def node(**more: object) -> dict[str, object]:
    return {"@id": "x:a", "x:p": "b", **more}


@pytest.mark.parametrize(
    "data",
    [
        node(**{"@context": CONTEXT}),
        node(**{"@context": [CONTEXT]}),
        node(**{"@context": [{"p": "x:p"}, None, CONTEXT]}),
        node(**{"@context": {"@version": 1.1, "@import": CONTEXT}}),
        node(**{"@context": {"p": {"@id": "x:p", "@context": CONTEXT}}}),
        node(**{"@context": {"p": {"@id": "x:p", "@context": [{"@import": CONTEXT}]}}}),
        node(**{"x:q": {"@context": CONTEXT, "@id": "x:b"}}),
        node(**{"x:q": [[{"@list": [{"@context": [CONTEXT]}]}]]}),
        [node(), node(**{"@context": CONTEXT})],
        {"@graph": [node(), node(**{"@included": [{"@context": CONTEXT}]})]},
        {"@reverse": {"x:p": {"@context": CONTEXT, "@id": "x:b"}}},
    ],
    ids=lambda each: json.dumps(each)[:60],
)
@pytest.mark.parametrize("address", [CONTEXT, "file:///etc/hostname", "context.jsonld", ""])
def test_a_json_ld_context_from_elsewhere_is_refused_by_its_address(
    data: object, address: str
) -> None:
    text = json.dumps(data, indent=1).replace(CONTEXT, address)
    refusal = refused(text, JSON_LD)
    assert f"“{address}” lies outside the data" in str(refusal)
    assert "Nothing is fetched" in str(refusal)
    if address:
        assert f'"{address}"' in text.splitlines()[int(str(refusal.extra["line"])) - 1]


@pytest.mark.parametrize(
    "text",
    [
        f'{{"@context": "{CONTEXT}", "@context": {{}}, "@id": "x:a"}}',
        f'{{"@context": {{}}, "@context": "{CONTEXT}", "@id": "x:a"}}',
        f'{{"\\u0040context": "{CONTEXT}", "@id": "x:a"}}',
    ],
    ids=["first-of-two", "second-of-two", "escaped-key"],
)
def test_a_hidden_json_ld_context_is_refused(text: str) -> None:
    assert CONTEXT in str(refused(text, JSON_LD))


def test_json_ld_with_a_context_of_its_own_is_read() -> None:
    context = [{"p": "https://e.org/p"}, None, {"q": {"@id": "https://e.org/q", "@context": {}}}]
    text = json.dumps({"@context": context, "@id": "x:a", "q": CONTEXT, "@graph": []})
    assert len(read_bytes(text.encode(), JSON_LD, "plan", LIMIT).quads) == 1
    number = '{"@id": "x:a", "x:n": %s}' % ("9" * 6_000)
    assert len(read_bytes(number.encode(), JSON_LD, "plan", LIMIT).quads) == 1


def test_many_large_json_ld_contexts_are_refused_at_once() -> None:
    """The parser takes half a minute for this one, quadratic in its size."""
    inner = {f"u{i}": f"x:{i}" for i in range(30)}
    outer = {f"t{i}": {"@id": f"x:{i}", "@context": inner} for i in range(3_000)}
    started = time.process_time()
    assert "too many" in str(refused(json.dumps({"@context": outer, "@id": "x:a"}), JSON_LD))
    assert time.process_time() - started < 3


def test_one_large_json_ld_context_is_read() -> None:
    context = {f"t{i}": f"https://e.org/{i}" for i in range(300)}
    nodes = [{"@id": f"x:{i}", "t1": {"@value": "a"}} for i in range(5_000)]
    text = json.dumps({"@context": context, "@graph": nodes})
    assert len(read_bytes(text.encode(), JSON_LD, "plan", LIMIT).quads) == 5_000


def nested(kind: str, depth: int) -> tuple[DataFormat, str]:
    """A text of the given depth of nesting."""
    if kind == "triple terms":
        return TURTLE, "<x:a> <x:b> " + "<<( <x:a> <x:b> " * depth + "1" + " )>>" * depth + " ."
    if kind == "triple terms in N-Quads":
        start, end = "<<( <x:a> <x:b> " * depth, " )>>" * depth
        return N_QUADS, f"<x:a> <x:b> {start}<x:c>{end} ."
    if kind == "JSON arrays":
        return JSON_LD, "[" * depth + "]" * depth
    if kind == "JSON objects":
        return JSON_LD, '{"@id": "x:a", "x:p": ' * depth + "1" + "}" * depth
    start, end = "<rdf:Description><e:p>", "</e:p></rdf:Description>"
    return RDF_XML, RDF_START + start * (depth // 2) + end * (depth // 2) + "</rdf:RDF>"


KINDS = ["triple terms", "triple terms in N-Quads", "JSON arrays", "JSON objects", "XML"]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("depth", [MAX_NESTING + 2, 20_000, 200_000])
def test_nesting_that_would_end_the_process_is_refused(kind: str, depth: int) -> None:
    fmt, text = nested(kind, depth)
    started = time.process_time()
    assert f"deeper than {MAX_NESTING} levels" in str(refused(text, fmt))
    assert time.process_time() - started < 3


@pytest.mark.parametrize("kind", KINDS)
def test_nesting_up_to_the_bound_is_read_even_with_a_small_stack(kind: str) -> None:
    fmt, text = nested(kind, MAX_NESTING - 2)
    done = in_another_process(
        "import threading\n"
        "from nhm_graph.rdf.formats import data_format_named\n"
        "from nhm_graph.rdf.reading import read_bytes\n"
        f"data, fmt = {text.encode()!r}, data_format_named({fmt.name!r})\n"
        "threading.stack_size(512 * 1024)\n"
        "work = lambda: print(type(read_bytes(data, fmt, 'plan', 100_000)).__name__)\n"
        "thread = threading.Thread(target=work)\n"
        "thread.start(); thread.join()"
    )
    assert (done.stdout.strip(), done.returncode) == ("Document", 0), done.stderr


@pytest.mark.parametrize(
    "words", ["[" * 500, '[\\"{' * 500, "\\\\", '\\\\\\"[' + "[" * 500, "]" * 500 + "[" * 400]
)
def test_brackets_in_json_strings_are_no_nesting(words: str) -> None:
    text = f'{{"@id": "x:a", "x:p": ["{words}", "[", ""], "x:q": "{words}"}}'
    assert len(read_bytes(text.encode(), JSON_LD, "plan", LIMIT).quads) == 4


@pytest.mark.parametrize("piece", ['"\\', '"', "\\", '["', '{"a":"\\', '"a",'])
def test_hostile_json_is_refused_quickly(piece: str) -> None:
    started = time.process_time()
    refused("[" + piece * 200_000, JSON_LD)
    assert time.process_time() - started < 3


def test_many_triple_terms_beside_each_other_or_in_strings_are_read() -> None:
    flat = "<x:a> <x:b> <<( <x:a> <x:b> 1 )>> .\n" * 500
    words = '<x:a> <x:b> "<<( <<( <<(", \'<<(\', """ "<<( """ . # <<(\n' * 200
    assert read_bytes((flat + words).encode(), TURTLE, "plan", LIMIT).quads


@pytest.mark.parametrize("sign", ['"\\', "'''\\'", '"', '"""a', "#\n", "<<(\n", "<a ", "\\."])
def test_a_hostile_text_is_refused_quickly(sign: str) -> None:
    text = "<<(" * 50 + ")>>" * 50 + "<<(" * 60 + sign * 100_000
    started = time.process_time()
    with pytest.raises(Refusal):
        read_bytes(text.encode(), TURTLE, "plan", LIMIT)
    assert time.process_time() - started < 3
