"""The line of each subject, held against what the parser sees."""

import random
import time
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

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
from nhm_graph.rdf.lines import subject_lines
from nhm_graph.rdf.reading import Document, read_bytes, read_file

LIMIT = 50_000_000
NIL = "http://www.w3.org/1999/02/22-rdf-syntax-ns#nil"
P = "PREFIX : <x:>\n"


def document(text: str, fmt: DataFormat = TURTLE, base: str | None = None) -> Document:
    return read_bytes(text.encode(), fmt, "plan", LIMIT, base=base)


def subjects(read: Document) -> set[str]:
    """The IRIs that the parser sees as subjects."""
    return {quad.subject.value for quad in read.quads if isinstance(quad.subject, ox.NamedNode)}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", {}),
        ("# only\n# comments", {}),
        ("<x:a> <x:b> <x:c> .", {"x:a": 1}),
        ("<x:a><x:b><x:c>.<x:d><x:b><x:c>.", {"x:a": 1, "x:d": 1}),
        ("\n\n<x:a>\n<x:b>\n<x:c>\n.\n<x:d> <x:b> 1.", {"x:a": 3, "x:d": 7}),
        # the first place counts
        (P + ":a :b 1 .\n:c :b 1 .\n:a :b 2 .", {"x:a": 2, "x:c": 3}),
        (P + ":a :b :c .\n:c :b :a .", {"x:a": 2, "x:c": 3}),
        # ends of lines
        ("<x:a> <x:b> 1 .\r\n<x:c> <x:b> 1 .\r<x:d> <x:b> 1 .", {"x:a": 1, "x:c": 2, "x:d": 3}),
        # strings and comments with signs in them
        (P + ':a :b ". :x :y 1 ." .\n:c :b 1 .', {"x:a": 2, "x:c": 3}),
        (P + ":a :b \"\\\". :x :y\" , '\\'. :x' .\n:c :b 1 .", {"x:a": 2, "x:c": 3}),
        (P + ':a :b "\\\\" .\n:c :b "\\\\\\"" .\n:d :b 1 .', {"x:a": 2, "x:c": 3, "x:d": 4}),
        (P + ':a :b """ .\n:x :y "1" . ""\n""" .\n:c :b 1 .', {"x:a": 2, "x:c": 5}),
        (P + ":a :b ''' .\n:x 'y' \\''' . '''.\n:c :b 1 .", {"x:a": 2, "x:c": 4}),
        (
            P + ':a :b """a\\\\""" , """\\"""" , """""" , "" , \'\' .\n:c :b 1 .',
            {"x:a": 2, "x:c": 3},
        ),
        (P + ":a :b 1 # . :x :y 1 .\n.\n:c :b 1 .#", {"x:a": 2, "x:c": 4}),
        (P + ":a#\n:b#\n1#\n.:c :b 1 .", {"x:a": 2, "x:c": 5}),
        ("<x:a#b> <x:b> <x:c#.> .\n<x:d> <x:b> 1 .", {"x:a#b": 1, "x:d": 2}),
        # dots that end nothing
        (
            P
            + ":a.b :c 1.5 .\n:d :c :e.f.\n:g :c .5.\n:h :c 1.\n"
            + ":i :c 1.e3 , 1.5E-3 , -1.0 .\n:j :c 1 .",
            {"x:a.b": 2, "x:d": 3, "x:g": 4, "x:h": 5, "x:i": 6, "x:j": 7},
        ),
        (
            "PREFIX a.b: <x:>\na.b:c..d a.b:e _:f.g .\n_:h a.b:e 1.a.b:k a.b:e 1 .",
            {"x:c..d": 2, "x:k": 3},
        ),
        (
            P + ':a :b "x"@de.:c :b "x"@en-GB.\n:d :b "x"^^:e.\n:f :b true.',
            {"x:a": 2, "x:c": 2, "x:d": 3, "x:f": 4},
        ),
        # escapes in names and IRIs
        (
            P + ":a\\.b\\. :c :d\\;e .\n:f\\~g :c 1 .\n:%2E\\-x :c 1 .",
            {"x:a.b.": 2, "x:f~g": 3, "x:%2E-x": 4},
        ),
        ("<x:\\u0061\\U00000062> <x:p> 1 .", {"x:ab": 1}),
        (
            "PREFIX ä: <x:ö/>\nä:ü ä:p 1 .\nä: ä:p 1 .\nä:a:b ä:p 1 .",
            {"x:ö/ü": 2, "x:ö/": 3, "x:ö/a:b": 4},
        ),
        # directives
        ("@prefix a: <x:1> .\n@prefix\n a:\n <x:2>\n .\na:b a:c 1 .", {"x:2b": 6}),
        ("prefix a: <x:1>\na:b a:c 1 .\nPrEfIx a: <x:2> a:b a:c 1 .", {"x:1b": 2, "x:2b": 3}),
        (
            "PREFIX prefix: <x:>\nprefix:base prefix:graph prefix:p .\n"
            "PREFIX base: <y:>\nbase:a base:b 1 .",
            {"x:base": 2, "y:a": 4},
        ),
        (
            "BASE <http://b.org/c/d>\n<e> <p> 1 .\n@base <../f/> .\n<e> <p> 1 .\n"
            "<> <p> 1 .\n<#g> <p> 1 .",
            {
                "http://b.org/c/e": 2,
                "http://b.org/f/e": 4,
                "http://b.org/f/": 5,
                "http://b.org/f/#g": 6,
            },
        ),
        (
            "BASE <http://b.org/>\nPREFIX e: <n#>\ne:a e:b 1 .\n<http://c.org/./d> e:b 1 .\n"
            "<//c.org/d> e:b 1 .",
            {"http://b.org/n#a": 3, "http://c.org/./d": 4, "http://c.org/d": 5},
        ),
        # blank nodes, lists
        (
            P
            + "[] :b :c .\n[ :b :c ; :d [ :e :f ] ] .\n[ :b 1 ] :c 2 .\n"
            + ":a :b [ :c ( :d [ :e :f ] ) ] .",
            {"x:a": 5},
        ),
        (
            P + "( :a :b ) :c :d .\n(1 'x' ) :c :d .\n:e :c ( ) .\n( # none\n ) :c :d .",
            {"x:e": 4, NIL: 5},
        ),
        (P + "_:a :b :c .\n:d :b :e , :f ;\n :g :h ;; .\n:i a :j .", {"x:d": 3, "x:i": 5}),
        # RDF 1.2
        (P + "VERSION \"1.2\"\n@version '1.2' .\n:a :b :c .", {"x:a": 4}),
        (
            P
            + ':a :b :c ~ :r .\n:d :b :e ~\n:s {|\n :f :g ; :h ". :x" |} .\n:i :b 1 ~ _:j ~ , 2 .',
            {"x:a": 2, "x:r": 2, "x:d": 3, "x:s": 4, "x:i": 6},
        ),
        (
            P
            + ":a :b <<( :c :d <<( :e :f :g )>> )>> .\n<< :h :i :j >> :k :l .\n"
            + "<< :h :i :j ~ <x:r> >> .",
            {"x:a": 2, "x:r": 4},
        ),
        (P + ':a :b "x"@ar--rtl .\n:c :b "x"@en--ltr.', {"x:a": 2, "x:c": 3}),
    ],
)
def test_a_subject_in_turtle_has_its_first_line(text: str, expected: dict[str, int]) -> None:
    read = document(text)
    assert subjects(read) == set(expected), "the expectation itself is wrong"
    assert subject_lines(read) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (P + ":g {\n:a :b :c .\n:d :b :e }\n:f :b 1 .", {"x:a": 3, "x:d": 4, "x:f": 5}),
        (P + "GRAPH :g { :a :b :c }\ngraph <x:h>\n{:d :b :e.}", {"x:a": 2, "x:d": 4}),
        (
            P + "{ :a :b :c }\n{} :g {} _:g { :d :b 1 }\n[] { :e :b 1 }",
            {"x:a": 2, "x:d": 3, "x:e": 4},
        ),
        (P + ':g # {\n# {\n{ :a :b "}" }\n:g :b 1 .', {"x:a": 4, "x:g": 5}),
        (
            P + ":a :b :c {| :d :e |} .\n:g { :f :b :c {| :d :e |} }\n:h :b 1 .",
            {"x:a": 2, "x:f": 3, "x:h": 4},
        ),
        (P + ":g { [ :a :b ] . ( 1 ) :c :d . [] :e 1 }\n:h :b 1 .", {"x:h": 3}),
    ],
)
def test_a_graph_name_in_trig_is_no_subject(text: str, expected: dict[str, int]) -> None:
    read = document(text, TRIG)
    assert subjects(read) == set(expected), "the expectation itself is wrong"
    assert subject_lines(read) == expected


