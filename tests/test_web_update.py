"""POST /update: SPARQL 1.1 Update over the protocol, who may, and what it refuses."""

import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from nhm_graph.settings import Settings
from serving import BEARER, TOKEN, client

DIRECT = {"Content-Type": "application/sparql-update"}
INSERT = "INSERT DATA { GRAPH <a:g> { <a:s> <a:p> 1 } }"


@pytest.fixture(scope="module")
def service() -> Iterator[TestClient]:
    with client() as entered:
        yield entered


@pytest.fixture
def own(service: TestClient) -> TestClient:
    """A client of a service whose store is empty."""
    assert update(service, "DROP ALL").status_code == 204
    return service


def update(own: TestClient, text: str, **params: Any) -> Any:
    return own.post("/update", content=text, headers=DIRECT | BEARER, params=params)


def ask(own: TestClient, pattern: str) -> bool:
    response = own.get("/sparql", params={"query": f"ASK {{ {pattern} }}"})
    return bool(response.json()["boolean"])


# ----- who may -----


def test_without_a_token_in_the_settings_nothing_is_written(web: TestClient) -> None:
    for headers in ({}, BEARER):
        response = web.post("/update?lang=en", content=INSERT, headers=DIRECT | headers)
        assert response.status_code == 403
        assert response.json()["type"].endswith("/read-only")
        assert "NHM_ADMIN_TOKEN" in response.json()["detail"]


@pytest.mark.parametrize(
    "sent", [None, "", "Bearer", f"Basic {TOKEN}", "Bearer wrong", f"Bearer {TOKEN}x", "Bearer ä"]
)
def test_a_missing_or_wrong_token_is_401_and_tells_how_to_send_it(
    own: TestClient, sent: str | None
) -> None:
    headers: dict[str, Any] = DIRECT | ({"Authorization": sent.encode()} if sent else {})
    response = own.post("/update", content="DROP ALL", headers=headers)
    assert response.status_code == 401
    assert response.headers["www-authenticate"].startswith("Bearer")
    assert response.headers["content-type"] == "application/problem+json"


def test_token_and_text_appear_in_no_log_answer_or_representation(
    own: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    refused = own.post("/update", content="DROP ALL", headers=DIRECT | BEARER | {"X": TOKEN})
    wrong = update(own, "INSERT DATA { <a:very-secret> ")
    assert wrong.status_code == 400
    said = caplog.text + refused.text + wrong.text
    assert TOKEN not in said
    assert "very-secret" not in said
    assert TOKEN not in repr(Settings(admin_token=TOKEN))


# ----- what it does -----


@pytest.mark.parametrize("way", ["direct", "form"])
def test_an_update_is_seen_by_the_next_query(own: TestClient, way: str) -> None:
    if way == "direct":
        response = update(own, INSERT)
    else:
        response = own.post("/update", data={"update": INSERT}, headers=BEARER)
    assert response.status_code == 204
    assert int(response.headers["nhm-store-version"]) > 0
    assert ask(own, "GRAPH <a:g> { <a:s> <a:p> 1 }")


def test_an_update_is_one_transaction(own: TestClient) -> None:
    response = update(own, f"{INSERT} ; CREATE GRAPH <a:g>", lang="en")
    assert response.status_code == 400
    assert "already exists" in response.json()["detail"]
    assert not ask(own, "GRAPH <a:g> { ?s ?p ?o }")


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("DELETE { GRAPH ?g { ?s ?p ?o } } WHERE { GRAPH ?g { ?s ?p ?o } }", "b"),
        ("DELETE WHERE { GRAPH ?g { ?s ?p ?o } } ; CREATE SILENT GRAPH <a:c>", "b"),
    ],
)
def test_using_named_graph_uri_bounds_what_a_pattern_sees(
    own: TestClient, text: str, left: str
) -> None:
    update(own, "INSERT DATA { GRAPH <a:a> { <a:s> <a:p> 1 } GRAPH <a:b> { <a:s> <a:p> 1 } }")
    assert update(own, text, **{"using-named-graph-uri": "a:a"}).status_code == 204
    assert not ask(own, "GRAPH <a:a> { ?s ?p ?o }")
    assert ask(own, f"GRAPH <a:{left}> {{ ?s ?p ?o }}")


