"""GET /queries and /queries/{name}: formats, languages, refusals."""

import csv
import io
import json
from typing import Any
from xml.etree import ElementTree

import pyoxigraph as ox
import pytest
from fastapi.testclient import TestClient

from nhm_graph.graph import Graph

GAPS = "/queries/sdg-gaps?city=musterstadt"
MEASURE = "/queries/measure-graph?city=musterstadt&measure=M-04"
NHM = "https://w3id.org/nhm/ns#"
EXAMPLE = "https://w3id.org/nhm/examples/id/"
PROBLEM = "application/problem+json"

# What a refusal leaves behind in a thread that it does not belong to is a leak.
pytestmark = pytest.mark.filterwarnings("error::pytest.PytestUnraisableExceptionWarning")


def get(web: TestClient, path: str, accept: str = "application/json", **headers: str) -> Any:
    return web.get(path, headers={"Accept": accept, **headers})


def suffixed(path: str, suffix: str) -> str:
    return path.replace("?", f"{suffix}?")


# ----- the list -----


def test_list_names_every_question_with_its_parameters_and_choices(
    web: TestClient, graph: Graph
) -> None:
    listed = {each["name"]: each for each in get(web, "/queries").json()["questions"]}
    assert set(listed) == set(graph.questions)
    parameters = {each["name"]: each for each in listed["sdg-gaps"]["parameters"]}
    assert parameters["city"]["choices"] == ["heilbronn", "karlsruhe", "musterstadt"]
    assert parameters["city"]["required"]
    assert parameters["level"]["choices"] == ["goal", "target"]
    assert parameters["level"]["default"] == "goal"
    assert listed["sdg-gaps"]["address"] == "/queries/sdg-gaps"


def test_list_speaks_the_language_asked_for(web: TestClient) -> None:
    titles = {
        language: {
            each["name"]: each["title"]
            for each in get(web, "/queries", **{"Accept-Language": language}).json()["questions"]
        }
        for language in ("de", "en")
    }
    assert titles["de"]["benchmark-cities"] == "Vergleichsstädte"
    assert titles["en"]["benchmark-cities"] == "Benchmark cities"


# ----- formats of a table -----


def test_json_answer_has_columns_rows_city_and_notes(web: TestClient) -> None:
    answer = get(web, GAPS).json()
    assert answer["question"] == "sdg-gaps"
    assert answer["city"] == {
        "iri": f"{EXAMPLE}musterstadt",
        "name": "Musterstadt (fiktiv)",
        "fictional": True,
    }
    assert answer["parameters"] == {"city": "musterstadt"}
    assert [each["name"] for each in answer["columns"]][:3] == ["sdg", "number", "title"]
    assert answer["columns"][2] == {"name": "title", "label": "Titel", "type": "text", "of": "sdg"}
    assert answer["rows"][0] == {
        "sdg": "http://metadata.un.org/sdg/1",
        "number": "1",
        "title": "Keine Armut",
        "coverage": "https://w3id.org/nhm/voc/coverage/none",
        "coverageLabel": "keine",
        "goals": 1,
    }
    assert "Musterstadt (fiktiv): Alle Angaben sind erfunden." in answer["notes"]


def columns_and_rows(content: str, form: str) -> tuple[list[str], int]:
    if form == "csv":
        read = list(csv.reader(io.StringIO(content)))
        return read[0], len(read) - 1
    if form == "tsv":
        lines = content.splitlines()
        return [name.lstrip("?") for name in lines[0].split("\t")], len(lines) - 1
    if form == "xml":
        results = "{http://www.w3.org/2005/sparql-results#}"
        tree = ElementTree.fromstring(content)
        names = [each.attrib["name"] for each in tree.iter(f"{results}variable")]
        return names, len(list(tree.iter(f"{results}result")))
    read_json = json.loads(content)
    return read_json["head"]["vars"], len(read_json["results"]["bindings"])


