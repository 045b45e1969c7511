"""POST /validate: the report in each form, for data in each format, and what is refused."""

from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
from fastapi.testclient import TestClient

from nhm_graph.graph import Graph
from nhm_graph.web.app import create_app

SH = "http://www.w3.org/ns/shacl#"
RDF_TYPE = ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
TURTLE = "text/turtle"
PROBLEM = "application/problem+json"
FORMATS = {
    "text/turtle": ox.RdfFormat.TURTLE,
    "application/trig": ox.RdfFormat.TRIG,
    "application/n-triples": ox.RdfFormat.N_TRIPLES,
    "application/n-quads": ox.RdfFormat.N_QUADS,
    "application/ld+json": ox.RdfFormat.JSON_LD,
    "application/rdf+xml": ox.RdfFormat.RDF_XML,
}
BOMB = b"""<?xml version="1.0"?>
<!DOCTYPE rdf:RDF [ <!ENTITY a "aaaaaaaaaa"> <!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;"> ]>
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:a="x:">
<a:b>&b;</a:b></rdf:RDF>
"""


@pytest.fixture(scope="module")
def broken(repo_root: Path) -> bytes:
    """Turtle that breaks M03 in line 14 and nothing else."""
    return (repo_root / "tests/rules/fixtures/M03-invalid-unknown.ttl").read_bytes()


def send(web: TestClient, data: bytes, media_type: str = TURTLE, **headers: str) -> Any:
    return web.post("/validate", content=data, headers={"Content-Type": media_type, **headers})


# ----- what is sent -----


@pytest.mark.parametrize("media_type", FORMATS)
def test_data_is_read_in_each_rdf_format(web: TestClient, broken: bytes, media_type: str) -> None:
    quads = ox.parse(broken, format=ox.RdfFormat.TURTLE)
    data = ox.serialize(quads, format=FORMATS[media_type])
    assert data is not None
    report = send(web, data, media_type).json()
    assert report["conforms"] is False
    assert [finding["rule"] for finding in report["findings"]] == ["M03"]


def test_data_in_named_graphs_is_checked_together(web: TestClient, broken: bytes) -> None:
    quads = ox.parse(broken, format=ox.RdfFormat.TURTLE)
    graph = ox.NamedNode("https://w3id.org/nhm/examples/graph/musterstadt/plan")
    data = ox.serialize((ox.Quad(*quad.triple, graph) for quad in quads), format=ox.RdfFormat.TRIG)
    assert data is not None
    assert send(web, data, "application/trig").json()["counts"]["violation"] == 1


def test_media_type_may_name_its_charset(web: TestClient) -> None:
    assert send(web, b"", "text/turtle; charset=UTF-8").status_code == 200
    assert send(web, b"", "text/turtle; charset=latin-1").status_code == 415


@pytest.mark.parametrize("media_type", ["text/html", "application/json", "text/csv", "nonsense"])
def test_other_media_types_are_415(web: TestClient, media_type: str) -> None:
    response = send(web, b"", media_type)
    assert response.status_code == 415
    assert response.headers["content-type"] == PROBLEM
    assert set(FORMATS) <= set(response.json()["known"])


def test_data_without_a_media_type_is_415(web: TestClient, broken: bytes) -> None:
    assert web.post("/validate", content=broken).status_code == 415


# ----- the report -----


def test_report_is_json_unless_asked_otherwise(web: TestClient, broken: bytes) -> None:
    response = send(web, broken, Accept="*/*")
    assert response.status_code == 200
    assert response.headers["content-type"] == "application/json"
    report = response.json()
    assert report["counts"] == {"violation": 1, "warning": 0, "info": 0}
    (finding,) = report["findings"]
    assert finding["severity"] == "violation"
    assert finding["line"] == 14
    assert finding["focus"] == "https://w3id.org/nhm/examples/id/musterstadt/measure/a"
    assert finding["label"] == "Tempo 30 auf Hauptstraßen"
    assert finding["path"] == "https://w3id.org/nhm/ns#implementationStatus"
    assert finding["shape"] == "https://w3id.org/nhm/rule/M03"


@pytest.mark.parametrize(
    ("language", "head", "message", "place"),
    [
        ("de", "data.ttl: Verstöße gefunden", "Die Maßnahme braucht genau einen", "Zeile 14"),
        ("en", "data.ttl: violations found", "The measure needs exactly one", "line 14"),
    ],
)
def test_report_as_text_speaks_the_readers_language(
    web: TestClient, broken: bytes, language: str, head: str, message: str, place: str
) -> None:
    response = send(web, broken, Accept="text/plain", **{"Accept-Language": language})
    assert response.headers["content-type"].startswith("text/plain")
    assert response.headers["content-language"] == language
    assert response.text.startswith(head)
    assert message in response.text
    assert f"data.ttl, {place}" in response.text


def test_report_in_json_speaks_the_language_in_the_address(web: TestClient, broken: bytes) -> None:
    def message(path: str) -> str:
        response = web.post(path, content=broken, headers={"Content-Type": TURTLE})
        return str(response.json()["findings"][0]["message"])

    assert message("/validate?lang=en").startswith("The measure")
    assert message("/validate?lang=de").startswith("Die Maßnahme")