@pytest.mark.parametrize("word", ["WITH <a:g>", "USING <a:g>"])
def test_graphs_named_twice_are_refused(own: TestClient, word: str) -> None:
    before, after = (word, "") if word.startswith("WITH") else ("", word)
    text = f"{before} DELETE {{ ?s ?p ?o }} {after} WHERE {{ ?s ?p ?o }}"
    response = update(own, text, **{"using-graph-uri": "a:g"})
    assert response.status_code == 400
    assert response.json()["type"].endswith("/bad-query")


# ----- what it refuses -----


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("LOAD <http://192.0.2.1/>", "refused-query"),
        ("load silent <http://192.0.2.1/> into graph <a:g>", "refused-query"),
        (
            "INSERT { ?s ?p ?o } WHERE { SERVICE <http://192.0.2.1/> { ?s ?p ?o } }",
            "refused-query",
        ),
        ("\\u004cOAD <http://192.0.2.1/>", "refused-query"),
        ("INSERT DATA { <a:s> <a:p> <<( <a:s> <a:p> <a:o> )>> }", "refused-query"),
        ("INSERT DATA { << <a:s> <a:p> <a:o> >> <a:p> 1 }", "refused-query"),
        ("INSERT DATA { <a:s> <a:p> 1 {| <a:q> 2 |} }", "refused-query"),
        (
            "INSERT { <a:s> <a:p> ?t } WHERE { BIND(TRIPLE(<a:a>, <a:b>, 1) AS ?t) }",
            "refused-query",
        ),
        ("DELETE WHERE " + "{" * 300 + "}" * 300, "refused-query"),
        ("SELECT * {}", "bad-query"),
        ("INSERT DATA {", "bad-query"),
    ],
)
def test_update_that_is_wrong_or_not_carried_out_is_400(
    own: TestClient, text: str, kind: str
) -> None:
    response = update(own, text)
    assert response.status_code == 400
    assert response.json()["type"] == f"https://w3id.org/nhm/problem/{kind}"


def test_load_in_a_text_is_no_load(own: TestClient) -> None:
    text = 'INSERT DATA { <a:LOAD> <a:SERVICE> \'LOAD << {| ~\', """SERVICE"""@load } # LOAD'
    assert update(own, text).status_code == 204


def test_as_many_triples_as_the_limit_of_bytes_admits(own: TestClient) -> None:
    dates = " , ".join(
        f'"2030-01-{day % 28 + 1:02}"^^<http://www.w3.org/2001/XMLSchema#date>'
        for day in range(9_000)
    )
    assert update(own, f"INSERT DATA {{ <a:s> <a:p> {dates} }}").status_code == 204


def test_update_that_is_too_long_is_413() -> None:
    with client(max_update_bytes=300) as own:
        response = update(own, INSERT + " #" + "x" * 300)
        assert response.status_code == 413
        assert response.json()["limit"] == 300


@pytest.mark.parametrize(
    ("content_type", "body", "status"),
    [
        ("text/plain", "DROP ALL", 415),
        ("", "update=DROP ALL", 415),
        ("application/sparql-query", "DROP ALL", 415),
        ("application/sparql-update; charset=utf-16", "DROP ALL", 415),
        ("application/sparql-update", b"\xff\xfeDROP", 400),
        ("application/x-www-form-urlencoded", "update=DROP+ALL&update=DROP+ALL", 400),
        ("application/x-www-form-urlencoded", "query=ASK+{}", 400),
    ],
)
def test_other_bodies_are_refused_and_change_nothing(
    own: TestClient, content_type: str, body: Any, status: int
) -> None:
    update(own, INSERT)
    headers = BEARER | ({"Content-Type": content_type} if content_type else {})
    response = own.post("/update", content=body, headers=headers)
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    assert json.loads(response.content)["detail"]
    assert ask(own, "GRAPH <a:g> { <a:s> <a:p> 1 }")
