"""Dumps: the same bytes for the same data, true to it in every format, streamed over HTTP."""

import base64
import csv
import gzip
import hashlib
import io
import json
import random
import re
import zipfile
from collections.abc import Iterator, Sequence

import pytest
from fastapi.testclient import TestClient
from pyoxigraph import BlankNode, Literal, NamedNode, Quad, RdfFormat, Store, Triple, parse

from nhm_graph.errors import StoreProblem
from nhm_graph.graph import Graph, open_graph
from nhm_graph.publish import dumps
from nhm_graph.rdf.canonical import sorted_lines
from nhm_graph.settings import Settings
from nhm_graph.web.app import create_app

BASE = "https://w3id.org/nhm/examples/"
PLAN = f"{BASE}graph/musterstadt/plan"
MEASURE = "https://w3id.org/nhm/ns#Measure"
TYPE = NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
LABEL = NamedNode("http://www.w3.org/2004/02/skos/core#prefLabel")
RDF_FORMATS = {
    "ttl": RdfFormat.TURTLE,
    "jsonld": RdfFormat.JSON_LD,
    "rdf": RdfFormat.RDF_XML,
    "nt": RdfFormat.N_TRIPLES,
    "nq.gz": RdfFormat.N_QUADS,
}
FORMS = [form.name for form in dumps.FORMS]


def dumped(graph: Graph, iri: str, name: str) -> bytes:
    output = io.BytesIO()
    with dumps.Dump(graph, iri) as dump:
        dump.write(name, output)
    return output.getvalue()


def small_graph(triples: Sequence[Triple], **settings: int) -> tuple[Graph, str]:
    """An empty graph with one graph of these triples, which describes itself."""
    graph = open_graph(Settings(examples=False, **settings))
    iri = f"{BASE}graph/neudorf/plan"
    about = Triple(NamedNode(iri), TYPE, NamedNode("https://w3id.org/nhm/ns#CityGraph"))
    graph.store.replace_graph(iri, [about, *triples])
    return graph, iri


def thing(number: int) -> NamedNode:
    return NamedNode(f"{BASE}id/neudorf/measure/{number}")


# ----- the same data, the same bytes -----


@pytest.mark.parametrize("name", FORMS)
def test_bytes_depend_on_the_triples_and_not_on_how_they_came(graph: Graph, name: str) -> None:
    triples = list(graph.store.read_graph(PLAN))
    random.Random(1).shuffle(triples)
    other = open_graph(Settings(examples=False))
    for city_graph in graph.store.graph_names()[::-1]:
        other.store.replace_graph(city_graph, graph.store.read_graph(city_graph))
    other.store.replace_graph(PLAN, triples[:10])
    other.store.replace_graph(PLAN, triples)
    assert dumped(other, PLAN, name) == dumped(graph, PLAN, name)


@pytest.mark.parametrize("name", RDF_FORMATS)
def test_every_format_holds_exactly_the_triples_of_the_graph(graph: Graph, name: str) -> None:
    content = dumped(graph, PLAN, name)
    if name == "nq.gz":
        content = gzip.decompress(content)
    quads = list(parse(input=content, format=RDF_FORMATS[name]))
    assert {quad.triple for quad in quads} == set(graph.store.read_graph(PLAN))
    assert len(quads) == len({*quads})
    if name == "nq.gz":
        assert {quad.graph_name.value for quad in quads} == {PLAN}


def test_lines_are_in_the_order_of_code_points_however_few_fit_in_memory() -> None:
    texts = ["z", "a", "ä", "😀", "\uffee", "a\nb", 'say "no"', "a\\b", "\x7f", "\u2028"]
    triples = [Triple(thing(1), LABEL, Literal(text)) for text in texts]
    whole = list(sorted_lines(triples, most=1_000))
    assert whole == sorted(whole)
    assert [list(sorted_lines(triples, most=most)) for most in (1, 3, 10)] == [whole] * 3
    assert all(line.count("\n") == 1 and line.endswith(" .\n") for line in whole)


def test_packed_files_carry_no_time(graph: Graph) -> None:
    assert dumped(graph, PLAN, "nq.gz")[4:8] == bytes(4)
    for name in ("csv.zip", "xlsx"):
        archive = zipfile.ZipFile(io.BytesIO(dumped(graph, PLAN, name)))
        assert {member.date_time[0] for member in archive.infolist()} == {1980}
    properties = archive.read("docProps/core.xml").decode()
    assert set(re.findall(r"\d{4}-\d\d-\d\dT", properties)) == {"1980-01-01T"}


def test_blank_nodes_stay_blank_nodes() -> None:
    # What is loaded has none; another store may.
    line = next(sorted_lines([Triple(BlankNode("a"), LABEL, Literal("x"))], most=10))
    assert line.startswith("_:a ")


# ----- the whole -----


