"""A service of the tests' own, to write to: in memory, without the example cities."""

import contextlib
import threading
import time
from collections.abc import Iterator
from typing import Any

import uvicorn
from fastapi import FastAPI
from fastapi.testclient import TestClient

from nhm_graph.settings import Settings
from nhm_graph.web.app import create_app

TOKEN = "a-token-of-the-tests"
BEARER = {"Authorization": f"Bearer {TOKEN}"}


def settings(**more: Any) -> Settings:
    """Settings with which one may write."""
    return Settings(examples=False, admin_token=TOKEN, **more)


@contextlib.contextmanager
def client(**more: Any) -> Iterator[TestClient]:
    """A client of a service around an own, empty store, in this process."""
    with TestClient(create_app(settings(**more))) as entered:
        entered.post("/update", data={"update": "DROP ALL"}, headers=BEARER)
        yield entered


@contextlib.contextmanager
def served(app: FastAPI) -> Iterator[str]:
    """The address under which a real server serves the app."""
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="critical", lifespan="on"))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        until = time.monotonic() + 20
        while not server.started and time.monotonic() < until and thread.is_alive():
            time.sleep(0.01)
        port = server.servers[0].sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(timeout=20)
