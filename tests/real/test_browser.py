"""The pages in a real browser: nothing from elsewhere, no sideways scrolling, open to everyone."""

import socket
import threading
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import uvicorn

from nhm_graph.graph import Graph
from nhm_graph.web.app import create_app
from real.browsing import FLAGS, Findings, Visit, findings, opened

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.real

QUERY = "SELECT+%3Fs+%3Fo+%7B+%3Fs+a+%3Fo+%7D+LIMIT+30"
PAGES = {
    "first": "/?city=heilbronn",
    "first of the fictional city": "/?city=musterstadt&lang=en",
    "first of a city recorded in part": "/?city=karlsruhe&lang=en",
    "coverage": "/coverage?city=musterstadt",
    "coverage by pillar at a stage": "/coverage?city=musterstadt&by=pillar&stage=planned&lang=en",
    "coverage recorded in part": "/coverage?city=heilbronn",
    "goals": "/goals?city=musterstadt",
    "goals of a city without levels": "/goals?city=karlsruhe&lang=en",
    "responsibilities": "/responsibilities?city=musterstadt",
    "responsibilities without structure": "/responsibilities?city=karlsruhe&lang=en",
    "progress": "/progress?city=musterstadt",
    "timeline": "/timeline?city=musterstadt&lang=en",
    "comparison": "/comparison?city=musterstadt",
    "questions": "/questions",
    "question": "/queries/sdg-coverage?city=musterstadt",
    "question with a wide table": "/queries/path-of-target?city=musterstadt&target=7.2",
    "question with long texts": "/queries/goal-history?city=heilbronn&lang=en",
    "question with a graph": "/queries/measure-graph?city=musterstadt&measure=M-04",
    "question without values": "/queries/path-of-target",
    "question with a wrong value": "/queries/path-of-target?city=musterstadt&target=7.22",
    "query form": "/sparql/form",
    "query with its result": f"/sparql/form?query={QUERY}&lang=en",
    "query that is wrong": "/sparql/form?query=SELECT",
    "check form": "/check",
    "description": "/docs?lang=de",
    "licences": "/lizenzen",
    "accessibility": "/barrierefreiheit",
    "imprint": "/impressum?lang=en",
    "city": "/doc/musterstadt",
    "real city": "/doc/heilbronn?lang=en",
    "plan": "/doc/musterstadt/plan/strategie",
    "version of a plan": "/doc/musterstadt/version/2024?lang=en",
    "principle": "/doc/musterstadt/principle/L-1",
    "goal": "/doc/musterstadt/goal/Z-03",
    "measure": "/doc/musterstadt/measure/M-02?lang=en",
    "unit": "/doc/musterstadt/unit/dezernat-2",
    "indicator": "/doc/musterstadt/indicator/radanteil",
    "decision": "/doc/musterstadt/decision/2026-06-18-sanierung",
    "benchmark comparison": "/doc/musterstadt/comparison/radanteil-2024?lang=en",
    "SDG": "/sdg/11",
    "SDG target": "/sdg/11.2?lang=en",
    "catalogue": "/catalog",
    "dataset": "/graph/heilbronn/plan",
    "ontology": "/ns",
    "lists": "/voc",
    "list": "/voc/rating?lang=en",
    "entry of a list": "/voc/rating/on-track",
    "rules": "/shapes?lang=en",
    "rule": "/rule/B01",
    "not found": "/nothing",
    "thing not found": "/doc/musterstadt/goal/Z-99",
}
WIDTHS = {"desktop": 1280, "telephone": 390}
MOST_BYTES = 100_000
# What Chromium itself notes of a page that says what is wrong.
NOTED = ("400 (Bad Request)", "404 (Not Found)")

every_page = pytest.mark.parametrize("path", PAGES.values(), ids=PAGES)
every_width = pytest.mark.parametrize("width", WIDTHS.values(), ids=WIDTHS)


@pytest.fixture(scope="module")
def address(graph: Graph) -> Iterator[str]:
    """The service on a port of this machine, in a thread."""
    app = create_app(graph.settings, graph)
    # The store belongs to the tests: the service does not close it when it ends.
    config = uvicorn.Config(app, log_level="warning", lifespan="off")
    server = uvicorn.Server(config)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        running = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        running.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        server.should_exit = True
        running.join(timeout=10)


