"""Processes for foreign data: at most so many, at most so long, and gone afterwards."""

import os
import threading
import time
from collections.abc import Iterator

import pytest

from nhm_graph.checks.workers import Workers
from nhm_graph.errors import BadParameter, Busy, Stopped
from nhm_graph.language import Text


@pytest.fixture
def workers() -> Iterator[Workers]:
    opened = Workers(processes=1, seconds=30)
    yield opened
    opened.close()


def is_running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def refuse(value: str) -> None:
    raise BadParameter.value("day", value, Text(de="ein Tag", en="a day"))


def test_work_is_done_in_another_process_that_stays_for_the_next(workers: Workers) -> None:
    first, second = workers.run(os.getpid), workers.run(os.getpid)
    assert first == second != os.getpid()
    workers.close()
    assert not is_running(first)


def test_refusal_comes_back_whole(workers: Workers) -> None:
    with pytest.raises(BadParameter) as refused:
        workers.run(refuse, "soon")
    assert refused.value.extra["value"] == "soon"
    assert refused.value.message("de").endswith("Erwartet wird: ein Tag.")
    assert workers.run(abs, -1) == 1


def test_work_that_takes_too_long_is_ended_and_the_next_is_done(workers: Workers) -> None:
    process = workers.run(os.getpid)
    workers.seconds = 0
    with pytest.raises(Stopped, match="had not finished after 0 seconds"):
        workers.run(time.sleep, 60)
    assert not is_running(process)
    workers.seconds = 30
    assert workers.run(abs, -1) == 1


def test_process_that_breaks_off_is_said_and_replaced(workers: Workers) -> None:
    with pytest.raises(Stopped, match="broke off"):
        workers.run(os._exit, 1)
    assert workers.run(abs, -1) == 1


def test_more_work_than_processes_is_refused_at_once(workers: Workers) -> None:
    workers.run(abs, -1)
    busy = threading.Thread(target=workers.run, args=(time.sleep, 1))
    busy.start()
    while workers.slots._value:  # type: ignore[attr-defined]
        time.sleep(0.01)
    with pytest.raises(Busy):
        workers.run(abs, -1)
    busy.join()
    assert workers.run(abs, -1) == 1
