"""Answers on the wire: whole or visibly broken off, and given up with their client."""

import asyncio
import socket
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from nhm_graph.store.readers.job import Answer, BrokenAnswer, Job
from nhm_graph.store.readers.refusals import overrun
from nhm_graph.web.app import create_app
from serving import served, settings

ROWS = 200_000
# 245 * 245 * 245 rows: more than any buffer on the way holds.
LONG = "SELECT * {{ VALUES ?a {{ {n} }} VALUES ?b {{ {n} }} VALUES ?c {{ {n} }} }} LIMIT {limit}"
ENDLESS = "SELECT (COUNT(*) AS ?n) {{ {p} }}".format(
    p=" ".join(f"?a{number} ?b{number} ?c{number} ." for number in range(6))
)


def long_query(limit: int = ROWS) -> str:
    return LONG.format(n=" ".join(map(str, range(245))), limit=limit)


@dataclass
class Standing:
    """Stands in for the readers: chunks, and then the end, a fault, or nothing for ever."""

    chunks: list[bytes]
    fault: Exception | None = None
    endless: bool = False
    headers: Mapping[str, str] = field(default_factory=dict)
    closed: bool = False
    cancelled: bool = False

    async def answer(self, job: Job) -> Answer:
        return Answer("table", "text/csv", self.headers, self)

    async def close(self) -> None:
        pass

    def __aiter__(self) -> "Standing":
        return self

    async def __anext__(self) -> bytes:
        if self.chunks:
            return self.chunks.pop(0)
        if self.fault:
            raise self.fault
        if not self.endless:
            raise StopAsyncIteration
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            self.cancelled = True
            raise
        return b""

    async def aclose(self) -> None:
        self.closed = True


@pytest.fixture(scope="module")
def app() -> FastAPI:
    return create_app(settings())


@pytest.fixture(scope="module")
def address(app: FastAPI) -> Iterator[str]:
    with served(app) as where:
        yield where


@pytest.fixture
def stand(app: FastAPI, address: str) -> Iterator[Any]:
    """`stand(Standing(…))` puts it in the place of the readers."""
    readers = app.state.foreign

    def put(standing: Standing) -> Standing:
        app.state.foreign = standing
        return standing

    yield put
    app.state.foreign = readers


def get(address: str, query: str, **headers: str) -> httpx.Response:
    given = {"Accept": "text/csv", "Accept-Encoding": "identity"} | headers
    return httpx.get(
        f"{address}/sparql", params={"query": query}, headers=given, trust_env=False, timeout=60
    )


def broken() -> BrokenAnswer:
    fault = BrokenAnswer("too late")
    fault.__cause__ = overrun(1)
    return fault


def raw(address: str, query: str, version: str = "1.1") -> socket.socket:
    host, port = address.removeprefix("http://").split(":")
    connection = socket.create_connection((host, int(port)), timeout=30)
    target = httpx.URL("/sparql", params={"query": query})
    connection.sendall(
        f"GET {target} HTTP/{version}\r\nHost: x\r\nAccept: text/csv\r\n\r\n".encode()
    )
    return connection


def received(connection: socket.socket) -> bytes:
    parts = []
    while part := connection.recv(65_536):
        parts.append(part)
    return b"".join(parts)


def until(condition: Any, seconds: float = 10) -> bool:
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.02)
    return bool(condition())


def test_long_answer_is_whole_with_and_without_gzip(address: str) -> None:
    plain, packed = (
        get(address, long_query(), **{"Accept-Encoding": encoding})
        for encoding in ("identity", "gzip")
    )
    assert plain.content.count(b"\r\n") == ROWS + 1
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.content == plain.content


def test_answer_that_breaks_off_is_no_whole_answer(address: str, stand: Any) -> None:
    standing = stand(Standing([b"x" * 65_536, b"y" * 65_536], broken()))
    with pytest.raises(httpx.RemoteProtocolError):
        get(address, "SELECT * {}")
    assert standing.closed
    stand(Standing([b"x" * 65_536], broken()))
    with pytest.raises((httpx.RemoteProtocolError, httpx.DecodingError)):
        get(address, "SELECT * {}", **{"Accept-Encoding": "gzip"})


def test_http_1_0_gets_a_length_or_the_reason(address: str, stand: Any) -> None:
    body = [b"x" * 65_536, b"y" * 65_536, b"z"]
    stand(Standing(list(body)))
    head, _, content = received(raw(address, "SELECT * {}", "1.0")).partition(b"\r\n\r\n")
    assert b"content-length: 131073" in head.lower()
    assert content == b"".join(body)
    stand(Standing(list(body), broken()))
    answer = received(raw(address, "SELECT * {}", "1.0"))
    assert b" 503 " in answer.splitlines()[0]
    assert b"/overrun" in answer


def test_small_answer_has_its_length(address: str) -> None:
    response = get(address, "SELECT (1 AS ?a) {}")
    assert response.headers["content-length"] == str(len(response.content))
    assert "transfer-encoding" not in response.headers


def test_headers_of_the_reader_are_passed_on(address: str, stand: Any) -> None:
    stand(Standing([b"a"], headers={"NHM-Row-Limit-Reached": "10"}))
    assert get(address, "SELECT * {}").headers["nhm-row-limit-reached"] == "10"


def test_client_that_leaves_ends_the_delivery(address: str, stand: Any) -> None:
    standing = stand(Standing([b"x" * 65_536, b"y"], endless=True))
    connection = raw(address, "SELECT * {}")
    assert connection.recv(100)
    connection.close()
    assert until(lambda: standing.closed)
    assert standing.cancelled


def test_client_that_leaves_ends_the_evaluation(app: FastAPI, address: str) -> None:
    before = app.state.foreign.state()
    connection = raw(address, ENDLESS)
    assert until(lambda: app.state.foreign.state().busy == 1)
    connection.close()
    assert until(lambda: app.state.foreign.state().busy == 0)
    assert app.state.foreign.state().killed_disconnect == before.killed_disconnect + 1
    assert get(address, "SELECT (1 AS ?a) {}").text == "a\r\n1\r\n"


def test_deadline_is_a_problem_and_the_service_goes_on() -> None:
    with served(create_app(settings(query_seconds=1))) as where:
        response = get(where, ENDLESS)
        assert response.status_code == 503
        assert response.headers["retry-after"]
        assert response.json()["type"].endswith("/overrun")
        assert get(where, "SELECT (1 AS ?a) {}").status_code == 200
