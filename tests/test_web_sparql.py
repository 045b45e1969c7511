"""GET and POST /sparql: the SPARQL 1.1 Protocol for queries, and what it refuses."""

import asyncio
import contextlib
import json
import threading
from typing import Any
from urllib.parse import quote
from xml.etree import ElementTree

import anyio.from_thread
import pyoxigraph as ox
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from nhm_graph.graph import Graph
from nhm_graph.store.readers.job import Answer, Job
from nhm_graph.web.app import create_app

CITY = "https://w3id.org/nhm/examples/id/musterstadt"
NHM = "https://w3id.org/nhm/ns#"
SLUGS = f"SELECT ?slug {{ ?city a <{NHM}Municipality> ; <{NHM}slug> ?slug }} ORDER BY ?slug"
ASK = f"ASK {{ <{CITY}> a <{NHM}Municipality> }}"
CONSTRUCT = f"CONSTRUCT {{ <{CITY}> a <{NHM}Municipality> }} {{ <{CITY}> <{NHM}slug> ?slug }}"
DESCRIBE = f"DESCRIBE <{CITY}>"
DIRECT = {"Content-Type": "application/sparql-query"}
JSON = "application/sparql-results+json"
PROBLEM = "application/problem+json"

pytestmark = pytest.mark.filterwarnings("error::pytest.PytestUnraisableExceptionWarning")


def get(web: TestClient, query: str, accept: str = JSON, **more: str) -> Any:
    return web.get("/sparql", params={"query": query, **more}, headers={"Accept": accept})


def form(web: TestClient, query: str, accept: str = JSON, **more: str) -> Any:
    return web.post("/sparql", data={"query": query, **more}, headers={"Accept": accept})


def direct(web: TestClient, query: str, accept: str = JSON) -> Any:
    return web.post("/sparql", content=query, headers=DIRECT | {"Accept": accept})


def slugs(response: Any) -> list[str]:
    return [row["slug"]["value"] for row in response.json()["results"]["bindings"]]


# ----- the three ways to send a query -----


@pytest.mark.parametrize("send", [get, form, direct])
def test_query_is_answered_over_the_union_of_all_graphs(web: TestClient, send: Any) -> None:
    response = send(web, SLUGS)
    assert response.status_code == 200
    assert response.headers["content-type"] == JSON
    assert {"heilbronn", "karlsruhe", "musterstadt", "ulm"} <= set(slugs(response))


@pytest.mark.parametrize("send", [get, form, direct])
def test_query_with_umlauts_and_line_ends_arrives_unharmed(web: TestClient, send: Any) -> None:
    response = send(web, 'SELECT ?x\n{ BIND("Über + & % 100 % grün" AS ?x) }')
    assert response.json()["results"]["bindings"][0]["x"]["value"] == "Über + & % 100 % grün"


def test_graphs_can_be_named_in_the_query(web: TestClient) -> None:
    graph = "https://w3id.org/nhm/examples/graph/karlsruhe/org"
    assert slugs(get(web, SLUGS.replace("{", f"FROM <{graph}> {{", 1))) == ["karlsruhe"]
    assert slugs(get(web, f"SELECT ?slug {{ GRAPH <{graph}> {{ ?c <{NHM}slug> ?slug }} }}")) == [
        "karlsruhe"
    ]


def test_graph_that_is_not_here_is_empty_and_not_fetched(web: TestClient) -> None:
    response = get(web, "SELECT * FROM <http://www.example.org/data> { ?s ?p ?o }")
    assert response.status_code == 200
    assert response.json()["results"]["bindings"] == []


# ----- formats -----


def test_select_as_xml(web: TestClient) -> None:
    response = get(web, SLUGS, "application/sparql-results+xml")
    assert response.headers["content-type"] == "application/sparql-results+xml"
    literals = ElementTree.fromstring(response.content).iter(
        "{http://www.w3.org/2005/sparql-results#}literal"
    )
    assert "musterstadt" in [each.text for each in literals]


def test_select_as_csv(web: TestClient) -> None:
    response = get(web, SLUGS, "text/csv")
    assert response.headers["content-type"] == "text/csv; charset=utf-8"
    lines = response.text.split("\r\n")
    assert lines[0] == "slug"
    assert "musterstadt" in lines


def test_select_as_tsv(web: TestClient) -> None:
    response = get(web, SLUGS, "text/tab-separated-values")
    assert response.headers["content-type"] == "text/tab-separated-values; charset=utf-8"
    lines = response.text.split("\n")
    assert lines[0] == "?slug"
    assert '"musterstadt"' in lines


def test_select_without_accept_is_sparql_json(web: TestClient) -> None:
    assert get(web, SLUGS, "*/*").headers["content-type"] == JSON


def test_plain_json_is_understood_as_sparql_json(web: TestClient) -> None:
    response = get(web, SLUGS, "application/json")
    assert response.headers["content-type"] == "application/json"
    assert "musterstadt" in slugs(response)


