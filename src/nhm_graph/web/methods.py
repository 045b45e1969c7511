"""The methods that an address has: OPTIONS says them, any other one is 405 (RFC 9110, 9.3.7)."""

from collections.abc import Sequence

from fastapi import FastAPI, Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException
from starlette.routing import Route


def close_path(app: FastAPI, path: str, methods: Sequence[str]) -> None:
    """Answers OPTIONS on a path, and with 405 what none of its routes, added before, takes."""

    async def other(request: Request) -> Response:
        allow = {"Allow": ", ".join(methods)}
        if request.method != "OPTIONS":
            raise HTTPException(status_code=405, headers=allow)
        return Response(status_code=204, headers=allow)

    route = Route(path, other, include_in_schema=False)
    route.methods = None  # any
    app.router.routes.append(route)


def address_of(request: Request, path: str) -> str:
    """The address of a path of this service, as the client reaches it."""
    return str(request.url.replace(path=path, query="", fragment="", username=None, password=None))