@pytest.mark.parametrize(
    ("media_type", "form"),
    [
        ("text/csv", "csv"),
        ("text/tab-separated-values", "tsv"),
        ("application/sparql-results+json", "json"),
        ("application/sparql-results+xml", "xml"),
    ],
)
def test_table_is_sent_in_the_media_type_that_accept_prefers(
    web: TestClient, media_type: str, form: str
) -> None:
    response = get(web, GAPS, f"image/png, {media_type};q=0.9, application/json;q=0.1")
    assert response.headers["content-type"].partition(";")[0] == media_type
    assert "Accept" in response.headers["vary"]
    names, rows = columns_and_rows(response.text, form)
    answer = get(web, GAPS).json()
    assert names == [each["name"] for each in answer["columns"]]
    assert rows == len(answer["rows"])


@pytest.mark.parametrize(
    ("suffix", "media_type"),
    [
        (".json", "application/json"),
        (".csv", "text/csv"),
        (".tsv", "text/tab-separated-values"),
        (".xml", "application/sparql-results+xml"),
        (".html", "text/html"),
    ],
)
def test_suffix_outweighs_accept(web: TestClient, suffix: str, media_type: str) -> None:
    response = get(web, suffixed(GAPS, suffix), "application/sparql-results+json")
    assert response.headers["content-type"].partition(";")[0] == media_type


def test_csv_is_rfc_4180(web: TestClient) -> None:
    response = get(web, suffixed(GAPS, ".csv"))
    assert response.headers["content-type"] == "text/csv; charset=utf-8"
    assert response.text.count("\r\n") == response.text.count("\n")


def test_get_query_without_matching_accept_is_406(web: TestClient) -> None:
    response = get(web, GAPS, "image/png")
    assert response.status_code == 406
    assert response.headers["content-type"] == PROBLEM
    assert "text/csv" in response.json()["offered"]


def test_a_browser_gets_a_page(web: TestClient) -> None:
    browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
    assert get(web, GAPS, browser).headers["content-type"].startswith("text/html")


def test_client_that_accepts_anything_gets_json(web: TestClient) -> None:
    assert get(web, GAPS, "*/*").headers["content-type"] == "application/json"


# ----- graphs, query text, HEAD -----


@pytest.mark.parametrize(
    ("accept", "form"),
    [
        ("text/turtle", ox.RdfFormat.TURTLE),
        ("application/ld+json", ox.RdfFormat.JSON_LD),
        ("application/n-triples", ox.RdfFormat.N_TRIPLES),
        ("application/rdf+xml", ox.RdfFormat.RDF_XML),
    ],
)
def test_graph_is_sent_in_the_format_that_accept_prefers(
    web: TestClient, accept: str, form: ox.RdfFormat
) -> None:
    response = get(web, MEASURE, accept)
    assert response.headers["content-type"].partition(";")[0] == accept
    assert_describes_measure(response.content, form)


@pytest.mark.parametrize(
    ("suffix", "form"), [(".ttl", ox.RdfFormat.TURTLE), (".nt", ox.RdfFormat.N_TRIPLES)]
)
def test_graph_is_sent_in_the_format_of_the_suffix(
    web: TestClient, suffix: str, form: ox.RdfFormat
) -> None:
    assert_describes_measure(get(web, suffixed(MEASURE, suffix), "*/*").content, form)


def assert_describes_measure(content: bytes, form: ox.RdfFormat) -> None:
    triples = {quad.triple for quad in ox.parse(content, format=form)}
    measure = ox.NamedNode(f"{EXAMPLE}musterstadt/measure/M-04")
    goal = ox.NamedNode(f"{EXAMPLE}musterstadt/goal/Z-06")
    assert ox.Triple(measure, ox.NamedNode(f"{NHM}servesGoal"), goal) in triples
    subjects = {triple.subject for triple in triples}
    assert goal in subjects
    assert len(subjects) == 10  # with 3 responsibilities, 2 contributions, 3 allocations


def test_graph_as_table_is_406(web: TestClient) -> None:
    assert get(web, MEASURE, "text/csv").status_code == 406
    assert get(web, suffixed(MEASURE, ".csv"), "*/*").status_code == 406


@pytest.mark.parametrize("path", [GAPS, MEASURE])
def test_rq_is_the_query_that_gives_the_answer(web: TestClient, path: str) -> None:
    response = get(web, suffixed(path, ".rq") + "&lang=de")
    assert response.headers["content-type"].startswith("application/sparql-query")
    assert f"VALUES ?city {{ <{EXAMPLE}musterstadt> }}" in response.text
    assert "UNDEF" not in response.text