def test_n_triples_and_n_quads_have_lines() -> None:
    triples = (
        '<x:a> <x:b> "\\" . <x:x>" .\n# <x:y> <x:y> <x:y> .\n'
        '_:a <x:b> <x:c> .\n<x:d> <x:b> "x"@de .'
    )
    assert subject_lines(document(triples, N_TRIPLES)) == {"x:a": 1, "x:d": 4}
    quads = '<x:a> <x:b> "1" <x:g> .\n<x:g> <x:b> "1" _:g .\n'
    assert subject_lines(document(quads, N_QUADS)) == {"x:a": 1, "x:g": 2}


def test_a_base_given_from_outside_resolves_subjects() -> None:
    read = document("\n<> <p> 1 .\n<a> <p> 1 .", base="http://b.org/c")
    assert subject_lines(read) == {"http://b.org/c": 2, "http://b.org/a": 3}


@pytest.mark.parametrize("fmt", [JSON_LD, RDF_XML], ids=lambda each: each.name)
def test_other_formats_have_no_lines(fmt: DataFormat) -> None:
    assert subject_lines(Document("plan", fmt, "<x:a> <x:b> 1 .", [])) == {}


# --- against the parser: real files, made files, any text ---


def lines_of_first_triples(read: Document) -> dict[str, int]:
    """The line up to which the parser has read when it first hands out each subject."""
    lines = iter(read.text.splitlines(keepends=True))
    handed_out = 0

    class Source:
        def read(self, _size: int) -> bytes:
            nonlocal handed_out
            handed_out += 1
            return next(lines, "").encode()

    found: dict[str, int] = {}
    source = Source()
    for quad in ox.parse(input=source, format=read.format.oxigraph, base_iri=read.base):  # type: ignore[arg-type]
        if isinstance(quad.subject, ox.NamedNode):
            found.setdefault(quad.subject.value, handed_out)
    return found


