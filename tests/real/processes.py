"""`nhm-graph serve` as a process of its own, as somebody else's program meets it."""

import contextlib
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

TOKEN = "a-token-of-the-tests"


@dataclass(frozen=True)
class Service:
    """Where the service listens, and its process."""

    address: str
    process: int

    @property
    def port(self) -> int:
        return int(self.address.rpartition(":")[2])

    def readers(self) -> list[int]:
        """The processes that evaluate foreign queries, as far as they have been started."""
        tasks = Path(f"/proc/{self.process}/task").glob("*/children")
        return [int(child) for task in tasks for child in task.read_text("ascii").split()]


@contextlib.contextmanager
def serving(folder: Path, **variables: str) -> Iterator[Service]:
    """The service on a free port and a store in `folder`, with these variables and no others."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("NHM_")}
    command = ["-m", "nhm_graph", "serve", "--store", str(folder), "--port", "0"]
    with tempfile.TemporaryFile("w+") as said:
        process = subprocess.Popen(
            [sys.executable, *command], env={**inherited, **variables}, stdout=said, stderr=said
        )
        try:
            yield Service(_address(process, said.fileno()), process.pid)
        finally:
            process.terminate()
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _address(process: "subprocess.Popen[bytes]", said: int) -> str:
    """What the service says it listens on; it says so once it does."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        text = os.pread(said, 10_000, 0).decode()
        if found := re.search(r"http://127\.0\.0\.1:\d+", text):
            return found[0]
        assert process.poll() is None, text
        time.sleep(0.05)
    raise TimeoutError(text)
