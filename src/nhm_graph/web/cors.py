"""Pages of other addresses may read (Fetch standard, CORS protocol): everyone's data, no cookies.

Nothing may be written from them: such requests get no permission, so that a browser refuses them.
"""

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

# POST to these only reads.
_ASKED_BY_POST = ("/sparql", "/validate")
_READ = ("GET", "HEAD")
_HEADERS = "Accept, Accept-Language, Content-Type, If-None-Match"
_EXPOSED = "Content-Language, Content-Location, ETag, Link, NHM-Row-Limit-Reached, Retry-After"
_DAY = "86400"


class Cors:
    """Adds the permission to what only reads, and answers preflights.

    >>> readable("POST", "/sparql"), readable("POST", "/update"), readable("GET", "/store")
    (True, False, True)
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes a request on; ASGI."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        wanted = Headers(scope=scope).get("access-control-request-method")
        if scope["method"] == "OPTIONS" and wanted and readable(wanted, scope["path"]):
            await _permit(scope["path"], send)
            return

        may_read = readable(scope["method"], scope["path"])

        async def permitting(message: Message) -> None:
            if message["type"] == "http.response.start" and may_read:
                headers = MutableHeaders(scope=message)
                headers["Access-Control-Allow-Origin"] = "*"
                headers["Access-Control-Expose-Headers"] = _EXPOSED
            await send(message)

        await self._app(scope, receive, permitting)


def readable(method: str, path: str) -> bool:
    """Whether a request can change nothing here.

    >>> readable("DELETE", "/store")
    False
    """
    return method in _READ or (method == "POST" and path in _ASKED_BY_POST)


async def _permit(path: str, send: Send) -> None:
    methods = (*_READ, "POST") if path in _ASKED_BY_POST else _READ
    headers = {
        "access-control-allow-origin": "*",
        "access-control-allow-methods": ", ".join(methods),
        "access-control-allow-headers": _HEADERS,
        "access-control-max-age": _DAY,
    }
    encoded = [(name.encode(), value.encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": 204, "headers": encoded})
    await send({"type": "http.response.body", "body": b""})
