"""The hard points of compiling SHACL to SPARQL, each by itself, and the contract of it."""

import re
from pathlib import Path

import pyoxigraph as ox
import pytest

from compiled_shapes import compiled_results, counted, pyshacl_results, store_of, turtle
from nhm_graph.checks.compiled.compiling import compile_shapes
from nhm_graph.checks.compiled.contract import CONTRACT
from nhm_graph.checks.compiled.paths import path_text, path_triples, read_path
from nhm_graph.checks.compiled.report import ordered, report_turtle, results_of
from nhm_graph.checks.compiled.run import Result, asking, run_checks
from nhm_graph.checks.compiled.triples import Triples

PREFIXES = """
PREFIX : <http://e/> PREFIX sh: <http://www.w3.org/ns/shacl#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>
"""
DECLARED = ':o sh:declare [ sh:prefix "" ; sh:namespace "http://e/"^^xsd:anyURI ] .'


def check(shapes: str, data: str) -> list[Result]:
    return compiled_results(turtle(PREFIXES + shapes), store_of(turtle(PREFIXES + data)))


def both(shapes: str, data: str) -> tuple[object, object]:
    quads, store = turtle(PREFIXES + shapes), store_of(turtle(PREFIXES + data))
    return counted(compiled_results(quads, store)), counted(pyshacl_results(quads, store))


def values(results: list[Result]) -> list[str]:
    return sorted(str(result.value) for result in results)


def handed(shapes: str) -> list[tuple[str, str]]:
    found = compile_shapes(turtle(PREFIXES + shapes)).handed
    return [(each.construct, each.reason) for each in found]


def sparql(select: str, target: str = "sh:targetClass :C", path: str = "") -> str:
    constraint = f'[ sh:prefixes :o ; sh:select """{select}""" ]'
    return f"{DECLARED} :S {target} ; {path} sh:sparql {constraint} ."


# ----- values and terms -----


def test_terms_are_compared_and_not_values() -> None:
    shape = ":S sh:targetClass :C ; sh:property [ sh:path :p ; sh:in ( 1 2 ) ] ."
    assert values(check(shape, ":a a :C ; :p 1, 1.5 , '2' .")) == [
        '"1.5"^^<http://www.w3.org/2001/XMLSchema#decimal>',
        '"2"',
    ]


def test_a_value_that_cannot_be_compared_is_a_violation() -> None:
    shape = ":S sh:targetClass :C ; sh:property [ sh:path :p ; sh:maxInclusive 5 ] ."
    assert len(check(shape, ":a a :C ; :p 3, 'word', '2020-01-01'^^xsd:date, :b, _:x .")) == 4


@pytest.mark.parametrize("path", [":p", "[ sh:zeroOrOnePath :p ]"])
def test_counting_many_values_counts_different_terms(path: str) -> None:
    shape = f":S sh:targetClass :C ; sh:property [ sh:path {path} ; sh:minCount 4 ] ."
    few = ":a a :C ; :p :b, :c ."
    assert len(check(shape, few)) == 1
    assert check(shape, f"{few} :a :p :d, :e .") == []


@pytest.mark.parametrize(
    "text",
    [
        "2020-02-30",
        "2021-02-29",
        "2020-13-01",
        "2020-1-1",
        "20200101",
        "word",
        "",
        "2020-01-01T00:00:00",
    ],
)
def test_an_ill_typed_date_does_not_have_the_datatype(text: str) -> None:
    shape = ":S sh:targetClass :C ; sh:property [ sh:path :p ; sh:datatype xsd:date ] ."
    assert len(check(shape, f":a a :C ; :p '{text}'^^xsd:date .")) == 1


@pytest.mark.parametrize("text", ["2020-02-29", "2000-02-29", "1900-02-28", "2020-01-01+01:00"])
def test_a_well_typed_date_has_the_datatype(text: str) -> None:
    shape = ":S sh:targetClass :C ; sh:property [ sh:path :p ; sh:datatype xsd:date ] ."
    assert check(shape, f":a a :C ; :p '{text}'^^xsd:date .") == []


# ----- targets, places, paths -----


def test_an_instance_of_a_subclass_is_a_target_where_the_data_says_so() -> None:
    shape = ":S sh:targetClass :C ; sh:property [ sh:path :p ; sh:minCount 1 ] ."
    assert check(shape, ":a a :D .") == []
    assert len(check(shape, ":a a :D . :D rdfs:subClassOf :M . :M rdfs:subClassOf :C .")) == 1


