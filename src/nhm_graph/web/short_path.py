"""A short path in front of the router: answers that were given before cost nothing twice.

The router and the framework around it cost several times what a kept answer costs. This is a plain
ASGI function: it knows an answer by address, media types and language asked for, checks that
nothing it was made from has changed, and sends the bytes. What a handler does not offer with
`may_be_kept` is passed through untouched.
"""

import gzip
import hashlib
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field

from anyio.to_thread import run_sync
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_Headers = list[tuple[bytes, bytes]]
# Path, query string, Accept, Accept-Language, host (pages may name it), whether gzip is taken.
_Key = tuple[bytes, bytes, bytes, bytes, bytes, bool]
_SLOT = "nhm_graph.answer"
# For whoever counts requests: the pattern of the route.
ROUTE = "nhm_graph.route"
_WORTH_PACKING = 1_000
# Fields that are set here, whatever the handler says.
_MADE_HERE = (b"content-length", b"etag", b"cache-control")
# What is packed already, or hardly gets smaller.
_PACKED = ("application/vnd.", "image/", "application/gzip", "application/zip")
_FAST_PACKING = 5


@dataclass(slots=True)
class Slot:
    """What a handler says about its answer: what it depends on; None: on everything."""

    kept: bool = False
    on: str | None = None


@dataclass(slots=True)
class Kept:
    """An answer that is kept, and what it was made from."""

    start: Message
    not_modified: Message
    etag: bytes
    body: bytes
    on: str | None
    made_from: Hashable
    size: int
    checked: Hashable = None
    route: str = ""


@dataclass(slots=True)
class Counts:
    """How the short path did so far."""

    hits: int = 0
    misses: int = 0
    answers: int = 0
    bytes: int = 0


def may_be_kept(scope: Scope, on: str | None) -> None:
    """Says that an answer depends on its address, the reader, and the data of one municipality.

    `on` is its IRI; None: on all data of the store.

    >>> scope = {_SLOT: Slot()}
    >>> may_be_kept(scope, "http://e/city")
    >>> scope[_SLOT].kept
    True
    """
    slot = scope.get(_SLOT)
    if slot is not None:
        slot.kept, slot.on = True, on


