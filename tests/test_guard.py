import pytest
from pyoxigraph import Store

from nhm_graph.errors import RefusedQuery, TooLarge
from nhm_graph.store.guard import check_query


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