def test_the_whole_dump_has_every_graph_but_fictional_ones_in_order(graph: Graph) -> None:
    store = Store()
    text = gzip.decompress(b"".join(dumps.whole(graph)))
    store.bulk_load(input=text, format=RdfFormat.N_QUADS)
    names = [str(line.split(" <")[-1]) for line in text.decode().splitlines()]
    assert names == sorted(names)
    there = {graph_name.value for graph_name in store.named_graphs()}
    assert there == {name for name in graph.store.graph_names() if "/musterstadt/" not in name}
    whole = gzip.decompress(b"".join(dumps.whole(graph, fictional=True)))
    everything = {
        Quad(*triple, NamedNode(name))
        for name in graph.store.graph_names()
        for triple in graph.store.read_graph(name)
    }
    assert set(parse(input=whole, format=RdfFormat.N_QUADS)) == everything


def test_a_graph_that_nothing_describes_is_not_published() -> None:
    graph, iri = small_graph([])
    graph.store.replace_graph(f"{BASE}graph/neudorf/draft", [Triple(thing(1), LABEL, Literal("x"))])
    assert [name for name in dumps.published(graph) if name.startswith(BASE)] == [iri]


def test_a_whole_dump_of_two_states_is_broken_off() -> None:
    graph, iri = small_graph([])
    chunks = dumps._all_lines(graph, fictional=False)
    next(chunks)
    graph.store.replace_graph(iri, [Triple(thing(1), LABEL, Literal("x"))])
    with pytest.raises(StoreProblem, match="changed while"):
        list(chunks)


# ----- tables -----


def tables(graph: Graph, iri: str) -> dict[str, list[list[str]]]:
    archive = zipfile.ZipFile(io.BytesIO(dumped(graph, iri, "csv.zip")))
    return {
        name.removesuffix(".csv"): list(csv.reader(io.StringIO(archive.read(name).decode())))
        for name in archive.namelist()
        if name.endswith(".csv")
    }


def described(graph: Graph, iri: str) -> list[dict[str, object]]:
    archive = zipfile.ZipFile(io.BytesIO(dumped(graph, iri, "csv.zip")))
    found: list[dict[str, object]] = json.loads(archive.read("csv-metadata.json"))["tables"]
    return found


def test_tables_hold_every_value_of_every_thing(graph: Graph) -> None:
    """Read back by their description, they give the triples; what a number was, it does not say."""
    found = tables(graph, PLAN)
    read: set[tuple[str, str, str, str]] = set()
    for table in described(graph, PLAN):
        columns = table["tableSchema"]["columns"]  # type: ignore[index]
        for row in found[str(table["url"]).removesuffix(".csv")][1:]:
            for column, cell in zip(columns, row, strict=True):
                if "propertyUrl" in column and cell:
                    values = cell.split(column["separator"])
                    said = (column["propertyUrl"], column.get("lang", ""))
                    read |= {(row[0], said[0], said[1], value) for value in values}
    wanted = {
        (
            triple.subject.value,
            triple.predicate.value,
            getattr(triple.object, "language", None) or "",
            triple.object.value,
        )
        for triple in graph.store.read_graph(PLAN)
    }
    assert read == wanted


def test_a_column_is_called_by_its_label_and_what_it_refers_to_is_named(graph: Graph) -> None:
    head, *rows = tables(graph, PLAN)["Measure"]
    assert head[:4] == ["Adresse", "Kennung", "Bezeichnung (de)", "Bezeichnung (en)"]
    row = dict(zip(head, rows[0], strict=True))
    assert row["Kommune"] == f"{BASE}id/musterstadt"
    assert row["Kommune: Name"] == "Musterstadt (fiktiv)"


def test_a_thing_stands_in_the_table_of_its_narrowest_class_and_without_a_class_in_other() -> None:
    strategic = "https://w3id.org/nhm/ns#StrategicGoal"
    goal = "https://w3id.org/nhm/ns#Goal"
    graph, iri = small_graph(
        [
            Triple(thing(1), TYPE, NamedNode(strategic)),
            Triple(thing(1), TYPE, NamedNode(goal)),
            Triple(thing(2), LABEL, Literal("ohne Art", language="de")),
        ]
    )
    found = tables(graph, iri)
    assert set(found) == {"CityGraph", "StrategicGoal", "other"}
    assert found["other"] == [["Adresse", "Bezeichnung (de)"], [thing(2).value, "ohne Art"]]


def sheet_cells(workbook: bytes, number: int) -> str:
    archive = zipfile.ZipFile(io.BytesIO(workbook))
    return archive.read(f"xl/worksheets/sheet{number}.xml").decode()


def test_a_workbook_has_numbers_as_numbers_and_never_a_formula() -> None:
    decimal = NamedNode("http://www.w3.org/2001/XMLSchema#decimal")
    share = NamedNode("https://w3id.org/nhm/ns#share")
    graph, iri = small_graph(
        [
            Triple(thing(1), TYPE, NamedNode(MEASURE)),
            Triple(thing(1), LABEL, Literal("=1+1", language="de")),
            Triple(thing(1), share, Literal("12.5", datatype=decimal)),
            Triple(thing(2), TYPE, NamedNode(MEASURE)),
            Triple(thing(2), LABEL, Literal("x" * 40_000, language="de")),
            Triple(thing(2), LABEL, Literal("y", language="de")),
        ]
    )
    workbook = dumped(graph, iri, "xlsx")
    names = zipfile.ZipFile(io.BytesIO(workbook)).read("xl/workbook.xml").decode()
    assert re.findall(r'<sheet name="([^"]+)"', names)[1] == "Maßnahme"
    cells = sheet_cells(workbook, 2)
    assert "<f>" not in cells
    assert "=1+1" in cells
    assert re.search(r"<v>12\.5</v>", cells)
    assert max(map(len, re.findall(r"<t[^>]*>([^<]*)</t>", cells))) == 32_767