@dataclass(slots=True)
class ShortPath:
    """Keeps answers to GET and HEAD, at most `most_bytes` of them, the last used ones.

    `now` is cheap and changes whenever any answer may have changed; `state` says in which state
    something is that answers depend on, and is asked only when `now` has moved on. An answer larger
    than a sixteenth of `most_bytes` is not kept. Paths that begin with one of `never` pass
    untouched: they answer HEAD and conditional requests themselves.
    """

    app: ASGIApp
    most_bytes: int
    now: Callable[[], Hashable]
    state: Callable[[str | None], Hashable]
    never: tuple[str, ...] = ()
    counts: Counts = field(default_factory=Counts)
    _kept: OrderedDict[_Key, Kept] = field(default_factory=OrderedDict)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers, from what is kept where that still holds."""
        asked = self._asked(scope)
        if asked is None:
            await self.app(scope, receive, send)
            return
        key, none_match = asked
        known = self._valid(key)
        if known is None:
            await self._pass_on(scope, receive, send, key, none_match)
        else:
            await answer(known, scope["method"], none_match, send)

    def kept(self, scope: Scope) -> tuple[Kept, bytes | None] | None:
        """The answer to a request where it is kept and still holds, and If-None-Match."""
        asked = self._asked(scope)
        known = self._valid(asked[0]) if asked else None
        return (known, asked[1]) if asked and known else None

    def _asked(self, scope: Scope) -> tuple[_Key, bytes | None] | None:
        """What an answer is kept by, and If-None-Match; None where it is to be passed on."""
        if (
            scope["type"] != "http"
            or scope["method"] not in ("GET", "HEAD")
            or scope["path"].startswith(self.never)
        ):
            return None
        asked, none_match, personal, packed = _read(scope["headers"])
        if personal or not self.most_bytes:
            return None
        return (scope["raw_path"], scope["query_string"], *asked, packed), none_match

    def _valid(self, key: _Key) -> Kept | None:
        known = self._kept.get(key)
        if known is None:
            return None
        now = self.now()
        if known.checked != now:
            if known.made_from != self.state(known.on):
                self._drop(key)
                return None
            known.checked = now
        self._kept.move_to_end(key)
        self.counts.hits += 1
        return known

    async def _pass_on(
        self, scope: Scope, receive: Receive, send: Send, key: _Key, none_match: bytes | None
    ) -> None:
        slot = Slot()
        now = self.now()
        start: Message | None = None
        parts: list[bytes] = []
        held = False

        async def taken(message: Message) -> None:
            nonlocal start, held
            if message["type"] == "http.response.start":
                start = message
                held = slot.kept and message["status"] == 200
            if not held:
                await send(_without_body(message) if scope["method"] == "HEAD" else message)
            elif message["type"] == "http.response.body":
                parts.append(message.get("body", b""))

        # A HEAD is answered from the body that a GET has: its length and ETag are the same. The
        # server's own record of the request stays as it came.
        method = scope["method"]
        inner = {**scope, "method": "GET", _SLOT: slot}
        await self.app(inner, receive, taken)
        scope[ROUTE] = getattr(inner.get("route"), "path", "")
        if not held or start is None:
            return
        self.counts.misses += 1
        made = await self._made(start, b"".join(parts), slot, key[-1] is True)
        made.route = scope[ROUTE]
        # Had anything changed while the answer was made, it may be of both states: not kept.
        if now == self.now() and made.size <= self.most_bytes // 16:
            made.checked = now
            self._keep(key, made)
        await answer(made, method, none_match, send)

    async def _made(self, start: Message, body: bytes, slot: Slot, packed: bool) -> Kept:
        headers = [(name, value) for name, value in start["headers"] if name not in _MADE_HERE]
        media_type = dict(headers).get(b"content-type", b"").decode("latin-1")
        if packed and len(body) >= _WORTH_PACKING and not media_type.startswith(_PACKED):
            body = await run_sync(_packed, body)
            headers.append((b"content-encoding", b"gzip"))
        etag = b'"' + hashlib.sha256(body).hexdigest()[:32].encode() + b'"'
        headers += [(b"etag", etag), (b"cache-control", b"no-cache")]
        headers = _varying(headers)
        length = (b"content-length", str(len(body)).encode())
        return Kept(
            start={**start, "headers": [*headers, length]},
            not_modified={**start, "status": 304, "headers": _without_content(headers)},
            etag=etag,
            body=body,
            on=slot.on,
            made_from=self.state(slot.on),
            size=len(body) + sum(len(part) for pair in headers for part in pair) + 200,
        )

    def _keep(self, key: _Key, made: Kept) -> None:
        self._drop(key)
        self._kept[key] = made
        self.counts.answers += 1
        self.counts.bytes += made.size
        while self.counts.bytes > self.most_bytes:
            self._drop(next(iter(self._kept)))

    def _drop(self, key: _Key) -> None:
        gone = self._kept.pop(key, None)
        if gone is not None:
            self.counts.answers -= 1
            self.counts.bytes -= gone.size


def _without_body(message: Message) -> Message:
    return {**message, "body": b""} if message["type"] == "http.response.body" else message


async def answer(known: Kept, method: str, none_match: bytes | None, send: Send) -> tuple[int, int]:
    """Sends a kept answer; the status, and how many bytes."""
    if none_match is not None and _matches(none_match, known.etag):
        await send(known.not_modified)
        await send({"type": "http.response.body", "body": b""})
        return 304, 0
    body = b"" if method == "HEAD" else known.body
    await send(known.start)
    await send({"type": "http.response.body", "body": body})
    return 200, len(body)


def _read(
    headers: Iterable[tuple[bytes, bytes]],
) -> tuple[tuple[bytes, bytes, bytes], bytes | None, bool, bool]:
    """What was asked of which host, If-None-Match, whether a token came, whether gzip is taken."""
    accept = language = host = b""
    none_match: bytes | None = None
    personal = packed = False
    for name, value in headers:
        if name == b"accept":
            accept += b"," + value
        elif name == b"accept-language":
            language += b"," + value
        elif name == b"host":
            host = value
        elif name == b"accept-encoding":
            packed = packed or _takes_gzip(value)
        elif name == b"if-none-match":
            none_match = value
        elif name in (b"authorization", b"cookie"):
            personal = True
    return (accept, language, host), none_match, personal, packed


def _takes_gzip(value: bytes) -> bool:
    for each in value.lower().split(b","):
        name, _, weight = each.strip().partition(b";")
        if name.strip() in (b"gzip", b"*"):
            return weight.replace(b" ", b"") not in (b"q=0", b"q=0.0", b"q=0.00", b"q=0.000")
    return False


def _matches(given: bytes, etag: bytes) -> bool:
    """Whether If-None-Match names this ETag, compared weakly (RFC 9110, 13.1.2)."""
    if given.strip() == b"*":
        return True
    return any(each.strip().removeprefix(b"W/") == etag for each in given.split(b","))


def _varying(headers: _Headers) -> _Headers:
    vary = b", ".join(value for name, value in headers if name == b"vary")
    listed = vary + b", Accept-Encoding" if vary else b"Accept-Encoding"
    return [(name, value) for name, value in headers if name != b"vary"] + [(b"vary", listed)]


def _without_content(headers: _Headers) -> _Headers:
    """The headers of a 304: what describes the body goes (RFC 9110, 15.4.5)."""
    return [
        (name, value)
        for name, value in headers
        if not name.startswith(b"content-") or name in (b"content-location", b"content-language")
    ]


def _packed(body: bytes) -> bytes:
    # Without a time stamp: the same answer has the same bytes, and so the same ETag.
    return gzip.compress(body, _FAST_PACKING, mtime=0)
