"""/.well-known/void: numbers that are true, and where to fetch and to ask."""

from collections import Counter

import pytest
from fastapi.testclient import TestClient
from pyoxigraph import NamedNode, Store

from catalogues import GRAPHS, PUBLIC, client, column, parsed
from nhm_graph.graph import Graph, open_graph
from nhm_graph.publish.catalog.counts import Counter as Kept
from nhm_graph.settings import Settings

TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
VOID = "http://rdfs.org/ns/void#"


@pytest.fixture(scope="module")
def web(graph: Graph) -> TestClient:
    return client(graph)


@pytest.fixture(scope="module")
def void(web: TestClient) -> Store:
    return parsed(web.get("/.well-known/void").content)


def counted_by_hand(graph: Graph, name: str) -> tuple[dict[str, int], Counter[str]]:
    """The numbers of a graph, counted here from its triples."""
    triples = list(graph.store.read_graph(name))
    typed = {
        (str(each.subject), each.object.value)
        for each in triples
        if each.predicate.value == TYPE and isinstance(each.object, NamedNode)
    }
    numbers = {
        "triples": len(triples),
        "distinctSubjects": len({str(each.subject) for each in triples}),
        "distinctObjects": len({str(each.object) for each in triples}),
        "properties": len({str(each.predicate) for each in triples}),
        "classes": len({cls for _, cls in typed}),
        "entities": len({thing for thing, _ in typed} - {f"<{name}>"}),
    }
    return numbers, Counter(cls for _, cls in typed)


def test_the_numbers_of_each_dataset_are_true(graph: Graph, void: Store) -> None:
    names = [each.iri for each in graph.graphs("de") if not each.fictional]
    assert len(names) > 10
    for name in names:
        numbers, classes = counted_by_hand(graph, name)
        for key, number in numbers.items():
            assert column(void, f"SELECT ?n {{ <{name}> void:{key} ?n }}") == [str(number)], key
        parts = f"<{name}> void:classPartition ?p . ?p void:class ?c ; void:entities ?n"
        query = f"SELECT (CONCAT(STR(?n), ' ', STR(?c)) AS ?x) {{ {parts} }}"
        assert set(column(void, query)) == {f"{n} {cls}" for cls, n in classes.items()}


def test_the_whole_is_the_sum_of_the_datasets(graph: Graph, void: Store) -> None:
    names = [each.iri for each in graph.graphs("de") if not each.fictional]
    total = sum(len(list(graph.store.read_graph(name))) for name in names)
    whole = "<https://w3id.org/nhm/examples/catalog#all>"
    assert column(void, f"SELECT ?n {{ {whole} void:triples ?n }}") == [str(total)]
    assert set(column(void, f"SELECT ?d {{ {whole} void:subset ?d }}")) == set(names)
    assert column(void, f"SELECT ?d {{ {whole} void:dataDump ?d }}") == [f"{PUBLIC}/dump/all.nq.gz"]


def test_each_dataset_says_where_it_is_and_with_what_it_is_written(void: Store) -> None:
    me = f"<{GRAPHS}heilbronn/plan>"
    assert column(void, f"SELECT ?x {{ {me} void:sparqlEndpoint ?x }}") == [f"{PUBLIC}/sparql"]
    assert column(void, f"SELECT ?x {{ {me} void:uriSpace ?x }}") == [
        "https://w3id.org/nhm/examples/id/"
    ]
    assert f"{PUBLIC}/dump/heilbronn/plan.ttl" in column(
        void, f"SELECT ?x {{ {me} void:dataDump ?x }}"
    )
    assert not any(
        each.endswith("xlsx") for each in column(void, "SELECT ?x { ?d void:dataDump ?x }")
    )
    assert "https://w3id.org/nhm/ns#" in column(void, f"SELECT ?x {{ {me} void:vocabulary ?x }}")
    example = column(void, f"SELECT ?x {{ {me} void:exampleResource ?x }}")
    assert example[0].startswith("https://w3id.org/nhm/examples/id/heilbronn/")


def test_the_numbers_follow_a_change_and_are_not_counted_again_without_one() -> None:
    graph = open_graph(Settings())
    name = f"{GRAPHS}heilbronn/org"
    kept = Kept(graph)
    before = kept.of(name)
    assert kept.of(name) is before
    fewer = list(graph.store.read_graph(name))[1:]
    graph.store.replace_graph(name, fewer)
    assert kept.of(name).triples == before.triples - 1


def test_it_comes_in_each_format_twice_the_same_and_without_fictional_data(web: TestClient) -> None:
    types = ("text/turtle", "application/ld+json", "application/rdf+xml", "application/n-triples")
    for media_type in types:
        first = web.get("/.well-known/void", headers={"Accept": media_type})
        assert first.headers["content-type"].partition(";")[0] == media_type
        assert first.content == web.get("/.well-known/void", headers={"Accept": media_type}).content
        again = {"Accept": media_type, "If-None-Match": first.headers["etag"]}
        assert web.get("/.well-known/void", headers=again).status_code == 304
        assert b"musterstadt" not in first.content
    asked = web.get("/.well-known/void.ttl", params={"fictional": "include"})
    assert b"musterstadt" in asked.content
    assert web.get("/.well-known/void", headers={"Accept": "text/html"}).status_code == 406
