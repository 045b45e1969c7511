import pytest
from pyoxigraph import Store

from nhm_graph.errors import BadQuery, RefusedQuery, TooLarge
from nhm_graph.store.guard import check_query, check_update, with_dataset


def check(text: str) -> None:
    check_query(text, max_bytes=100_000, max_depth=200)


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * { ?service ?p ?o }",
        "PREFIX service: <http://e/> SELECT * { ?s service:load 'LOAD' }",
        "SELECT * { ?s ?p 'a SERVICE b' } # SERVICE <http://e/>",
        'SELECT * { ?s ?p """a " SERVICE \\" b""" }',
        "SELECT * { <http://e/SERVICE> ?p ?o }",
        "SELECT * { ?s ?p 'x'@load }",
        "SELECT * { ?s ?p '\\u0053' }",
        "PREFIX e: <http://e/> SELECT * { e:a\\#SERVICE ?p ?o }",
    ],
)
def test_a_word_that_is_no_keyword_passes_and_is_valid_sparql(text: str) -> None:
    check(text)
    Store().query(text)


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }",
        "SELECT * { sErViCe\tSILENT ?x { ?s ?p ?o } }",
        "SELECT * { ?s ?p ?o FILTER EXISTS { SERVICE<http://e/>{ ?s ?p ?o } } }",
        "SELECT * { ?s ?p '#' . SERVICE <http://e/> {} }",
        "SELECT * { <http://e/#> ?p ?o . SERVICE <http://e/> {} }",
        "PREFIX e: <http://e/> SELECT * { e:a\\# ?p ?o . SERVICE <http://e/> {} }",
        "SELECT * { \\u0053ERVICE <http://e/> {} }",
        "LOAD <http://e/>",
        "SELECT * { ?a ?b ?c FILTER(?a<?b) SERVICE ?d {} }",
    ],
)
def test_a_query_that_reaches_outside_is_refused(text: str) -> None:
    with pytest.raises(RefusedQuery):
        check(text)


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * {" + "{" * 20_000 + "}" * 20_000 + "}",
        "SELECT * { FILTER(" + "(" * 20_000 + "1" + ")" * 20_000 + ") }",
        "SELECT * { FILTER(" + "!" * 20_000 + "true) }",
        "SELECT * { ?s " + "^" * 20_000 + "<p> ?o }",
        "SELECT * { " + " UNION ".join(["{}"] * 20_000) + " }",
    ],
)
def test_nesting_that_would_crash_the_engine_is_refused(text: str) -> None:
    with pytest.raises((RefusedQuery, TooLarge)):
        check_query(text, max_bytes=1_000_000, max_depth=200)


def test_a_long_query_is_refused_with_the_limit_named() -> None:
    with pytest.raises(TooLarge) as refusal:
        check("SELECT * { ?s ?p '" + "ä" * 60_000 + "' }")
    assert refusal.value.extra["limit"] == 100_000


def test_nesting_up_to_the_limit_is_evaluated() -> None:
    text = "SELECT * { FILTER(" + "(" * 190 + "1" + ")" * 190 + ") }"
    check(text)
    assert len(list(Store().query(text))) == 1


@pytest.mark.parametrize(
    "part",
    [
        "OPTIONAL {{ ?s ?p ?o }}",
        "BIND(1 AS ?x{0})",
        "FILTER(1)",
        "MINUS {{ ?s ?p ?o }}",
        "?s ?p ?o .",
        "VALUES ?x {{ 1 }}",
        "GRAPH ?g {{ ?s ?p ?o }}",
        "{{ ?s ?p ?o }}",
    ],
)
def test_thousands_of_parts_side_by_side_are_refused(part: str) -> None:
    """Oxigraph nests them in each other: 6,000 of most of them end the process."""
    parts = " ".join(part.format(number) for number in range(2_100))
    with pytest.raises(RefusedQuery, match="parts"):
        check(f"SELECT * {{ {parts} }}")


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * { ?s ?p (" + "1 " * 3_000 + ") }",
        "SELECT * { ?s ?p " + "?o , " * 3_000 + "?o }",
        "SELECT * { ?s ?p [ " + "a 1 ; " * 3_000 + "] }",
        "SELECT (0" + "+1.5" * 3_000 + " AS ?x) {}",
        "SELECT * { ?s <a:p>" + "/<a:p>" * 3_000 + " ?o }",
        "SELECT * { VALUES ?x { 1 } " + "?s ?p ?o . " * 3_000 + "}",
        "INSERT { " + "?s ?p ?o . " * 3_000 + "} WHERE {}",
    ],
)
def test_long_chains_are_refused(text: str) -> None:
    with pytest.raises(RefusedQuery, match="parts"):
        check(text)


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * { VALUES (?a ?b) {" + "(1 'x'@de) " * 6_000 + "} }",
        "SELECT * { VALUES ?a {" + '"2030-01-01"^^<a:date> ' * 4_000 + "} }",
        "SELECT * { ?s ?p ?o FILTER(?o IN (" + "1, " * 6_000 + "1)) }",
    ],
)
def test_long_lists_of_values_pass_and_are_evaluated(text: str) -> None:
    check(text)
    list(Store().query(text))


def test_an_update_may_bring_as_many_triples_as_its_length_admits() -> None:
    text = "INSERT DATA {" + "<a:s> <a:p> 'x'^^<a:t> , -1 ; <a:q> ( 1 2 ) ." * 3_000 + "}"
    check_update(text, max_bytes=1_000_000, max_depth=200)
    Store().update(text)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        (
            "INSERT { ?s a 1 } WHERE { ?s ?p ?o }",
            "INSERT { ?s a 1 } USING <a:g> WHERE { ?s ?p ?o }",
        ),
        ("CLEAR ALL ; DELETE WHERE { ?s ?p ?o } ;", None),
        ("INSERT { ?s a 1 } WHERE { { SELECT ?s WHERE { ?s ?p 'WHERE' } } }", None),
        ("INSERT DATA { <a:s> <a:where> 'USING' } # WITH", None),
    ],
)
def test_the_graphs_of_a_request_are_put_into_each_operation_with_where(
    text: str, written: str | None
) -> None:
    made = with_dataset(text, ["a:g"], [])
    assert written in (None, made)
    assert made.count("USING <a:g>") == text.count("} WHERE {") + text.count("DELETE WHERE")
    Store().update(made)


@pytest.mark.parametrize(
    "word", ["WITH <a:g> DELETE { ?s ?p ?o }", "DELETE { ?s ?p ?o } USING <a:g>"]
)
def test_graphs_in_request_and_update_are_refused(word: str) -> None:
    with pytest.raises(BadQuery):
        with_dataset(f"{word} WHERE {{ ?s ?p ?o }}", ["a:g"], [])
