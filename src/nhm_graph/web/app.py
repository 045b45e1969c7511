"""The app: one function that builds everything from the settings."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from pathlib import Path

from fastapi import FastAPI
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from nhm_graph import __version__
from nhm_graph.graph import Graph, open_graph
from nhm_graph.settings import Settings
from nhm_graph.web import (
    catalog,
    definitions,
    dumps,
    graph_store,
    health,
    linked_data,
    openapi,
    problems,
    questions,
    sparql,
    update,
    validation,
)
from nhm_graph.web.cors import Cors
from nhm_graph.web.foreign import foreign_queries
from nhm_graph.web.methods import close_path
from nhm_graph.web.observing import Figures, Observed
from nhm_graph.web.pages import city_pages, first, problem_pages
from nhm_graph.web.pages import questions as question_pages
from nhm_graph.web.short_path import Counts, ShortPath
from nhm_graph.web.static_files import PageFiles

_HERE = Path(__file__).parent
# Nothing but this service's own files may be loaded by a page, and no script runs in it.
_POLICY = (
    "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self' data:; "
    "form-action 'self'; base-uri 'none'"
)
_TITLE = "nhm_graph"
_PARTS = (
    first,
    city_pages,
    question_pages,
    questions,
    health,
    sparql,
    update,
    graph_store,
    validation,
    definitions,
    linked_data,
    catalog,
    dumps,
)
# They answer HEAD and conditional requests themselves, or what they say is never kept.
_NEVER_KEPT = (
    "/sparql",
    "/update",
    "/store",
    "/dump",
    "/validate",
    "/health",
    "/metrics",
    "/static",
)


class Service(FastAPI):
    """The app with the short path before all else: a kept answer passes no other layer."""

    front: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers what is kept, and gives everything else to the routes (ASGI)."""
        await self.front(scope, receive, send)

    async def behind(self, scope: Scope, receive: Receive, send: Send) -> None:
        """What FastAPI makes of a request."""
        await super().__call__(scope, receive, send)


def create_app(settings: Settings, graph: Graph | None = None) -> Service:
    """The service around a graph; without one it opens the graph that the settings name.

    >>> from fastapi.testclient import TestClient
    >>> with TestClient(create_app(Settings(examples=False))) as client:
    ...     client.get("/health").json()["status"]
    'ok'
    """
    graph = graph or open_graph(settings)
    foreign = foreign_queries(graph.store, settings)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        yield
        try:
            await foreign.close()
        finally:
            graph.close()

    # FastAPI's own documentation pages load scripts from elsewhere: /docs is ours. Its telemetry
    # would send measurements to an address in the environment: off.
    app = Service(
        title=_TITLE,
        version=__version__,
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        telemetry={"tracing": False, "metrics": False, "logs": False, "auto_configure": False},
    )
    app.state.graph = graph
    app.state.foreign = foreign
    problems.install(app)
    problem_pages.install(app)
    _add_routes(app)
    _add_layers(app, graph, settings)
    app.openapi = lambda: openapi.schema(app, graph)  # type: ignore[method-assign]
    return app


def _add_routes(app: FastAPI) -> None:
    for part in _PARTS:
        app.include_router(part.router)
    for path, methods in (
        (sparql.PATH, sparql.METHODS),
        (update.PATH, update.METHODS),
        (graph_store.PATH, graph_store.METHODS),
        (graph_store.BELOW, graph_store.METHODS),
    ):
        close_path(app, path, methods)
    app.mount("/static", PageFiles(directory=_HERE / "static"), name="static")


def _add_layers(app: Service, graph: Graph, settings: Settings) -> None:
    """What each request passes before the router."""
    app.state.counts = Counts()
    app.state.figures = Figures(health.gauges(graph, app.state.foreign, app.state.counts))
    app.add_middleware(_SafeHeaders)
    app.add_middleware(Cors)
    kept = ShortPath(
        app.behind,
        most_bytes=settings.answer_cache_bytes,
        # Answers may depend on the day: deadlines pass.
        now=lambda: (graph.store.version, date.today()),
        state=lambda city: (graph.state_of(city), date.today()),
        never=_NEVER_KEPT,
        counts=app.state.counts,
    )
    app.front = Observed(kept, figures=app.state.figures, log=settings.access_log)


class _SafeHeaders:
    """Tells browsers not to guess types, not to tell others, not to load from elsewhere.

    Plain ASGI: Starlette's own frame for middleware would hide from a handler that a client left.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def safe(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.setdefault("X-Content-Type-Options", "nosniff")
                headers.setdefault("Referrer-Policy", "no-referrer")
                headers.setdefault("Content-Security-Policy", _POLICY)
            await send(message)

        await self._app(scope, receive, safe)
