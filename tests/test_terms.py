"""Typed text as RDF terms, and terms as they stand in a query."""

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhm_graph.errors import BadParameter
from nhm_graph.rdf.terms import NHM, RDF, SKOS, XSD, to_sparql, typed_term

XS = "http://www.w3.org/2001/XMLSchema#"


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        ("iri", " https://example.org/ä ", "<https://example.org/ä>"),
        ("iri", "urn:uuid:1", "<urn:uuid:1>"),
        ("text", " a ", '" a "'),
        ("text", "", '""'),
        ("text", 'say "no"\n', '"say \\"no\\"\\n"'),
        ("integer", "042", f'"42"^^<{XS}integer>'),
        ("integer", "+7", f'"7"^^<{XS}integer>'),
        ("integer", "-0", f'"0"^^<{XS}integer>'),
        ("integer", "9223372036854775807", f'"9223372036854775807"^^<{XS}integer>'),
        ("integer", "-9223372036854775808", f'"-9223372036854775808"^^<{XS}integer>'),
        ("decimal", "1.50", f'"1.5"^^<{XS}decimal>'),
        ("decimal", "2.", f'"2"^^<{XS}decimal>'),
        ("decimal", "100", f'"100"^^<{XS}decimal>'),
        ("decimal", "-.25", f'"-0.25"^^<{XS}decimal>'),
        ("decimal", "-0.0", f'"0"^^<{XS}decimal>'),
        ("decimal", "0.000000000000000001", f'"0.000000000000000001"^^<{XS}decimal>'),
        ("date", "2024-02-29", f'"2024-02-29"^^<{XS}date>'),
        ("boolean", "1", f'"true"^^<{XS}boolean>'),
        ("boolean", "false", f'"false"^^<{XS}boolean>'),
        ("language", "de", '"de"'),
        ("language", "en-GB", '"en-gb"'),
    ],
)
def test_a_text_becomes_the_term_of_its_kind(kind: str, text: str, expected: str) -> None:
    assert str(typed_term(kind, text)) == expected


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("iri", ""),
        ("iri", "goal-1"),
        ("iri", "https://example.org/a b"),
        ("iri", "https://example.org/> } DROP ALL #"),
        ("iri", "<https://example.org/>"),
        ("iri", "https://example.org/\ud800"),
        ("text", "\ud800"),
        ("integer", ""),
        ("integer", "1.0"),
        ("integer", "1.000"),
        ("integer", "1_000"),
        ("integer", "٣"),
        ("integer", "9223372036854775808"),
        ("integer", "1" * 5_000),
        ("decimal", "12,5"),
        ("decimal", "1e3"),
        ("decimal", "NaN"),
        ("decimal", "INF"),
        ("decimal", "."),
        ("decimal", "٣.٥"),
        ("decimal", "1" * 19),
        ("date", "31.12.2030"),
        ("date", "2030-12-31T00:00:00"),
        ("date", "2030-02-30"),
        ("date", "20301231"),
        ("date", "2030-W01-1"),
        ("boolean", "yes"),
        ("boolean", "True"),
        ("language", ""),
        ("language", "de_AT"),
        ("language", "*"),
        ("colour", "red"),
    ],
)
def test_a_text_that_does_not_fit_is_refused_with_an_example(kind: str, text: str) -> None:
    with pytest.raises(BadParameter) as refused:
        typed_term(kind, text, name="wanted")
    assert "wanted" in str(refused.value)
    assert "Expected:" in str(refused.value)
    assert "Erwartet wird:" in refused.value.message("de")


def test_the_german_decimal_comma_is_refused_with_the_right_spelling() -> None:
    with pytest.raises(BadParameter, match=r"decimal point such as 12\.5"):
        typed_term("decimal", "12,5")


def asked_back(term: ox.NamedNode | ox.Literal) -> object:
    """What a query makes of the term."""
    query = f"SELECT ?x WHERE {{ VALUES ?x {{ {to_sparql(term)} }} }}"
    (solution,) = ox.Store().query(query)  # type: ignore[misc]
    return solution["x"]


@given(st.text())
def test_any_text_comes_through_a_query_unchanged(text: str) -> None:
    try:
        term = typed_term("text", text)
    except BadParameter:
        assert any("\ud800" <= each <= "\udfff" for each in text)
        return
    assert asked_back(term) == term


@given(st.text(alphabet="\"'\\{}<>#?$\n\ru0041 .;", max_size=20))
def test_text_made_of_syntax_is_only_text_in_a_query(text: str) -> None:
    assert asked_back(typed_term("text", text)) == ox.Literal(text)


@given(st.text(alphabet="\"'\\{}<>#?$\n /%a1ä", max_size=10))
def test_an_iri_is_refused_or_comes_through_unchanged(text: str) -> None:
    try:
        term = typed_term("iri", "https://example.org/" + text)
    except BadParameter:
        return
    assert asked_back(term) == term


@given(
    st.decimals(
        allow_nan=False, allow_infinity=False, places=6, min_value=-(10**9), max_value=10**9
    )
)
def test_a_decimal_has_the_canonical_form_the_store_gives_it(value: object) -> None:
    term = typed_term("decimal", f"{value:f}")
    store = ox.Store()
    store.add(ox.Quad(ox.NamedNode("x:s"), ox.NamedNode("x:p"), term))
    assert next(iter(store)).object == term


def test_a_blank_node_is_no_constant_in_a_query() -> None:
    with pytest.raises(TypeError):
        to_sparql(ox.BlankNode("a"))  # type: ignore[arg-type]


def test_a_namespace_makes_terms_and_knows_its_own() -> None:
    assert RDF("type").value == "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
    assert SKOS("prefLabel") in SKOS
    assert SKOS("prefLabel") not in NHM
    assert ox.Literal(str(XSD)) not in XSD
