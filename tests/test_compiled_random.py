"""Random shapes on random data: compiled to SPARQL they find what pySHACL finds.

Small graphs of a dozen triples and shapes of two levels, in a vocabulary chosen to collide: terms
that are equal in value but not the same, ill-typed literals, languages, subclasses, blank nodes,
empty paths. A few examples in `make test`, some thousand in `make test-all`.
"""

import logging
import re
import warnings

import pytest
from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st
from pyshacl.errors import ReportableRuntimeError

from compiled_shapes import compiled_results, found, pyshacl_results, store_of, turtle

PREFIXES = """
PREFIX : <http://e/> PREFIX sh: <http://www.w3.org/ns/shacl#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>
"""
LITERALS = (
    *("1", "2", "1.0", "1.5e0", "true", '"1"', '"x"', '"ab"', '""', '"x"@en', '"y"@en', '"x"@de'),
    *('"x"@en-GB', '"2020-01-01"^^xsd:date', '"2020-02-30"^^xsd:date', '"2021-06-30"^^xsd:date'),
    *('"word"^^xsd:integer', '"2020-01-01T00:00:00"^^xsd:dateTime', '"x"^^:own'),
)
NODES = (":a", ":b", ":c", "_:x", "_:y")
PROPERTIES = (":p", ":q")
CLASSES = (":C", ":D")
PATHS = (
    *(":p", ":q", "[ sh:inversePath :p ]", "( :p :q )", "( :p [ sh:inversePath :q ] )"),
    *("[ sh:alternativePath ( :p :q ) ]", "[ sh:zeroOrMorePath :p ]", "[ sh:oneOrMorePath :p ]"),
    *("[ sh:zeroOrOnePath :p ]", "( [ sh:zeroOrMorePath :p ] :q )"),
)
named = st.sampled_from((":a", ":b", ":c"))
literal = st.sampled_from(LITERALS)
term = st.one_of(named, literal)
one_property = st.sampled_from(PROPERTIES)
one_class = st.sampled_from(CLASSES)


def listed(values: st.SearchStrategy[str], least: int = 1) -> st.SearchStrategy[str]:
    return st.lists(values, min_size=least, max_size=3).map(lambda each: f"( {' '.join(each)} )")


def says(name: str, value: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return value.map(lambda each: f"sh:{name} {each}")


ordered = st.sampled_from(("1", "2", "1.5"))
small = st.integers(0, 3).map(str)
ON_VALUES = (
    says("class", one_class),
    says("datatype", st.sampled_from(("xsd:integer", "xsd:date", "xsd:string", ":own"))),
    says("nodeKind", st.sampled_from(("sh:IRI", "sh:Literal", "sh:BlankNodeOrIRI"))),
    says("minInclusive", ordered),
    says("maxExclusive", ordered),
    says("minLength", st.integers(1, 3).map(str)),
    says("maxLength", small),
    says("pattern", st.sampled_from(('"^x"', '"[0-9]"', '"^.$"'))),
    says("languageIn", listed(st.sampled_from(('"en"', '"de"')))),
    says("in", listed(term)),
    says("equals", one_property),
    says("disjoint", one_property),
    says("hasValue", term),
    says("closed", st.just("true ; sh:ignoredProperties ( <http://e/p> )")),
)
ON_PATHS = (
    says("minCount", small),
    says("maxCount", small),
    says("uniqueLang", st.just("true")),
    says("lessThan", one_property),
    says("lessThanOrEquals", one_property),
)


@st.composite
def shape(draw: st.DrawFn, depth: int, path: bool | None = None) -> str:
    """The inside of a blank node that is a shape."""
    has_path = draw(st.booleans()) if path is None else path
    choices = [*ON_VALUES, *(ON_PATHS if has_path else ())]
    if depth:
        inner = shape(depth - 1).map(lambda each: f"[ {each} ]")
        within = shape(depth - 1, path=True).map(lambda each: f"[ {each} ]")
        choices += [says("not", inner), says("node", inner), says("property", within)]
        choices += [says(name, listed(inner)) for name in ("and", "or", "xone")]
        if has_path:
            counts = st.tuples(st.sampled_from(("Min", "Max")), small, inner)
            choices.append(
                counts.map(
                    lambda each: (
                        f"sh:qualified{each[0]}Count {each[1]} ; sh:qualifiedValueShape {each[2]}"
                    )
                )
            )
    parts = {
        each.split()[0]: each for each in draw(st.lists(st.one_of(choices), min_size=1, max_size=2))
    }
    if "sh:qualifiedMinCount" in parts and "sh:qualifiedMaxCount" in parts:
        del parts["sh:qualifiedMaxCount"]
    head = [f"sh:path {draw(st.sampled_from(PATHS))}"] if has_path else []
    return " ; ".join([*head, *parts.values()])


@st.composite
def shapes_text(draw: st.DrawFn) -> str:
    target = draw(
        st.one_of(
            says("targetClass", one_class),
            says("targetNode", st.one_of(named, st.just(":nowhere"), literal)),
            says("targetSubjectsOf", one_property),
            says("targetObjectsOf", one_property),
        )
    )
    return f"{PREFIXES} :S {target} ; {draw(shape(2))} ."


@st.composite
def data_text(draw: st.DrawFn, values: st.SearchStrategy[str]) -> str:
    node = st.sampled_from(NODES)
    line = st.one_of(
        st.tuples(node, one_property, values),
        st.tuples(node, st.just("a"), one_class),
    )
    lines = draw(st.lists(line, min_size=3, max_size=14))
    text = "\n".join(f"{' '.join(each)} ." for each in lines)
    return f"{PREFIXES} :D rdfs:subClassOf :C .\n{text}"


def asks_for_order(shapes: str) -> bool:
    return any(word in shapes for word in ("clusive", "lessThan"))


def both(shapes: str) -> st.SearchStrategy[tuple[str, str]]:
    """Shapes with data for them.

    What cannot be compared is a violation (SHACL 4.3, 4.5.3); pySHACL lets some of it pass, a
    number beside a date for instance. So where order is asked for, all values are numbers.
    """
    every = st.one_of(st.sampled_from(NODES), literal)
    numbers = st.sampled_from(("1", "2", "1.5", "2.5e0"))
    values = numbers if asks_for_order(shapes) else every
    return st.tuples(st.just(shapes), data_text(values))


examples = (
    shapes_text()
    .filter(lambda text: not (asks_for_order(text) and re.search('targetNode ["t]', text)))
    .flatmap(both)
)


def compare(shapes: str, data: str) -> None:
    quads, store = turtle(shapes), store_of(turtle(data))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        logging.disable(logging.WARNING)  # rdflib warns of each ill-typed literal
        try:
            theirs = pyshacl_results(quads, store)
            ours = compiled_results(quads, store)
        except ReportableRuntimeError:  # it refuses to compare blank nodes, for instance
            reject()
        finally:
            logging.disable(logging.NOTSET)
    assert set(map(found, ours)) == set(map(found, theirs))


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(examples)
def test_random_shapes_find_on_random_data_what_pyshacl_finds(example: tuple[str, str]) -> None:
    compare(*example)


@pytest.mark.slow
@settings(max_examples=1000, deadline=None, suppress_health_check=list(HealthCheck))
@given(examples)
def test_a_thousand_random_shapes_find_what_pyshacl_finds(example: tuple[str, str]) -> None:
    compare(*example)