# ----- over HTTP -----


def test_a_dump_is_sent_with_type_name_length_and_digest(web: TestClient, graph: Graph) -> None:
    for form in dumps.FORMS:
        answer = web.get(f"/dump/musterstadt/plan.{form.name}")
        assert answer.status_code == 200
        assert answer.headers["content-type"].partition(";")[0] == form.sent_as
        name = f'attachment; filename="musterstadt-plan.{form.name}"'
        assert answer.headers["content-disposition"] == name
        assert answer.content == dumped(graph, PLAN, form.name)
        assert int(answer.headers["content-length"]) == len(answer.content)
        digest = hashlib.sha256(answer.content)
        encoded = base64.b64encode(digest.digest()).decode()
        assert answer.headers["repr-digest"] == f"sha-256=:{encoded}:"
        checksum = web.get(f"/dump/musterstadt/plan.{form.name}.sha256").text
        assert checksum == f"{digest.hexdigest()}  musterstadt-plan.{form.name}\n"


@pytest.fixture
def own(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[TestClient, Graph, list[str]]]:
    """A service of its own, whose graph may be changed, and which dumps it has made."""
    graph, _ = small_graph([Triple(thing(1), LABEL, Literal("x"))])
    made: list[str] = []

    class Watched(dumps.Dump):
        def __init__(self, graph: Graph, iri: str) -> None:
            made.append(iri)
            super().__init__(graph, iri)

    monkeypatch.setattr(dumps, "Dump", Watched)
    with TestClient(create_app(graph.settings, graph)) as client:
        yield client, graph, made


def test_who_has_the_dump_gets_304_without_its_being_made_until_the_data_changes(
    own: tuple[TestClient, Graph, list[str]],
) -> None:
    client, graph, made = own
    tag = client.get("/dump/neudorf/plan.ttl").headers["etag"]
    assert not tag.startswith("W/")
    known = {"If-None-Match": f'"other", W/{tag}'}
    answer = client.get("/dump/neudorf/plan.ttl", headers=known)
    assert (answer.status_code, answer.content, answer.headers["etag"]) == (304, b"", tag)
    head = client.head("/dump/neudorf/plan.ttl")
    assert (head.status_code, head.headers["etag"]) == (200, tag)
    assert "content-disposition" in head.headers
    assert "content-length" not in head.headers
    assert len(made) == 1
    assert client.get("/dump/neudorf/plan.nt", headers=known).status_code == 200
    plan = f"{BASE}graph/neudorf/plan"
    more = [*graph.store.read_graph(plan), Triple(thing(2), LABEL, Literal("y"))]
    graph.store.replace_graph(plan, more)
    assert client.get("/dump/neudorf/plan.ttl", headers=known).status_code == 200
    graph.store.replace_graph(plan, [])
    assert client.head("/dump/neudorf/plan.ttl").status_code == 404


def test_the_whole_is_sent_without_fictional_cities_unless_asked_for(
    web: TestClient, graph: Graph
) -> None:
    plain, more = (
        web.get("/dump/all.nq.gz", params=query) for query in ({}, {"fictional": "include"})
    )
    assert plain.content == b"".join(dumps.whole(graph))
    assert more.content == b"".join(dumps.whole(graph, fictional=True))
    assert plain.headers["etag"] != more.headers["etag"]
    assert plain.headers["content-type"] == "application/gzip"
    digest = hashlib.sha256(plain.content).hexdigest()
    assert web.get("/dump/all.nq.gz.sha256").text == f"{digest}  all.nq.gz\n"
    assert web.get("/dump/all.nq.gz", params={"fictional": "yes"}).status_code == 400


def test_a_dump_that_is_not_there_is_answered_with_the_nearest(web: TestClient) -> None:
    answer = web.get("/dump/musterstadt/plam.ttl")
    assert answer.status_code == 404
    assert "musterstadt/plan.ttl" in answer.json()["nearest"]
    for path in ("musterstadt/plan", "musterstadt", "musterstadt/plan.exe", "../../etc.ttl"):
        assert web.get(f"/dump/{path}").status_code == 404


def test_every_file_that_is_named_can_be_fetched(web: TestClient, graph: Graph) -> None:
    for iri in dumps.published(graph, fictional=True):
        files = dumps.files_of(graph, iri)
        assert [file.name for file in files] == FORMS
        assert all(web.head(file.path).status_code == 200 for file in files)
    assert dumps.files_of(graph, "https://elsewhere.example/graph/x") == []
    assert web.head(dumps.whole_file(graph).path).status_code == 200