def assert_agrees_with_the_parser(read: Document) -> None:
    found, latest = subject_lines(read), lines_of_first_triples(read)
    assert found.keys() == latest.keys()
    text = read.text.splitlines()
    for iri, line in found.items():
        assert line <= latest[iri]
        local = iri.replace("#", "/").rstrip("/").rpartition("/")[2]
        words = text[line - 1].replace("\\", "")
        assert local in words or "<>" in words or ": " in words + " ", (iri, line)


def data_files(root: Path, *folders: str) -> Iterator[Path]:
    suffixes = {suffix for each in DATA_FORMATS for suffix in each.suffixes}
    for folder in folders:
        files = (root / folder).rglob("*")
        yield from sorted(each for each in files if each.suffix in suffixes and each.is_file())


def test_each_subject_in_our_own_files_has_its_line(repo_root: Path) -> None:
    files = list(data_files(repo_root, "ontology", "shapes", "examples"))
    assert files
    for path in files:
        read = read_file(path, LIMIT)
        if subjects(read) and read.format not in (JSON_LD, RDF_XML):
            assert_agrees_with_the_parser(read)


@pytest.mark.real
def test_each_subject_in_foreign_files_has_its_line(shared: Path) -> None:
    checked = 0
    for path in data_files(shared, "vocab", "suites"):
        if path.suffix in (".jsonld", ".rdf"):
            continue
        read = read_file(path, LIMIT, base="https://base.example/a/b")
        if "\r" not in read.text.replace("\r\n", ""):
            assert_agrees_with_the_parser(read)
            checked += 1
    assert checked > 100


