"""Things and the documents about them: `/id/…` leads to `/doc/…`, and what all cities share.

A thing of the world cannot be sent, so its address answers 303 with that of a document about it
(W3C, Cool URIs for the Semantic Web, 2008). SDGs, list entries and graphs have their document at
fixed places: `/sdg/…`, `/voc/…`, `/graph/…`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias
from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from nhm_graph.errors import Gone, Json, UnknownName
from nhm_graph.language import Text
from nhm_graph.publish.addresses import HOUSE, SDG, decoded, encoded
from nhm_graph.publish.description import INVALIDATED, REPLACED_BY, Describer, Description
from nhm_graph.publish.description_rdf import document_bytes
from nhm_graph.publish.near import near
from nhm_graph.rdf.formats import data_format_for_media_type, split_suffix
from nhm_graph.web.definitions import definitions_of, shared_graph
from nhm_graph.web.pages.resource import resource_page
from nhm_graph.web.reader import graph_of, language_of, wanted
from nhm_graph.web.representations import NEGOTIATED, OFFERED, PAGE, SUFFIXES, sent
from nhm_graph.web.short_path import may_be_kept

router = APIRouter()
_READ = ["GET", "HEAD"]
_CITY = "city"
# The IRIs that the rest of an address may stand for.
Names: TypeAlias = Callable[[str], list[str]]


@dataclass(frozen=True, slots=True)
class Asked:
    """What an address asks for: a thing that is here, and the suffix of a format, if any."""

    iri: str
    suffix: str | None


def describer_of(request: Request) -> Describer:
    """The describer of the app's graph, made at the first request."""
    state = request.app.state
    if not hasattr(state, "describer"):
        state.describer = Describer(graph_of(request))
    found: Describer = state.describer
    return found


@router.api_route("/id/{path:path}", methods=_READ, include_in_schema=False)
def thing(request: Request, path: str) -> Response:
    """303 to the document about a thing, in the format that suffix or Accept ask for."""
    describer = describer_of(request)
    raw = raw_rest(request, "/id/")
    home = describer.addresses
    found = _find(request, describer, home.named, raw, home.thing)
    if isinstance(found, Response):
        return found
    page = home.page(found.iri) or "/"
    media_type = wanted(request, OFFERED, found.suffix)
    suffix = SUFFIXES[media_type] if found.suffix or media_type != PAGE else ""
    headers = {"Link": f'<{page}>; rel="describedby"', "Cache-Control": "no-cache"}
    if found.suffix is None:
        headers["Vary"] = NEGOTIATED
    return RedirectResponse(page + suffix + _asked_for(request), 303, headers)


@router.api_route("/doc/{path:path}", methods=_READ, include_in_schema=False)
def document(request: Request, path: str) -> Response:
    """The document about a thing."""
    return _document(request, "/doc/", describer_of(request).addresses.named)


@router.api_route("/graph/{path:path}", methods=_READ, include_in_schema=False)
def graph(request: Request, path: str) -> Response:
    """The document about a graph: whose data it is, of when, under which licence."""
    home = describer_of(request).addresses

    def named(raw: str) -> list[str]:
        return home.named(raw, "graph/") + [f"{HOUSE}graph/{each}" for each in decoded(raw)]

    if not raw_rest(request, "/graph/"):
        return RedirectResponse("/catalog", 303)
    return shared_graph(path) or _document(request, "/graph/", named)


@router.api_route("/voc/{path:path}", methods=_READ, include_in_schema=False)
def entry(request: Request, path: str) -> Response:
    """The document about a list or an entry of a list."""
    if not path:
        return RedirectResponse("/voc", 301)
    return _document(request, "/voc/", lambda raw: [f"{HOUSE}voc/{each}" for each in decoded(raw)])


@router.api_route("/sdg", methods=_READ, include_in_schema=False)
@router.api_route("/sdg/{path:path}", methods=_READ, include_in_schema=False)
@router.api_route("/sdg.{suffix}", methods=_READ, include_in_schema=False)
def sdg(request: Request, path: str = "", suffix: str = "") -> Response:
    """The local document about the SDGs, one of them, or one of its targets."""
    start = SDG.removesuffix("sdg")
    return _document(request, "/", lambda raw: [start + each for each in decoded(raw)])


