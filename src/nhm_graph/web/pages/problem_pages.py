"""Refusals as pages for readers in a browser; programs get problem details."""

from collections.abc import Mapping
from urllib.parse import quote, unquote

from fastapi import FastAPI, Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from nhm_graph.errors import Refusal
from nhm_graph.language import Text
from nhm_graph.publish.near import Near
from nhm_graph.rdf.formats import negotiate
from nhm_graph.web.pages.rendering import page
from nhm_graph.web.pages.resource import localized
from nhm_graph.web.problems import MEDIA_TYPE, answer_to, status_of, title_of
from nhm_graph.web.reader import language_of
from nhm_graph.web.representations import PAGE

_READ = ("GET", "HEAD")
_UNKNOWN = Text(de="Nicht gefunden", en="Not found")


def install(app: FastAPI) -> None:
    """Answers browsers with a page where other clients get problem details."""
    for kind in (Refusal, HTTPException):
        app.add_exception_handler(kind, _answer)


def _answer(request: Request, error: Exception) -> Response:
    if request.method not in _READ or not _wants_page(request):
        return answer_to(request, error)
    plain = answer_to(request, error)
    kept = {name: value for name, value in plain.headers.items() if not name.startswith("content-")}
    return problem_page(request, error, kept)


def problem_page(request: Request, error: Exception, headers: Mapping[str, str]) -> Response:
    """The page that says what is wrong, and what was perhaps meant."""
    language = language_of(request)
    if isinstance(error, Refusal):
        status, said = status_of(error), error.message(language)
        title = (_UNKNOWN if status == 404 else error.title).in_(language)
        found = _named(error) or _siblings(request, error)
    else:
        assert isinstance(error, HTTPException)
        status, said, found = error.status_code, title_of(error.status_code).in_(language), []
        title = _UNKNOWN.in_(language) if status == 404 else said
    response = page(
        request,
        "resource_missing.html",
        status=status,
        title=title,
        said=said if said != title else "",
        near=found,
        localized=lambda path: localized(path, language),
    )
    for name, value in headers.items():
        response.headers[name] = value
    return response


def _wants_page(request: Request) -> bool:
    return negotiate(request.headers.get("accept"), (MEDIA_TYPE, PAGE)) == PAGE


def _named(refusal: Refusal) -> list[Near]:
    """What the refusal names with its address."""
    nearest = refusal.extra.get("nearest")
    listed = nearest if isinstance(nearest, list) else []
    return [
        Near("", str(each["label"]), str(each["address"]))
        for each in listed
        if isinstance(each, Mapping) and "address" in each
    ]


def _siblings(request: Request, refusal: Refusal) -> list[Near]:
    """Names like the unknown one, where that is what the address ends in."""
    nearest, name = refusal.extra.get("nearest"), refusal.extra.get("name")
    parent, _, last = request.url.path.rpartition("/")
    if not isinstance(nearest, (list, tuple)) or name not in (unquote(last), last.split(".")[0]):
        return []
    return [
        Near("", each, f"{parent}/{quote(each, safe='')}")
        for each in nearest
        if isinstance(each, str)
    ]