def test_rq_sent_to_sparql_gives_the_same_rows(web: TestClient) -> None:
    text = get(web, suffixed(GAPS, ".rq")).text
    sent = web.post("/sparql", data={"query": text}, headers={"Accept": "text/csv"})
    assert sent.text == get(web, GAPS, "text/csv").text


@pytest.mark.parametrize("path", ["/queries", GAPS, MEASURE, "/health", "/", "/docs"])
def test_head_has_the_headers_of_get(web: TestClient, path: str) -> None:
    head, get_ = web.head(path), web.get(path)
    assert head.status_code == 200
    for name in ("content-type", "content-length"):
        assert head.headers[name] == get_.headers[name]


# ----- languages -----


def test_lang_in_the_address_outweighs_accept_language(web: TestClient) -> None:
    response = get(web, f"{GAPS}&lang=en", **{"Accept-Language": "de"})
    assert response.headers["content-language"] == "en"
    answer = response.json()
    assert answer["title"] == "SDGs without a measure"
    assert answer["columns"][2]["label"] == "Title"
    assert answer["rows"][0]["title"] == "No poverty"
    assert "Musterstadt (fictional): all of this data is invented." in answer["notes"]


@pytest.mark.parametrize(
    ("accepted", "title"),
    [("de-AT", "Keine Armut"), ("fr, en;q=0.5", "No poverty"), ("fr", "Keine Armut")],
)
def test_answer_speaks_the_language_that_accept_language_prefers(
    web: TestClient, accepted: str, title: str
) -> None:
    response = get(web, GAPS, **{"Accept-Language": accepted})
    assert response.json()["rows"][0]["title"] == title
    assert "Accept-Language" in response.headers["vary"]


def test_every_format_speaks_the_language_asked_for(web: TestClient) -> None:
    for accept in ("text/csv", "application/sparql-results+json", "text/html"):
        assert "No poverty" in get(web, GAPS, accept, **{"Accept-Language": "en"}).text


# ----- refusals -----


@pytest.mark.parametrize(
    ("path", "nearest"),
    [
        ("/queries/sdg-gap?city=musterstadt", "sdg-gaps"),
        ("/queries/sdg-gap.csv?city=musterstadt", "sdg-gaps"),
        ("/queries/sdg-gap.rq?city=musterstadt", "sdg-gaps"),
        ("/queries/sdg-gaps?cty=musterstadt", "city"),
        ("/queries/sdg-gaps?city=heilbron", "heilbronn"),
        ("/queries/sdg-gaps?city=musterstadt&level=goals", "goal"),
        ("/queries/path-of-target?city=musterstadt&target=7.22", "7.2"),
        ("/queries/responsibility-of-measure?city=musterstadt&measure=M-4", "M-04"),
    ],
)
def test_unknown_name_is_404_with_the_nearest_right_ones(
    web: TestClient, path: str, nearest: str
) -> None:
    response = get(web, path)
    assert response.status_code == 404
    assert response.headers["content-type"] == PROBLEM
    problem = response.json()
    assert problem["type"] == "https://w3id.org/nhm/problem/unknown-name"
    assert problem["status"] == 404
    assert nearest in problem["nearest"]
    assert nearest in problem["detail"]


def test_language_that_no_label_has_is_404_with_those_there_are(web: TestClient) -> None:
    response = get(web, f"{GAPS}&lang=fr")
    assert response.status_code == 404
    assert "de, en" in response.json()["detail"]


def test_a_measure_of_another_city_is_unknown(web: TestClient) -> None:
    path = "/queries/responsibility-of-measure?city=karlsruhe&measure="
    assert get(web, f"{path}A1.1").status_code == 200
    refused = get(web, f"{path}M-04")
    assert refused.status_code == 404
    assert "https://" not in refused.json()["detail"]  # names as one would write them
    address = f"{EXAMPLE}musterstadt/measure/M-04"
    assert get(web, f"{path}{address}").status_code == 404