def raw_rest(request: Request, start: str) -> str:
    """The path behind `start`, percent-encoded as it was sent."""
    raw: bytes = request.scope.get("raw_path") or b""
    path = raw.decode("ascii", "replace").partition("?")[0] or quote(request.url.path)
    return path.removeprefix(start)


def _document(request: Request, start: str, named: Names) -> Response:
    describer = describer_of(request)
    raw = raw_rest(request, start)
    found = _find(request, describer, named, raw, describer.addresses.page)
    if isinstance(found, Response):
        return found
    description = describer.describe(found.iri, _city(request))
    assert description is not None
    if description.gone:
        raise _gone(description)
    return _represented(request, describer, description, found.suffix)


def _represented(
    request: Request, describer: Describer, description: Description, suffix: str | None
) -> Response:
    # On all data of the store: things of other cities link here, and pages name all cities.
    may_be_kept(request.scope, None)
    media_type = wanted(request, OFFERED, suffix)
    address = describer.addresses.page(description.iri) or request.url.path
    if media_type == PAGE:
        used = definitions_of(request).reference.used
        content = resource_page(request, describer, description, address, used)
    else:
        form = data_format_for_media_type(media_type)
        content = document_bytes(description, describer.addresses, form)
    return sent(
        request,
        content,
        media_type,
        address=address,
        pinned=suffix is not None,
        modified=description.modified,
        describes=encoded(description.iri),
        query=_chosen(request),
    )


def _chosen(request: Request) -> Mapping[str, str]:
    """What of the query chooses the content, apart from the language."""
    slug = request.query_params.get(_CITY)
    return {_CITY: slug} if slug else {}


def _city(request: Request) -> str | None:
    """The municipality whose links to a shared thing are wanted (`?city=`)."""
    slug = request.query_params.get(_CITY)
    return graph_of(request).city(slug, language_of(request)).iri if slug else None


def _find(
    request: Request,
    describer: Describer,
    named: Names,
    raw: str,
    place: Callable[[str], str | None],
) -> Asked | Response:
    """What the rest of an address stands for; a redirect where it has a slash too many."""
    stem, suffix = split_suffix(raw, OFFERED)
    for each in named(stem):
        if describer.knows(each):
            return Asked(each, suffix)
    for each in named(raw) if suffix else ():
        if describer.knows(each):
            return Asked(each, None)
    if raw.endswith("/"):
        for each in named(raw.rstrip("/")):
            path = place(each)
            if path and describer.knows(each):
                return RedirectResponse(path + _asked_for(request), 301)
    text = decoded(raw)[0] if raw else ""
    raise UnknownName(
        Text(
            de=f"Unter „{text}“ ist hier nichts bekannt.", en=f"Nothing is known here of “{text}”."
        ),
        extra={"name": text, "nearest": _nearest(request, describer, named(stem))},
    )


def _nearest(request: Request, describer: Describer, candidates: list[str]) -> list[Json]:
    found = near(describer, candidates, language_of(request))
    return [{"address": each.page, "label": each.label} for each in found]


def _gone(description: Description) -> Gone:
    day = description.first(INVALIDATED)
    instead = description.first(REPLACED_BY)
    when = Text(de=f" Seit {day}.", en=f" Since {day}.") if day else Text(de="", en="")
    detail = Text(
        de="Das gab es hier und gibt es nicht mehr.{when}",
        en="This was here and is no more.{when}",
    )
    mend = Text(de=f"Stattdessen: {instead}", en=f"Instead: {instead}") if instead else None
    return Gone(detail.format(when=when), mend=mend, extra={"replacedBy": instead})


def _asked_for(request: Request) -> str:
    """The language of the address, carried on."""
    named = request.query_params.get("lang")
    return f"?lang={quote(named)}" if named else ""
