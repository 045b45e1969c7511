"""The short path: an answer is kept as long as what it was made from, and never for another."""

import asyncio
import gzip
from typing import Any

import pytest
from fastapi import FastAPI, Request
from fastapi.responses import Response
from fastapi.testclient import TestClient

from nhm_graph.web.short_path import ShortPath, may_be_kept

TEXT = "Ziel " * 1000


class Service:
    """An app that counts how often it is asked, over graphs whose version can be set."""

    def __init__(self, most_bytes: int = 1_000_000) -> None:
        self.asked = 0
        self.versions = {"http://e/a": 1, "http://e/b": 1}
        app = FastAPI()
        app.add_api_route("/a/{name}", self._answer, methods=["GET"])
        app.add_api_route("/all", self._all, methods=["GET"])
        app.add_api_route("/not-kept", self._not_kept, methods=["GET"])
        app.add_api_route("/wrong", self._wrong, methods=["GET"])
        self.path = ShortPath(app, most_bytes, self._now, self._state)
        self.client = TestClient(self.path)

    def _now(self) -> int:
        return sum(self.versions.values())

    def _state(self, on: str | None) -> tuple[int, ...]:
        return tuple(self.versions[each] for each in ([on] if on else self.versions))

    def _said(self, request: Request, on: str | None, status: int = 200) -> Response:
        self.asked += 1
        may_be_kept(request.scope, on)
        language = request.headers.get("accept-language", "")
        content = f"{self.asked} {language} {TEXT}"
        return Response(content, status, {"Vary": "Accept"}, "text/plain")

    async def _answer(self, request: Request, name: str) -> Response:
        return self._said(request, "http://e/a")

    async def _all(self, request: Request) -> Response:
        return self._said(request, None)

    async def _not_kept(self) -> Response:
        self.asked += 1
        return Response("x")

    async def _wrong(self, request: Request) -> Response:
        return self._said(request, None, 404)


@pytest.fixture
def service() -> Service:
    return Service()


def test_the_same_request_is_answered_once(service: Service) -> None:
    first, second = service.client.get("/a/x"), service.client.get("/a/x")
    assert (first.content, first.headers) == (second.content, second.headers)
    assert service.asked == 1
    assert (service.path.counts.hits, service.path.counts.misses) == (1, 1)


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/a/y", {}),
        ("/a/x?lang=de", {}),
        ("/a/x", {"Accept": "text/csv"}),
        ("/a/x", {"Accept-Language": "de"}),
    ],
)
def test_another_request_gets_another_answer(
    service: Service, path: str, headers: dict[str, str]
) -> None:
    service.client.get("/a/x")
    service.client.get(path, headers=headers)
    assert service.asked == 2


def test_a_change_of_its_graphs_ends_an_answer(service: Service) -> None:
    before = service.client.get("/a/x").text
    service.versions["http://e/a"] += 1
    assert service.client.get("/a/x").text != before


def test_a_change_of_another_graph_does_not(service: Service) -> None:
    before = service.client.get("/a/x").text
    service.versions["http://e/b"] += 1
    assert service.client.get("/a/x").text == before


def test_an_answer_from_all_graphs_ends_with_any_change(service: Service) -> None:
    before = service.client.get("/all").text
    service.versions["http://e/b"] += 1
    assert service.client.get("/all").text != before


@pytest.mark.parametrize("path", ["/not-kept", "/wrong"])
def test_only_what_a_handler_offers_and_only_success_is_kept(service: Service, path: str) -> None:
    service.client.get(path)
    service.client.get(path)
    assert service.asked == 2


@pytest.mark.parametrize("header", ["Authorization", "Cookie"])
def test_a_personal_request_is_neither_kept_nor_answered_from_it(
    service: Service, header: str
) -> None:
    service.client.get("/a/x", headers={header: "secret"})
    service.client.get("/a/x")
    service.client.get("/a/x", headers={header: "secret"})
    assert service.asked == 3


