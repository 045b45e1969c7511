"""What operators see of the service: /metrics for Prometheus, and one line for each request.

Nothing of a person is kept: no address, no user agent, no query text, no token. A request appears
by the pattern of its route, such as /queries/{name}.
"""

import json
import logging
import time
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Any

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from prometheus_client.registry import Collector
from starlette.types import Message, Receive, Scope, Send

from nhm_graph.web.short_path import ROUTE, ShortPath, answer

LOG = logging.getLogger("nhm_graph.access")
CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_BOUNDS = (0.001, 0.005, 0.025, 0.1, 0.5, 2.5, 10.0)
_OTHER = "other"
_Gauges = Callable[[], Mapping[str, tuple[str, float]]]


@dataclass(slots=True)
class _Route:
    """Requests of one route: by status, and how long they took."""

    by_status: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    # One more than there are bounds: what took longer than the last one.
    within: list[int] = field(default_factory=lambda: [0] * (len(_BOUNDS) + 1))
    seconds: float = 0.0


class Figures(Collector):
    """What was answered so far, for one app.

    >>> b"nhm_graph_requests" in Figures(dict).exposition()
    True
    """

    def __init__(self, gauges: _Gauges) -> None:
        """`gauges` gives the state of the moment: name -> (what it is, value)."""
        self._gauges = gauges
        self.routes: dict[str, _Route] = defaultdict(_Route)
        self.open = 0
        self._registry = CollectorRegistry(auto_describe=False)
        self._registry.register(self)

    def exposition(self) -> bytes:
        """The text that Prometheus reads (text format 0.0.4)."""
        return generate_latest(self._registry)

    def collect(self) -> Iterator[Metric]:
        """The figures of this moment; see prometheus_client."""
        requests = CounterMetricFamily(
            "nhm_graph_requests", "Requests answered.", labels=["route", "status"]
        )
        times = HistogramMetricFamily(
            "nhm_graph_request_seconds",
            "How long requests took, from the first line to the last byte.",
            labels=["route"],
        )
        for name, route in sorted(self.routes.items()):
            for status, number in sorted(route.by_status.items()):
                requests.add_metric([name, str(status)], number)
            bounds = [*map(str, _BOUNDS), "+Inf"]
            times.add_metric(
                [name], list(zip(bounds, accumulate(route.within), strict=True)), route.seconds
            )
        yield requests
        yield times
        yield GaugeMetricFamily(
            "nhm_graph_requests_open", "Requests being answered.", value=self.open
        )
        for name, (what, value) in self._gauges().items():
            yield GaugeMetricFamily(f"nhm_graph_{name}", what, value=value)

    def count(self, name: str, status: int, seconds: float) -> None:
        """Adds a request that ended."""
        route = self.routes[name]
        route.by_status[status] += 1
        route.seconds += seconds
        route.within[bisect_left(_BOUNDS, seconds)] += 1


class Observed:
    """Counts what an app answers, and writes an access log where asked to (plain ASGI).

    A kept answer is sent from here: to look on from outside would cost more than the answer.
    """

    def __init__(self, app: ShortPath, figures: Figures, log: bool) -> None:
        self.app = app
        self._figures = figures
        self._log = log

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes a request on and counts it when it ends."""
        began = time.perf_counter()
        found = self.app.kept(scope)
        if found is not None:
            known, none_match = found
            status, sent = await answer(known, scope["method"], none_match, send)
            self._count(scope, known.route, status, sent, began, kept=True)
        elif scope["type"] == "http":
            await self._watched(scope, receive, send, began)
        else:
            await self.app(scope, receive, send)

    async def _watched(self, scope: Scope, receive: Receive, send: Send, began: float) -> None:
        status, sent = 0, 0

        async def counted(message: Message) -> None:
            nonlocal status, sent
            if message["type"] == "http.response.start":
                status = message["status"]
            else:
                sent += len(message.get("body", b""))
            await send(message)

        self._figures.open += 1
        try:
            await self.app(scope, receive, counted)
        finally:
            self._figures.open -= 1
            name = scope.get(ROUTE) or getattr(scope.get("route"), "path", None) or _OTHER
            self._count(scope, name, status, sent, began, kept=False)

    def _count(
        self, scope: Scope, route: str, status: int, sent: int, began: float, kept: bool
    ) -> None:
        seconds = time.perf_counter() - began
        self._figures.count(route or _OTHER, status, seconds)
        if self._log:
            LOG.info(json.dumps(_line(scope, route or _OTHER, status, sent, seconds, kept)))


def _line(
    scope: Scope, route: str, status: int, sent: int, seconds: float, kept: bool
) -> dict[str, Any]:
    """One line of the access log. A status of 0: the client left before anything was sent."""
    return {
        "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "method": scope["method"] if scope["method"] in _METHODS else "?",
        "route": route,
        "status": status,
        "bytes": sent,
        "ms": round(seconds * 1000, 2),
        "kept": kept,
    }


_METHODS = frozenset(("GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"))
