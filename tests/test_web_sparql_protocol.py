"""/sparql beside the answer: dataset, ETag, encoding, methods, other origins, description."""

import asyncio
import gzip
from collections.abc import Iterator
from typing import Any

import httpx
import pyoxigraph as ox
import pytest
from fastapi.testclient import TestClient

from nhm_graph.errors import BadParameter, NotAcceptable
from nhm_graph.graph import Graph
from nhm_graph.store.embedded import EmbeddedStore
from nhm_graph.store.guard import check_query
from nhm_graph.store.readers.job import Job
from nhm_graph.web.foreign import InThreads
from serving import BEARER, client

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
DIRECT = {"Content-Type": "application/sparql-query"}
TURTLE = {"Content-Type": "text/turtle"}
SD = "http://www.w3.org/ns/sparql-service-description#"
VALUES = "SELECT ?o { ?s ?p ?o } ORDER BY ?o"


@pytest.fixture(scope="module")
def own() -> Iterator[TestClient]:
    """A service with the graphs a and b, and a triple in the default graph."""
    with client() as entered:
        data = """INSERT DATA { <a:s> <a:p> "default" .
            GRAPH <a:a> { <a:s> <a:p> "a" } GRAPH <a:b> { <a:s> <a:p> "b" } }"""
        assert entered.post("/update", data={"update": data}, headers=BEARER).status_code == 204
        yield entered


def values(response: Any) -> list[str]:
    assert response.status_code == 200, response.text
    return [row["o"]["value"] for row in response.json()["results"]["bindings"]]


# ----- dataset -----


@pytest.mark.parametrize(
    ("query", "dataset", "found"),
    [
        (VALUES, "", ["a", "b", "default"]),
        (VALUES, "default-graph-uri=a:a", ["a"]),
        (VALUES, "default-graph-uri=a:a&default-graph-uri=a:b", ["a", "b"]),
        (VALUES, "default-graph-uri=a:unknown", []),
        (VALUES, "named-graph-uri=a:a", []),
        (VALUES.replace("{", "FROM <a:a> {"), "", ["a"]),
        (VALUES.replace("{", "FROM <a:a> {"), "default-graph-uri=a:b", ["b"]),
        (VALUES.replace("{", "FROM <a:a> {"), "named-graph-uri=a:b", []),
        (VALUES.replace("{", "FROM <http://192.0.2.1/never> {"), "", []),
        ("SELECT ?o { GRAPH ?g { ?s ?p ?o } } ORDER BY ?o", "", ["a", "b"]),
        ("SELECT ?o { GRAPH ?g { ?s ?p ?o } } ORDER BY ?o", "named-graph-uri=a:b", ["b"]),
        ("SELECT ?o { GRAPH ?g { ?s ?p ?o } } ORDER BY ?o", "default-graph-uri=a:b", []),
    ],
)
def test_graphs_of_the_request_go_before_those_of_the_query(
    own: TestClient, query: str, dataset: str, found: list[str]
) -> None:
    given = list(httpx.QueryParams(dataset).multi_items())
    form = httpx.QueryParams([*given, ("query", query)])
    answers = [
        own.get("/sparql", params=form),
        own.post("/sparql", content=str(form), headers=FORM),
        own.post("/sparql", params=given, content=query, headers=DIRECT),
        own.post("/sparql", params=given, data={"query": query}),
    ]
    assert [values(each) for each in answers] == [found] * 4


def test_graph_that_is_no_iri_is_refused_by_its_parameter(own: TestClient) -> None:
    response = own.get("/sparql", params={"query": "ASK {}", "named-graph-uri": "no iri"})
    assert response.status_code == 400
    assert response.json()["name"] == "named-graph-uri"


def test_relative_iris_are_relative_to_the_endpoint(own: TestClient) -> None:
    query = "CONSTRUCT { <s> <p> 1 } {}"
    response = own.get("/sparql", params={"query": query}, headers={"Accept": "text/turtle"})
    assert "<http://testserver/s>" in response.text


@pytest.mark.parametrize("media_type", ["application/sparql-results+json", "text/csv"])
def test_blank_nodes_come_back_as_blank_nodes(own: TestClient, media_type: str) -> None:
    own.put("/store?graph=a:x", content="[] <a:blank> [] .", headers=TURTLE | BEARER)
    query = "SELECT ?s ?o { ?s <a:blank> ?o }"
    response = own.get("/sparql", params={"query": query}, headers={"Accept": media_type})
    own.delete("/store?graph=a:x", headers=BEARER)
    assert response.text.count("bnode" if "json" in media_type else "_:") == 2
    assert "genid" not in response.text