@pytest.fixture(scope="module")
def browser(program: Callable[[str], Path]) -> "Iterator[Browser]":
    playwright = pytest.importorskip(
        "playwright.sync_api", reason="playwright is not installed: requirements/all.txt"
    )
    path = program("chromium")
    with playwright.sync_playwright() as running:
        opened = running.chromium.launch(executable_path=path, args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture
def visit(browser: "Browser", address: str) -> Iterator[Callable[..., Visit]]:
    """`visit(path, width)`: a page of the service, to do something with it."""
    visits: list[Visit] = []

    def open_page(path: str, width: int = 1280) -> Visit:
        visits.append(opened(browser, address, path, width))
        return visits[-1]

    yield open_page
    for each in visits:
        each.page.context.close()


@pytest.fixture(scope="module")
def found(browser: "Browser", address: str) -> Callable[[str, int], Findings]:
    """`found(path, width)`: what one visit to the page in that width found out."""
    module = pytest.importorskip(
        "axe_playwright_python.sync_playwright", reason="axe is not installed: requirements/all.txt"
    )
    axe = module.Axe()
    return cache(lambda path, width: findings(browser, address, path, width, axe))


Found = Callable[[str, int], Findings]


@every_width
@every_page
def test_axe_finds_nothing(found: Found, path: str, width: int) -> None:
    assert found(path, width).axe == ""


@every_width
@every_page
def test_page_asks_for_nothing_from_elsewhere(found: Found, path: str, width: int) -> None:
    seen = found(path, width)
    assert seen.headings == 1
    assert seen.styled  # the style sheet came
    assert seen.elsewhere == []


@every_width
@every_page
def test_page_says_nothing_on_the_console(found: Found, path: str, width: int) -> None:
    said = found(path, width).said
    assert [each for each in said if not any(noted in each for noted in NOTED)] == []


@every_width
@every_page
def test_page_does_not_scroll_sideways(found: Found, path: str, width: int) -> None:
    assert found(path, width).needed_width <= width


@every_width
@every_page
def test_tab_reaches_everything_and_shows_where_it_is(found: Found, path: str, width: int) -> None:
    seen = found(path, width)
    assert seen.not_reached == []
    assert seen.not_visible == []


@every_page
def test_page_is_small(found: Found, path: str) -> None:
    sent = found(path, 1280).sent
    assert 5_000 < sent < MOST_BYTES


def test_keyboard_leads_from_the_skip_link_through_the_form_to_the_answer(
    visit: Callable[..., Visit],
) -> None:
    page = visit("/queries/sdg-coverage").page

    def focused() -> str:
        return str(page.evaluate("document.activeElement.id || document.activeElement.className"))

    page.keyboard.press("Tab")
    assert focused() == "skip"
    assert page.locator(".skip").bounding_box()["x"] >= 0  # visible once focused
    reached = []
    for _ in range(20):
        page.keyboard.press("Tab")
        reached.append(focused())
        if reached[-1] == "p-city":
            break
    assert reached[-1] == "p-city"
    page.keyboard.press("m")  # Musterstadt
    for expected in ("p-level", "p-lang"):
        page.keyboard.press("Tab")
        assert focused() == expected
    page.keyboard.press("Tab")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert "city=musterstadt" in page.url
    assert page.locator(".fictional").count() == 1
    assert page.locator("tbody tr").count() == 17


def test_focus_is_visible(visit: Callable[..., Visit]) -> None:
    page = visit("/queries/sdg-coverage?city=musterstadt").page
    for name in ("#p-city", "button", ".formats a", "summary"):
        page.locator(name).first.focus()
        page.keyboard.press("Shift+Tab")
        page.keyboard.press("Tab")
        style = "getComputedStyle(document.activeElement)"
        assert page.evaluate(f"{style}.outlineStyle") != "none", name
        assert page.evaluate(f"parseFloat({style}.outlineWidth)") >= 2, name


def test_menu_is_folded_on_a_telephone_and_opens_without_a_script(
    visit: Callable[..., Visit],
) -> None:
    page = visit("/coverage?city=musterstadt", 390).page
    assert not page.locator("nav.side").is_visible()
    link = page.locator(".menu nav a").first
    assert not link.is_visible()
    page.locator(".menu > summary").click()
    assert link.is_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_language_is_changed_by_a_link_and_the_question_stays(
    visit: Callable[..., Visit],
) -> None:
    page = visit("/queries/sdg-coverage?city=karlsruhe&level=goal").page
    assert page.locator("html").get_attribute("lang") == "de"
    with page.expect_navigation():
        page.get_by_role("link", name="English").click()
    assert page.locator("html").get_attribute("lang") == "en"
    assert "city=karlsruhe" in page.url
    assert page.locator(".lead").inner_text().startswith("Which SDGs are covered by measures")


def test_query_is_changed_run_and_shown_in_a_table(visit: Callable[..., Visit]) -> None:
    page = visit("/sparql/form?example=sdg-gaps&lang=en").page
    assert "VALUES ?city" in page.locator("#query").input_value()
    page.locator("#query").fill("SELECT (6 * 7 AS ?answer) {}")
    with page.expect_navigation():
        page.get_by_role("button", name="Run").click()
    assert page.locator("section[aria-labelledby=result] td").inner_text() == "42"
    with page.expect_download() as saved:
        page.get_by_role("link", name="CSV").click()
    assert saved.value.suggested_filename == "result.csv"


def test_file_is_checked_by_the_form(visit: Callable[..., Visit]) -> None:
    seen = visit("/check?lang=en")
    data = b"<https://city.example/id/m1> a <https://w3id.org/nhm/ns#Measure> ."
    sent = {"name": "plan.ttl", "mimeType": "", "buffer": data}
    seen.page.locator("#file").set_input_files(files=[sent])
    with seen.page.expect_navigation():
        seen.page.get_by_role("button", name="Check").click()
    assert "m1" in seen.page.locator("main").inner_text()
    assert seen.elsewhere == []
    assert seen.said == []


def test_printed_page_leaves_out_what_only_a_screen_needs(visit: Callable[..., Visit]) -> None:
    page = visit("/coverage?city=musterstadt").page
    page.emulate_media(media="print")
    for name in (".side", ".languages", ".cities", ".filter", ".origin", ".legal", ".buttons"):
        assert not page.locator(name).first.is_visible(), name
    assert page.locator("table.heat").is_visible()
    assert page.locator(".fictional").is_visible()
