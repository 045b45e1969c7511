"""Named questions over HTTP: nhm-graph beside rdflib-endpoint, with the same data and query text.

Both run at the same time, each as its own command starts it, and are asked in turn: nhm-graph by
GET /queries/{name}, rdflib-endpoint by POST of the SPARQL text that nhm-graph makes of it. Both
answer in application/sparql-results+json, and the answers are compared before anything is timed.
"""

import http.client
import json
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import urlencode

import report
from client import Job, Outcome, load
from growth import values_for
from service import HOST, free_port, service
from stores import city_files, open_folder, store_of, vocabulary_files

# The first one keeps rdflib busy for minutes, the last two are ones that it finds easy.
QUESTIONS = (
    "sdg-coverage",
    "responsibility-of-measure",
    "measures-without-lead",
    "goals-without-sdg",
    "process-status",
)
TARGET_RATIO = 3.0
CONNECTIONS = 8
_FORM = "application/sparql-results+json"
# An answer that takes longer than this is timed once, alone: who needs that long for one request
# answers no more of them per second when eight are waiting.
_SLOW = 10.0
_LONGEST = 900.0


@dataclass(frozen=True, slots=True)
class Asked:
    """One question as a request to each of the two."""

    name: str
    ours: str
    theirs: str


def run(quick: bool) -> bool:
    """Prints the table; true where every question reaches the target ratio.

    If quick, the rounds are fewer and shorter and the first question is left out.
    """
    rounds, seconds = (2, 2.0) if quick else (5, 5.0)
    folder = store_of(1)
    ours, theirs = free_port(), free_port()
    names = QUESTIONS[1:] if quick else QUESTIONS
    asked = _requests(folder, names, ours, theirs)
    print("## Named questions over HTTP: nhm-graph and rdflib-endpoint\n")
    files = [str(path) for path in [*vocabulary_files(), *city_files(1)]]
    serve = ["nhm_graph", "serve", "--store", str(folder), "--port", str(ours), "--no-examples"]
    endpoint = ["rdflib_endpoint", "serve", *files, "--host", HOST, "--port", str(theirs)]
    with ExitStack() as running:
        running.enter_context(service(serve, ours))
        running.enter_context(service(endpoint, theirs))
        lines = [_compared(each, ours, theirs, rounds, seconds) for each in asked]
    head = ["question", "rows", "nhm-graph/s", "ms", "rdflib-endpoint/s", "ms", "ratio", "verdict"]
    print(report.table(head, lines))
    print(
        f"\nTarget: at least {TARGET_RATIO:.0f} times the requests per second. {CONNECTIONS} "
        f"connections, medians of {rounds} rounds of {seconds:.0f} s, in turn, {_FORM}.\n"
    )
    return all(line[-1] == "PASS" for line in lines)


def _requests(folder: Path, names: Sequence[str], ours: int, theirs: int) -> list[Asked]:
    graph = open_folder(folder)
    try:
        asked = []
        for name in names:
            question = graph.question(name)
            given = values_for(graph, question)
            if any(parameter.name == "at" for parameter in question.parameters):
                given["at"] = "2026-06-30"
            sparql = graph.bind(name, given, "de").sparql
            asked.append(Asked(name, _get(ours, name, given), _post(theirs, sparql)))
        return asked
    finally:
        graph.close()


def _get(port: int, name: str, given: Mapping[str, str]) -> str:
    return (
        f"GET /queries/{name}?{urlencode(given)} HTTP/1.1\r\n"
        f"Host: {HOST}:{port}\r\nAccept: {_FORM}\r\nAccept-Language: de\r\n\r\n"
    )


def _post(port: int, sparql: str) -> str:
    return (
        f"POST / HTTP/1.1\r\nHost: {HOST}:{port}\r\nAccept: {_FORM}\r\n"
        "Content-Type: application/sparql-query\r\n"
        f"Content-Length: {len(sparql.encode())}\r\n\r\n{sparql}"
    )


def _compared(asked: Asked, ours: int, theirs: int, rounds: int, seconds: float) -> list[str]:
    rows, alone_here = _rows(ours, asked.ours)
    rows_there, alone_there = _rows(theirs, asked.theirs)
    if rows != rows_there:
        raise AssertionError(f"{asked.name}: the two give different rows")
    here: list[Outcome] = []
    there: list[Outcome] = []
    for _ in range(rounds):
        here.append(_load(ours, asked.ours, seconds, alone_here))
        there.append(_load(theirs, asked.theirs, seconds, alone_there))
    rates = [median([each.per_second for each in side]) for side in (here, there)]
    waits = [median([each.milliseconds for each in side]) for side in (here, there)]
    ratio = rates[0] / rates[1]
    cells = [f"{rates[0]:.2f}", f"{waits[0]:.0f}", f"{rates[1]:.3f}", f"{waits[1]:.0f}"]
    verdict = "PASS" if ratio >= TARGET_RATIO else "below"
    return [asked.name, str(len(rows)), *cells, f"{ratio:.1f}", verdict]


def _load(port: int, request: str, seconds: float, alone: float) -> Outcome:
    if alone > _SLOW:
        return Outcome(1, 1 / alone, alone * 1000)
    job = Job(HOST, port, request, seconds, CONNECTIONS)
    return load(job)


def _rows(port: int, request: str) -> tuple[list[str], float]:
    """The rows of an answer, each as text, sorted, and the seconds that it took.

    A plain literal and a string are the same.
    """
    head, _, body = request.partition("\r\n\r\n")
    first, *lines = head.split("\r\n")
    method, address, _ = first.split(" ")
    connection = http.client.HTTPConnection(HOST, port, timeout=_LONGEST)
    started = time.perf_counter()
    try:
        headers = dict(line.split(": ", 1) for line in lines)
        connection.request(method, address, body.encode() or None, headers)
        answer = connection.getresponse()
        content = answer.read()
        seconds = time.perf_counter() - started
    finally:
        connection.close()
    if answer.status != 200:
        raise RuntimeError(f"{address} was answered with {answer.status}: {content[:500]!r}")
    bindings: list[dict[str, dict[str, Any]]] = json.loads(content)["results"]["bindings"]
    return sorted(map(_shown, bindings)), seconds


def _shown(row: Mapping[str, Mapping[str, Any]]) -> str:
    string = "http://www.w3.org/2001/XMLSchema#string"
    terms = [
        (name, term["value"], term.get("xml:lang"), term.get("datatype", string))
        for name, term in row.items()
    ]
    return str(sorted(terms))
