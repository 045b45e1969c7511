"""What strangers send to do harm: each gets its answer in time, and the service goes on."""

import contextlib
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from urllib.parse import urlencode

import httpx
import pytest

from foreign import RUNAWAY
from hostile import DEADLINE, DELIVERY, ENDLESS, HOSTILE, LIMITS, SMALL, get
from real.processes import TOKEN, Service, serving

pytestmark = pytest.mark.real

_TYPE = "https://w3id.org/nhm/problem/"
# What a busy machine adds to what is bounded; the benchmark measures it closer.
_PATIENCE = 5.0


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    folder = tmp_path_factory.mktemp("hostile") / "store"
    with serving(folder, NHM_ADMIN_TOKEN=TOKEN, **LIMITS) as running:
        yield running


@pytest.fixture
def client(service: Service) -> Iterator[httpx.Client]:
    """A client with the token. After each test the service answers, and all readers are free."""
    header = {"Authorization": f"Bearer {TOKEN}"}
    with httpx.Client(base_url=service.address, headers=header, timeout=60) as client:
        before = client.get("/health").json()
        yield client
        _until(client, "busy", 0)
        after = client.get("/health").json()
        assert after["store"] == before["store"], "it has changed the data"
        assert client.get("/sparql", params={"query": SMALL}).status_code == 200


def _until(client: httpx.Client, name: str, value: int) -> float:
    """Waits until a figure of the readers is at least (busy: at most) that; how long, in s."""
    began = time.monotonic()
    while time.monotonic() < began + 20:
        now = client.get("/health").json()["readers"][name]
        if now <= value if name == "busy" else now >= value:
            return time.monotonic() - began
        time.sleep(0.02)
    raise TimeoutError(f"{name} is {now}")


@pytest.mark.parametrize("what", HOSTILE)
def test_hostile_request_gets_its_answer_in_time(client: httpx.Client, what: str) -> None:
    hostile = HOSTILE[what]
    began = time.monotonic()
    answer = hostile.send(client)
    took = time.monotonic() - began
    assert answer.status_code == hostile.status, answer.text[:500]
    if hostile.problem:
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert answer.json()["type"] == _TYPE + hostile.problem
        assert ("Retry-After" in answer.headers) == (hostile.status == 503)
    if hostile.problem == "overrun":
        assert took >= DEADLINE
    assert took < DEADLINE + _PATIENCE


def test_address_of_a_megabyte_is_refused_before_it_is_a_request(
    client: httpx.Client, service: Service
) -> None:
    target = f"/sparql?{urlencode({'query': SMALL + '#' * 1_000_000})}"  # more than httpx sends
    with contextlib.closing(HTTPConnection("127.0.0.1", service.port, timeout=60)) as connection:
        connection.request("GET", target)
        answer = connection.getresponse()
        # The server says so itself, and closes the connection: no address is over 64 KiB.
        assert (answer.status, answer.read()) == (400, b"Invalid HTTP request received.")
        assert answer.headers["Connection"] == "close"


def test_more_queries_than_may_wait_are_told_to_come_back(client: httpx.Client) -> None:
    with ThreadPoolExecutor(12) as threads:
        answers = list(threads.map(lambda _: get(RUNAWAY)(client), range(12)))
        kinds = [answer.json()["type"].removeprefix(_TYPE) for answer in answers]
    assert set(kinds) == {"overrun", "busy"}
    assert kinds.count("busy") >= 12 - 2 - int(LIMITS["NHM_READERS_WAITING"])
    assert all(answer.headers["Retry-After"] for answer in answers)


def _asked(service: Service, text: str) -> socket.socket:
    """A connection on which a query was sent, and nothing is read."""
    connection = socket.create_connection(("127.0.0.1", service.port), timeout=60)
    target = f"/sparql?{urlencode({'query': text})}"
    head = f"GET {target} HTTP/1.1\r\nHost: x\r\nAccept: text/csv\r\n\r\n"
    connection.sendall(head.encode())
    return connection


def test_who_fetches_nothing_is_given_up_and_gets_no_whole_answer(
    client: httpx.Client, service: Service
) -> None:
    before = client.get("/health").json()["readers"]["killed_delivery"]
    with _asked(service, ENDLESS) as connection:
        assert _until(client, "killed_delivery", before + 1) < DELIVERY + _PATIENCE
        received = b""
        while part := connection.recv(1 << 20):
            received = (received + part)[-10_000_000:]
    assert received.startswith(b"HTTP/1.1 200 ")
    assert not received.endswith(b"\r\n0\r\n\r\n")


def test_who_leaves_takes_the_query_along(client: httpx.Client, service: Service) -> None:
    readers = client.get("/health").json()["readers"]
    with _asked(service, RUNAWAY):
        time.sleep(0.3)
    _until(client, "killed_disconnect", readers["killed_disconnect"] + 1)
    assert client.get("/health").json()["readers"]["killed_deadline"] == readers["killed_deadline"]
