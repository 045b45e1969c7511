"""The pages, /health and the description of the service."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser

import pytest
from fastapi.testclient import TestClient

from nhm_graph.graph import Graph, open_graph
from nhm_graph.settings import Settings
from nhm_graph.web.app import create_app
from nhm_graph.web.pages.rendering import asset

HTML = {"Accept": "text/html"}
CITIES = ["heilbronn", "karlsruhe", "musterstadt"]
# Parameters whose examples are things of Musterstadt: other cities have none of that name.
OF_MUSTERSTADT = {"measure", "unit", "indicator", "from", "to"}


class Page(HTMLParser):
    """The tags of a page with their attributes, and its text."""

    def __init__(self, content: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(content)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def values(self, attribute: str) -> list[str]:
        return [found for _, attrs in self.tags if (found := attrs.get(attribute))]

    def names(self) -> set[str]:
        return {tag for tag, _ in self.tags}


def page(web: TestClient, path: str, **parameters: str) -> Page:
    response = web.get(path, params=parameters, headers=HTML)
    assert response.status_code == 200, response.text
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    return Page(response.text)


def about(graph: Graph, city: str) -> list[tuple[str, dict[str, str]]]:
    """The addresses of all pages about a city, with all that they ask for."""
    pages = [("/", {"city": city})]
    for question in graph.questions.values():
        names = {parameter.name for parameter in question.parameters}
        if "city" in names:
            needed = {p.name: p.example or "" for p in question.parameters if p.required}
            pages.append((f"/queries/{question.name}", needed | {"city": city}))
    return pages


# ----- the first page and the pages of the questions -----


@pytest.mark.parametrize(
    ("city", "answers"),
    [
        ("heilbronn", ["außerhalb des Erfassten", "Erste Leitbildentwürfe"]),
        ("karlsruhe", ["Stand unbekannt", "ohne erfasste Federführung", "klimaneutral 2040"]),
        ("musterstadt", ["nur geplant", "Bis 2030 leben halb so viele Kinder in Armut"]),
    ],
)
def test_first_page_shows_questions_and_their_answers_for_a_city(
    web: TestClient, city: str, answers: list[str]
) -> None:
    found = page(web, "/", city=city)
    for answer in ["Abdeckung der SDGs durch Maßnahmen", *answers]:
        assert answer in found.text


def test_first_page_without_a_city_shows_a_real_one(web: TestClient) -> None:
    response = web.get("/", headers=HTML)
    assert "Musterdaten" not in response.text
    assert "keine Lücke der Stadt" in response.text


def test_first_page_links_every_city_and_every_question(web: TestClient, graph: Graph) -> None:
    links = page(web, "/").values("href")
    for city in CITIES:
        assert any(link.startswith(f"/?city={city}") for link in links)
    for name in graph.questions:
        assert any(link.startswith(f"/queries/{name}?") for link in links), name


@pytest.mark.parametrize("city", CITIES)
def test_every_link_of_the_first_page_leads_somewhere(web: TestClient, city: str) -> None:
    for link in set(page(web, "/", city=city).values("href")):
        if link.startswith("/"):
            assert web.get(link, headers={"Accept": "text/html,*/*;q=0.5"}).status_code == 200, link


def test_question_page_shows_form_answer_and_query(web: TestClient) -> None:
    found = page(web, "/queries/sdg-gaps", city="musterstadt", level="target")
    assert "Welchen SDGs dient keine Maßnahme" in found.text
    assert "VALUES ?city { <https://w3id.org/nhm/examples/id/musterstadt> }" in found.text
    assert all(city in found.text for city in CITIES)
    selects = [attrs["name"] for tag, attrs in found.tags if tag == "select"]
    assert selects == ["city", "level", "lang"]
    assert any(link.startswith("/queries/sdg-gaps.csv?city=") for link in found.values("href"))


def test_each_field_of_the_form_has_its_label(web: TestClient, graph: Graph) -> None:
    for name in graph.questions:
        found = page(web, f"/queries/{name}")
        fields = [a["id"] for tag, a in found.tags if tag in ("select", "input")]
        assert fields == [attrs["for"] for tag, attrs in found.tags if tag == "label"]
        assert len(fields) == len(graph.questions[name].parameters)


def test_question_page_without_required_values_shows_the_form(web: TestClient) -> None:
    found = page(web, "/queries/path-of-target", city="musterstadt", target="")
    assert "form" in found.names()
    assert "Die Abfrage (SPARQL)" not in found.text


def test_question_page_says_what_is_wrong_with_a_value(web: TestClient) -> None:
    response = web.get(
        "/queries/path-of-target?city=musterstadt&target=7.22",
        headers=HTML | {"Accept-Language": "en"},
    )
    assert response.status_code == 400
    assert "Meant perhaps: 7.2" in Page(response.text).text


def test_answer_that_is_a_graph_has_a_page_too(web: TestClient) -> None:
    found = page(web, "/queries/measure-graph", city="musterstadt", measure="M-04")
    assert "nhm:servesGoal <https://w3id.org/nhm/examples/id/musterstadt/goal/Z-06>" in found.text
    assert any(link.startswith("/queries/measure-graph.ttl?") for link in found.values("href"))


def test_page_speaks_the_language_asked_for(web: TestClient) -> None:
    for path in ("/", "/docs", "/queries/sdg-gaps"):
        for language in ("de", "en"):
            response = web.get(path, params={"lang": language}, headers=HTML)
            assert response.headers["content-language"] == language
            assert Page(response.text).tags[0] == ("html", {"lang": language})


def test_page_links_itself_in_the_other_language_with_its_parameters(web: TestClient) -> None:
    links = page(web, "/queries/sdg-gaps", city="karlsruhe", level="goal").values("href")
    assert "/queries/sdg-gaps?city=karlsruhe&level=goal&lang=en" in links


# ----- fictional data -----


@pytest.mark.parametrize(
    ("language", "mark"), [("de", "Musterdaten: Diese Kommune"), ("en", "Sample data: this")]
)
def test_every_page_about_the_fictional_city_says_so(
    web: TestClient, graph: Graph, language: str, mark: str
) -> None:
    pages = about(graph, "musterstadt")
    assert len(pages) > 60
    for path, given in pages:
        assert mark in page(web, path, **given, lang=language).text, path


def test_no_page_about_a_real_city_says_so(web: TestClient, graph: Graph) -> None:
    for path, given in about(graph, "heilbronn"):
        if OF_MUSTERSTADT.isdisjoint(given):
            assert "Musterdaten" not in page(web, path, **given).text, path


@pytest.mark.parametrize("name", ["cities", "graphs"])
def test_lists_of_all_cities_say_which_is_fictional(web: TestClient, name: str) -> None:
    assert "Musterstadt (fiktiv)" in page(web, f"/queries/{name}").text


# ----- safety -----


@pytest.mark.parametrize(
    "path", ["/", "/docs", "/queries/sdg-gaps?city=karlsruhe", asset("style.css")]
)
def test_pages_may_load_nothing_from_elsewhere(web: TestClient, path: str) -> None:
    response = web.get(path, headers=HTML)
    policy = response.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert "http" not in policy
    assert response.headers["x-content-type-options"] == "nosniff"
    assert response.headers["referrer-policy"] == "no-referrer"


def test_style_sheet_is_sent_packed_and_kept_for_ever(web: TestClient) -> None:
    plain = web.get(asset("style.css"), headers={"Accept-Encoding": "identity"})
    small = web.get(asset("style.css"), headers={"Accept-Encoding": "gzip"})
    assert "content-encoding" not in plain.headers
    assert small.headers["content-encoding"] == "gzip"
    assert int(small.headers["content-length"]) < 60_000 < len(plain.content)
    assert small.content == plain.content
    assert plain.headers["etag"] != small.headers["etag"]
    for each in (plain, small):
        assert each.headers["vary"] == "Accept-Encoding"
        assert each.headers["content-type"] == "text/css; charset=utf-8"
        assert "immutable" in each.headers["cache-control"]
        known = {"If-None-Match": each.headers["etag"]}
        encoding = {"Accept-Encoding": each.headers.get("content-encoding", "identity")}
        assert web.get(asset("style.css"), headers=known | encoding).status_code == 304
    assert "cache-control" not in web.get("/static/nhm.svg").headers


@pytest.mark.parametrize("path", ["/queries/sdg-gaps", "/nowhere", "/sparql", "/health"])
def test_other_answers_have_the_same_headers(web: TestClient, path: str) -> None:
    assert "default-src 'none'" in web.get(path).headers["content-security-policy"]


@pytest.mark.parametrize("path", ["/", "/docs", "/queries/sdg-gaps?city=karlsruhe"])
def test_pages_load_nothing_from_elsewhere(web: TestClient, path: str) -> None:
    found = Page(web.get(path, headers=HTML).text)
    loading = [tag for tag in found.tags if tag[0] in ("script", "link", "img", "iframe", "source")]
    assert loading
    for tag, attrs in loading:
        address = attrs.get("src") or attrs.get("href") or ""
        assert address.startswith("/static/"), (tag, attrs)
        assert web.get(address).status_code == 200


def test_style_sheet_loads_nothing(web: TestClient) -> None:
    style = web.get(asset("style.css")).text
    own = re.compile(r"\.?/?fonts/[\w-]+\.woff2")
    loaded = {each.strip("\"'") for each in re.findall(r"url\(([^)]*)\)", style)}
    fonts = {each for each in loaded if not each.startswith("data:image/")}
    assert fonts
    assert {each for each in fonts if not own.fullmatch(each)} == set()
    for each in fonts:
        assert web.get(f"/static/dist/{each.removeprefix('./')}").status_code == 200
    assert "@import" not in style


EVIL = """
@prefix nhm: <https://w3id.org/nhm/ns#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix dct: <http://purl.org/dc/terms/> .
@prefix : <http://evil.example/> .
:graph a nhm:CityGraph ; nhm:municipality :city ; nhm:fictional false ;
    nhm:graphKind <https://w3id.org/nhm/voc/graph-kind/plan> ; dct:title "<script>1</script>"@de .
