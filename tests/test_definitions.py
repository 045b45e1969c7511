"""Terms, lists, rules and questions at their permanent addresses, with and without a version."""

import pyoxigraph as ox
import pytest
from fastapi.testclient import TestClient

from fetching import READER, get, triples
from nhm_graph.graph import Graph
from nhm_graph.publish.definitions import Definitions
from nhm_graph.settings import Settings
from nhm_graph.web.app import create_app
from nhm_graph.web.representations import GRAPHS


@pytest.mark.parametrize("suffix", [each.suffix for each in GRAPHS])
def test_the_ontology_comes_whole_with_and_without_version(web: TestClient, suffix: str) -> None:
    now, version = get(web, f"/ns{suffix}"), get(web, f"/ns/0.2.0{suffix}")
    assert (now.status_code, version.status_code) == (200, 200)
    assert now.content == version.content
    assert len(triples(now)) > 1_000


def test_each_term_has_its_place_in_the_page_of_the_ontology(web: TestClient) -> None:
    page = get(web, "/ns", **READER).text
    subjects = {each.subject for each in triples(get(web, "/ns.ttl"))}
    own = [each.value for each in subjects if isinstance(each, ox.NamedNode)]
    names = [each.partition("#")[2] for each in own if each.startswith("https://w3id.org/nhm/ns#")]
    assert len(names) > 150
    assert [each for each in names if f'id="{each}"' not in page] == []


@pytest.mark.parametrize("path", ["/ns/0.1.0", "/shapes/9.9", "/rule/0.1.0/M01", "/query/0.1/x"])
def test_a_version_that_is_not_at_hand_says_which_are(web: TestClient, path: str) -> None:
    response = get(web, path, Accept="text/turtle")
    assert response.status_code == 404
    assert response.json()["versions"] == ["0.2.0"]


def test_a_rule_says_message_reason_severity_and_tier(web: TestClient, graph: Graph) -> None:
    rule = graph.rules["M04"]
    for path in ("/rule/M04", "/rule/0.2.0/M04", "/rule/M04-end"):
        page = get(web, path, **READER).text
        assert rule.reason.de in page
        assert "Verstoß" in page
        assert f"/voc/rule-tier/{rule.tier}" in page
    said = triples(get(web, "/rule/M04.ttl"))
    assert {f"{rule.iri}-end", rule.iri} <= {str(each.subject)[1:-1] for each in said}


def test_a_rule_in_triples_is_the_same_each_time(web: TestClient) -> None:
    with TestClient(create_app(Settings(examples=False))) as other:
        for path in ("/rule/M01.nt", "/shapes.nt", "/ns.rdf"):
            assert get(web, path).content == get(other, path).content


def test_all_lists_come_as_one_document(web: TestClient) -> None:
    said = [triples(get(web, f"/voc{each.suffix}")) for each in GRAPHS]
    assert len(said[0]) > 1_000
    assert all(each == said[0] for each in said)
    assert get(web, "/voc", **READER).headers["content-type"].startswith("text/html")


def test_every_rule_shows_data_that_keeps_it_and_data_that_breaks_it(
    web: TestClient, graph: Graph
) -> None:
    known = Definitions(graph.files)
    for rule in graph.rules.values():
        assert {each.keeps for each in known.examples(rule)} == {True, False}, rule.id
    page = get(web, "/rule/M04?lang=en", **READER).text
    assert "Breaks the rule</strong>" in page
    assert "there is no 30 February" in page
    assert "2027-02-30" in page


def test_a_question_as_data_says_what_it_asks_and_its_sparql(web: TestClient, graph: Graph) -> None:
    now = get(web, "/query/sdg-gaps", Accept="text/turtle")
    assert now.content == get(web, "/query/0.2.0/sdg-gaps.ttl").content
    (text,) = [
        each.object.value
        for each in triples(now)
        if each.predicate.value == "http://www.w3.org/ns/shacl#select"
    ]
    assert text == graph.questions["sdg-gaps"].text
    assert "SDGs ohne Maßnahme" in now.text
    construct = get(web, "/query/measure-graph.nt").text
    assert "shacl#construct" in construct


def test_every_question_names_its_permanent_addresses_and_they_work(
    web: TestClient, graph: Graph
) -> None:
    page = get(web, "/queries/sdg-gaps", **READER).text
    for path in ("/query/sdg-gaps", "/query/0.2.0/sdg-gaps"):
        assert f"<code>https://w3id.org/nhm{path}</code>" in page
        assert get(web, path, **READER).headers["location"] == "/queries/sdg-gaps"


def test_a_question_has_a_permanent_address(web: TestClient) -> None:
    response = get(web, "/query/0.2.0/sdg-gaps?city=musterstadt")
    assert response.status_code == 303
    assert response.headers["location"] == "/queries/sdg-gaps?city=musterstadt"
