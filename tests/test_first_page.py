"""The pages of a city: their numbers are those of the questions that they link to."""

import re
from html.parser import HTMLParser
from urllib.parse import parse_qsl, urlsplit

import pytest
from fastapi.testclient import TestClient
from httpx import Response

from nhm_graph.graph import Graph

HTML = {"Accept": "text/html"}
CITIES = ("musterstadt", "heilbronn", "karlsruhe")
PAGES = (
    "/",
    "/coverage",
    "/goals",
    "/responsibilities",
    "/progress",
    "/timeline",
    "/comparison",
)
# Where numbers stand that somebody will ask about.
_NUMBERS = {"tile", "figure", "legend", "duty", "cell", "total"}
_EMPTY = {"meta", "link", "input", "img", "br", "rect", "path", "circle"}

every_city = pytest.mark.parametrize("city", CITIES)
every_page = pytest.mark.parametrize("path", PAGES)


class Numbers(HTMLParser):
    """The numbers in tiles, legends, cells and duties of a page, and the link around each."""

    def __init__(self, content: str) -> None:
        super().__init__()
        self._open: list[tuple[str, set[str], str]] = []
        self.found: list[tuple[str, str, str]] = []
        self.links: list[str] = []
        self.feed(content)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "a" and given.get("href"):
            self.links.append(given["href"] or "")
        if tag not in _EMPTY:
            self._open.append(
                (tag, set((given.get("class") or "").split()), given.get("href") or "")
            )

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        classes = set().union(*(each[1] for each in self._open)) if self._open else set()
        kinds = classes & _NUMBERS
        if kinds and "sr" not in classes and data.strip().isdigit():
            link = next((href for _, _, href in reversed(self._open) if href), "")
            self.found.append((min(kinds), data.strip(), link))


def numbers(web: TestClient, path: str, **given: str) -> Numbers:
    response = web.get(path, params=given, headers=HTML)
    assert response.status_code == 200, response.text
    return Numbers(response.text)


def rows(web: TestClient, link: str) -> list[dict[str, str]]:
    """The rows that a link to a question shows."""
    parts = urlsplit(link)
    answer = web.get(f"{parts.path}.json", params=dict(parse_qsl(parts.query))).json()
    return list(answer["rows"])


# ----- numbers -----


@every_city
@every_page
def test_every_number_links_to_the_question_that_made_it(
    web: TestClient, path: str, city: str
) -> None:
    shown = numbers(web, path, city=city)
    # A legend of colours explains steps and counts nothing.
    unlinked = [
        each for each in shown.found if not each[2].startswith("/queries/") and each[1] != "0"
    ]
    assert [each for each in unlinked if not (path == "/coverage" and each[0] == "legend")] == []


@every_city
def test_number_of_a_cell_is_the_number_of_measures_behind_it(web: TestClient, city: str) -> None:
    shown = numbers(web, "/coverage", city=city)
    cells = [(int(number), link) for kind, number, link in shown.found if kind in ("cell", "total")]
    assert len(cells) > 6
    for number, link in cells[:6] + cells[-2:]:
        assert len({row["measure"] for row in rows(web, link)}) == number, link


@pytest.mark.parametrize("stage", ["planned", "under-way", "done"])
@pytest.mark.parametrize("by", ["field", "pillar"])
def test_stage_and_grouping_change_the_cells_and_their_rows_alike(
    web: TestClient, by: str, stage: str
) -> None:
    shown = numbers(web, "/coverage", city="musterstadt", by=by, stage=stage)
    kind, number, link = next(each for each in shown.found if each[0] == "cell")
    assert f"stage={stage}" in link
    assert len({row["measure"] for row in rows(web, link)}) == int(number), kind


def test_number_of_a_unit_is_the_number_of_its_measures(web: TestClient) -> None:
    shown = numbers(web, "/responsibilities", city="musterstadt")
    duties = [(int(number), link) for kind, number, link in shown.found if kind == "duty"]
    led, involved = duties[2], duties[3]
    assert led[1] == involved[1]
    found = rows(web, led[1])
    leading = {row["measure"] for row in found if row["role"].endswith("/lead")}
    others = {row["measure"] for row in found if not row["role"].endswith("/lead")}
    assert len(leading) in (led[0], involved[0])
    assert len(others) in (led[0], involved[0], 0)


