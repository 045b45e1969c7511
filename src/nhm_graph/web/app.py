"""The app: one function that builds everything from the settings."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import Response
from fastapi.staticfiles import StaticFiles

from nhm_graph import __version__
from nhm_graph.graph import Graph, open_graph
from nhm_graph.settings import Settings
from nhm_graph.web import openapi, pages, problems, questions, sparql, validation
from nhm_graph.web.reader import graph_of

_HERE = Path(__file__).parent
# Nothing but this service's own files may be loaded by a page, and no script runs in it.
_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'"
)
_TITLE = "nhm_graph"


def create_app(settings: Settings, graph: Graph | None = None) -> FastAPI:
    """The service around a graph; without one it opens the graph that the settings name.

    >>> from fastapi.testclient import TestClient
    >>> with TestClient(create_app(Settings(examples=False))) as client:
    ...     client.get("/health").json()["status"]
    'ok'
    """
    graph = graph or open_graph(settings)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        app.state.query_slots = asyncio.Semaphore(settings.query_threads)
        yield
        graph.close()

    # FastAPI's own documentation pages load scripts from elsewhere: /docs is ours. Its telemetry
    # would send measurements to an address in the environment: off.
    app = FastAPI(
        title=_TITLE,
        version=__version__,
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        telemetry={"tracing": False, "metrics": False, "logs": False, "auto_configure": False},
    )
    app.state.graph = graph
    # Few foreign queries at a time. The others wait without a thread, so that threads are left for
    # pages and named questions.
    app.state.query_slots = asyncio.Semaphore(settings.query_threads)
    problems.install(app)
    for router in (pages.router, questions.router, sparql.router, validation.router):
        app.include_router(router)
    app.add_api_route(
        "/health",
        _health,
        methods=["GET"],
        summary="State of the service / Zustand des Dienstes",
        description="The state of the store, and which ontology, shapes and queries are at work."
        "\n\nDer Stand des Datenbestands, und welche Ontologie, Regeln und Abfragen gelten.",
    )
    app.add_api_route("/health", _health, methods=["HEAD"], include_in_schema=False)
    app.mount("/static", StaticFiles(directory=_HERE / "static"), name="static")
    app.middleware("http")(_safe_headers)
    app.openapi = lambda: openapi.schema(app, graph)  # type: ignore[method-assign]
    return app


async def _health(request: Request) -> dict[str, Any]:
    """The state of the store and which ontology, shapes and queries are at work."""
    graph = graph_of(request)
    return {
        "status": "ok",
        "version": __version__,
        "store": {"version": graph.store.version, "graphs": len(graph.store.graph_names())},
        "digests": graph.digests,
    }


async def _safe_headers(
    request: Request, call_next: Callable[[Request], Awaitable[Response]]
) -> Response:
    response = await call_next(request)
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "no-referrer")
    response.headers.setdefault("Content-Security-Policy", _POLICY)
    return response