SPACES = ["\n", " ", "\t", "\n\n  ", " # . <x:no> <x:no> 1 .\n", "\r\n"]
OBJECTS = [
    ":o",
    ":o.p",
    "<x:o>",
    "1",
    "1.5",
    "-.5e3",
    "true",
    '"x"',
    '"."@de',
    "'\\''",
    '"""a\n. :no :no "b" .\n"""',
    "'''\n'''",
    '"1"^^:t',
    "[]",
    "[ :p :o ; :q 1.5 ]",
    "( )",
    "( :a 1.5 [ :p '.' ] )",
    "_:b",
    "_:b.c",
    "<<( :s :p 1 )>>",
]
SUBJECTS = [
    (":{n}", "x:{n}"),
    (":{n}.x", "x:{n}.x"),
    ("<x:{n}>", "x:{n}"),
    (":{n}\\.", "x:{n}."),
    ("<{n}>", "http://b/{n}"),
    ("[]", None),
    ("_:{n}", None),
    ("[ :p :o ]", None),
    ("( 1 2 )", None),
    ("<< :s :p :o >>", None),
]


@settings(max_examples=300, deadline=None)
@given(st.randoms(use_true_random=False), st.integers(1, 12), st.booleans())
def test_each_subject_in_a_made_text_has_the_line_where_it_was_put(
    choose: random.Random, statements: int, in_graph: bool
) -> None:
    def space() -> str:
        return choose.choice(SPACES)

    text = f"BASE <http://b/>{space()}@prefix : <x:>{space()}.{space()}"
    expected: dict[str, int] = {}
    if in_graph:
        text += f":graph{space()}{{{space()}"
    for _ in range(statements):
        written, iri = choose.choice(SUBJECTS)
        number = choose.randrange(6)
        if iri:
            expected.setdefault(iri.format(n=number), 1 + text.count("\n"))
        objects = f"{space()},{space()}".join(choose.choices(OBJECTS, k=choose.randint(1, 3)))
        text += f"{written.format(n=number)}{space()}:p{space()}{objects}{space()}.{space()}"
    read = document(text + "}" if in_graph else text, TRIG if in_graph else TURTLE)
    assert subject_lines(read) == expected


@given(st.text(alphabet="<>\"'\\.#:ab{}[]()~|@ \n1^;,-"))
def test_any_text_comes_to_an_end(text: str) -> None:
    subject_lines(Document("plan", TRIG, text, []))


@pytest.mark.parametrize(
    "piece",
    ['"\\', "'''\\'", '"""a" ', "#\n", "<a ", ":\\.", ":a.", "( ", "[", "~", '"a" ', "1.", "  \n"],
)
@pytest.mark.parametrize("start", ["", ":a :b ", ":a :b '''", ':a :b "', "PREFIX ", ":a :b :c ~ "])
def test_a_hostile_text_comes_to_an_end_quickly(start: str, piece: str) -> None:
    started = time.process_time()
    subject_lines(Document("plan", TRIG, start + piece * 100_000, []))
    assert time.process_time() - started < 2


def test_five_megabytes_of_turtle_take_a_second_at_most() -> None:
    statement = '\n# {0}\n:goal-{0} a :Goal ;\n  :label "Ziel Nr. {0}"@de , """Goal\nno. {0}""" .\n'
    text = P + "".join(statement.format(number) for number in range(60_000))
    assert len(text) > 5_000_000
    read = document(text)
    started = time.process_time()
    found = subject_lines(read)
    assert time.process_time() - started < 1
    assert found["x:goal-59999"] == 4 + 59_999 * 5
