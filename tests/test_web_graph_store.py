"""/store: the SPARQL 1.1 Graph Store HTTP Protocol, with conditional requests."""

import gzip
import io
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pyoxigraph as ox
import pytest
import rdflib
from fastapi.testclient import TestClient
from rdflib.compare import isomorphic

from serving import BEARER, client

G = "/store?graph=http://e/g"
TURTLE = {"Content-Type": "text/turtle"}
WRITE = TURTLE | BEARER
BLANK = """@prefix : <http://e/> . :a :b [ :c "ä" , 1.50 ; :d _:x ] . _:x :e ( 1 2 _:x ) ."""


@pytest.fixture(scope="module")
def service() -> Iterator[TestClient]:
    with client() as entered:
        yield entered


@pytest.fixture
def own(service: TestClient) -> TestClient:
    """A client of a service whose store is empty."""
    service.post("/update", data={"update": "DROP ALL"}, headers=BEARER)
    return service


def graph(response: Any, syntax: str = "turtle") -> rdflib.Graph:
    assert response.status_code == 200, response.text
    return rdflib.Graph().parse(data=response.content, format=syntax)


def lines(own: TestClient, address: str = G) -> list[str]:
    response = own.get(address, headers={"Accept": "application/n-triples"})
    assert response.status_code == 200, response.text
    return sorted(response.text.splitlines())


# ----- what comes in comes out -----


@pytest.mark.parametrize("address", [G, "/store?default", "/store/my/own%20graph"])
@pytest.mark.parametrize(
    ("accept", "syntax"),
    [
        ("text/turtle", "turtle"),
        ("application/n-triples", "nt"),
        ("application/ld+json", "json-ld"),
        ("application/rdf+xml", "xml"),
    ],
)
def test_graph_comes_back_isomorphic_with_its_blank_nodes(
    own: TestClient, address: str, accept: str, syntax: str
) -> None:
    assert own.put(address, content=BLANK, headers=WRITE).status_code in (201, 204)
    response = own.get(address, headers={"Accept": accept})
    assert response.headers["content-type"].partition(";")[0] == accept
    # Oxigraph keeps decimals in canonical form.
    sent = rdflib.Graph().parse(data=BLANK.replace("1.50", "1.5"), format="turtle")
    assert isomorphic(graph(response, syntax), sent)


def test_put_replaces_with_blank_nodes_before_and_after(own: TestClient) -> None:
    own.put(G, content=BLANK, headers=WRITE)
    own.put(G, content="<http://e/a> <http://e/b> [] , 2 .", headers=WRITE)
    found = lines(own)
    assert len(found) == 2
    assert sum("_:" in line for line in found) == 1


def test_other_graphs_are_left_alone(own: TestClient) -> None:
    own.put("/store?graph=http://e/h", content=BLANK, headers=WRITE)
    before = lines(own, "/store?graph=http://e/h")
    own.put(G, content=BLANK, headers=WRITE)
    own.put(G, content="<a:a> <a:b> 1 .", headers=WRITE)
    own.delete(G, headers=BEARER)
    own.put("/store?default", content="", headers=WRITE)
    assert lines(own, "/store?graph=http://e/h") == before


def test_status_says_whether_the_graph_was_made(own: TestClient) -> None:
    assert own.head(G).status_code == own.get(G).status_code == 404
    made = own.put(G, content="<a:a> <a:b> 1 .", headers=WRITE)
    assert made.status_code == 201
    assert own.get(made.headers["location"]).status_code == 200
    assert own.put(G, content="<a:a> <a:b> 2 .", headers=WRITE).status_code == 204
    assert own.post(G, content="<a:a> <a:b> 3 .", headers=WRITE).status_code == 204
    assert len(lines(own)) == 2
    assert own.delete(G, headers=BEARER).status_code == 204
    assert own.delete(G, headers=BEARER).status_code == 404
    assert own.post(G, content="<a:a> <a:b> 3 .", headers=WRITE).status_code == 201


def test_an_empty_graph_is_a_graph(own: TestClient) -> None:
    assert own.put(G, content="", headers=WRITE).status_code == 201
    assert lines(own) == []
    assert own.put(G, content="", headers=WRITE).status_code == 204