@pytest.mark.parametrize("node", [":nowhere", "'text'", "7"])
def test_an_empty_path_leads_from_a_target_outside_the_data_to_itself(node: str) -> None:
    path = "[ sh:zeroOrMorePath :p ]"
    shape = f":S sh:targetNode {node} ; sh:property [ sh:path {path} ; sh:nodeKind sh:BlankNode ] ."
    assert len(check(shape, ":a :p :b .")) == 1
    shape = f":S sh:targetNode {node} ; sh:not [ sh:path {path} ; sh:minCount 1 ] ."
    assert len(check(shape, ":a :p :b .")) == 1


def test_a_property_shape_below_another_reports_on_the_node_that_it_is_about() -> None:
    inner = "[ sh:path :q ; sh:minCount 1 ; sh:severity sh:Warning ]"
    shape = f":S sh:targetClass :C ; sh:property [ sh:path :p ; sh:property {inner} ] ."
    (result,) = check(shape, ":a a :C ; :p :b .")
    assert (str(result.focus), result.severity.value) == (
        "<http://e/b>",
        "http://www.w3.org/ns/shacl#Warning",
    )


def test_only_the_focus_nodes_asked_for_are_checked_blank_ones_too() -> None:
    shape = ":S sh:targetClass :C ; sh:property [ sh:path :p ; sh:minCount 1 ] ."
    compiled = compile_shapes(turtle(PREFIXES + shape))
    store = store_of(turtle(PREFIXES + ":a a :C . :b a :C . _:x a :C . :d :p :e ."))
    blank = next(quad.subject for quad in store if isinstance(quad.subject, ox.BlankNode))
    for focus in (ox.NamedNode("http://e/a"), blank):
        assert [each.focus for each in run_checks(compiled, asking(store), [focus])] == [focus]
    assert list(run_checks(compiled, asking(store), [ox.NamedNode("http://e/d")])) == []
    assert list(run_checks(compiled, asking(store), [])) == []


def test_the_text_of_a_check_is_a_query_by_itself() -> None:
    shape = ":S sh:targetClass :C ; sh:property [ sh:path :p ; sh:class :D ] ."
    (found,) = compile_shapes(turtle(PREFIXES + shape)).checks
    store = store_of(turtle(PREFIXES + ":a a :B ; :p :x . :B rdfs:subClassOf :C ."))
    assert [solution["value"].value for solution in store.query(found.select)] == ["http://e/x"]


def test_a_deactivated_shape_is_satisfied_wherever_it_stands() -> None:
    shape = ":S sh:targetClass :C ; sh:not [ sh:deactivated true ; sh:nodeKind sh:Literal ] ."
    assert len(check(shape, ":a a :C .")) == 1
    assert compile_shapes(turtle(PREFIXES + shape), off=["http://e/S"]).checks == ()


# ----- SPARQL -----

NESTED = {
    "a filter in a nested group": "SELECT $this { { FILTER ($this = :a) } }",
    "a filter in a branch": "SELECT $this { { FILTER ($this = :a) } UNION { $this :none ?x } }",
    "an assignment in OPTIONAL": """SELECT $this {
        OPTIONAL { BIND (STR($this) AS ?t) } FILTER (?t = 'http://e/a') }""",
    "EXISTS in a nested group": "SELECT $this { { FILTER EXISTS { $this :p :x } } }",
    "a condition of OPTIONAL": """SELECT $this {
        OPTIONAL { ?s :p ?v FILTER ($this = :a && ?s = $this) } FILTER BOUND(?v) }""",
    "a group in EXISTS": "SELECT $this { FILTER EXISTS { { FILTER ($this = :a) } } }",
    "a number for each node": "SELECT $this { $this :p ?v } GROUP BY $this HAVING (COUNT(?v) > 1)",
    "no $this in the projection": """SELECT ?value {
        $this :p ?value . $this :p ?w FILTER (?w != ?value) }""",
}


@pytest.mark.parametrize("select", NESTED.values(), ids=NESTED)
def test_what_is_pre_bound_is_a_constant_in_every_group(select: str) -> None:
    shape = sparql(select)
    assert handed(shape) == []
    found = check(shape, ":a a :C ; :p :x, :y . :b a :C ; :p :z .")
    assert {str(each.focus) for each in found} == {"<http://e/a>"}


