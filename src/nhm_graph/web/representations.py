"""Sending one representation of a document: its fields, and 304 where the client has it already.

RFC 9110 for ETag, Vary and Content-Location, RFC 8288 for Link. An ETag is strong: the digest of
the bytes. Last-Modified is the day of the data, so it says when, and is never compared: two states
of one day would look the same (RFC 9110, 8.8.2.2).
"""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time
from email.utils import format_datetime
from types import MappingProxyType
from urllib.parse import urlencode

from fastapi import Request
from fastapi.responses import Response

from nhm_graph.language import LANGUAGES
from nhm_graph.rdf.formats import JSON_LD, N_TRIPLES, RDF_XML, TURTLE, DataFormat
from nhm_graph.web.reader import language_of

PAGE = "text/html"
GRAPHS: tuple[DataFormat, ...] = (TURTLE, JSON_LD, RDF_XML, N_TRIPLES)
OFFERED = (PAGE, *(each.media_type for each in GRAPHS))
SUFFIXES: Mapping[str, str] = {
    PAGE: ".html",
    **{each.media_type: each.suffix for each in GRAPHS},
}
NEGOTIATED = "Accept, Accept-Language"
_NOTHING: Mapping[str, str] = MappingProxyType({})


def sent(
    request: Request,
    content: bytes,
    media_type: str,
    *,
    address: str,
    pinned: bool,
    modified: str | None = None,
    describes: str | None = None,
    offered: Sequence[str] = OFFERED,
    query: Mapping[str, str] = _NOTHING,
) -> Response:
    """A representation of the document at `address` (a path without suffix).

    `pinned` says that the address asked for carries a suffix, so that no cache has to look at
    Accept. `modified` is the day of the data, `describes` the IRI of the thing it is about, `query`
    what else in the address chooses the content.
    """
    language = language_of(request)
    headers = {
        "ETag": _etag(content, media_type, language if media_type == PAGE else ""),
        "Cache-Control": "no-cache",
        "Link": ", ".join(links(address, media_type, describes, offered, query)),
    }
    vary = _vary(request, media_type, pinned)
    if vary:
        headers["Vary"] = vary
    if not pinned:
        spoken = {"lang": language} if media_type == PAGE else {}
        headers["Content-Location"] = _at(address + SUFFIXES[media_type], {**query, **spoken})
    if modified:
        headers["Last-Modified"] = _http_date(modified)
    if media_type == PAGE:
        headers["Content-Language"] = language
    if _has(request, headers["ETag"]):
        return Response(status_code=304, headers=headers)
    return Response(content, media_type=media_type, headers=headers)


def links(
    address: str,
    media_type: str,
    describes: str | None,
    offered: Sequence[str] = OFFERED,
    query: Mapping[str, str] = _NOTHING,
) -> list[str]:
    """The members of the field Link of a document.

    >>> links("/doc/x", "text/turtle", None, ("text/html", "text/turtle"))[0]
    '</doc/x>; rel="canonical"'
    """
    found = [f'<{_at(address, query)}>; rel="canonical"']
    for each in offered:
        if each != media_type:
            other = _at(address + SUFFIXES[each], query)
            found.append(f'<{other}>; rel="alternate"; type="{each}"')
    if PAGE in offered:
        for language in LANGUAGES:
            found.append(
                f'<{_at(address, {**query, "lang": language})}>; rel="alternate"; type="{PAGE}"; '
                f'hreflang="{language}"'
            )
    if describes:
        found.append(f'<{describes}>; rel="describes"')
    return found


def _at(address: str, query: Mapping[str, str]) -> str:
    return f"{address}?{urlencode(query)}" if query else address


def _vary(request: Request, media_type: str, pinned: bool) -> str:
    """What else the answer depends on: nothing, where the address says it all."""
    if not pinned:
        return NEGOTIATED
    spoken = media_type == PAGE and not request.query_params.get("lang")
    return "Accept-Language" if spoken else ""


def _etag(content: bytes, *parts: str) -> str:
    digest = hashlib.blake2b(content, digest_size=12, key="\0".join(parts).encode()[:64])
    return f'"{digest.hexdigest()}"'


def _has(request: Request, tag: str) -> bool:
    """Whether If-None-Match names the tag; compared weakly (RFC 9110, 13.1.2)."""
    named = request.headers.get("if-none-match", "")
    listed = [each.strip().removeprefix("W/") for each in named.split(",")]
    return tag in listed or "*" in listed


def _http_date(day: str) -> str:
    """The day of the data as HTTP writes it, never later than now (RFC 9110, 8.8.2.1)."""
    try:
        when = datetime.combine(date.fromisoformat(day), time(), UTC)
    except ValueError:
        when = datetime.now(UTC)
    return format_datetime(min(when, datetime.now(UTC)), usegmt=True)
