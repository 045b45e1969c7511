"""Programs that people have already, each against the service as a process of its own."""

import json
import os
import struct
import subprocess
import sys
from collections.abc import Callable, Iterator
from http.client import IncompleteRead
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from rdflib import RDF, Dataset, Graph, Literal, URIRef
from rdflib.plugins.stores.sparqlstore import SPARQLStore, SPARQLUpdateStore
from SPARQLWrapper import CSV, JSON, POST, TURTLE, SPARQLWrapper
from SPARQLWrapper.SPARQLExceptions import QueryBadFormed

from pages import HOST, ROOT, blocks
from real.processes import TOKEN, Service, serving

pytestmark = pytest.mark.real

NHM = "https://w3id.org/nhm/ns#"
MUSTERSTADT = "https://w3id.org/nhm/examples/id/musterstadt"
M_04 = URIRef(f"{MUSTERSTADT}/measure/M-04")
PREFIXES = f"PREFIX nhm: <{NHM}> PREFIX skos: <http://www.w3.org/2004/02/skos/core#> "
MEASURES = PREFIXES + (
    f"SELECT ?measure ?title ?start {{ ?measure a nhm:Measure ; nhm:municipality <{MUSTERSTADT}> ; "
    'skos:prefLabel ?title . FILTER(lang(?title) = "de") OPTIONAL { ?measure nhm:plannedStart '
    "?start } } ORDER BY ?measure"
)
WRITING = {"Authorization": f"Bearer {TOKEN}"}
PLAN = "https://data.neudorf.example/graph/plan"
GOAL = URIRef("https://data.neudorf.example/id/Z-1")


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """The service with the example cities, and a token to write with."""
    folder = tmp_path_factory.mktemp("clients") / "store"
    with serving(folder, NHM_ADMIN_TOKEN=TOKEN) as running:
        yield running


# ----- SPARQLWrapper -----


def wrapper(address: str, text: str, form: str) -> SPARQLWrapper:
    client = SPARQLWrapper(address)
    client.setMethod(POST)
    client.setTimeout(30)
    client.setReturnFormat(form)
    client.setQuery(text)
    return client


def test_sparqlwrapper_reads_rows_truth_values_and_graphs(service: Service) -> None:
    endpoint = f"{service.address}/sparql"
    rows: Any = wrapper(endpoint, MEASURES, JSON).query().convert()
    assert len(rows["results"]["bindings"]) == 18
    asked: Any = wrapper(endpoint, f"ASK {{ <{M_04}> ?p ?o }}", JSON).query().convert()
    assert asked["boolean"] is True
    table: Any = wrapper(endpoint, MEASURES, CSV).query().convert()
    assert table.startswith(b"measure,title,start\r\n")
    turtle: Any = wrapper(endpoint, f"DESCRIBE <{M_04}>", TURTLE).query().convert()
    described = Graph().parse(data=turtle, format="turtle")
    assert (M_04, RDF.type, URIRef(f"{NHM}Measure")) in described


def test_sparqlwrapper_is_told_what_is_wrong_with_a_query(service: Service) -> None:
    with pytest.raises(QueryBadFormed, match="line 1"):
        wrapper(f"{service.address}/sparql", "SELECT * { ?s ?p }", JSON).query()


def test_sparqlwrapper_writes_with_the_token(service: Service) -> None:
    triple = f"GRAPH <{PLAN}> {{ <{GOAL}> a <{NHM}Goal> }}"
    ask = wrapper(f"{service.address}/sparql", f"ASK {{ {triple} }}", JSON)
    for text, there in ((f"INSERT DATA {{ {triple} }}", True), (f"DROP GRAPH <{PLAN}>", False)):
        client = wrapper(f"{service.address}/update", text, JSON)
        client.addCustomHttpHeader(*next(iter(WRITING.items())))
        assert client.query().response.status == 204
        answer: Any = ask.query().convert()
        assert answer["boolean"] is there


# ----- rdflib -----


