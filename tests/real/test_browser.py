"""The pages in a real browser: nothing from elsewhere, no sideways scrolling, open to everyone."""

import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import uvicorn

from nhm_graph.graph import Graph
from nhm_graph.web.app import create_app

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.real

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
PAGES = {
    "first": "/?city=heilbronn",
    "first of the fictional city": "/?city=musterstadt&lang=en",
    "question": "/queries/sdg-coverage?city=musterstadt",
    "question with a wide table": "/queries/path-of-target?city=musterstadt&target=7.2",
    "question with long texts": "/queries/goal-history?city=heilbronn&lang=en",
    "question with a graph": "/queries/measure-graph?city=musterstadt&measure=M-04",
    "question without values": "/queries/path-of-target",
    "question with a wrong value": "/queries/path-of-target?city=musterstadt&target=7.22",
    "description": "/docs?lang=de",
}
WIDTHS = {"desktop": 1280, "telephone": 390}

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


@dataclass
class Visit:
    """An open page, what it wanted from elsewhere and what it said on the console."""

    page: "Page"
    elsewhere: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
def visit(browser: "Browser", address: str) -> Callable[..., Visit]:
    """`visit(path, width)`: a page of the service; what it wants from elsewhere is refused."""

    def opened(path: str, width: int = 1280) -> Visit:
        size = {"width": width, "height": 900}
        seen = Visit(browser.new_context(viewport=size, locale="de-DE").new_page())

        def answer(route: Any) -> None:
            if route.request.url.startswith(f"{address}/"):
                route.continue_()
            else:
                seen.elsewhere.append(route.request.url)
                route.abort()

        seen.page.route("**/*", answer)
        seen.page.on("console", lambda message: seen.said.append(message.text))
        seen.page.on("pageerror", lambda error: seen.said.append(str(error)))
        seen.page.goto(f"{address}{path}", wait_until="networkidle")
        return seen

    return opened


@pytest.fixture(scope="module")
def visited(visit: Callable[..., Visit]) -> Callable[..., Visit]:
    """The same, one visit to each page in each width, for looking only."""
    return cache(visit)


@every_width
@every_page
def test_page_asks_for_nothing_from_elsewhere(
    visited: Callable[..., Visit], path: str, width: int
) -> None:
    seen = visited(path, width)
    assert seen.page.locator("h1").count() == 1
    styled = seen.page.evaluate("getComputedStyle(document.querySelector('main')).maxWidth")
    assert styled != "none"  # the style sheet came
    assert seen.elsewhere == []


@every_width
@every_page
def test_page_says_nothing_on_the_console(
    visited: Callable[..., Visit], path: str, width: int
) -> None:
    # A page that says what is wrong with a value is a 400, and Chromium notes that.
    assert [each for each in visited(path, width).said if "400 (Bad Request)" not in each] == []


@every_width
@every_page
def test_page_does_not_scroll_sideways(
    visited: Callable[..., Visit], path: str, width: int
) -> None:
    needed = visited(path, width).page.evaluate("document.documentElement.scrollWidth")
    assert needed <= width


@every_width
@every_page
def test_axe_finds_nothing(visited: Callable[..., Visit], path: str, width: int) -> None:
    axe = pytest.importorskip(
        "axe_playwright_python.sync_playwright", reason="axe is not installed: requirements/all.txt"
    )
    results = axe.Axe().run(visited(path, width).page)
    assert results.violations_count == 0, results.generate_report()


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
