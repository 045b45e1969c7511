"""Checkpoints: still copies of the store that reader processes may open beside the writer.

Opened beside a writer, Oxigraph's own folder gives undefined results; a checkpoint does not. It is
made of hard links, at the first foreign query after a change, and deleted when no reader has it.
"""

import asyncio
import contextlib
import fcntl
import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from nhm_graph.errors import Busy, StoreProblem
from nhm_graph.language import Text
from nhm_graph.store.base import Store

_FOLDER = "checkpoints"
_TEMPORARY = "nhm-graph-readers-"
# A copy of a store in memory is taken graph by graph; how often it is begun anew when it changes.
_TRIES = 5


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A copy of the store as it was when it had this version, or a little later."""

    path: Path
    version: int

    def exists(self) -> bool:
        """Whether it is still there: temporary folders are cleared by others, too."""
        return (self.path / "CURRENT").exists()


class Checkpoints:
    """Makes and deletes the checkpoints of one store.

    Made where the store is opened, since it deletes what a server that was killed left behind: no
    other process has the store then.
    """

    def __init__(self, store: Store, folder: Path | None) -> None:
        """`folder` is the store's own; None for a store in memory, copied to a temporary folder."""
        self._store = store
        self._folder = folder
        self._home = folder / _FOLDER if folder else None
        self._lock: int | None = None
        self._numbers = count(1)
        self._current: Checkpoint | None = None
        self._making: asyncio.Task[Checkpoint] | None = None
        self._deleting: set[asyncio.Task[None]] = set()
        self._users: Counter[Checkpoint] = Counter()
        self._kept: set[Checkpoint] = set()
        if self._home:
            shutil.rmtree(self._home, ignore_errors=True)
        else:
            _delete_leftovers()

    @property
    def number(self) -> int:
        """How many there are on disk."""
        return len(self._kept)

    async def current(self) -> Checkpoint:
        """A checkpoint that holds every change acknowledged before the call.

        Raises StoreProblem where it cannot be made, Busy where the store does not stand still.
        """
        wanted = self._store.version
        while not (current := self._current) or current.version < wanted or not current.exists():
            making = self._making
            if making is None or making.done() or _of_a_loop_that_ended(making):
                making = self._making = asyncio.create_task(self._made())
            # Who waits may be cancelled; the others still want it.
            await asyncio.shield(making)
        return current

    def take(self, checkpoint: Checkpoint) -> None:
        """A reader is going to open the checkpoint."""
        self._users[checkpoint] += 1

    def leave(self, checkpoint: Checkpoint) -> None:
        """A reader has another one or is gone. Deletes the checkpoint if nobody wants it any more.

        To be called in the event loop.
        """
        self._users[checkpoint] -= 1
        self._delete_unused()

    async def close(self) -> None:
        """Deletes all; no reader may be alive."""
        if self._making and not self._making.done() and not _of_a_loop_that_ended(self._making):
            await asyncio.wait([self._making])
        self._current = None
        self._users.clear()
        await asyncio.gather(*self._deleting)
        if self._home:
            await asyncio.to_thread(shutil.rmtree, self._home, ignore_errors=True)
        self._kept.clear()
        if self._lock is not None:
            os.close(self._lock)
            self._lock = self._home = None

    async def _made(self) -> Checkpoint:
        try:
            path = self._place() / f"{self._store.version}-{next(self._numbers)}"
            version = await asyncio.to_thread(self._copy, path)
        except OSError as error:
            raise _not_made(error) from error
        made = Checkpoint(path, version)
        self._kept.add(made)
        self._current = made
        self._delete_unused()
        return made

    def _place(self) -> Path:
        if self._home is None:
            self._home = Path(tempfile.mkdtemp(prefix=_TEMPORARY))
            # A lock on the folder: others may not take it for a leftover.
            self._lock = os.open(self._home, os.O_RDONLY)
            fcntl.flock(self._lock, fcntl.LOCK_EX)
        self._home.mkdir(exist_ok=True)
        return self._home

    def _copy(self, path: Path) -> int:
        """Copies the store to the path; the version it has there, or an earlier one."""
        try:
            for _ in range(_TRIES):
                # Read before: the copy may be newer than it says, never older.
                version = self._store.version
                if self._folder is not None:
                    self._store.backup(path)
                    return version
                self._store.backup(path)
                if self._store.version == version:
                    return version
                shutil.rmtree(path)
        except BaseException:
            shutil.rmtree(path, ignore_errors=True)
            raise
        raise Busy(
            Text(
                de="Der Datenbestand wird gerade fortlaufend geändert.",
                en="The store is being changed all the time at the moment.",
            ),
            mend=Text(de="In Kürze erneut versuchen.", en="Try again shortly."),
        )

    def _delete_unused(self) -> None:
        for each in [each for each in self._kept if each != self._current]:
            if self._users[each] <= 0:
                self._kept.discard(each)
                del self._users[each]
                task = asyncio.create_task(_deleted(each.path))
                self._deleting.add(task)
                task.add_done_callback(self._deleting.discard)


async def _deleted(path: Path) -> None:
    await asyncio.to_thread(shutil.rmtree, path, ignore_errors=True)


def _of_a_loop_that_ended(task: asyncio.Task[Checkpoint]) -> bool:
    return task.get_loop() is not asyncio.get_running_loop()


def _delete_leftovers() -> None:
    """Deletes the temporary folders of servers that are gone, by the lock that none holds."""
    for folder in _own_temporary_folders():
        with contextlib.suppress(OSError):
            lock = os.open(folder, os.O_RDONLY | os.O_NOFOLLOW)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(folder, ignore_errors=True)
            finally:
                os.close(lock)


def _own_temporary_folders() -> Iterator[Path]:
    for folder in Path(tempfile.gettempdir()).glob(f"{_TEMPORARY}*"):
        with contextlib.suppress(OSError):
            if folder.lstat().st_uid == os.getuid():
                yield folder


def _not_made(error: OSError) -> StoreProblem:
    return StoreProblem(
        Text(
            de=f"Für Abfragen lässt sich kein Abbild des Datenbestands anlegen: {error}.",
            en=f"No copy of the store can be made for queries: {error}.",
        ),
        mend=Text(
            de="Prüfen, ob auf dem Datenträger Platz ist und der Ordner beschreibbar ist.",
            en="Check that the disk has room and the folder is writable.",
        ),
    )