def test_rdflib_store_reads_as_if_the_graph_were_its_own(service: Service) -> None:
    graph = Graph(SPARQLStore(f"{service.address}/sparql"))
    titles = {each.language: str(each) for each in graph.objects(M_04, _skos("prefLabel"))}
    assert titles.keys() == {"de", "en"}
    rows: Any = list(graph.query(MEASURES))
    assert len(rows) == 18
    assert (M_04, RDF.type, URIRef(f"{NHM}Measure")) in graph
    constructed = graph.query(f"CONSTRUCT {{ <{M_04}> ?p ?o }} {{ <{M_04}> ?p ?o }}").graph
    assert constructed is not None
    assert len(constructed) > 5


def test_rdflib_store_reads_one_graph_of_the_dataset(service: Service) -> None:
    store = SPARQLStore(f"{service.address}/sparql")
    # Without default_union rdflib names a graph of its own making as the default graph.
    dataset = Dataset(store, default_union=True)
    found: Any = dataset.query(f"SELECT ?g {{ GRAPH ?g {{ <{M_04}> a <{NHM}Measure> }} }}")
    ((name,),) = found
    assert (M_04, RDF.type, URIRef(f"{NHM}Measure")) in Graph(store, identifier=name)
    assert len(Graph(store, identifier=URIRef(f"{PLAN}/none"))) == 0


def test_rdflib_update_store_adds_commits_and_removes(service: Service) -> None:
    store = SPARQLUpdateStore(
        f"{service.address}/sparql", f"{service.address}/update", autocommit=False, headers=WRITING
    )
    plan = Graph(store, identifier=URIRef(f"{PLAN}/rdflib"))
    title = Literal("Größe „zwei“\nund ein Umbruch", lang="de")
    plan.add((GOAL, RDF.type, URIRef(f"{NHM}Goal")))
    plan.add((GOAL, _skos("prefLabel"), title))
    seen = Graph(SPARQLStore(f"{service.address}/sparql"), identifier=plan.identifier)
    assert len(seen) == 0
    store.commit()
    assert len(seen) == 2
    assert plan.value(GOAL, _skos("prefLabel")) == title
    plan.remove((GOAL, None, None))
    store.commit()
    assert len(seen) == 0


def _skos(name: str) -> URIRef:
    return URIRef(f"http://www.w3.org/2004/02/skos/core#{name}")


# ----- pandas -----


@pytest.fixture(scope="module")
def pandas() -> Any:
    return pytest.importorskip("pandas", reason="pandas is not installed: requirements/all.txt")


def test_pandas_reads_a_query_as_csv(service: Service, pandas: Any) -> None:
    address = f"{service.address}/sparql?{urlencode({'query': MEASURES})}"
    frame = pandas.read_csv(
        address, storage_options={"Accept": "text/csv"}, parse_dates=["start"], index_col="measure"
    )
    assert list(frame.columns) == ["title", "start"]
    assert len(frame) == 18
    assert frame["start"].dtype.kind == "M"
    assert frame["title"].str.contains("ä|ö|ü|ß").any()


def test_pandas_reads_a_named_question_with_whole_numbers(service: Service, pandas: Any) -> None:
    frame = pandas.read_csv(f"{service.address}/queries/sdg-coverage.csv?city=musterstadt&lang=en")
    assert len(frame) == 17
    assert frame["measures"].dtype.kind == "i"
    assert frame.set_index("number").loc[7, "coverageLabel"] == "under way"


def test_pandas_reads_the_german_csv_and_the_workbook_alike(service: Service, pandas: Any) -> None:
    address = f"{service.address}/queries/sdg-coverage"
    german = pandas.read_csv(f"{address}.csv?city=musterstadt&locale=de", sep=";", decimal=",")
    workbook = pandas.read_excel(f"{address}.xlsx?city=musterstadt")
    assert len(german) == len(workbook) == 17
    assert list(german.iloc[:, -1]) == list(workbook.iloc[:, -1])


# ----- curl -----

Curl = Callable[..., "subprocess.CompletedProcess[bytes]"]