@pytest.mark.parametrize(
    ("query", "truth"), [(ASK, True), (ASK.replace("/musterstadt", ""), False)]
)
def test_ask_as_json_and_xml(web: TestClient, query: str, truth: bool) -> None:
    assert get(web, query).json()["boolean"] is truth
    tree = ElementTree.fromstring(get(web, query, "application/sparql-results+xml").content)
    found = tree.find("{http://www.w3.org/2005/sparql-results#}boolean")
    assert found is not None
    assert found.text == str(truth).lower()


GRAPH_FORMATS = [
    ("text/turtle", ox.RdfFormat.TURTLE),
    ("application/n-triples", ox.RdfFormat.N_TRIPLES),
    ("application/ld+json", ox.RdfFormat.JSON_LD),
    ("application/rdf+xml", ox.RdfFormat.RDF_XML),
    ("application/trig", ox.RdfFormat.TRIG),
    ("application/n-quads", ox.RdfFormat.N_QUADS),
]


@pytest.mark.parametrize(("accept", "syntax"), GRAPH_FORMATS)
@pytest.mark.parametrize("query", [CONSTRUCT, DESCRIBE])
def test_graph_in_each_format(
    web: TestClient, query: str, accept: str, syntax: ox.RdfFormat
) -> None:
    response = get(web, query, accept)
    assert response.headers["content-type"].partition(";")[0] == accept
    triples = {quad.triple for quad in ox.parse(response.content, format=syntax)}
    rdf_type = ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
    kind = ox.NamedNode(f"{NHM}Municipality")
    assert ox.Triple(ox.NamedNode(CITY), rdf_type, kind) in triples
    assert (len(triples) == 1) == (query == CONSTRUCT)


@pytest.mark.parametrize(
    ("query", "accept"),
    [(SLUGS, "text/turtle"), (ASK, "text/csv"), (CONSTRUCT, "text/csv"), (SLUGS, "image/png")],
)
def test_format_that_the_form_of_query_lacks_is_406(
    web: TestClient, query: str, accept: str
) -> None:
    response = get(web, query, accept)
    assert response.status_code == 406
    assert response.headers["content-type"] == PROBLEM
    assert response.json()["offered"]


# ----- refusals -----


@pytest.mark.parametrize("send", [get, form, direct])
@pytest.mark.parametrize(
    ("query", "kind"),
    [
        ("SELECT * { SERVICE <http://192.0.2.1/> { ?s ?p ?o } }", "refused-query"),
        ("SELECT * { SERVICE SILENT <http://192.0.2.1/> {} }", "refused-query"),
        ("ASK { FILTER EXISTS { service <http://192.0.2.1/> {} } }", "refused-query"),
        ("LOAD <http://192.0.2.1/>", "refused-query"),
        ("SELECT * " + "{" * 300 + "}" * 300, "refused-query"),
        ("SELECT * {", "bad-query"),
        ("INSERT DATA { <a:a> <a:b> <a:c> }", "bad-query"),
        ("CLEAR ALL", "bad-query"),
        ("", "bad-query"),
    ],
)
def test_query_that_is_wrong_or_not_carried_out_is_400(
    web: TestClient, send: Any, query: str, kind: str
) -> None:
    response = send(web, query)
    assert response.status_code == 400
    assert response.headers["content-type"] == PROBLEM
    assert response.json()["type"] == f"https://w3id.org/nhm/problem/{kind}"


def test_service_is_refused_in_both_languages(web: TestClient) -> None:
    query = "SELECT * { SERVICE <http://192.0.2.1/> {} }"
    assert "würde eine andere Adresse" in get(web, query, lang="de").json()["detail"]
    assert "would ask another address" in get(web, query, lang="en").json()["detail"]


def test_the_word_service_in_a_text_is_no_service(web: TestClient) -> None:
    assert get(web, 'SELECT * { BIND("SERVICE <http://e/>" AS ?x) } # SERVICE').status_code == 200


def test_syntax_error_says_where(web: TestClient) -> None:
    problem = get(web, "SELECT *\n{ ?s ?p }").json()
    assert problem["line"] == 2
    assert "2" in problem["detail"]


@pytest.mark.parametrize("send", [form, direct])
@pytest.mark.parametrize("length", [100_001, 1_000_000])
def test_query_that_is_too_long_is_413(web: TestClient, send: Any, length: int) -> None:
    query = SLUGS + " #"
    response = send(web, query + "x" * (length - len(query)))
    assert response.status_code == 413
    assert response.headers["content-type"] == PROBLEM
    assert response.json()["limit"] == 100_000


