"""One request over and over on eight connections: with wrk where it is, else with client.py."""

import http.client
import json
import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any
from urllib.parse import urlencode, urlsplit

from client import Job, load

CONNECTIONS = 8
JSON = "application/sparql-results+json"
_UNITS = {"us": 0.001, "ms": 1.0, "s": 1000.0}
_LONGEST = 120.0


@dataclass(frozen=True, slots=True)
class Asked:
    """A GET request: the address with its query, and what is sent beside Accept."""

    address: str
    headers: tuple[tuple[str, str], ...] = ()

    def all_headers(self) -> Mapping[str, str]:
        """Accept, the language and the others."""
        return {"Accept": JSON, "Accept-Language": "de", **dict(self.headers)}


@dataclass(frozen=True, slots=True)
class Rate:
    """Requests per second, and the median wait in milliseconds."""

    per_second: float
    milliseconds: float


def query(address: str, text: str) -> Asked:
    """A SPARQL query in the address (SPARQL 1.1 Protocol, 2.1.1)."""
    return Asked(f"{address}?{urlencode({'query': text})}")


def generator() -> str:
    """What generates the load, for the reader of the table."""
    if shutil.which("wrk"):
        return "wrk"
    return "bench/client.py, which is slower than the fastest servers here (apt-get install wrk)"


def in_turn(sides: Sequence[Asked], rounds: int, seconds: float) -> list[Rate]:
    """The medians of each side over so many rounds; the sides take turns."""
    measured = [[_loaded(side, seconds) for side in sides] for _ in range(rounds)]
    return [
        Rate(
            median(each.per_second for each in one_side),
            median(each.milliseconds for each in one_side),
        )
        for one_side in zip(*measured, strict=True)
    ]


def rows(asked: Asked) -> list[str]:
    """The rows of an answer, each as text, sorted; a plain literal and a string are the same."""
    parts = urlsplit(asked.address)
    connection = http.client.HTTPConnection(parts.netloc, timeout=_LONGEST)
    try:
        connection.request("GET", f"{parts.path}?{parts.query}", headers=dict(asked.all_headers()))
        answer = connection.getresponse()
        content = answer.read()
    finally:
        connection.close()
    if answer.status != 200:
        raise RuntimeError(f"{parts.netloc} answered {answer.status}: {content[:500]!r}")
    bindings: list[dict[str, dict[str, Any]]] = json.loads(content)["results"]["bindings"]
    return sorted(map(_shown, bindings))


def _shown(row: Mapping[str, Mapping[str, Any]]) -> str:
    string = "http://www.w3.org/2001/XMLSchema#string"
    terms = [
        (name, term["value"], term.get("xml:lang"), term.get("datatype", string))
        for name, term in row.items()
    ]
    return str(sorted(terms))


def _loaded(asked: Asked, seconds: float) -> Rate:
    wrk = shutil.which("wrk")
    rate = _by_wrk(wrk, asked, seconds) if wrk else None
    # wrk does not wait for what it has begun: of few answers it would count too few.
    return rate if rate and rate.per_second > CONNECTIONS else _by_client(asked, seconds)


def _by_wrk(wrk: str, asked: Asked, seconds: float) -> Rate:
    """Raises RuntimeError where a request failed."""
    words = [word for pair in asked.all_headers().items() for word in ("-H", ": ".join(pair))]
    whole = max(1, round(seconds))
    command = [wrk, "-t1", f"-c{CONNECTIONS}", f"-d{whole}s", "--timeout", "30s", "--latency"]
    done = subprocess.run(
        [*command, *words, asked.address], capture_output=True, text=True, check=True
    )
    failed = re.search(r"Non-2xx or 3xx responses: (\d+)|Socket errors: (.*)", done.stdout)
    if failed:
        raise RuntimeError(f"not all was answered: {failed[0]}: {asked.address[:100]}")
    rate = re.search(r"Requests/sec:\s+([\d.]+)", done.stdout)
    middle = re.search(r"50%\s+([\d.]+)(us|ms|s)\b", done.stdout)
    if not rate or not middle:
        raise RuntimeError(f"wrk said: {done.stdout}")
    return Rate(float(rate[1]), float(middle[1]) * _UNITS[middle[2]])


def _by_client(asked: Asked, seconds: float) -> Rate:
    parts = urlsplit(asked.address)
    lines = [f"GET {parts.path}?{parts.query} HTTP/1.1", f"Host: {parts.netloc}"]
    lines += [f"{name}: {value}" for name, value in asked.all_headers().items()]
    request = "\r\n".join([*lines, "", ""])
    job = Job(str(parts.hostname), parts.port or 80, request, seconds, CONNECTIONS)
    outcome = load(job)
    return Rate(outcome.per_second, outcome.milliseconds)
