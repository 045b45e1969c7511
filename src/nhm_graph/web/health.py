"""GET /health and GET /metrics: how the service is, for people and for machines."""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from nhm_graph import __version__
from nhm_graph.graph import Graph
from nhm_graph.store.readers.pool import Readers
from nhm_graph.web.foreign import Foreign
from nhm_graph.web.observing import CONTENT_TYPE
from nhm_graph.web.reader import graph_of
from nhm_graph.web.short_path import Counts

router = APIRouter()
_Gauges = Mapping[str, tuple[str, float]]


@router.get(
    "/health",
    summary="State of the service / Zustand des Dienstes",
    description="The state of the store, of the readers of foreign queries and of the kept "
    "answers, and which ontology, shapes and queries are at work.\n\nDer Stand des Datenbestands, "
    "der Prozesse für fremde Abfragen und der aufbewahrten Antworten, und welche Ontologie, Regeln "
    "und Abfragen gelten.",
)
@router.head("/health", include_in_schema=False)
async def health(request: Request) -> dict[str, Any]:
    """The state of the store and of what works on it."""
    graph, state = graph_of(request), request.app.state
    return {
        "status": "ok",
        "version": __version__,
        "store": {"version": graph.store.version, "graphs": len(graph.store.graph_names())},
        "digests": graph.digests,
        "readers": _readers(state.foreign),
        "answers": asdict(state.counts),
    }


@router.get(
    "/metrics",
    summary="Figures for Prometheus / Kennzahlen für Prometheus",
    description="What was answered so far and how long it took, in the text format of Prometheus."
    "\n\nWas bisher beantwortet wurde und wie lange es dauerte, im Textformat von Prometheus.",
    responses={200: {"description": "The figures", "content": {CONTENT_TYPE: {}}}},
)
@router.head("/metrics", include_in_schema=False)
async def metrics(request: Request) -> Response:
    """The figures of this moment."""
    return Response(
        request.app.state.figures.exposition(),
        headers={"Content-Type": CONTENT_TYPE, "Cache-Control": "no-store"},
    )


def gauges(graph: Graph, foreign: Foreign, counts: Counts) -> Callable[[], _Gauges]:
    """What the state of the moment is called and what it is, asked anew at each look."""

    def now() -> _Gauges:
        found: dict[str, tuple[str, float]] = {
            "store_version": ("Version of the store; grows with each change.", graph.store.version),
            "answers_kept": ("Answers kept in memory.", counts.answers),
            "answers_kept_bytes": ("Their size.", counts.bytes),
            "answers_kept_hits": ("Requests answered from them.", counts.hits),
            "answers_kept_misses": ("Requests whose answer had to be made.", counts.misses),
        }
        for name, value in _readers(foreign).items():
            found[f"readers_{name}"] = (f"Readers of foreign queries: {name}.", value)
        return found

    return now


def _readers(foreign: Foreign) -> dict[str, int]:
    return asdict(foreign.state()) if isinstance(foreign, Readers) else {}