# ----- ETag and encoding -----


def test_unchanged_answer_is_304_without_being_evaluated(own: TestClient) -> None:
    first = own.get("/sparql", params={"query": VALUES})
    before = own.app.state.foreign.state().served  # type: ignore[attr-defined]
    headers = {"If-None-Match": f'"other", W/{first.headers["etag"]}'}
    again = own.get("/sparql", params={"query": VALUES}, headers=headers)
    assert again.status_code == 304
    assert again.content == b""
    assert again.headers["etag"] == first.headers["etag"]
    assert again.headers["vary"] == first.headers["vary"] == "Accept, Accept-Encoding"
    assert own.app.state.foreign.state().served == before  # type: ignore[attr-defined]


def test_each_representation_has_its_own_etag(own: TestClient) -> None:
    def tag(query: str = VALUES, graph: str = "a:a", **headers: str) -> str:
        params = {"query": query, "default-graph-uri": graph}
        return str(own.get("/sparql", params=params, headers=headers).headers["etag"])

    tags = [
        tag(),
        tag(graph="a:b"),
        tag(VALUES + " LIMIT 1"),
        tag(Accept="text/csv"),
        tag(**{"Accept-Encoding": "identity"}),
    ]
    assert len(set(tags)) == len(tags)
    assert tag(Accept="text/csv, */*;q=0.1") == tag(Accept="text/*")


def test_a_write_changes_the_etag(own: TestClient) -> None:
    before = own.get("/sparql", params={"query": VALUES}).headers["etag"]
    own.put("/store?graph=a:c", content="<a:s> <a:q> 1 .", headers=TURTLE | BEARER)
    headers = {"If-None-Match": before}
    response = own.get("/sparql", params={"query": "ASK { ?s <a:q> 1 }"}, headers=headers)
    assert response.json()["boolean"] is True
    assert own.delete("/store?graph=a:c", headers=BEARER).status_code == 204
    assert own.get("/sparql", params={"query": VALUES}, headers=headers).status_code == 200


@pytest.mark.parametrize(
    "query",
    ["SELECT (NOW() AS ?o) {}", "SELECT (rand() AS ?o) {}", "CONSTRUCT { [] <a:p> 1 } {}"],
)
def test_answer_that_differs_each_time_has_no_etag(own: TestClient, query: str) -> None:
    response = own.get("/sparql", params={"query": query})
    assert response.status_code == 200
    assert "etag" not in response.headers


@pytest.mark.parametrize(
    ("accepted", "rows", "is_packed"),
    [
        ("gzip", 500, True),
        ("gzip;q=0.5, br", 500, True),
        ("*", 500, True),
        ("gzip;q=0", 500, False),
        ("identity", 500, False),
        ("gzip", 2, False),
        ("gzip", 60_000, True),
    ],
)
def test_gzip_is_for_those_who_take_it_and_answers_worth_it(
    own: TestClient, accepted: str, rows: int, is_packed: bool
) -> None:
    numbers = " ".join(map(str, range(245)))
    query = f"SELECT ?a ?b {{ VALUES ?a {{ {numbers} }} VALUES ?b {{ {numbers} }} }} LIMIT {rows}"
    headers = {"Accept-Encoding": accepted, "Accept": "text/csv"}
    with own.stream("GET", "/sparql", params={"query": query}, headers=headers) as response:
        raw = b"".join(response.iter_raw())
    assert (response.headers.get("content-encoding") == "gzip") == is_packed
    plain = gzip.decompress(raw) if is_packed else raw
    assert plain.count(b"\r\n") == min(rows, 245 * 245) + 1


# ----- methods and other origins -----


@pytest.mark.parametrize(
    ("path", "methods"),
    [
        ("/sparql", "GET, HEAD, POST, OPTIONS"),
        ("/update", "POST, OPTIONS"),
        ("/store", "GET, HEAD, PUT, POST, DELETE, OPTIONS"),
        ("/store/a/b", "GET, HEAD, PUT, POST, DELETE, OPTIONS"),
    ],
)
def test_other_methods_are_405_and_options_says_which_there_are(
    own: TestClient, path: str, methods: str
) -> None:
    asked = own.options(path)
    assert (asked.status_code, asked.headers["allow"]) == (204, methods)
    for method in ("PATCH", "TRACE", "PROPFIND"):
        refused = own.request(method, path)
        assert (refused.status_code, refused.headers["allow"]) == (405, methods)
        assert refused.headers["content-type"] == "application/problem+json"