REFUSED = (
    "SELECT $this { $this :p ?v MINUS { $this :p :x } }",
    "SELECT $this { { SELECT $this { $this :p ?v } } }",
    "SELECT (COUNT(*) AS ?n) $this { $this :p ?v }",
    "SELECT * { $this :p ?v }",
    "SELECT $this { GRAPH $shapesGraph { $this :p ?v } }",
    "SELECT $this { $this :p ?v } LIMIT 1",
    "SELECT $this { $this :p }",
    "SELECT $this ?failure { $this :p ?failure }",
    "SELECT $this { $this :p ?v SERVICE:s { ?v :p ?w } }",
    "SELECT $this { { FILTER:f($this) } }",
    "SELECT $this { $this :p ?c_0 }",
)


@pytest.mark.parametrize("select", REFUSED)
def test_a_query_that_cannot_be_joined_is_handed_over(select: str) -> None:
    ((construct, _reason),) = handed(sparql(select))
    assert construct == "sh:sparql"


def test_a_result_of_sparql_has_the_messages_of_its_constraint_filled_in() -> None:
    constraint = """[ sh:prefixes :o ;
        sh:select "SELECT $this ?value ?n { $this :p ?value ; :n ?n }" ;
        sh:message "{?n} statt {$value}"@de , "{?n} not {?value}, {?unknown}"@en ]"""
    shape = f"{DECLARED} :S sh:targetClass :C ; sh:message 'other' ; sh:sparql {constraint} ."
    (result,) = check(shape, ":a a :C ; :p 'x' ; :n 2 .")
    assert sorted(map(str, result.messages)) == ['"2 not x, {?unknown}"@en', '"2 statt x"@de']


def test_the_path_of_a_result_may_come_from_the_query() -> None:
    found = check(sparql("SELECT $this ?path ?value { $this ?path ?value }"), ":a a :C .")
    assert [path_text(result.path) for result in found if result.path] == [
        "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
    ]


def test_text_of_others_is_never_taken_for_a_mark_of_the_compiler() -> None:
    mark = "«target ?this»"
    shape = f':S sh:targetClass :C ; sh:property [ sh:path :p ; sh:in ( "{mark}" ) ] .'
    assert values(check(shape, f':a a :C ; :p "{mark}", "other" .')) == ['"other"']
    found = check(sparql(f"SELECT $this {{ $this :p '{mark}' }}"), f':a a :C ; :p "{mark}" .')
    assert len(found) == 1


@pytest.mark.parametrize("prefix", ["x: <http://e/> SELECT", "1", "a b"])
def test_a_prefix_cannot_bring_in_other_text(prefix: str) -> None:
    declared = DECLARED.replace('""', f'"{prefix}"')
    constraint = '[ sh:prefixes :o ; sh:select "SELECT $this { $this ?p ?o }" ]'
    assert handed(f"{declared} :S sh:targetClass :C ; sh:sparql {constraint} .") == [
        ("sh:sparql", "not well-formed")
    ]


# ----- what is handed over -----

HANDED = {
    ":S sh:targetClass :C ; sh:property :P . :P sh:path :p ; sh:node :S .": "the shape refers",
    ":S sh:targetClass :C ; sh:not :T . :T sh:or ( :T ) .": "the shape refers to itself",
    ":S sh:targetClass :C ; sh:property [ sh:path :p, :q ; sh:minCount 1 ] .": "not well-formed",
    ":S sh:targetClass :C ; sh:minCount 1 .": "not well-formed",
    ":S sh:targetClass :C ; sh:pattern '^(?=x)' .": "engines differ",
    ":S sh:targetClass :C ; sh:pattern '(' .": "does not understand",
    ":S sh:targetClass :C ; sh:datatype xsd:base64Binary .": "lexical forms",
    ":S sh:targetClass :C ; sh:in ( [] ) .": "blank node",
}


@pytest.mark.parametrize("shape", HANDED)
def test_what_cannot_be_compiled_is_named_and_none_of_it_is_checked_twice(shape: str) -> None:
    compiled = compile_shapes(turtle(PREFIXES + shape))
    assert compiled.checks == ()
    (found,) = compiled.handed
    assert found.root == ox.NamedNode("http://e/S")
    assert HANDED[shape] in found.reason


def test_a_pattern_that_engines_read_differently_is_not_for_all_of_them() -> None:
    quads = turtle(PREFIXES + r":S sh:targetClass :C ; sh:pattern '^\\d$' .")
    assert compile_shapes(quads).handed == ()
    assert len(compile_shapes(quads, dialect="standard").handed) == 1


