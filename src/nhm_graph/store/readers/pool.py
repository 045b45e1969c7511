"""The readers: a few processes that evaluate foreign queries, and the queue before them."""

import asyncio
import contextlib
from collections import Counter, deque
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any

from nhm_graph.errors import ReaderLost
from nhm_graph.store.embedded import EmbeddedStore
from nhm_graph.store.readers import refusals
from nhm_graph.store.readers.checkpoints import Checkpoints
from nhm_graph.store.readers.delivery import (
    CLOSE,
    DEADLINE,
    DELIVERY,
    DISCONNECT,
    LEAVES,
    LOST,
    MEMORY,
    WHOLE,
    Delivery,
)
from nhm_graph.store.readers.job import Answer, Job, Order
from nhm_graph.store.readers.limits import Limits
from nhm_graph.store.readers.process import Process

# How long the end of the service waits for queries that are being given up, in seconds.
_PATIENCE = 5.0
_STEP = 0.005
# How long a process may take to start, in seconds; on a busy machine it takes one.
_START = 30.0


@dataclass(frozen=True, slots=True)
class State:
    """What the readers are doing and have done since the start."""

    alive: int
    busy: int
    waiting: int
    served: int
    killed_deadline: int
    killed_delivery: int
    killed_disconnect: int
    died_memory: int
    died_otherwise: int
    checkpoints: int