def test_head_has_the_headers_of_get_and_no_body(own: TestClient) -> None:
    got = own.get("/sparql", params={"query": VALUES})
    head = own.head("/sparql", params={"query": VALUES})
    assert head.content == b""
    for name in ("content-type", "etag", "vary"):
        assert head.headers[name] == got.headers[name]


@pytest.mark.parametrize(
    ("method", "path", "may"),
    [
        ("GET", "/sparql", True),
        ("POST", "/sparql", True),
        ("GET", "/queries", True),
        ("GET", "/store", True),
        ("PUT", "/store", False),
        ("DELETE", "/store/a", False),
        ("POST", "/store", False),
        ("POST", "/update", False),
    ],
)
def test_pages_of_other_origins_may_read_and_not_write(
    own: TestClient, method: str, path: str, may: bool
) -> None:
    origin = {"Origin": "https://elsewhere.example"}
    asking = origin | {"Access-Control-Request-Method": method}
    preflight = own.options(path, headers=asking)
    answered = own.request(method, path, headers=origin)
    for response in (preflight, answered):
        allowed = response.headers.get("access-control-allow-origin")
        assert allowed == ("*" if may else None)
        assert "access-control-allow-credentials" not in response.headers


# ----- the description of the service -----


def test_without_a_query_the_service_describes_itself(own: TestClient) -> None:
    response = own.get("/sparql")
    assert response.headers["content-type"].startswith("text/turtle")
    store = ox.Store()
    store.load(response.content, format=ox.RdfFormat.TURTLE)
    said = f"""PREFIX sd: <{SD}> PREFIX void: <http://rdfs.org/ns/void#> ASK {{
        ?service a sd:Service ; sd:endpoint <http://testserver/sparql> ;
            sd:supportedLanguage sd:SPARQL11Query, sd:SPARQL11Update ;
            sd:feature sd:UnionDefaultGraph ;
            sd:defaultDataset [ sd:defaultGraph [ void:triples 3 ] ;
                sd:namedGraph [ sd:name <a:b> ; sd:graph [ void:triples 1 ] ] ] ;
            sd:availableGraphs/sd:namedGraph/sd:name <a:a> .
        FILTER NOT EXISTS {{ ?service sd:feature sd:BasicFederatedQuery }} }}"""
    assert bool(store.query(said))
    headers = {"If-None-Match": response.headers["etag"]}
    assert own.get("/sparql", headers=headers).status_code == 304


def test_description_exists_in_every_format_of_graphs(own: TestClient) -> None:
    for media_type in ("application/ld+json", "application/rdf+xml", "application/n-triples"):
        response = own.get("/sparql", headers={"Accept": media_type})
        assert response.headers["content-type"] == media_type
    assert own.get("/sparql", headers={"Accept": "image/png"}).status_code == 406


def test_browser_gets_a_page_with_a_form(own: TestClient) -> None:
    accept = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
    response = own.get("/sparql?lang=de", headers={"Accept": accept})
    assert response.headers["content-type"].startswith("text/html")
    assert "<textarea" in response.text
    assert "a:b" in response.text


def test_update_is_described_only_where_it_is_on(web: TestClient) -> None:
    assert "SPARQL11Update" not in web.get("/sparql").text


def test_the_program_s_own_questions_pass_the_guard(graph: Graph) -> None:
    for question in graph.questions.values():
        check_query(question.text, max_bytes=100_000, max_depth=200)


# ----- another engine as store -----


def test_another_engine_is_asked_in_a_thread_with_the_same_forms_and_formats() -> None:
    store = EmbeddedStore()
    store.update('INSERT DATA { GRAPH <a:a> { <a:s> <a:p> "a" } GRAPH <a:b> { <a:s> <a:p> "b" } }')
    foreign = InThreads(store)

    async def ask(job: Job) -> tuple[str, str, bytes]:
        answer = await foreign.answer(job)
        return answer.kind, answer.media_type, b"".join([each async for each in answer.chunks])

    def asked(text: str, **more: Any) -> tuple[str, str, bytes]:
        return asyncio.run(ask(Job(text, **more)))

    table = ("table", "text/csv", b"o\r\nb\r\n")
    assert asked(VALUES, default_graphs=("a:b",), named_graphs=(), accept="text/csv") == table
    assert asked("ASK { ?s ?p 'b' }")[0] == "truth"
    assert asked("CONSTRUCT WHERE { ?s ?p ?o }", accept="application/n-quads")[2].count(b"\n") == 2
    with pytest.raises(BadParameter, match="FROM NAMED"):
        asked(VALUES, default_graphs=(), named_graphs=("a:b",))
    with pytest.raises(NotAcceptable):
        asked("ASK {}", accept="text/csv")
