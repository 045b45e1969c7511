"""The copies of the store that readers open: when they are made, and that they go again."""

import asyncio
import os
import shutil
from pathlib import Path

import pytest

from foreign import LONG, ask, content, filled, number, run
from nhm_graph.errors import StoreProblem
from nhm_graph.store.embedded import EmbeddedStore
from nhm_graph.store.readers import checkpoints
from nhm_graph.store.readers.checkpoints import Checkpoints
from nhm_graph.store.readers.job import Job
from nhm_graph.store.readers.pool import Readers
from nhm_graph.store.readers.process import Process

COUNT = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"


@pytest.fixture(params=["disk", "memory"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> EmbeddedStore:
    return filled(tmp_path / "store" if request.param == "disk" else None, 10)


async def counted(readers: Readers) -> int:
    return int((await ask(readers, COUNT)).split()[1])


def test_every_change_that_was_acknowledged_is_seen(store: EmbeddedStore) -> None:
    async def work(readers: Readers) -> None:
        for more in range(1, 6):
            store.replace_graph(f"http://e/{more}", [number(more)])
            assert await counted(readers) == 10 + more

    run(store, work)


def test_one_checkpoint_serves_until_the_store_changes(store: EmbeddedStore) -> None:
    async def work(readers: Readers) -> None:
        assert readers.state().checkpoints == 0
        await asyncio.gather(*(counted(readers) for _ in range(4)))
        first = readers._checkpoints._current
        assert readers.state().checkpoints == 1
        store.replace_graph("http://e/more", [number(1)])
        assert readers._checkpoints._current is first
        for _ in range(4):
            await counted(readers)
        assert readers._checkpoints._current is not first
        await _only_one_is_left(readers)

    run(store, work)


def test_a_long_answer_stays_on_its_checkpoint_while_others_see_the_change(
    tmp_path: Path,
) -> None:
    store = filled(tmp_path / "store", 20_000)

    async def work(readers: Readers) -> None:
        answer = await readers.answer(Job("SELECT ?s ?o { ?s ?p ?o }", accept="text/csv"))
        read = [await anext(answer.chunks)]
        store.replace_graph("http://e/g", [number(1)])
        assert await counted(readers) == 1
        assert readers.state().checkpoints == 2
        read.append(await content(answer))
        assert b"".join(read).count(b"\n") == 20_001
        assert [await counted(readers) for _ in range(2)] == [1, 1]
        await _only_one_is_left(readers)

    run(store, work)


def test_questions_and_changes_side_by_side_never_see_half_a_graph(store: EmbeddedStore) -> None:
    async def work(readers: Readers) -> None:
        async def write() -> None:
            for turn in range(12):
                triples = [number(turn * 100 + each) for each in range(10)]
                await asyncio.to_thread(store.replace_graph, "http://e/g", triples)

        writing = asyncio.create_task(write())
        while not writing.done():
            assert await counted(readers) == 10
        await writing

    run(store, work)


def test_making_a_checkpoint_does_not_stall_the_event_loop(
    store: EmbeddedStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = Checkpoints._copy

    def slowly(self: Checkpoints, path: Path) -> int:
        import time

        time.sleep(0.3)
        return copy(self, path)

    monkeypatch.setattr(Checkpoints, "_copy", slowly)

    async def work(readers: Readers) -> int:
        asked = asyncio.create_task(counted(readers))
        left = asyncio.create_task(counted(readers))
        await asyncio.sleep(0.05)
        left.cancel()
        ticks = 0
        while not asked.done():
            await asyncio.sleep(0.01)
            ticks += 1
        assert await asked == 10
        return ticks

    assert run(store, work) > 10


def test_what_a_killed_server_left_is_deleted_at_the_start(tmp_path: Path) -> None:
    folder = tmp_path / "store"
    left = folder / "checkpoints" / "7-1"
    left.mkdir(parents=True)
    store = filled(folder)
    Checkpoints(store, folder)
    assert not left.exists()


def test_temporary_copies_are_deleted_unless_their_server_lives(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checkpoints.tempfile, "tempdir", str(tmp_path))
    dead = tmp_path / "nhm-graph-readers-dead"
    dead.mkdir()
    store = filled(None)

    async def work(readers: Readers) -> None:
        assert not dead.exists()
        await counted(readers)
        here = list(tmp_path.iterdir())
        assert [each.stat().st_mode & 0o777 for each in here] == [0o700]
        Checkpoints(store, None)
        assert list(tmp_path.iterdir()) == here
        assert await counted(readers) == 300

    run(store, work)
    assert list(tmp_path.iterdir()) == []


def test_a_checkpoint_that_cannot_be_made_is_said_and_tried_again(tmp_path: Path) -> None:
    store = filled(tmp_path / "store", 10)
    in_the_way = tmp_path / "store" / "checkpoints"

    async def work(readers: Readers) -> None:
        in_the_way.touch()
        with pytest.raises(StoreProblem, match="No copy of the store"):
            await counted(readers)
        assert readers.state().busy == 0
        in_the_way.unlink()
        assert await counted(readers) == 10

    run(store, work)


def test_a_copy_in_memory_that_changes_all_the_time_is_given_up() -> None:
    class Restless(EmbeddedStore):
        @property
        def version(self) -> int:
            self._version += 1
            return self._version

    async def work(readers: Readers) -> None:
        with pytest.raises(checkpoints.Busy):
            await counted(readers)
        assert _folders(readers) == []

    store = Restless()
    run(store, work)


async def _only_one_is_left(readers: Readers) -> None:
    """The folder itself goes in the background."""
    assert readers.state().checkpoints == 1
    async with asyncio.timeout(5):
        while len(_folders(readers)) > 1:
            await asyncio.sleep(0.01)
    assert len(_folders(readers)) == 1


def _folders(readers: Readers) -> list[str]:
    home = readers._checkpoints._home
    return os.listdir(home) if home else []


def test_the_union_counts_long_answers_alike_on_disk_and_in_memory(tmp_path: Path) -> None:
    text = LONG + " LIMIT 1000"
    told = {
        run(store, lambda readers: ask(readers, text)).count(b"\n")
        for store in (filled(None, 20), filled(tmp_path / "store", 20))
    }
    assert told == {1001}


def test_a_checkpoint_that_somebody_deleted_is_made_anew(store: EmbeddedStore) -> None:
    async def work(readers: Readers) -> None:
        assert await counted(readers) == 10
        made = readers._checkpoints._current
        assert made
        shutil.rmtree(made.path)
        assert await counted(readers) == 10
        assert _folders(readers) == [f"{store.version}-2"]

    run(store, work)


def test_a_checkpoint_is_kept_for_who_still_waits_for_a_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = filled(tmp_path / "store", 10)
    ready = Readers._ready

    async def changed_meanwhile(self: Readers, process: Process) -> None:
        await ready(self, process)
        if store.version == 1:
            store.replace_graph("http://e/more", [number(1)])
            await self._checkpoints.current()

    monkeypatch.setattr(Readers, "_ready", changed_meanwhile)

    async def work(readers: Readers) -> None:
        assert [await counted(readers) for _ in range(2)] == [10, 11]
        await _only_one_is_left(readers)

    run(store, work)
