"""Work on foreign data in processes of their own, which are ended when they take too long.

A process stays for the next job, because it has read rules and vocabulary by then. It ends with
the process that started it.
"""

import signal
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from nhm_graph.errors import Busy, Stopped
from nhm_graph.language import Text

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

P = ParamSpec("P")
T = TypeVar("T")


class Workers:
    """At most `processes` jobs at a time, each of at most `seconds`.

    >>> Workers(processes=1, seconds=60).close()
    """

    def __init__(self, processes: int, seconds: int) -> None:
        self.seconds = seconds
        self.slots = threading.BoundedSemaphore(processes)
        self._lock = threading.Lock()
        self._idle: list[_Worker] = []
        self._closed = False

    def run(self, job: Callable[P, T], /, *args: P.args, **named: P.kwargs) -> T:
        """What the job gives, done in another process; function and values must be picklable.

        Raises what the job raises, Busy where all processes are at work, Stopped where it took too
        long or its process ended.
        """
        if not self.slots.acquire(blocking=False):
            raise Busy(
                Text(de="Es wird schon geprüft.", en="A check is running already."),
                mend=Text(de="Gleich noch einmal versuchen.", en="Try again in a moment."),
            )
        try:
            with self._lock:
                worker = self._idle.pop() if self._idle else _Worker()
            return self._finished(worker, (job, args, named))  # type: ignore[return-value]
        finally:
            self.slots.release()

    def close(self) -> None:
        """Ends the processes that wait for work."""
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
        for worker in idle:
            worker.end()

    def _finished(self, worker: "_Worker", task: object) -> object:
        done = False
        try:
            well, answer = worker.ask(task, self.seconds)
            done = True
        finally:
            with self._lock:
                kept = done and not self._closed
                if kept:
                    self._idle.append(worker)
            if not kept:
                worker.end()
        if not well:
            assert isinstance(answer, BaseException)
            raise answer
        return answer


class _Worker:
    """A process and the line to it."""

    def __init__(self) -> None:
        from multiprocessing import get_context  # most commands need no other process

        spawn = get_context("spawn")
        self.line, far = spawn.Pipe()
        self.process = spawn.Process(target=_work, args=(far,), daemon=True)
        self.process.start()
        far.close()

    def ask(self, task: object, seconds: int) -> tuple[bool, object]:
        try:
            self.line.send(task)
            if not self.line.poll(seconds):
                raise _stopped(
                    Text(
                        de=f"Die Prüfung war nach {seconds} Sekunden nicht fertig.",
                        en=f"The check had not finished after {seconds} seconds.",
                    )
                )
            answer: tuple[bool, object] = self.line.recv()
        except (EOFError, OSError):
            raise _stopped(
                Text(
                    de="Die Prüfung ist abgebrochen, vermutlich aus Mangel an Speicher.",
                    en="The check broke off, presumably for lack of memory.",
                )
            ) from None
        return answer

    def end(self) -> None:
        """Kills the process and waits until it is gone."""
        self.process.kill()
        self.process.join()
        self.line.close()


def _work(line: "Connection") -> None:
    """One job after the other, until the other end is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is for the service
    while True:
        try:
            job, args, named = line.recv()
        except EOFError:
            return
        try:
            answer: tuple[bool, object] = (True, job(*args, **named))
        except Exception as error:
            answer = (False, error)
        line.send(answer)


def _stopped(detail: Text) -> Stopped:
    return Stopped(
        detail,
        mend=Text(
            de="Weniger Daten auf einmal senden, oder sie mit nhm-graph validate prüfen.",
            en="Send less data at a time, or check it with nhm-graph validate.",
        ),
    )