@pytest.mark.parametrize("send", [form, direct])
def test_query_as_long_as_the_limit_is_answered(web: TestClient, send: Any) -> None:
    query = SLUGS + " #"
    assert send(web, query + "ü" * ((100_000 - len(query)) // 2)).status_code == 200


@pytest.mark.parametrize(
    "media_type",
    [
        "text/plain",
        "application/json",
        "application/sparql-update",
        "application/sparql-query; charset=utf-16",
        "",
    ],
)
def test_other_content_types_are_415(web: TestClient, media_type: str) -> None:
    response = web.post("/sparql", content=ASK, headers={"Content-Type": media_type})
    assert response.status_code == 415
    assert "application/sparql-query" in response.json()["known"]


def test_content_type_may_name_its_charset(web: TestClient) -> None:
    headers = {"Content-Type": "application/sparql-query; charset=utf-8"}
    assert web.post("/sparql", content=ASK, headers=headers).status_code == 200


def test_query_that_is_not_utf_8_is_400(web: TestClient) -> None:
    assert web.post("/sparql", content=ASK.encode("utf-16"), headers=DIRECT).status_code == 400


@pytest.mark.parametrize(
    "parameters", ["default-graph-uri=http://e/g", f"query={quote(ASK)}&query={quote(ASK)}"]
)
def test_none_or_two_queries_are_400(web: TestClient, parameters: str) -> None:
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    for response in (
        web.get(f"/sparql?{parameters}"),
        web.post("/sparql", content=parameters, headers=headers),
    ):
        assert response.status_code == 400
        assert response.headers["content-type"] == PROBLEM
        assert "query" in response.json()["detail"]


def test_update_in_a_form_changes_nothing(web: TestClient, graph: Graph) -> None:
    before = graph.store.version
    assert web.post("/sparql", data={"update": "CLEAR ALL"}).status_code == 400
    assert web.put("/sparql", content="CLEAR ALL").status_code == 405
    assert graph.store.version == before


# ----- a body that never ends, and a fault of the service -----


def read_until_answered(app: FastAPI, path: str, content_type: str) -> tuple[int, int]:
    """Sends 64 KiB after 64 KiB without saying how many: status, and how many were taken."""
    taken, status = 0, 0

    async def receive() -> dict[str, Any]:
        nonlocal taken
        taken += 1
        return {"type": "http.request", "body": b"x" * 65_536, "more_body": taken < 1_000}

    async def send(message: dict[str, Any]) -> None:
        nonlocal status
        status = message.get("status", status)

    scope = {
        "type": "http",
        "method": "POST",
        "path": path,
        "query_string": b"",
        "headers": [(b"content-type", content_type.encode())],
    }
    asyncio.run(app(scope, receive, send))
    return status, taken


@pytest.mark.parametrize(
    ("path", "content_type"),
    [
        ("/sparql", "application/sparql-query"),
        ("/sparql", "application/x-www-form-urlencoded"),
        ("/validate", "text/turtle"),
    ],
)
def test_body_is_read_no_further_than_the_limit(
    web: TestClient, path: str, content_type: str
) -> None:
    assert isinstance(web.app, FastAPI)
    status, taken = read_until_answered(web.app, path, content_type)
    assert status == 413
    assert taken < 40


class Standing:
    """Stands in for the readers."""

    def __init__(self, work: Any) -> None:
        self._work = work

    async def answer(self, job: Job) -> Answer:
        await self._work()
        raise RuntimeError("disk on fire at sector 7")

    async def close(self) -> None:
        pass


async def nothing() -> None:
    pass


def test_fault_of_the_service_is_a_problem_that_tells_no_secrets(graph: Graph) -> None:
    app = create_app(graph.settings, graph)
    app.state.foreign = Standing(nothing)
    # Not entered: leaving it would close the store that all tests share.
    response = get(TestClient(app, raise_server_exceptions=False), ASK)
    assert response.status_code == 500
    assert response.headers["content-type"] == PROBLEM
    assert "sector" not in json.dumps(response.json())


def test_waiting_queries_leave_threads_for_pages(graph: Graph) -> None:
    released = threading.Event()

    async def wait() -> None:
        while not released.is_set():
            await asyncio.sleep(0.01)

    app = create_app(graph.settings, graph)
    app.state.foreign = Standing(wait)
    answers: list[int] = []
    with contextlib.ExitStack() as stack:
        # Entered without the end of the app: the store belongs to all tests.
        client = TestClient(app, raise_server_exceptions=False)
        client.portal = stack.enter_context(anyio.from_thread.start_blocking_portal())
        asking = [
            threading.Thread(target=lambda: answers.append(get(client, ASK).status_code))
            for _ in range(60)  # more than the 40 threads there are for everything
        ]
        for each in asking:
            each.start()
        page = threading.Thread(target=lambda: answers.append(client.get("/queries").status_code))
        page.start()
        page.join(timeout=10)
        served, waiting = answers.copy(), sum(each.is_alive() for each in asking)
        released.set()
        for each in asking:
            each.join(timeout=20)
    assert served == [200]
    assert waiting == 60
    assert answers == [200] + [500] * 60
