"""The suite's promise that no test leaves this machine."""

import contextlib
import socket
import threading
import urllib.request

import pytest

from network_guard import NetworkGuard, NetworkRefused, stays_here

ELSEWHERE = ("192.0.2.1", 80)  # RFC 5737: documentation only, answers nowhere


def test_connecting_to_another_machine_is_refused_and_the_address_named(
    network_guard: NetworkGuard,
) -> None:
    with socket.socket() as sock:
        sock.settimeout(0.01)
        with pytest.raises(NetworkRefused, match=r"192\.0\.2\.1"):
            sock.connect(ELSEWHERE)
        with pytest.raises(NetworkRefused, match=r"192\.0\.2\.1"):
            sock.connect_ex(ELSEWHERE)
    network_guard.attempts.clear()


def test_datagrams_to_another_machine_are_refused(network_guard: NetworkGuard) -> None:
    with socket.socket(type=socket.SOCK_DGRAM) as sock, pytest.raises(NetworkRefused):
        sock.sendto(b"x", ELSEWHERE)
    network_guard.attempts.clear()


def test_asking_for_another_machines_name_is_refused(network_guard: NetworkGuard) -> None:
    with pytest.raises(NetworkRefused, match="example"):
        socket.getaddrinfo("www.example.org", 443)
    with pytest.raises(NetworkRefused, match="example"):
        socket.gethostbyname("www.example.org")
    network_guard.attempts.clear()


def test_a_refusal_that_the_code_swallows_is_remembered(network_guard: NetworkGuard) -> None:
    with contextlib.suppress(Exception):
        urllib.request.urlopen("http://www.example.org/", timeout=1)
    assert any("www.example.org" in attempt for attempt in network_guard.attempts)
    network_guard.attempts.clear()


def test_this_machine_is_reachable() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        accepting = threading.Thread(target=lambda: server.accept()[0].close())
        accepting.start()
        socket.create_connection(("localhost", server.getsockname()[1]), timeout=5).close()
        accepting.join()


@pytest.mark.parametrize(
    "address",
    ["localhost", "127.0.0.53", ("::1", 80, 0, 0), "/run/x.sock", b"\0abstract", None, ""],
)
def test_an_address_of_this_machine_stays_here(address: object) -> None:
    assert stays_here(address)


@pytest.mark.parametrize(
    "address", ["localhost.example.org", ("10.0.0.1", 80), b"example.org", ("fe80::1%eth0", 80)]
)
def test_an_address_of_another_machine_does_not(address: object) -> None:
    assert not stays_here(address)