@pytest.fixture
def curl(program: Callable[[str], Path], service: Service, tmp_path: Path) -> Curl:
    """`curl("/sparql", "-H", …)` in an empty folder; what went wrong is left to the caller."""
    path = program("curl")

    def run(target: str, *words: str) -> "subprocess.CompletedProcess[bytes]":
        command = [str(path), "-sS", "--max-time", "60", *words, service.address + target]
        return subprocess.run(command, capture_output=True, timeout=90, cwd=tmp_path, check=False)

    return run


def status(done: "subprocess.CompletedProcess[bytes]") -> int:
    """The status of a request with `-o … -w %{http_code}`."""
    assert done.returncode == 0, done.stderr
    return int(done.stdout)


CODE = ("-o", "answer", "-w", "%{http_code}")
QUERY = f"query={MEASURES}"


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("*/*", "application/sparql-results+json"),
        ("text/csv", "text/csv"),
        ("text/*;q=0.5, application/sparql-results+xml", "application/sparql-results+xml"),
        ("application/xml;q=0.9, text/tab-separated-values;q=0.2", "text/tab-separated-values"),
    ],
)
def test_curl_gets_the_format_that_accept_asks_for(
    curl: Curl, accept: str, media_type: str
) -> None:
    wanted = ("-G", "--data-urlencode", QUERY, "-H", f"Accept: {accept}")
    done = curl("/sparql", *wanted, "-o", "answer", "-w", "%{content_type}")
    assert done.stdout.decode().startswith(media_type)


def test_curl_is_told_what_there_is_where_nothing_fits(curl: Curl) -> None:
    done = curl("/sparql", "-G", "--data-urlencode", QUERY, "-H", "Accept: image/png", "-i")
    assert done.stdout.startswith(b"HTTP/1.1 406 ")
    assert b"text/csv" in done.stdout


def test_curl_unpacks_what_compressed_asks_for(curl: Curl, tmp_path: Path) -> None:
    asked = ("-G", "--data-urlencode", QUERY, "-o", "answer", "-w", "%{size_download}")
    plain = curl("/sparql", *asked)
    content = (tmp_path / "answer").read_bytes()
    packed = curl("/sparql", "--compressed", *asked)
    assert (tmp_path / "answer").read_bytes() == content
    assert int(plain.stdout) == len(content)
    assert int(packed.stdout) < len(content) / 2


@pytest.mark.parametrize("target", ["/sparql", "/queries/sdg-coverage.csv?city=musterstadt"])
def test_curl_fetches_nothing_again_that_has_not_changed(
    curl: Curl, target: str, tmp_path: Path
) -> None:
    asked = ("-G", "--data-urlencode", QUERY) if target == "/sparql" else ()
    assert status(curl(target, *asked, *CODE, "--etag-save", "tag")) == 200
    assert (tmp_path / "tag").read_text("ascii").startswith('"')
    assert status(curl(target, *asked, *CODE, "--etag-compare", "tag")) == 304
    (tmp_path / "tag").write_text('"another"', "ascii")
    assert status(curl(target, *asked, *CODE, "--etag-compare", "tag")) == 200


def test_curl_asks_by_form_and_by_body(curl: Curl, tmp_path: Path) -> None:
    file = "measures.rq"
    (tmp_path / file).write_text(MEASURES, "utf-8")
    direct = ("-H", "Content-Type: application/sparql-query", "--data-binary", f"@{file}")
    answers = [
        json.loads(curl("/sparql", *words).stdout)
        for words in (
            ("--data-urlencode", QUERY),
            ("--data-urlencode", f"query@{file}"),
            direct,
            ("-G", "--data-urlencode", QUERY),
        )
    ]
    assert len(answers[0]["results"]["bindings"]) == 18
    assert answers == [answers[0]] * 4


def test_curl_sees_with_head_what_get_would_say(curl: Curl) -> None:
    asked = ("-G", "--data-urlencode", QUERY, "-H", "Accept: text/csv")
    done = curl("/sparql", *asked, "-I")
    assert done.returncode == 0
    assert done.stdout.startswith(b"HTTP/1.1 200 ")
    assert b"content-type: text/csv" in done.stdout.lower()