def test_report_as_turtle_is_a_shacl_validation_report(web: TestClient, broken: bytes) -> None:
    response = send(web, broken, Accept=TURTLE)
    assert response.headers["content-type"].partition(";")[0] == TURTLE
    triples = [quad.triple for quad in ox.parse(response.content, format=ox.RdfFormat.TURTLE)]
    typed = {each.object: each.subject for each in triples if each.predicate == RDF_TYPE}
    report = typed[ox.NamedNode(f"{SH}ValidationReport")]
    result = typed[ox.NamedNode(f"{SH}ValidationResult")]
    assert ox.Triple(report, ox.NamedNode(f"{SH}result"), result) in triples
    conforms = [each.object for each in triples if each.predicate.value == f"{SH}conforms"]
    assert conforms == [ox.Literal(False)]
    shape = ox.NamedNode("https://w3id.org/nhm/rule/M03")
    assert ox.Triple(result, ox.NamedNode(f"{SH}sourceShape"), shape) in triples


def test_report_in_another_form_is_406(web: TestClient) -> None:
    response = send(web, b"", Accept="image/png")
    assert response.status_code == 406
    assert "text/turtle" in response.json()["offered"]


def test_warnings_alone_conform(web: TestClient, repo_root: Path) -> None:
    data = (repo_root / "tests/rules/fixtures/G07-invalid-none.ttl").read_bytes()
    report = send(web, data).json()
    assert report["conforms"] is True
    assert report["counts"] == {"violation": 0, "warning": 1, "info": 0}


def test_report_on_valid_data_is_empty(web: TestClient, repo_root: Path) -> None:
    data = (repo_root / "tests/rules/fixtures/M03-valid.ttl").read_bytes()
    report = send(web, data).json()
    assert report["conforms"] is True
    assert report["findings"] == []


# ----- refusals -----


@pytest.mark.parametrize(
    ("data", "media_type", "line"),
    [
        (b"<a:a> <a:b> <a:c> .\n<a:a> <a:b>", TURTLE, 2),
        (b"<a:a> a <a:c> .\n\nfoo bar .", TURTLE, 3),
        (b"\xff\xfe", TURTLE, None),
        (b"\x00", TURTLE, None),
        (b"{", "application/ld+json", None),
        (b"<rdf", "application/rdf+xml", None),
    ],
)
def test_data_that_cannot_be_read_is_400_with_the_line(
    web: TestClient, data: bytes, media_type: str, line: int | None
) -> None:
    response = send(web, data, media_type)
    assert response.status_code == 400
    assert response.headers["content-type"] == PROBLEM
    problem = response.json()
    assert problem["type"] == "https://w3id.org/nhm/problem/unreadable-data"
    assert line is None or problem["line"] == line


def test_entity_bomb_is_refused_before_it_is_read(web: TestClient) -> None:
    response = send(web, BOMB, "application/rdf+xml")
    assert response.status_code == 400
    assert "DOCTYPE" in response.json()["detail"]


def test_json_ld_with_a_context_from_elsewhere_is_refused(web: TestClient) -> None:
    data = b'{"@context": "http://192.0.2.1/context.jsonld", "@id": "a:a"}'
    response = send(web, data, "application/ld+json")
    assert response.status_code == 400
    assert "http://192.0.2.1/context.jsonld" in response.json()["detail"]


def test_data_that_is_too_large_is_413(web: TestClient, graph: Graph) -> None:
    limit = graph.settings.max_validation_bytes
    response = send(web, b"#" * (limit + 1))
    assert response.status_code == 413
    assert response.headers["content-type"] == PROBLEM
    assert response.json()["limit"] == limit


def test_second_check_at_the_same_time_is_503_and_says_when_to_come_back(graph: Graph) -> None:
    busy = Graph(graph.store, graph.files, graph.settings)
    assert busy._workers.slots.acquire(blocking=False)
    response = send(TestClient(create_app(graph.settings, busy)), b"")
    assert response.status_code == 503
    assert response.json()["type"].endswith("/busy")
    assert int(response.headers["retry-after"]) > 0


def test_check_that_takes_too_long_is_ended_with_503_and_the_next_one_runs(
    graph: Graph, broken: bytes
) -> None:
    short = Graph(graph.store, graph.files, graph.settings)
    short._workers.seconds = 0
    client = TestClient(create_app(graph.settings, short))
    response = send(client, broken)
    assert response.status_code == 503
    assert response.json()["type"].endswith("/stopped")
    short._workers.seconds = 60
    assert send(client, broken).status_code == 200
    short._workers.close()


def test_get_is_405(web: TestClient) -> None:
    assert web.get("/validate").status_code == 405


def test_nothing_of_it_is_stored(
    web: TestClient, graph: Graph, broken: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    version, names = graph.store.version, graph.store.graph_names()
    send(web, broken)
    send(web, BOMB, "application/rdf+xml")
    assert graph.store.version == version
    assert graph.store.graph_names() == names
    assert list(tmp_path.iterdir()) == []
    query = "ASK { <https://w3id.org/nhm/examples/id/musterstadt/measure/a> ?p ?o }"
    assert web.get("/sparql", params={"query": query}).json()["boolean"] is False