def test_post_without_a_graph_makes_one_and_says_where(own: TestClient) -> None:
    made = own.post("/store", content="<> <a:b> 1 .", headers=WRITE)
    assert made.status_code == 201
    address = made.headers["location"]
    assert lines(own, address) == lines(own, f"/store?graph={address}")
    assert lines(own, address)[0].startswith(f"<{address}> ")
    assert own.post("/store", content="", headers=WRITE).headers["location"] != address


def test_names_are_decoded_once(own: TestClient) -> None:
    own.put("/store?graph=http://e/%2531", content="<a:a> <a:b> 1 .", headers=WRITE)
    assert own.get("/store?graph=http://e/1").status_code == 404
    assert own.get("/store?graph=http%3A%2F%2Fe%2F%2531").status_code == 200
    own.put("/store/a%2Fb", content="<> <a:b> 1 .", headers=WRITE)
    assert own.get("/store/a/b").status_code == 404
    assert lines(own, "/store/a%2Fb")[0].startswith("<http://testserver/store/a%2Fb>")


def test_parts_of_a_form_are_added_together(own: TestClient) -> None:
    own.put(G, content="<a:a> <a:b> 1 .", headers=WRITE)
    files = {
        "one": ("one.ttl", b"<a:a> <a:b> 2 .", "text/turtle"),
        "two": ("two.nt", b"<a:a> <a:b> _:x .", "application/n-triples"),
    }
    assert own.post(G, files=files, headers=BEARER).status_code == 204
    assert len(lines(own)) == 3


# ----- conditions -----


def test_reader_with_the_present_state_gets_304(own: TestClient) -> None:
    own.put(G, content="<a:a> <a:b> 1 .", headers=WRITE)
    first = own.get(G)
    known = {"If-None-Match": first.headers["etag"]}
    assert own.get(G, headers=known).status_code == 304
    assert own.head(G, headers=known).status_code == 304
    other = own.get(G, headers=known | {"Accept": "application/ld+json"})
    assert other.status_code == 200
    assert other.headers["etag"] != first.headers["etag"]
    own.put("/store?graph=http://e/other", content="<a:a> <a:b> 1 .", headers=WRITE)
    assert own.get(G, headers=known).status_code == 304, "another graph changed"
    own.put(G, content="<a:a> <a:b> 2 .", headers=WRITE)
    assert own.get(G, headers=known).status_code == 200


@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE"])
def test_write_on_an_older_state_is_412_and_changes_nothing(own: TestClient, method: str) -> None:
    own.put(G, content="<a:a> <a:b> 1 .", headers=WRITE)
    old = own.get(G).headers["etag"]
    own.put(G, content="<a:a> <a:b> 2 .", headers=WRITE)
    before = lines(own)
    for tag in (old, f"W/{own.get(G).headers['etag']}", '"x"'):
        headers = WRITE | {"If-Match": tag}
        response = own.request(method, G, content="<a:a> <a:b> 3 .", headers=headers)
        assert response.status_code == 412
        assert response.json()["type"].endswith("/condition-failed")
    assert lines(own) == before


@pytest.mark.parametrize("accept", ["text/turtle", "application/n-triples"])
def test_etag_of_any_representation_lets_a_write_pass(own: TestClient, accept: str) -> None:
    own.put(G, content="<a:a> <a:b> 1 .", headers=WRITE)
    tag = own.get(G, headers={"Accept": accept}).headers["etag"]
    headers = WRITE | {"If-Match": f'"x", {tag}'}
    assert own.put(G, content="<a:a> <a:b> 2 .", headers=headers).status_code == 204


def test_asterisk_asks_whether_the_graph_is_there(own: TestClient) -> None:
    def put(**headers: str) -> int:
        return own.put(G, content="<a:a> <a:b> 1 .", headers=WRITE | headers).status_code

    assert put(**{"If-Match": "*"}) == 412
    assert put(**{"If-None-Match": "*"}) == 201
    assert put(**{"If-None-Match": "*"}) == 412
    assert put(**{"If-Match": "*"}) == 204


def test_of_many_writers_on_one_state_exactly_one_wins(own: TestClient) -> None:
    own.put(G, content="<a:a> <a:b> 0 .", headers=WRITE)
    headers = WRITE | {"If-Match": own.get(G).headers["etag"]}
    ready = threading.Barrier(8)

    def write(number: int) -> int:
        ready.wait(timeout=10)
        content = f"<a:a> <a:b> {number} ."
        return own.put(G, content=content, headers=headers).status_code

    with ThreadPoolExecutor(8) as pool:
        statuses = sorted(pool.map(write, range(1, 9)))
    assert statuses == [204] + [412] * 7


