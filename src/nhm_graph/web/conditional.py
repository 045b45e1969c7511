"""Conditional requests (RFC 9110, 13): ETag, 304 and 412.

An ETag is strong and of one representation: state of the data, media type, encoding.
"""

import hashlib

from fastapi import Request
from fastapi.responses import Response

from nhm_graph.errors import ConditionFailed
from nhm_graph.language import Text
from nhm_graph.store.edits import Check

_ANY = "*"


def etag(state: str, *parts: object) -> str:
    """The ETag of what is made from this state of the data and these parts.

    >>> etag("0a.7", "text/csv") == etag("0a.7", "text/csv"), etag("0a.7", "x").startswith('"0a.7-')
    (True, True)
    """
    digest = hashlib.blake2b(repr(parts).encode("utf-8", "surrogatepass"), digest_size=12)
    return f'"{state}-{digest.hexdigest()}"'


def is_known(request: Request, tag: str) -> bool:
    """Whether the client has this representation already: If-None-Match, compared weakly."""
    return any(
        each in (_ANY, tag) for each in _listed(request.headers.get("if-none-match"), weak=True)
    )


def not_modified(tag: str, vary: str) -> Response:
    """A 304, with the fields that a 200 would have had (RFC 9110, 15.4.5).

    >>> not_modified('"a"', "Accept").status_code
    304
    """
    return Response(
        status_code=304, headers={"ETag": tag, "Vary": vary, "Cache-Control": "no-cache"}
    )


def check_of(request: Request) -> Check:
    """What If-Match and If-None-Match demand before a graph is changed; raises ConditionFailed.

    Any ETag of the graph's present state will do, in whichever media type it was read.
    """
    wanted = request.headers.get("if-match")
    unwanted = request.headers.get("if-none-match")

    def check(state: str | None) -> None:
        if wanted is not None and not _holds(wanted, state, weak=False):
            raise _failed("If-Match", state)
        if unwanted is not None and _holds(unwanted, state, weak=True):
            raise _failed("If-None-Match", state)

    return check


def _holds(field: str, state: str | None, *, weak: bool) -> bool:
    """Whether the field names the state of a graph (None: there is no such graph)."""
    if state is None:
        return False
    tags = _listed(field, weak=weak)
    return any(each == _ANY or each.startswith(f'"{state}-') for each in tags)


def _listed(field: str | None, *, weak: bool) -> list[str]:
    """The ETags of a field; those of weak ones only where they count."""
    tags = [each.strip() for each in (field or "").split(",")]
    return [each.removeprefix("W/") for each in tags if weak or not each.startswith("W/")]


def _failed(field: str, state: str | None) -> ConditionFailed:
    if state is None:
        what = Text(de="Den Graphen gibt es nicht.", en="There is no such graph.")
    elif field == "If-Match":
        what = Text(de="Der Graph hat einen anderen Stand.", en="The graph is in another state.")
    else:
        what = Text(de="Den Graphen gibt es schon.", en="The graph is here already.")
    detail = Text(de="{field} ist nicht erfüllt: {what}", en="{field} does not hold: {what}")
    return ConditionFailed(
        detail.format(field=field, what=what),
        mend=Text(
            de="Den Graphen neu lesen, die Änderung darauf anwenden und mit seinem ETag senden.",
            en="Read the graph again, apply the change to it and send it with its ETag.",
        ),
        extra={"field": field},
    )