@every_city
def test_bars_of_the_first_page_show_every_goal_and_every_sdg(web: TestClient, city: str) -> None:
    shown = numbers(web, "/", city=city).found
    by_question: dict[str, int] = {}
    for kind, number, link in shown:
        if kind == "legend":
            name = urlsplit(link).path
            by_question[name] = by_question.get(name, 0) + int(number)
    goals = next(link for kind, _, link in shown if kind == "figure")
    assert by_question["/queries/goal-state"] == len(rows(web, goals))
    assert by_question["/queries/sdg-coverage"] == 17


def test_first_page_of_the_fictional_city_says_how_its_goals_stand(web: TestClient) -> None:
    text = web.get("/?city=musterstadt&lang=en", headers=HTML).text
    bar = re.search(r'aria-label="Goals by latest rating: ([^"]*)"', text)
    assert bar
    assert bar[1] == ("on track 3, at risk 1, off track 2, not assessable 1, not rated (gap) 6")
    tiles = [number for kind, number, _ in Numbers(text).found if kind == "tile"]
    assert tiles == ["1", "1", "2", "1"]  # overdue measures and milestones, no lead, no measure


# ----- what is not recorded is no gap -----


@pytest.mark.parametrize("city", ["heilbronn", "karlsruhe"])
@every_page
def test_no_page_calls_a_gap_what_is_only_not_recorded(
    web: TestClient, path: str, city: str
) -> None:
    text = web.get(path, params={"city": city, "lang": "de"}, headers=HTML).text
    assert "keine Lücke der Stadt" in text or "keine Lücke" in text
    for mark in ("mark none", "part-none", "part-gap", "cell gap"):
        assert f'class="{mark}' not in text


def test_fictional_city_recorded_completely_has_gaps(web: TestClient) -> None:
    text = web.get("/coverage?city=musterstadt", headers=HTML).text
    assert 'class="cell gap"' in text
    assert 'class="mark none"' in text


# ----- time, comparison, links -----


@every_city
@every_page
def test_no_date_is_shown_as_a_machine_writes_it(web: TestClient, path: str, city: str) -> None:
    text = web.get(path, params={"city": city, "lang": "de"}, headers=HTML).text
    seen = re.sub(r"<[^>]*>", " ", text.partition("<main")[2].partition("</main>")[0])
    assert re.findall(r"(?<![\d/-])\d{4}-\d\d(?:-\d\d)?(?![\w-])|\d/\.\.", seen) == []


def test_fictional_cities_are_compared_only_where_asked_for(web: TestClient) -> None:
    def listed(**more: str) -> str:
        return web.get(
            "/comparison", params={"city": "heilbronn", **more}, headers=HTML
        ).text.partition('id="recorded"')[2]

    assert "Musterstadt" not in listed()
    assert "Musterstadt" in listed(fictional="include")


@every_page
def test_every_link_of_a_page_leads_somewhere(web: TestClient, path: str) -> None:
    links = {
        re.sub(r"[?#].*", "", link): link
        for link in numbers(web, path, city="musterstadt").links
        if link.startswith("/")
    }
    for link in links.values():
        status = web.get(link, headers={"Accept": "text/html,*/*;q=0.5"}).status_code
        assert status == 200, link


def test_unknown_grouping_or_stage_names_what_there_is(web: TestClient) -> None:
    assert web.get("/coverage?city=musterstadt&by=colour").status_code == 404
    assert web.get("/coverage?city=musterstadt&stage=half").status_code == 404


# ----- the query page -----


def asked(web: TestClient, query: str, **more: str) -> str:
    return web.get("/sparql/form", params={"query": query, "lang": "en", **more}, headers=HTML).text


