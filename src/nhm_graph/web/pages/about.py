"""Pages about the service: all questions, licences, accessibility, who answers for it."""

from functools import cache
from pathlib import Path

from fastapi import APIRouter, Request
from fastapi.responses import Response

from nhm_graph.web.pages.rendering import page

router = APIRouter()

_BUILT = Path(__file__).parents[1] / "static" / "dist"
# When the pages were last checked with axe in a real browser (tests/real/test_browser.py).
_CHECKED_ON = "2026-11-22"


@router.api_route("/questions", methods=["GET", "HEAD"], include_in_schema=False)
def questions_page(request: Request) -> Response:
    """All questions by subject."""
    return page(request, "questions.html")


@router.api_route("/lizenzen", methods=["GET", "HEAD"], include_in_schema=False)
def licences_page(request: Request) -> Response:
    """The licences of program, data and of what the pages are made with."""
    return page(request, "licences.html", texts=_licences())


@router.api_route("/barrierefreiheit", methods=["GET", "HEAD"], include_in_schema=False)
def accessibility_page(request: Request) -> Response:
    """What is known about the accessibility of the pages, and what is not."""
    return page(request, "accessibility.html", checked_on=_CHECKED_ON)


@router.api_route("/impressum", methods=["GET", "HEAD"], include_in_schema=False)
def imprint_page(request: Request) -> Response:
    """Who answers for the service, as the settings say."""
    return page(request, "imprint.html")


@cache
def _licences() -> dict[str, str]:
    """The texts of licences that came with the style, by name of the file."""
    return {
        path.stem: path.read_text(encoding="utf-8")
        for path in sorted(_BUILT.iterdir())
        if path.suffix in (".md", ".txt")
    }