def test_if_none_match_is_answered_with_304_without_content(service: Service) -> None:
    etag = service.client.get("/a/x").headers["etag"]
    again = service.client.get("/a/x", headers={"If-None-Match": f'"other", W/{etag}'})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", etag)
    assert "content-length" not in again.headers
    assert service.client.get("/a/x", headers={"If-None-Match": '"other"'}).status_code == 200


def test_the_etag_is_strong_and_differs_by_encoding(service: Service) -> None:
    plain = service.client.get("/a/x", headers={"Accept-Encoding": "identity"})
    packed = service.client.get("/a/x", headers={"Accept-Encoding": "gzip"})
    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert not plain.headers["etag"].startswith("W/")
    assert plain.headers["etag"] != packed.headers["etag"]
    assert "Accept-Encoding" in plain.headers["vary"]


@pytest.mark.parametrize("given", ["gzip;q=0", "identity", "br"])
def test_gzip_is_not_sent_to_whom_it_is_not_wanted(service: Service, given: str) -> None:
    assert (
        "content-encoding"
        not in service.client.get("/a/x", headers={"Accept-Encoding": given}).headers
    )


def test_head_has_the_headers_of_get_and_no_body(service: Service) -> None:
    head, get = service.client.head("/a/x"), service.client.get("/a/x")
    assert head.content == b""
    assert dict(head.headers) == dict(get.headers)
    assert service.asked == 1


def test_the_last_used_answers_stay_when_room_is_scarce() -> None:
    service = Service(most_bytes=160_000)
    for name in "abcdefghijklmnopqrstuvwxyz0123456789":
        service.client.get(f"/a/{name}", headers={"Accept-Encoding": "identity"})
        service.client.get("/a/a", headers={"Accept-Encoding": "identity"})
    assert service.asked == 36
    assert service.path.counts.bytes <= 160_000
    service.client.get("/a/b", headers={"Accept-Encoding": "identity"})
    assert service.asked == 37


def test_a_large_answer_is_given_but_not_kept() -> None:
    service = Service(most_bytes=50_000)
    assert service.client.get("/a/x", headers={"Accept-Encoding": "identity"}).text.endswith(TEXT)
    service.client.get("/a/x", headers={"Accept-Encoding": "identity"})
    assert (service.asked, service.path.counts.answers) == (2, 0)


def test_an_answer_made_during_a_change_is_not_kept(service: Service) -> None:
    original = service._said

    def changing(request: Request, on: Any, status: int = 200) -> Response:
        service.versions["http://e/a"] += 1
        return original(request, on, status)

    service._said = changing  # type: ignore[method-assign]
    service.client.get("/a/x")
    service._said = original  # type: ignore[method-assign]
    service.client.get("/a/x")
    assert service.asked == 2


def test_gzip_of_an_answer_is_the_same_each_time() -> None:
    first = Service().client.get("/a/x", headers={"Accept-Encoding": "gzip"})
    second = Service().client.get("/a/x", headers={"Accept-Encoding": "gzip"})
    assert first.headers["etag"] == second.headers["etag"]
    assert gzip.compress(first.content, 5, mtime=0) == gzip.compress(second.content, 5, mtime=0)


def test_other_methods_and_protocols_pass_through() -> None:
    seen: list[str] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        seen.append(scope["type"])

    path = ShortPath(app, 1, lambda: 0, lambda on: 0)
    asyncio.run(path({"type": "lifespan"}, None, None))  # type: ignore[arg-type]
    asyncio.run(path({"type": "http", "method": "POST"}, None, None))  # type: ignore[arg-type]
    assert seen == ["lifespan", "http"]


def test_a_path_that_never_is_kept_keeps_its_own_head() -> None:
    seen: list[str] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        seen.append(scope["method"])

    path = ShortPath(app, 1, lambda: 0, lambda on: 0, never=("/sparql",))
    scope = {"type": "http", "method": "HEAD", "path": "/sparql", "headers": []}
    asyncio.run(path(scope, None, None))  # type: ignore[arg-type]
    assert seen == ["HEAD"]


def test_head_of_what_is_not_kept_has_no_body(service: Service) -> None:
    head = service.client.head("/not-kept")
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == "1"