:city a nhm:Municipality ; nhm:slug "evil" ; skos:prefLabel "<script>alert(1)</script>"@de ;
    nhm:dataCompleteness <https://w3id.org/nhm/voc/data-completeness/partial> ;
    nhm:scopeNote "<img src=x onerror=alert(1)>"@de .
:goal a nhm:Goal ; nhm:municipality :city ; dct:identifier "\\"><b onclick=alert(1)>" ;
    skos:prefLabel "<script>alert(2)</script>"@de .
:cycle skos:prefLabel "</td><script>alert(3)</script>"@de ; nhm:position 1 .
:step a nhm:ProcessStep ; nhm:municipality :city ; nhm:inCycle :cycle ; nhm:position 1 ;
    nhm:stepStatus <https://w3id.org/nhm/voc/step-status/done> ;
    skos:prefLabel "<svg/onload=x>"@de ; dct:source :source .
:source nhm:address "javascript:alert(4)" .
"""


@pytest.fixture(scope="module")
def evil(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    file = tmp_path_factory.mktemp("evil") / "plan.ttl"
    file.write_text(EVIL, encoding="utf-8")
    graph = open_graph(Settings(examples=False))
    graph.load([file])
    with TestClient(create_app(Settings(), graph)) as client:
        yield client


@pytest.mark.parametrize(
    "path", ["/", "/queries/goals-without-measures", "/queries/process-status", "/queries/graphs"]
)
def test_markup_in_the_data_stays_text(evil: TestClient, path: str) -> None:
    given = {} if path == "/queries/graphs" else {"city": "evil"}
    found = page(evil, path, **given)
    assert "<script>" in found.text
    assert found.names() & {"script", "svg", "iframe"} == set()
    assert not [a for _, attrs in found.tags for a in attrs if a.startswith("on")]
    assert not [link for link in found.values("href") if link.startswith("javascript:")]
    assert {attrs.get("src") for tag, attrs in found.tags if tag == "img"} == {"/static/nhm.svg"}


def test_markup_in_the_address_stays_text(web: TestClient) -> None:
    given = {"city": '"><script>alert(1)</script>', "target": "<script>"}
    response = web.get("/queries/path-of-target", params=given, headers=HTML)
    assert response.status_code == 400
    assert "script" not in Page(response.text).names()


# ----- nothing loaded yet -----


def test_pages_of_an_empty_store_say_how_to_load() -> None:
    with TestClient(create_app(Settings(examples=False))) as client:
        assert "nhm-graph load" in page(client, "/").text
        assert page(client, "/docs")
        assert page(client, "/queries/sdg-gaps")
        assert client.get("/queries/cities").json()["rows"] == []


# ----- health and description -----


def test_health_names_the_state_of_store_ontology_shapes_and_queries(
    web: TestClient, graph: Graph
) -> None:
    health = web.get("/health").json()
    assert health["status"] == "ok"
    assert health["store"] == {"version": graph.store.version, "graphs": 24}
    assert set(health["digests"]) == {"ontology", "shapes", "queries"}
    assert all(len(digest) == 16 for digest in health["digests"].values())


def test_openapi_describes_each_question_with_its_parameters_and_choices(
    web: TestClient, graph: Graph
) -> None:
    paths = web.get("/openapi.json").json()["paths"]
    for question in graph.questions.values():
        operation = paths[f"/queries/{question.name}"]["get"]
        described = {each["name"]: each for each in operation["parameters"]}
        assert list(described) == [each.name for each in question.parameters]
        for parameter in question.parameters:
            assert described[parameter.name]["required"] is parameter.required
            assert parameter.label.de in described[parameter.name]["description"]
        if "city" in described:
            assert described["city"]["schema"]["enum"] == CITIES
        assert question.summary.en in operation["summary"]
    level = next(p for p in paths["/queries/sdg-gaps"]["get"]["parameters"] if p["name"] == "level")
    assert level["schema"] == {"type": "string", "enum": ["goal", "target"], "default": "goal"}


def test_openapi_names_what_each_address_takes_and_sends(web: TestClient) -> None:
    paths = web.get("/openapi.json").json()["paths"]
    assert {"/sparql", "/validate", "/health", "/queries"} <= set(paths)
    assert set(paths["/sparql"]) == {"get", "post"}
    sent = paths["/sparql"]["post"]["requestBody"]["content"]
    assert set(sent) == {"application/sparql-query", "application/x-www-form-urlencoded"}
    assert "text/turtle" in paths["/validate"]["post"]["requestBody"]["content"]
    assert "text/turtle" in paths["/validate"]["post"]["responses"]["200"]["content"]
    assert "text/csv" in paths["/queries/sdg-gaps"]["get"]["responses"]["200"]["content"]
    assert "text/turtle" in paths["/queries/measure-graph"]["get"]["responses"]["200"]["content"]


@pytest.mark.filterwarnings("error")
def test_openapi_gives_each_operation_a_name_of_its_own(web: TestClient) -> None:
    paths = web.get("/openapi.json").json()["paths"]
    names = [each["operationId"] for path in paths.values() for each in path.values()]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("language", ["de", "en"])
def test_docs_page_names_each_question_with_its_parameters(
    web: TestClient, graph: Graph, language: str
) -> None:
    found = page(web, "/docs", lang=language)
    for question in graph.questions.values():
        assert f"GET /queries/{question.name}" in found.text
        assert question.question.en in found.text
    assert ", ".join(CITIES) in found.text
    for address in ("GET /sparql", "POST /sparql", "POST /validate", "GET /health"):
        assert address in found.text
