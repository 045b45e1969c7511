"""One reader process, seen from the service."""

import asyncio
import os
import socket
import subprocess
import sys
import tempfile
import threading

from nhm_graph.store.readers.checkpoints import Checkpoint
from nhm_graph.store.readers.frames import CHUNK, READY, first_frame

_CHILD = "nhm_graph.store.readers.child"
# What the runtime writes when it gets no more memory.
_OUT_OF_MEMORY = (b"memory allocation", b"bad_alloc", b"MemoryError", b"out of memory")
_SAID = 4_000


class Process:
    """A child process and the socket to it. Nothing is read ahead: the socket is the buffer."""

    def __init__(self, memory_mib: int) -> None:
        """Starts the process, which takes a millisecond here; `ready` waits until it can work."""
        self.checkpoint: Checkpoint | None = None
        # Why it was killed, where the service did so.
        self.killed_for: str | None = None
        self._received = bytearray()
        self._ready = False
        self._said = tempfile.TemporaryFile()  # noqa: SIM115 - closed in `buried`
        self._socket, theirs = socket.socketpair()
        self._socket.setblocking(False)
        is_main = threading.current_thread() is threading.main_thread()
        numbers = (theirs.fileno(), memory_mib, os.getpid() if is_main else 0)
        with theirs:
            self._child = subprocess.Popen(
                # -P: what lies in the folder the service was started in is not imported.
                [sys.executable, "-P", "-m", _CHILD, *map(str, numbers)],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=self._said,
                # One arena: each would take its share of the address space.
                env=os.environ | {"MALLOC_ARENA_MAX": "1", "RUST_BACKTRACE": "0"},
                # Ctrl+C in a terminal is for the service.
                process_group=0,
            )

    @property
    def number(self) -> int:
        """The number of the process."""
        return self._child.pid

    @property
    def alive(self) -> bool:
        """Whether the process runs."""
        return self._child.poll() is None

    async def ready(self) -> None:
        """Waits until the process can take an order. Raises EOFError where it ends before."""
        while not self._ready:
            kind, _ = await self.frame()
            self._ready = kind == READY

    async def send(self, frame: bytes) -> None:
        """Gives the process an order. Raises EOFError where it is gone."""
        try:
            await asyncio.get_running_loop().sock_sendall(self._socket, frame)
        except OSError as error:
            raise EOFError from error

    async def frame(self) -> tuple[bytes, bytes]:
        """The next frame: kind and payload. Raises EOFError where the process is gone."""
        while (frame := self.received()) is None:
            try:
                part = await asyncio.get_running_loop().sock_recv(self._socket, CHUNK)
            except OSError as error:
                raise EOFError from error
            if not part:
                raise EOFError
            self._received += part
        return frame

    def received(self) -> tuple[bytes, bytes] | None:
        """The next frame if it is here already."""
        return first_frame(self._received)

    def kill(self, why: str) -> None:
        """Ends the process at once; the first reason counts."""
        self.killed_for = self.killed_for or why
        self._child.kill()

    async def buried(self) -> None:
        """Waits until the process has ended (it was killed or its socket ended) and tidies up."""
        self._child.kill()
        await asyncio.to_thread(self._child.wait)
        self._socket.close()
        self._said.close()

    def out_of_memory(self) -> bool:
        """Whether a process that has ended did so because it got no more memory."""
        size = self._said.seek(0, os.SEEK_END)
        self._said.seek(max(0, size - _SAID))
        said = self._said.read()
        return any(each in said for each in _OUT_OF_MEMORY)
