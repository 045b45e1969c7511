"""What every store does for reading, whichever engine holds the triples."""

import pytest

from contract.engines import ODD, TERMS, Graphs
from nhm_graph.errors import BadQuery
from nhm_graph.rdf.formats import CSV, JSON, N_TRIPLES, TSV, XML
from nhm_graph.store.base import Store
from nhm_graph.store.rows import graph_bytes, is_graph, result_bytes, rows, truth, variables

HAS = "http://example.org/has/"
VALUE = f"SELECT ?value {{ <http://example.org/thing> <{HAS}%s> ?value }}"
# The term that another engine gives back, where that is not the one it was given.
OTHER_TERMS = {
    # docs/engines.md: Virtuoso keeps no lexical forms.
    ("virtuoso", "true"): '"1"^^<http://www.w3.org/2001/XMLSchema#boolean>',
}


@pytest.mark.parametrize("name", TERMS)
def test_a_term_comes_back_as_it_was_stored(engine: Store, name_of: str, name: str) -> None:
    found = [row["value"] for row in engine.query(VALUE % name, [ODD])]
    expected = OTHER_TERMS.get((name_of, name), str(TERMS[name]))
    assert [str(each) for each in found] == [expected]


def test_a_truth_value_is_one_however_it_is_written(engine: Store) -> None:
    assert list(rows(engine.query(VALUE % "true", [ODD]))) == [(True,)]


def test_a_graph_is_read_whole(engine: Store, graphs: Graphs) -> None:
    name = "https://w3id.org/nhm/examples/graph/musterstadt/plan"
    assert len(list(engine.read_graph(name))) == len(set(graphs[name]))
    exact = {each for each in graphs[name] if "boolean>" not in str(each.object)}
    assert exact <= set(engine.read_graph(name))


def test_an_unknown_graph_is_empty(engine: Store) -> None:
    unknown = "http://example.org/graph/unknown"
    assert list(engine.read_graph(unknown)) == []
    assert not truth(engine.query("ASK { ?s ?p ?o }", [unknown]))


def test_no_graphs_are_not_all_graphs(engine: Store) -> None:
    assert not truth(engine.query("ASK { ?s ?p ?o }", []))


def test_graph_names_are_sorted_and_nothing_of_the_engine_itself(
    engine: Store, graphs: Graphs
) -> None:
    assert engine.graph_names() == sorted(graphs)


def test_the_default_graph_is_the_union_of_the_graphs_given(engine: Store, graphs: Graphs) -> None:
    given = [name for name in graphs if "karlsruhe" in name]
    found = list(rows(engine.query("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", given)))
    assert found == [(sum(len(set(graphs[name])) for name in given),)]


def test_without_graphs_a_query_is_about_all(engine: Store, graphs: Graphs) -> None:
    found = list(rows(engine.query("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")))
    assert found == [(sum(len(set(triples)) for triples in graphs.values()),)]


def test_from_names_the_graphs_of_a_query(engine: Store) -> None:
    found = list(rows(engine.query(f"SELECT (COUNT(*) AS ?n) FROM <{ODD}> {{ ?s ?p ?o }}")))
    assert found == [(len(TERMS),)]


def test_graph_tells_the_given_graphs_apart_and_sees_no_other(
    engine: Store, graphs: Graphs
) -> None:
    given = sorted(name for name in graphs if "karlsruhe" in name)
    query = "SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } } ORDER BY ?g"
    assert [row[0] for row in rows(engine.query(query, given))] == given
    assert [row[0] for row in rows(engine.query(query))] == sorted(graphs)


def test_each_form_of_query_gives_its_kind_of_result(engine: Store) -> None:
    table = engine.query(f"SELECT ?thing ?nothing {{ ?thing <{HAS}integer> ?n }}", [ODD])
    assert variables(table) == ["thing", "nothing"]
    assert list(rows(table)) == [("http://example.org/thing", None)]
    for form in ("CONSTRUCT { ?s <urn:n> ?n }", "DESCRIBE ?s"):
        graph = engine.query(f"{form} {{ ?s <{HAS}integer> ?n }}", [ODD])
        assert is_graph(graph)
        assert b'"42"^^' in graph_bytes(graph, N_TRIPLES, {})
    assert truth(engine.query(f"ASK {{ ?s <{HAS}integer> 42 }}", [ODD])) is True
    assert truth(engine.query(f"ASK {{ ?s <{HAS}integer> 43 }}", [ODD])) is False


def test_the_first_word_of_the_query_decides_and_no_other(engine: Store) -> None:
    """SPARQLWrapper takes this for an update."""
    text = 'PREFIX ask: <http://e/#> # INSERT x\nSELECT ("CONSTRUCT {" AS ?construct) {}'
    assert list(rows(engine.query(text, [ODD]))) == [("CONSTRUCT {",)]


@pytest.mark.parametrize("form", [JSON, XML, CSV, TSV])
def test_results_are_serialised_by_this_program_and_so_alike(engine: Store, form: object) -> None:
    query = VALUE % "german"
    assert "Grün".encode() in result_bytes(engine.query(query, [ODD]), form)  # type: ignore[arg-type]


def test_a_query_of_a_hundred_thousand_bytes_is_answered(engine: Store) -> None:
    # A hundred long strings: of thousands of short ones Virtuoso makes too much code.
    listed = " ".join(f'"{number:0999}"' for number in range(100))
    query = f"SELECT (COUNT(?n) AS ?count) {{ VALUES ?n {{ {listed} }} }}"
    assert len(query) > 100_000
    assert list(rows(engine.query(query, [ODD]))) == [(100,)]


def test_a_wrong_query_is_a_bad_query(engine: Store) -> None:
    with pytest.raises(BadQuery):
        engine.query("SELECT * { ?s ?p }", [ODD])


def test_a_column_is_sorted_in_the_order_of_sparql(engine: Store) -> None:
    query = "SELECT ?n { VALUES ?n { 10 9 2.5 } } ORDER BY DESC(?n)"
    assert [str(row[0]) for row in rows(engine.query(query, [ODD]))] == ["10", "9", "2.5"]
