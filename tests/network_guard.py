"""No test reaches another machine: Python's own sockets refuse every address but loopback.

The guard is an audit hook (PEP 578): it also sees code that uses `_socket` directly, and no test
can patch it away. It does not see sockets opened below Python (uvloop, pyoxigraph, a child
process): whether those stay at home is tested where they are used.
"""

import ipaddress
import sys

# event -> position of the host or address in its arguments
_EVENTS = {
    "socket.connect": 1,
    "socket.sendto": 1,
    "socket.sendmsg": 1,
    "socket.getaddrinfo": 0,
    "socket.gethostbyname": 0,
    "socket.gethostbyaddr": 0,
    "socket.getnameinfo": 0,
}


class NetworkRefused(AssertionError):
    """A test tried to reach another machine."""


class NetworkGuard:
    """Refuses and remembers; `attempts` also holds what the code under test swallowed."""

    def __init__(self) -> None:
        self.attempts: list[str] = []
        self.armed = False

    def install(self) -> None:
        """Arm the guard. A hook cannot be taken out again, only disarmed."""
        self.armed = True
        sys.addaudithook(self._hook)

    def _hook(self, event: str, arguments: tuple[object, ...]) -> None:
        position = _EVENTS.get(event)
        if position is None or not self.armed:
            return
        address = arguments[position]
        if not stays_here(address):
            self.attempts.append(f"{event} {address!r}")
            raise NetworkRefused(f"a test may not leave this machine: {event} {address!r}")


def stays_here(address: object) -> bool:
    """Whether a socket address or host name is this machine: loopback, AF_UNIX or no host."""
    if isinstance(address, tuple):
        address = address[0]
    elif isinstance(address, str) and address.startswith("/"):
        return True  # AF_UNIX
    if isinstance(address, bytes):
        if address[:1] in (b"/", b"\0"):
            return True  # AF_UNIX, on Linux also without a file
        address = address.decode("ascii", "replace")
    if address is None or address == "":
        return True
    if not isinstance(address, str):
        return isinstance(address, int)  # AF_NETLINK and the like stay in the kernel
    host = address.rstrip(".").lower()
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        ip = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return ip.is_loopback or ip.is_unspecified