def test_what_is_handed_over_is_checked_by_pyshacl_and_only_that() -> None:
    shapes = """:S sh:targetClass :C ; sh:pattern '^http://e/(?!a)' .
        :T sh:targetClass :C ; sh:property [ sh:path :p ; sh:minCount 1 ] ."""
    ours, theirs = both(shapes, ":a a :C . :b a :C .")
    assert ours == theirs
    assert ours.total() == 3  # type: ignore[attr-defined]


# ----- where the specification decides against pySHACL (docs/validation-engine.md) -----

DECIDED = (
    (
        ":S sh:targetClass :C ; sh:property [ sh:path :p ; sh:minInclusive '2020'^^xsd:gYear ] .",
        ":a a :C ; :p 1 .",
        1,
    ),
    (
        ":S sh:targetClass :C ; sh:property [ sh:path :p ; sh:minLength 0 ] .",
        ":a a :C ; :p _:x .",
        1,
    ),
    (
        ":S sh:targetClass :C ; sh:property [ sh:path :p ; sh:uniqueLang '1'^^xsd:boolean ] .",
        ":a a :C ; :p 'a'@en, 'b'@en .",
        0,
    ),
    (sparql("SELECT $this { BIND ($this AS ?that) FILTER (?that = :a) }"), ":a a :C .", 1),
    (
        ":S sh:targetClass :C ; sh:property [ sh:path :p ; sh:datatype xsd:date ] .",
        ":a a :C ; :p '12020-01-01'^^xsd:date .",
        0,
    ),
    (
        ":S sh:targetClass :C ; sh:property [ sh:path :p ; sh:pattern '^a$' ] .",
        r":a a :C ; :p 'a\n' .",
        1,
    ),
)


@pytest.mark.parametrize(("shape", "data", "count"), DECIDED)
def test_where_the_specification_decides_it_is_followed(shape: str, data: str, count: int) -> None:
    assert len(check(shape, data)) == count


@pytest.mark.parametrize(("shape", "data", "count"), DECIDED)
def test_pyshacl_still_differs_where_the_page_says_so(shape: str, data: str, count: int) -> None:
    ours, theirs = both(shape, data)
    assert ours != theirs


# ----- reports and paths -----


def test_a_report_says_the_results_again_in_the_same_bytes() -> None:
    shape = """:S sh:targetClass :C ; sh:message "hin"@de, "there"@en ; sh:property
        [ sh:path ( [ sh:inversePath :p ] [ sh:alternativePath ( :q [ sh:zeroOrMorePath :r ] ) ] ) ;
          sh:nodeKind sh:Literal ; sh:message "no text" ] ; sh:nodeKind sh:Literal ."""
    results = check(shape, ":a a :C . :b :p :a ; :q :c .")
    text = report_turtle(results)
    again = results_of(ox.parse(text, format=ox.RdfFormat.TURTLE))
    assert counted(again) == counted(results)
    assert report_turtle(reversed(results)) == text
    assert len(ordered(results)) == 3


@pytest.mark.parametrize(
    "path",
    [
        ":p",
        "( :p [ sh:inversePath :q ] )",
        "[ sh:oneOrMorePath [ sh:alternativePath ( :p :q ) ] ]",
        "[ sh:zeroOrOnePath ( :p :q ) ]",
    ],
)
def test_a_path_survives_rdf(path: str) -> None:
    triples = Triples(turtle(f"{PREFIXES} :S sh:path {path} ."))
    node = triples.one(ox.NamedNode("http://e/S"), ox.NamedNode("http://www.w3.org/ns/shacl#path"))
    assert node is not None
    read = read_path(triples, node)
    head, below = path_triples(read)
    assert read_path(Triples(ox.Quad(*triple) for triple in below), head) == read


# ----- the contract -----


def test_the_page_shows_the_contract() -> None:
    page = (Path(__file__).resolve().parents[1] / "docs/validation-engine.md").read_text("utf-8")
    for promise in CONTRACT:
        names = ", ".join(f"`{name}`" for name in promise.constructs)
        assert f"| {names} | {promise.how} | {promise.handed} |" in page


def test_the_contract_names_every_construct_that_the_rules_use() -> None:
    shapes = Path(__file__).resolve().parents[1] / "shapes"
    text = "\n".join(path.read_text("utf-8") for path in shapes.glob("*.ttl"))
    text = re.sub(r'"[^"]*"', "", re.sub(r'"""(?s:.*?)"""', "", text))
    used = set(re.findall(r"\bsh:([a-z]\w*)", text))
    beside = {"select", "prefix", "namespace"}  # parts of sh:sparql and sh:declare
    paths = {name for name in used if name.endswith("Path")}
    assert used - beside - paths <= {name for each in CONTRACT for name in each.constructs}