# ----- refusals -----


@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE"])
@pytest.mark.parametrize("address", [G, "/store/x", "/store?default"])
def test_writing_needs_the_token(own: TestClient, method: str, address: str) -> None:
    response = own.request(method, address, content="<a:a> <a:b> 1 .", headers=TURTLE)
    assert response.status_code == 401
    assert "www-authenticate" in response.headers


def test_without_a_token_in_the_settings_nothing_is_written(web: TestClient) -> None:
    assert web.put(G, content="<a:a> <a:b> 1 .", headers=WRITE).status_code == 403


def test_broken_data_says_line_and_column_and_writes_nothing(own: TestClient) -> None:
    response = own.put(G, content="<a:a> <a:b> 1 .\n<a:a> <a:b> .", headers=WRITE)
    assert response.status_code == 400
    assert response.json()["type"].endswith("/unreadable-data")
    assert (response.json()["line"], response.json()["column"]) == (2, 13)
    assert own.get(G).status_code == 404


@pytest.mark.parametrize(
    ("headers", "content", "status"),
    [
        ({"Content-Type": "text/plain"}, "x", 415),
        ({"Content-Type": "text/turtle; charset=latin1"}, "", 415),
        ({}, "<a:a> <a:b> 1 .", 415),
        (TURTLE, b"\xff\xfe", 400),
        (TURTLE, "VERSION '1.2' <a:a> <a:b> <<( <a:a> <a:b> 1 )>> .", 400),
        ({"Content-Type": "application/rdf+xml"}, "<!DOCTYPE x><x/>", 400),
        ({"Content-Type": "multipart/form-data"}, "x", 400),
        (TURTLE | {"Content-Encoding": "gzip"}, gzip.compress(b"<a:a> <a:b> 1 .", mtime=0), 415),
    ],
)
def test_data_that_cannot_be_read_is_refused(
    own: TestClient, headers: dict[str, str], content: Any, status: int
) -> None:
    response = own.put(G, content=content, headers=headers | BEARER)
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    assert own.get(G).status_code == 404


def test_part_of_a_form_without_media_type_is_415(own: TestClient) -> None:
    assert own.post(G, files={"x": (None, "<a:a>")}, headers=BEARER).status_code == 415


def test_data_over_the_limit_is_413() -> None:
    with client(max_upload_bytes=1_000_000) as own:
        response = own.put(G, content=" " * 1_000_001, headers=WRITE)
        assert response.status_code == 413
        assert response.json()["limit"] == 1_000_000


@pytest.mark.parametrize(
    "address", ["/store", "/store?graph=abc", f"{G}&default", f"{G}&graph=a:b", "/store/x?default"]
)
def test_exactly_one_graph_is_to_be_named(own: TestClient, address: str) -> None:
    response = own.get(address)
    assert response.status_code == 400
    assert response.json()["name"] == "graph"


def test_format_that_is_not_there_is_406_with_those_that_are(own: TestClient) -> None:
    own.put(G, content="<a:a> <a:b> 1 .", headers=WRITE)
    response = own.get(G, headers={"Accept": "text/csv"})
    assert response.status_code == 406
    assert "text/turtle" in response.json()["offered"]


def test_what_is_written_is_in_the_union_and_the_default_graph_without_name(
    own: TestClient,
) -> None:
    own.put("/store?default", content="<a:a> <a:b> 1 .", headers=WRITE)
    own.put(G, content="<a:a> <a:b> 2 .", headers=WRITE)
    query = "SELECT ?o { <a:a> <a:b> ?o }"
    headers = {"Accept": "text/tab-separated-values"}
    union = own.get("/sparql", params={"query": query}, headers=headers).text
    assert sorted(union.split()) == ["1", "2", "?o"]
    named = own.get("/sparql", params={"query": "ASK { GRAPH ?g { <a:a> <a:b> 1 } }"}).json()
    assert named["boolean"] is False
    quads = ox.parse(io.BytesIO(own.get("/store?default").content), ox.RdfFormat.TURTLE)
    assert len(list(quads)) == 1