@pytest.mark.parametrize("target", ["7.2", "http://metadata.un.org/sdg/7.2"])
def test_a_thing_goes_by_its_key_or_its_address(web: TestClient, target: str) -> None:
    answer = get(web, f"/queries/path-of-target?city=musterstadt&target={target}").json()
    assert {row["measureId"] for row in answer["rows"]} == {"M-03", "M-14"}


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/queries/sdg-gaps", "city"),
        ("/queries/sdg-gaps.rq", "city"),
        ("/queries/path-of-target?city=musterstadt", "target"),
        ("/queries/measure-graph.ttl?city=musterstadt", "measure"),
        ("/queries/unit-workload?city=musterstadt&at=gestern", "at"),
        ("/queries/unit-workload?city=musterstadt&at=2024-02-30", "at"),
    ],
)
def test_missing_or_unfitting_parameter_is_400_and_named(
    web: TestClient, path: str, name: str
) -> None:
    response = get(web, path)
    assert response.status_code == 400
    problem = response.json()
    assert problem["type"] == "https://w3id.org/nhm/problem/bad-parameter"
    assert problem["name"] == name
    assert name in problem["detail"]


@pytest.mark.parametrize("text", ['M-04" } #', "M-04> }", "\u0000", "https://e.example/> } DROP"])
def test_text_that_is_not_a_name_never_reaches_the_query(web: TestClient, text: str) -> None:
    path = "/queries/responsibility-of-measure"
    parameters = {"city": "musterstadt", "measure": text}
    assert web.get(path, params=parameters).status_code == 404


@pytest.mark.parametrize(
    ("language", "title", "detail"),
    [
        ("de", "Unbekannter Name", "Unbekannt: die Frage „sdg-gap“. Gemeint ist vielleicht"),
        ("en", "Unknown name", "Unknown: the question “sdg-gap”. Meant perhaps"),
    ],
)
def test_problem_speaks_the_readers_language(
    web: TestClient, language: str, title: str, detail: str
) -> None:
    by_header = get(web, "/queries/sdg-gap", **{"Accept-Language": language})
    by_address = get(web, f"/queries/sdg-gap?lang={language}")
    for response in (by_header, by_address):
        assert response.headers["content-language"] == language
        assert response.json()["title"] == title
        assert response.json()["detail"].startswith(detail)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/nowhere", 404), ("GET", "/static/none.css", 404), ("DELETE", "/queries", 405)],
)
def test_errors_of_the_protocol_are_problems_too(
    web: TestClient, method: str, path: str, status: int
) -> None:
    response = web.request(method, path)
    assert response.status_code == status
    assert response.headers["content-type"] == PROBLEM
    assert response.json()["status"] == status


# ----- fictional data -----


@pytest.mark.parametrize("language", ["de", "en"])
def test_every_answer_about_the_fictional_city_says_so(
    web: TestClient, graph: Graph, language: str
) -> None:
    said = {"de": "Alle Angaben sind erfunden", "en": "all of this data is invented"}[language]
    asked = 0
    for question in graph.questions.values():
        names = {parameter.name for parameter in question.parameters}
        if "city" not in names or question.form == "construct":
            continue
        needed = {each.name: each.example for each in question.parameters if each.required}
        given = needed | {"city": "musterstadt"}
        answer = web.get(f"/queries/{question.name}", params=given | {"lang": language}).json()
        assert answer["city"]["fictional"] is True
        assert said in answer["notes"][0], question.name
        asked += 1
    assert asked >= 60


def test_answers_about_real_cities_do_not_say_so(web: TestClient) -> None:
    answer = get(web, "/queries/sdg-gaps?city=heilbronn").json()
    assert answer["city"]["fictional"] is False
    assert not any("erfunden" in note for note in answer["notes"])


def test_whose_assessment_it_is_stands_beside_answers_that_rest_on_one(web: TestClient) -> None:
    for name in ("sdg-gaps", "sdg-coverage", "goals-without-sdg"):
        notes = " ".join(get(web, f"/queries/{name}?city=heilbronn").json()["notes"])
        assert "eigene Einschätzung des Projekts nhm_graph" in notes
        assert "keine Lücke der Stadt" in notes