def test_curl_puts_reads_replaces_and_deletes_a_graph(curl: Curl, tmp_path: Path) -> None:
    target = f"/store?{urlencode({'graph': f'{PLAN}/curl'})}"
    header = ("-H", "Content-Type: text/turtle")
    token = ("-H", f"Authorization: Bearer {TOKEN}")
    # More than a megabyte: curl then waits until it is told to go on (Expect: 100-continue).
    lines = [f'<{GOAL}> <{NHM}note> "{number:0100}" .' for number in range(10_000)]
    (tmp_path / "plan.ttl").write_text("\n".join(lines), "ascii")
    put = ("-T", "plan.ttl", *header, *CODE)
    assert status(curl(target, *put)) == 401
    assert status(curl(target, *put, *token)) == 201
    assert status(curl(target, *CODE, "--etag-save", "tag", "-H", "Accept: text/turtle")) == 200
    tag = (tmp_path / "tag").read_text("ascii").strip()
    (tmp_path / "plan.ttl").write_text(f"<{GOAL}> a <{NHM}Goal> .", "ascii")
    assert status(curl(target, *put, *token, "-H", f"If-Match: {tag}")) == 204
    assert status(curl(target, *put, *token, "-H", f"If-Match: {tag}")) == 412
    read = curl(target, "-H", "Accept: application/n-triples")
    assert read.stdout.decode().strip() == f"<{GOAL}> <{RDF.type}> <{NHM}Goal> ."
    assert status(curl(target, "-X", "DELETE", *token, *CODE)) == 204
    assert status(curl(target, *CODE)) == 404


# ----- an answer that is not whole -----

# 100 million rows: more than a second brings.
ENDLESS = "SELECT * {{ {} }}".format(
    " ".join(f"VALUES ?{each} {{ {' '.join(map(str, range(100)))} }}" for each in "abcd")
)


@pytest.fixture(scope="module")
def hasty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address for queries of a service that works for a second on each."""
    folder = tmp_path_factory.mktemp("hasty") / "store"
    with serving(folder, NHM_EXAMPLES="no", NHM_QUERY_SECONDS="1") as running:
        yield f"{running.address}/sparql"


def test_every_client_sees_that_an_answer_broke_off(
    hasty: str, pandas: Any, program: Callable[[str], Path], tmp_path: Path
) -> None:
    address = f"{hasty}?{urlencode({'query': ENDLESS})}"
    with pytest.raises(IncompleteRead):
        pandas.read_csv(address, storage_options={"Accept": "text/csv"})
    with pytest.raises(IncompleteRead):
        wrapper(hasty, ENDLESS, CSV).query().convert()
    with pytest.raises((ValueError, IncompleteRead)):
        Graph(SPARQLStore(hasty)).query(ENDLESS)
    for more in ((), ("--compressed",)):
        command = [str(program("curl")), "-sS", *more, "-o", str(tmp_path / "answer"), address]
        done = subprocess.run(command, capture_output=True, timeout=60, check=False)
        assert done.returncode in (18, 56), done.stderr  # partial file; failure in receiving


# ----- the page for readers -----


def test_the_python_page_does_what_it_says(service: Service, pandas: Any, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib", reason="matplotlib is not installed: requirements/all.txt")
    code = "\n".join(block.text for block in blocks("python", [ROOT / "docs" / "python.md"]))
    assert code.count(HOST) == 1
    script = f"TOKEN = {TOKEN!r}\n" + code.replace(HOST, service.address)
    done = subprocess.run(
        [sys.executable, "-"],
        input=script,
        cwd=tmp_path,
        # No window is opened, and nothing is kept outside the test's folder.
        env={**os.environ, "MPLBACKEND": "agg", "MPLCONFIGDIR": str(tmp_path / "cache")},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    assert "No poverty" in done.stdout
    picture = (tmp_path / "measures.png").read_bytes()
    assert picture.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", picture[16:24])  # IHDR (ISO/IEC 15948, 11.2.1)
    assert (width, height) == (1800, 900)
    assert len(picture) > 20_000  # an empty one has some 4,000 bytes
