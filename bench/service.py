"""A server as its own command starts it, for as long as something is measured."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from tempfile import TemporaryFile
from typing import IO

HOST = "127.0.0.1"
_START = 120.0


@contextmanager
def service(command: Sequence[str], port: int) -> Iterator[int]:
    """Runs `python -m …` until it listens, and ends it afterwards; its process."""
    with running([sys.executable, "-m", *command], port) as process:
        yield process


@contextmanager
def running(
    command: Sequence[str], port: int, variables: Mapping[str, str] | None = None
) -> Iterator[int]:
    """Runs a server until it listens, and ends it afterwards; its process.

    No setting of whoever measures reaches it, only these variables.
    """
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("NHM_")}
    with TemporaryFile() as said:
        process = subprocess.Popen(
            list(command), env={**inherited, **(variables or {})}, stdout=said, stderr=said
        )
        try:
            _wait_for(process, port, said)
            yield process.pid
        finally:
            process.terminate()
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:  # it still works on a query
                process.kill()
                process.wait()


def _wait_for(process: subprocess.Popen[bytes], port: int, said: IO[bytes]) -> None:
    until = time.monotonic() + _START
    while time.monotonic() < until:
        if process.poll() is not None:
            said.seek(0)
            raise RuntimeError(f"the server ended at once: {said.read().decode()[-500:]}")
        try:
            socket.create_connection((HOST, port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(f"nothing listens on port {port} after {_START:.0f} s")


def free_port() -> int:
    """A port of this machine on which nothing listens."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
    return port
