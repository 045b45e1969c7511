"""Terms, lists, rules and questions at their permanent addresses, with and without a version.

The ontology is one document (hash namespace): `/ns#Goal` is a place in `/ns`. A version that is not
at hand is a 404 that says which are.
"""

import re
from collections.abc import Callable
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from nhm_graph.errors import UnknownName
from nhm_graph.language import Text
from nhm_graph.publish.addresses import HOUSE
from nhm_graph.publish.definitions import Definitions
from nhm_graph.rdf.formats import (
    DataFormat,
    data_format_for_media_type,
    split_suffix,
)
from nhm_graph.web.pages.definitions import lists_page, ontology_page, rule_page, rules_page
from nhm_graph.web.reader import graph_of, wanted
from nhm_graph.web.representations import GRAPHS, NEGOTIATED, OFFERED, PAGE, sent
from nhm_graph.web.short_path import may_be_kept

router = APIRouter()
_READ = ["GET", "HEAD"]
_VERSION = re.compile(r"\d+(?:\.\d+)*")
_SHARED_GRAPHS = {"nhm": "/ns", "sdg": "/sdg", "lists": "/voc", "mappings": "/voc"}
_SPARQL, _JSON = "application/sparql-query", "application/json"
_RDF = tuple(each.media_type for each in GRAPHS)


def definitions_of(request: Request) -> Definitions:
    """What the files of the app's graph define, read at the first request."""
    state = request.app.state
    if not hasattr(state, "definitions"):
        state.definitions = Definitions(graph_of(request).files)
    found: Definitions = state.definitions
    return found


@router.api_route("/ns{rest:path}", methods=_READ, include_in_schema=False)
def ontology(request: Request, rest: str) -> Response:
    """The whole ontology."""
    known = definitions_of(request)
    return _whole(request, "/ns", rest, lambda: ontology_page(request, known), known.ontology_bytes)


@router.api_route("/shapes{rest:path}", methods=_READ, include_in_schema=False)
def shapes(request: Request, rest: str) -> Response:
    """All rules."""
    known = definitions_of(request)
    return _whole(request, "/shapes", rest, lambda: rules_page(request, known), known.shapes_bytes)


@router.api_route("/voc", methods=_READ, include_in_schema=False)
@router.api_route("/voc.{suffix}", methods=_READ, include_in_schema=False)
def lists(request: Request, suffix: str = "") -> Response:
    """All lists with their entries; each has its own address below this one."""
    known = definitions_of(request)
    rest = f".{suffix}" if suffix else ""
    return _whole(request, "/voc", rest, lambda: lists_page(request, known), known.lists_bytes)


@router.api_route("/rule", methods=_READ, include_in_schema=False)
def rules() -> Response:
    """All rules as well."""
    return RedirectResponse("/shapes", 303)


@router.api_route("/rule/{path:path}", methods=_READ, include_in_schema=False)
def rule(request: Request, path: str) -> Response:
    """One rule: what it asks for and why, how its message reads, data that keeps and breaks it."""
    if not path.strip("/"):
        return rules()
    if path.endswith("/"):
        return RedirectResponse(f"/rule/{path.rstrip('/')}", 301)
    known = definitions_of(request)
    stem, suffix = split_suffix(path, OFFERED)
    version, name = _versioned(known, stem)
    found = known.rule(name)
    address = f"/rule/{version}/{found.id}" if version else f"/rule/{found.id}"
    return _sent(
        request,
        address,
        suffix,
        lambda: rule_page(request, known, found, address),
        lambda form: known.rule_bytes(found, form),
        found.iri,
    )


@router.api_route("/query", methods=_READ, include_in_schema=False)
@router.api_route("/query/{path:path}", methods=_READ, include_in_schema=False)
def question(request: Request, path: str = "") -> Response:
    """A named question: 303 to its page or its SPARQL; as data, what it asks and how."""
    if not path.strip("/"):
        listed = wanted(request, (PAGE, _JSON)) == _JSON
        return _elsewhere(request, "/queries" if listed else "/questions")
    known = definitions_of(request)
    stem, suffix = split_suffix(path.rstrip("/"), _RDF)
    version, name = _versioned(known, stem)
    bare = name.partition(".")[0]
    found = graph_of(request).question(bare)
    media_type = wanted(request, (PAGE, *_RDF, _SPARQL), suffix) if bare == name else ""
    if media_type not in _RDF:
        return _elsewhere(request, f"/queries/{name}{'.rq' if media_type == _SPARQL else ''}")
    return _sent(
        request,
        f"/query/{version}/{bare}" if version else f"/query/{bare}",
        suffix,
        None,
        lambda form: known.question_bytes(found, form),
        f"{HOUSE}query/{bare}",
    )


def shared_graph(name: str) -> Response | None:
    """303 from a graph that all cities share to the document that says the same."""
    stem, suffix = split_suffix(name, OFFERED)
    there = _SHARED_GRAPHS.get(stem)
    return RedirectResponse(there + (suffix or ""), 303) if there else None


def _elsewhere(request: Request, path: str) -> Response:
    """303 to an address that depends on Accept, with what else was asked for."""
    query = f"?{urlencode(request.query_params.multi_items())}" if request.query_params else ""
    return RedirectResponse(path + query, 303, {"Vary": NEGOTIATED, "Cache-Control": "no-cache"})


def _whole(
    request: Request,
    start: str,
    rest: str,
    page: Callable[[], bytes],
    data: Callable[[DataFormat], bytes],
) -> Response:
    """A document with and without version: `/ns`, `/ns.ttl`, `/ns/0.2.0`, `/ns/0.2.0.ttl`."""
    stem, suffix = split_suffix(f"x{rest}", OFFERED)
    version = stem[1:].strip("/")
    if stem[1:] and not stem[1:].startswith("/"):
        what = Text(de="die Adresse", en="the address")
        raise UnknownName.among(what, start + stem[1:], [start])
    if version:
        definitions_of(request).at_hand(version)
    elif rest.endswith("/"):
        return RedirectResponse(start, 301)
    address = f"{start}/{version}" if version else start
    return _sent(request, address, suffix, page, data, HOUSE + start.strip("/"))


def _sent(
    request: Request,
    address: str,
    suffix: str | None,
    page: Callable[[], bytes] | None,
    data: Callable[[DataFormat], bytes],
    describes: str,
) -> Response:
    # What is defined changes with the files only; the pages name the cities of the store.
    may_be_kept(request.scope, None)
    media_type = wanted(request, OFFERED if page else _RDF, suffix)
    if page is not None and media_type == PAGE:
        content = page()
    else:
        content = data(data_format_for_media_type(media_type))
    return sent(
        request,
        content,
        media_type,
        address=address,
        pinned=suffix is not None,
        modified=definitions_of(request).modified,
        describes=describes,
    )


def _versioned(known: Definitions, path: str) -> tuple[str | None, str]:
    """A version, which has to be at hand, and the name behind it; None where no version stands."""
    first, _, rest = path.strip("/").partition("/")
    if rest and _VERSION.fullmatch(first):
        known.at_hand(first)
        return first, rest
    return None, path.strip("/")
