"""What operators see: /health, /metrics, the access log."""

import json
import logging
import re

import pytest
from fastapi.testclient import TestClient
from prometheus_client.parser import text_string_to_metric_families

from nhm_graph.graph import Graph
from nhm_graph.web.app import create_app

SECRET = "geheim-4711"


@pytest.fixture
def client(graph: Graph) -> TestClient:
    """A service of its own, so that its figures begin at nothing."""
    return TestClient(create_app(graph.settings, graph))


def figures(client: TestClient) -> dict[str, dict[tuple[str, ...], float]]:
    text = client.get("/metrics").text
    return {
        sample.name: {
            tuple(each.labels.values()): each.value
            for each in family.samples
            if each.name == sample.name
        }
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_health_says_store_digests_readers_and_answers(client: TestClient, graph: Graph) -> None:
    said = client.get("/health").json()
    assert said["status"] == "ok"
    assert said["store"]["version"] == graph.store.version
    assert said["digests"] == graph.digests
    assert said["readers"]["busy"] == 0
    assert said["answers"] == {"hits": 0, "misses": 0, "answers": 0, "bytes": 0}


def test_figures_count_requests_by_route_and_status(client: TestClient) -> None:
    for city in ("musterstadt", "musterstadt", "nirgendwo"):
        client.get(f"/queries/sdg-gaps?city={city}")
    client.get("/nowhere/at/all")
    requests = figures(client)["nhm_graph_requests_total"]
    assert requests["/queries/{name}", "200"] == 2
    assert requests["/queries/{name}", "404"] == 1
    assert requests["other", "404"] == 1


def test_figures_say_how_long_requests_took(client: TestClient) -> None:
    client.get("/queries/sdg-gaps?city=musterstadt")
    found = figures(client)
    assert found["nhm_graph_request_seconds_count"]["/queries/{name}",] == 1
    assert 0 < found["nhm_graph_request_seconds_sum"]["/queries/{name}",] < 60
    buckets = found["nhm_graph_request_seconds_bucket"]
    assert {number for labels, number in buckets.items() if "+Inf" in labels} == {1.0}


def test_figures_tell_kept_answers_and_the_state_of_the_store(
    client: TestClient, graph: Graph
) -> None:
    for _ in range(3):
        client.get("/queries/sdg-gaps?city=musterstadt")
    found = figures(client)
    assert found["nhm_graph_answers_kept_hits"][()] == 2
    assert found["nhm_graph_answers_kept_misses"][()] == 1
    assert found["nhm_graph_store_version"][()] == graph.store.version
    assert found["nhm_graph_readers_waiting"][()] == 0


def test_two_services_count_apart(client: TestClient, graph: Graph) -> None:
    client.get("/queries/sdg-gaps?city=musterstadt")
    other = TestClient(create_app(graph.settings, graph))
    assert ("/queries/{name}", "200") not in figures(other).get("nhm_graph_requests_total", {})


def test_the_log_has_one_line_of_json_for_each_request(
    graph: Graph, caplog: pytest.LogCaptureFixture
) -> None:
    from dataclasses import replace

    client = TestClient(create_app(replace(graph.settings, access_log=True), graph))
    with caplog.at_level(logging.INFO, logger="nhm_graph.access"):
        for _ in range(2):
            client.get("/queries/sdg-gaps?city=musterstadt")
        client.get(
            f"/nowhere/{SECRET}?name={SECRET}",
            headers={"User-Agent": SECRET, "Authorization": f"Bearer {SECRET}"},
        )
    lines = [json.loads(record.getMessage()) for record in caplog.records]
    assert [line["route"] for line in lines] == ["/queries/{name}", "/queries/{name}", "other"]
    assert [line["status"] for line in lines] == [200, 200, 404]
    assert [line["kept"] for line in lines] == [False, True, False]
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", line["time"]) for line in lines)
    assert set(lines[0]) == {"time", "method", "route", "status", "bytes", "ms", "kept"}
    assert lines[0]["bytes"] > 100
    assert SECRET not in caplog.text, "nothing of a person is kept"
    assert "testclient" not in caplog.text


def test_without_the_setting_nothing_is_logged(
    client: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, logger="nhm_graph.access"):
        client.get("/health")
    assert caplog.records == []


def test_a_change_of_one_city_leaves_the_answers_of_another() -> None:
    from pyoxigraph import Literal, NamedNode, Triple

    from nhm_graph.graph import open_graph
    from nhm_graph.settings import Settings

    graph = open_graph(Settings())
    client = TestClient(create_app(Settings(), graph))

    def asked(city: str) -> None:
        assert client.get(f"/queries/sdg-gaps?city={city}").status_code == 200

    asked("musterstadt")
    asked("karlsruhe")
    name = "https://w3id.org/nhm/examples/graph/musterstadt/plan"
    more = Triple(NamedNode("http://e/s"), NamedNode("http://e/p"), Literal("o"))
    graph.store.replace_graph(name, [*graph.store.read_graph(name), more])
    asked("karlsruhe")
    assert client.get("/health").json()["answers"]["hits"] == 1
    asked("musterstadt")
    assert client.get("/health").json()["answers"]["hits"] == 1
    graph.close()
