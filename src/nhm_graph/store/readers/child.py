"""The reader process: `python -m nhm_graph.store.readers.child SOCKET MEMORY PARENT`.

It evaluates one query at a time and guards nothing: the text has passed the guard, and whatever it
still does to this process hurts nobody. It ends when the service ends, even while it evaluates.
"""

import contextlib
import ctypes
import os
import resource
import select
import signal
import socket
import sys
import threading
import time
from functools import partial
from pathlib import Path

from pyoxigraph import Store as Oxigraph

from nhm_graph.store.readers.evaluation import Outlet, evaluate
from nhm_graph.store.readers.frames import HEADER_BYTES, JOB, LEAVING, READY, header_of, packed
from nhm_graph.store.readers.job import Order

_MIB = 1 << 20
_PR_SET_PDEATHSIG = 1
# Processor time beyond the deadline after which the kernel ends a reader that nobody ended.
_CPU_GRACE = 5
# Only a query that took as long as this (seconds) can have made the process grow much.
_WORTH_A_LOOK = 0.02


class Reader:
    """Serves orders from a socket until it ends."""

    def __init__(self, control: socket.socket, memory_bytes: int) -> None:
        self._control = control
        self._memory = memory_bytes
        self._checkpoint = ""
        self._store: Oxigraph | None = None
        self._at_rest = 0

    def serve(self) -> None:
        """Answers orders; returns when the service closes the socket or this process has grown."""
        self._control.sendall(packed(READY))
        leaving = False
        while not leaving and (order := self._order()):
            _bound_processor_time(order.seconds)
            began = time.monotonic()
            outlet = Outlet(self._control)
            done = evaluate(partial(self._opened, order), order, outlet)
            leaving = time.monotonic() - began > _WORTH_A_LOOK and self._has_grown()
            if done:
                outlet.end(LEAVING if leaving else b"")

    def _order(self) -> Order | None:
        head = self._received(HEADER_BYTES)
        if not head:
            return None
        kind, length = header_of(head)
        sent = self._received(length)
        return Order.unpacked(sent) if kind == JOB and sent else None

    def _received(self, length: int) -> bytes:
        """Exactly so many bytes, or none where the socket ends before."""
        parts = []
        while length:
            part = self._control.recv(length)
            if not part:
                return b""
            parts.append(part)
            length -= len(part)
        return b"".join(parts)

    def _opened(self, order: Order) -> Oxigraph:
        if self._store is None or order.checkpoint != self._checkpoint:
            self._store = None
            self._store = Oxigraph.read_only(order.checkpoint)
            self._checkpoint = order.checkpoint
            self._at_rest = self._at_rest or _address_space()
        return self._store

    def _has_grown(self) -> bool:
        """Whether earlier queries left so little room that a later one might fail for it."""
        room = self._memory - self._at_rest
        return _address_space() - self._at_rest > room // 2


def _address_space() -> int:
    with contextlib.suppress(OSError, ValueError):
        pages = int(Path("/proc/self/statm").read_text("ascii").split()[0])
        return pages * resource.getpagesize()
    return 0


def _bound_this_process(limit: int) -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # Not every system lets the address space be bound.
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    # The service and everything else it does come first.
    os.nice(5)
    # When memory runs out on the machine, a reader goes first.
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("900", "ascii")


def _bound_processor_time(seconds: float) -> None:
    """The second line behind the service's own deadline."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    until = int(used.ru_utime + used.ru_stime + seconds) + _CPU_GRACE
    resource.setrlimit(resource.RLIMIT_CPU, (until, resource.RLIM_INFINITY))


def _end_with_service(control: socket.socket, parent: int) -> None:
    """Ends this process when the other end of the socket is gone, whatever it is doing."""

    def watch() -> None:
        poll = select.poll()
        poll.register(control, getattr(select, "POLLRDHUP", 0))  # POLLHUP is always told
        while not poll.poll():
            pass
        os._exit(0)

    threading.stack_size(256 * 1024)
    threading.Thread(target=watch, daemon=True).start()
    # The thread needs the interpreter's lock, which a query holds while it is parsed. The signal
    # follows the thread that started this process, hence 0 where that was not the main thread.
    if parent and sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(0)


def main(arguments: list[str]) -> None:
    """Serves the socket inherited as number `arguments[0]`.

    The others are the limit of memory in MiB, and the process to end with (0: by the socket only).
    """
    number, memory_mib, parent = map(int, arguments)
    # Ctrl+C and a stop of the service are the service's business: it ends this process.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    with socket.socket(fileno=number) as control:
        _end_with_service(control, parent)
        _bound_this_process(memory_mib * _MIB)
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            Reader(control, memory_mib * _MIB).serve()


if __name__ == "__main__":
    main(sys.argv[1:])