class Readers:
    """Answers foreign queries on a store; all calls from one event loop at a time.

    A foreign query can end its own process and nothing else. Processes are started when they are
    first needed, `start` starts them all.

    >>> async def ask(text):
    ...     readers = Readers(EmbeddedStore(), Limits())
    ...     try:
    ...         answer = await readers.answer(Job(text, accept="text/csv"))
    ...         return answer.kind, b"".join([each async for each in answer.chunks])
    ...     finally:
    ...         await readers.close()
    >>> asyncio.run(ask("SELECT (1 AS ?a) {}"))
    ('table', b'a\\r\\n1\\r\\n')
    """

    def __init__(self, store: EmbeddedStore, limits: Limits) -> None:
        self._limits = limits
        self._checkpoints = Checkpoints(store, store.folder)
        self._idle: deque[Process] = deque()
        self._all: set[Process] = set()
        self._busy = 0
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._deliveries: set[Delivery] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._ended: Counter[str] = Counter()
        self._closed = False

    async def start(self) -> None:
        """Starts all processes, so that the first query need not wait for one."""
        while len(self._all) < self._limits.readers:
            self._idle.append(self._started())

    async def answer(self, job: Job) -> Answer:
        """The answer to a job; returns when its first bytes are there.

        Cancelled, it kills the reader at once. Raises BadQuery, NotAcceptable, BadParameter (a
        graph that is no IRI), Busy, Overrun, OutOfMemory, ReaderLost, StoreProblem.
        """
        await self._turn()
        process = checkpoint = None
        try:
            checkpoint = await self._checkpoints.current()
            self._checkpoints.take(checkpoint)
            process = self._idle_process()
            await self._ready(process)
            delivery = Delivery(process, self._limits, self._released)
        except BaseException:
            if checkpoint:
                self._checkpoints.leave(checkpoint)
            self._give_up(process)
            raise
        self._leave_checkpoint(process)
        process.checkpoint = checkpoint
        self._deliveries.add(delivery)
        limits = self._limits
        order = Order(job, str(checkpoint.path), limits.seconds, limits.rows)
        head = await delivery.begin(order)
        return Answer(head["kind"], head["media_type"], head["headers"], delivery)

    def state(self) -> State:
        """What the readers are doing and have done, for the state of the service."""
        return State(
            alive=sum(each.alive for each in self._all),
            busy=self._busy,
            waiting=len(self._waiting),
            served=self._ended[WHOLE] + self._ended[LEAVES],
            killed_deadline=self._ended[DEADLINE],
            killed_delivery=self._ended[DELIVERY],
            killed_disconnect=self._ended[DISCONNECT],
            died_memory=self._ended[MEMORY],
            died_otherwise=self._ended[LOST],
            checkpoints=self._checkpoints.number,
        )

    async def close(self) -> None:
        """Ends all processes, breaking what they are at, and deletes the checkpoints."""
        self._closed = True
        while self._waiting:
            waiting = self._waiting.popleft()
            if not waiting.done():
                waiting.set_exception(refusals.stopping())
        for each in list(self._all):
            each.kill(CLOSE)
        for delivery in list(self._deliveries):
            delivery.end(CLOSE)
        tries = int(_PATIENCE / _STEP)
        while self._busy and (tries := tries - 1):
            await asyncio.sleep(_STEP)
        for each in list(self._all):
            await each.buried()
        loop = asyncio.get_running_loop()
        await asyncio.gather(*(each for each in self._tasks if each.get_loop() is loop))
        self._all.clear()
        self._idle.clear()
        await self._checkpoints.close()

    # ----- one query after the other -----

    async def _turn(self) -> None:
        """Waits until fewer than all readers are at work."""
        if self._closed:
            raise refusals.stopping()
        if self._busy < self._limits.readers:
            self._busy += 1
            return
        if len(self._waiting) >= self._limits.waiting:
            raise refusals.queue_full(len(self._waiting))
        loop = asyncio.get_running_loop()
        turn: asyncio.Future[None] = loop.create_future()
        self._waiting.append(turn)
        limit = loop.call_later(self._limits.seconds, self._waited, turn)
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self._next_turn()  # it was handed over in the same moment
            raise
        finally:
            limit.cancel()
            with contextlib.suppress(ValueError):
                self._waiting.remove(turn)

    def _waited(self, turn: asyncio.Future[None]) -> None:
        if not turn.done():
            turn.set_exception(refusals.waited_too_long(self._limits.seconds))

    def _next_turn(self) -> None:
        """Hands the place of a reader to who waits longest."""
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(None)
                return
        self._busy -= 1

    # ----- processes -----

    def _idle_process(self) -> Process:
        if self._closed:
            raise refusals.stopping()
        # In turn, so that none sits on an old checkpoint while others are asked.
        while self._idle:
            process = self._idle.popleft()
            if process.alive:
                return process
            self._ended[LOST] += 1
            self._in_background(self._buried(process))
        return self._started()

    def _started(self) -> Process:
        try:
            process = Process(self._limits.memory_mib)
        except OSError as error:  # no more processes, files or memory on this machine
            raise refusals.reader_lost() from error
        self._all.add(process)
        return process

    async def _ready(self, process: Process) -> None:
        try:
            async with asyncio.timeout(_START):
                await process.ready()
        except (EOFError, TimeoutError) as error:
            raise (refusals.stopping() if self._closed else refusals.reader_lost()) from error

    def _released(self, delivery: Delivery, outcome: str) -> None:
        self._deliveries.discard(delivery)
        self._ended[outcome] += 1
        if outcome == WHOLE and not self._closed:
            self._idle.append(delivery.process)
            self._next_turn()
        else:
            self._in_background(self._replaced(delivery.process))

    def _give_up(self, process: Process | None) -> None:
        """Ends a turn that came to no order."""
        if process is None:
            self._next_turn()
        else:
            process.kill(DISCONNECT)
            self._in_background(self._replaced(process))

    async def _replaced(self, process: Process) -> None:
        """The turn ends when the process has: there are never more than the limit says."""
        try:
            await self._buried(process)
            if not self._closed:
                with contextlib.suppress(ReaderLost):  # the next query tries again
                    self._idle.append(self._started())
        finally:
            self._next_turn()

    async def _buried(self, process: Process) -> None:
        await process.buried()
        self._all.discard(process)
        self._leave_checkpoint(process)

    def _leave_checkpoint(self, process: Process) -> None:
        if process.checkpoint:
            self._checkpoints.leave(process.checkpoint)
            process.checkpoint = None

    def _in_background(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