def test_query_page_shows_a_table_with_links_and_languages(web: TestClient) -> None:
    text = asked(
        web,
        'SELECT ?g ("Ziel\\t\\"eins\\""@de AS ?t) (3.5 AS ?n) ?empty '
        "{ BIND(<https://w3id.org/nhm/examples/id/musterstadt/goal/Z-01> AS ?g) }",
    )
    assert '<a href="/doc/musterstadt/goal/Z-01?lang=en">musterstadt/goal/Z-01</a>' in text
    assert '<td lang="de">Ziel\t&#34;eins&#34;</td>' in text
    assert '<td class="number">3.5</td>' in text
    assert "1 row</small>" in text


def test_query_page_shows_yes_or_no_and_a_graph(web: TestClient) -> None:
    assert "<strong>yes</strong>" in asked(web, "ASK { ?s ?p ?o }")
    assert "&lt;http://e/s&gt;" in asked(web, "CONSTRUCT { <http://e/s> a <http://e/c> } {}")


def test_query_page_reads_no_more_than_it_shows(web: TestClient) -> None:
    text = asked(web, "SELECT ?a ?d { ?a ?b ?c . ?d ?e ?f }")
    assert "first rows, cut off" in text
    assert text.count("<tr>") <= 501


@pytest.mark.parametrize(
    ("query", "status"),
    [("SELECT ?s {", 400), ("SELECT * { SERVICE <http://elsewhere.example/> {} }", 400)],
)
def test_query_page_says_what_is_wrong_and_keeps_the_text(
    web: TestClient, query: str, status: int
) -> None:
    response = web.get("/sparql/form", params={"query": query}, headers=HTML)
    assert response.status_code == status
    assert 'role="alert"' in response.text
    assert query.replace("<", "&lt;").replace(">", "&gt;") in response.text


def test_query_page_gives_the_result_as_a_file(web: TestClient) -> None:
    saved = web.get("/sparql/form", params={"query": "SELECT (1 AS ?n) {}", "save": "csv"})
    assert saved.headers["content-disposition"] == 'attachment; filename="result.csv"'
    assert saved.text.split() == ["n", "1"]
    assert web.get("/sparql/form", params={"query": "ASK {}", "save": "pdf"}).status_code == 400


def test_each_question_can_be_opened_in_the_query_page(web: TestClient, graph: Graph) -> None:
    text = web.get("/sparql/form?example=sdg-gaps", headers=HTML).text
    assert "VALUES ?city { UNDEF }" in text
    listed = web.get("/sparql/form", headers=HTML).text
    assert all(f"/sparql/form?example={name}&" in listed for name in graph.questions)


# ----- the page to check a file -----


def check(web: TestClient, name: str, data: bytes) -> Response:
    sent = {"file": (name, data, "application/octet-stream")}
    return web.post("/check?lang=en", files=sent)


def test_form_answers_with_the_report_on_the_file(web: TestClient) -> None:
    data = b"""@prefix nhm: <https://w3id.org/nhm/ns#> .
<https://city.example/id/m1> a nhm:Measure ."""
    report = check(web, "<b>plan.ttl", data)
    assert report.status_code == 200
    assert "&lt;b&gt;plan.ttl" in report.text
    assert "<b>plan.ttl" not in report.text
    assert "style-src 'sha256-" in report.headers["content-security-policy"]
    assert "m1" in report.text
    assert "violation" in report.text


@pytest.mark.parametrize(
    ("name", "data", "status", "said"),
    [
        ("plan.ttl", b"a b", 400, "line 1"),
        ("plan.docx", b"PK", 415, "docx"),
        ("plan.ttl", b"", 400, "No file was chosen"),
        ("plan.ttl", b"#" * 2_100_000, 413, "RDF"),
    ],
    ids=["unreadable", "other format", "nothing chosen", "too large"],
)
def test_form_says_what_is_wrong_with_a_file(
    web: TestClient, name: str, data: bytes, status: int, said: str
) -> None:
    response = check(web, name, data)
    assert response.status_code == status
    alert = response.text.partition('role="alert"')[2].partition("</div>")[0]
    assert said in alert
