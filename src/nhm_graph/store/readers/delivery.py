"""One job on its way: the order to a reader, and its answer as it comes.

Two deadlines hold. That of the query counts the time the service waits for the reader, so it ends
what is too hard to evaluate, however fast it is fetched. That of the delivery counts from the start
to the last byte, so that a client that fetches nothing does not keep a reader for ever.
"""

import asyncio
import json
from collections import deque
from collections.abc import Callable
from typing import Any, Self

from nhm_graph.errors import OutOfMemory, Refusal
from nhm_graph.store.readers import refusals
from nhm_graph.store.readers.frames import DATA, FAILURE, HEAD, JOB, LEAVING, packed
from nhm_graph.store.readers.job import BrokenAnswer, Order
from nhm_graph.store.readers.limits import Limits
from nhm_graph.store.readers.process import Process

DEADLINE = "deadline"
DELIVERY = "delivery"
DISCONNECT = "disconnect"
CLOSE = "close"
MEMORY = "memory"
LOST = "lost"
WHOLE = "whole"
LEAVES = "leaves"


class Delivery:
    """The chunks of one answer (job.Chunks).

    `release(delivery, outcome)` is called once, in the event loop, as soon as the reader is done.
    """

    def __init__(
        self, process: Process, limits: Limits, release: Callable[["Delivery", str], None]
    ) -> None:
        self.process = process
        self._limits = limits
        self._release = release
        self._loop = asyncio.get_running_loop()
        self._left = limits.seconds
        self._until = self._loop.call_later(limits.delivery_seconds, self.end, DELIVERY)
        self._waits = False
        self._released = False
        self._here: deque[bytes] = deque()
        self._problem: Refusal | None = None

    async def begin(self, order: Order) -> dict[str, Any]:
        """Sends the order and waits for the head of the answer. Raises the refusal there is."""
        try:
            kind, payload = await self._next(packed(JOB, order.packed()))
        except asyncio.CancelledError:
            self.end(DISCONNECT)
            raise
        if kind != HEAD:
            self._take(kind, payload)
            raise self._problem or refusals.reader_lost()
        # The whole of a small answer is here already: its reader is free before it is handed on.
        while frame := self.process.received():
            self._take(*frame)
        head: dict[str, Any] = json.loads(payload)
        return head

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> bytes:
        while not self._here:
            if self._problem:
                raise BrokenAnswer(str(self._problem)) from self._problem
            if self._released:
                raise StopAsyncIteration
            try:
                self._take(*await self._next())
            except asyncio.CancelledError:
                self.end(DISCONNECT)
                raise
            except Refusal as problem:
                self._problem = problem
        return self._here.popleft()

    async def aclose(self) -> None:
        """See job.Chunks."""
        self.end(DISCONNECT)

    def end(self, why: str) -> None:
        """Kills the reader if it is still at work on this job."""
        if self._released:
            return
        self.process.kill(why)
        # Who waits for a frame learns it by the end of the socket, which stays open until then.
        if not self._waits:
            self._here.clear()
            self._problem = self._why(self._outcome())
            self._done(why)

    async def _next(self, order: bytes = b"") -> tuple[bytes, bytes]:
        """The next frame. Raises the refusal that says why there is none."""
        began = self._loop.time()
        deadline = self._loop.call_later(max(self._left, 0), self.end, DEADLINE)
        self._waits = True
        try:
            if order:
                await self.process.send(order)
            return await self.process.frame()
        except EOFError as error:
            outcome = self._outcome()
            self._done(outcome)
            raise self._why(outcome) from error
        finally:
            self._waits = False
            deadline.cancel()
            self._left -= self._loop.time() - began

    def _take(self, kind: bytes, payload: bytes) -> None:
        if kind == DATA:
            self._here.append(payload)
        elif kind == FAILURE:
            self._problem = refusals.said_by_reader(payload, self._limits.memory_mib)
            self._done(MEMORY if isinstance(self._problem, OutOfMemory) else WHOLE)
        else:
            self._done(LEAVES if payload == LEAVING else WHOLE)

    def _outcome(self) -> str:
        """Why the reader came to its end."""
        if self.process.killed_for:
            return self.process.killed_for
        return MEMORY if self.process.out_of_memory() else LOST

    def _why(self, outcome: str) -> Refusal:
        if outcome == DEADLINE:
            return refusals.overrun(self._limits.seconds)
        if outcome == DELIVERY:
            return refusals.delivery_overrun(self._limits.delivery_seconds)
        if outcome == CLOSE:
            return refusals.stopping()
        if outcome == MEMORY:
            return refusals.out_of_memory(self._limits.memory_mib)
        return refusals.reader_lost()

    def _done(self, outcome: str) -> None:
        if not self._released:
            self._released = True
            self._until.cancel()
            # A reader killed in the moment it was done answered, but answers no more.
            self._release(self, self.process.killed_for or outcome)
