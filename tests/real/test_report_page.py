"""The report as a page, opened from a file in a real browser: readable alone, open to everyone."""

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from nhm_graph.checks.comparing import compare
from nhm_graph.checks.rendering import GROUPINGS, Grouping, as_html
from nhm_graph.checks.report import Report
from nhm_graph.checks.validation import Run, validate
from nhm_graph.graph import Graph
from nhm_graph.rdf.reading import read_file

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.real

FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]


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


@pytest.fixture(scope="module")
def report(graph: Graph, repo_root: Path) -> Report:
    """Musterstadt as of one day: warnings, one explained."""
    paths = sorted((repo_root / "examples/musterstadt").glob("*.ttl"))
    documents = [read_file(path, 10_000_000, name=path.name) for path in paths]
    run = Run(day=date(2026, 11, 22))
    return validate(documents, graph.files.shapes(), graph.files.ontology(), run)


@pytest.mark.parametrize("width", [1280, 390], ids=["desktop", "telephone"])
@pytest.mark.parametrize("by", GROUPINGS)
def test_axe_finds_nothing_and_nothing_is_loaded(
    browser: "Browser", report: Report, tmp_path: Path, by: Grouping, width: int
) -> None:
    axe = pytest.importorskip(
        "axe_playwright_python.sync_playwright", reason="axe is not installed: requirements/all.txt"
    )
    earlier = [*report.findings[3:], *report.findings[:1]]
    since = compare(Report(report.findings[:-2], (), b""), earlier)
    file = tmp_path / "report.html"
    file.write_text(as_html(report, "de", by, since), "utf-8")
    page = browser.new_context(viewport={"width": width, "height": 900}).new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(file.as_uri(), wait_until="networkidle")
    assert asked == [file.as_uri()]
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    results = axe.Axe().run(page)
    assert results.violations_count == 0, results.generate_report()
