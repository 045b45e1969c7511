"""The endpoint beside others, side by side in one run: the numbers that the project promises.

Named questions that are kept, and not; small foreign queries through readers; a million rows; a
query that never ends. The answers are compared before anything is timed.
"""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from urllib.parse import urlencode

import endpoint_long as long
import endpoint_servers as servers
import report
from endpoint_load import CONNECTIONS, Asked, Rate, generator, in_turn, query, rows
from endpoint_servers import Data, Server
from growth import values_for
from stores import CACHE, open_folder

# Quick ones are the hardest to be level with: the other server has little to do for them.
KEPT = ("responsibility-of-measure", "process-status")
# Two that rdflib finds easy; others keep it busy for minutes.
UNKEPT = ("goals-without-sdg", "process-status")
# An answer for somebody who shows who he is is never a kept one.
PERSONAL = (("Cookie", "bench=1"),)
# A million rows may take long on a busy machine; what is late is not measured but refused.
_PATIENT = {"NHM_QUERY_SECONDS": "300", "NHM_DELIVERY_SECONDS": "600"}
_RUNAWAYS = 2
_MIB = 150


@dataclass(frozen=True, slots=True)
class Line:
    """One number: ours, the other's, what they are compared by, and whether that is enough."""

    what: str
    ours: str
    other: str
    value: float
    target: str
    reached: bool


def run(quick: bool) -> bool:
    """Prints the table and the same as JSON; true where every target is reached."""
    rounds, seconds = (2, 2.0) if quick else (5, 5.0)
    print("## The endpoint beside others\n")
    with TemporaryDirectory(dir=CACHE) as name:
        folder = Path(name)
        data = servers.data_in(folder)
        lines, began = [], time.monotonic()
        for line in _measured(data, folder, rounds, seconds):
            print(f"  {time.monotonic() - began:4.0f} s  {line.what}: {line.value:.2f}", flush=True)
            lines.append(line)
    print()
    head = ["what", "nhm-graph", "other", "ratio or value", "target", "verdict"]
    print(report.table(head, [_cells(line) for line in lines]))
    print(
        f"\nLoad: {generator()}, {CONNECTIONS} connections, medians of {rounds} rounds of "
        f"{seconds:.0f} s, in turn. One synthetic city and {servers.ROWS_GRAPH}.\n"
    )
    print(json.dumps({"bench": "endpoint", "quick": quick, "lines": [*map(asdict, lines)]}))
    return all(line.reached for line in lines)


def _cells(line: Line) -> list[str]:
    verdict = "PASS" if line.reached else "below"
    return [line.what, line.ours, line.other, f"{line.value:.2f}", line.target, verdict]


def _measured(data: Data, folder: Path, rounds: int, seconds: float) -> Iterator[Line]:
    # Before the service: only one process may have the store open.
    lookup = _lookup(data)
    yield _overhead(data, lookup, 100 * rounds)
    questions = {name: _question(data, name) for name in (*KEPT, *UNKEPT)}
    with ExitStack() as stack:
        ours = stack.enter_context(servers.nhm_graph(data, **_PATIENT))
        native = stack.enter_context(servers.native(data, folder))
        rdflib = stack.enter_context(servers.rdflib_endpoint())
        for name in KEPT:
            yield _kept(questions[name], ours, native, rounds, seconds)
        yield _level(questions[KEPT[0]], lookup, ours, native, rounds, seconds)
        # rdflib takes seconds for one answer.
        for name in UNKEPT[: 1 if rounds == 2 else None]:
            yield _unkept(questions[name], ours, rdflib, rounds, seconds)
        yield _foreign(lookup, ours, rdflib, 1.5, rounds, seconds)
        endpoint = Server(ours.name, f"{ours.address}/sparql", ours.process)
        yield from _million(endpoint, native, max(1, rounds // 2))
        try:
            other = stack.enter_context(servers.virtuoso(data, folder))
        except FileNotFoundError as missing:
            print(f"NOT MEASURED: {missing}\n")
        else:
            yield _foreign(lookup, ours, other, 1.2, rounds, seconds)
    deadline = 1 if rounds == 2 else 3
    with servers.nhm_graph(data, NHM_QUERY_SECONDS=str(deadline)) as ours:
        yield from _runaway(Server(ours.name, f"{ours.address}/sparql"), deadline)


@dataclass(frozen=True, slots=True)
class _Question:
    name: str
    target: str
    sparql: str


def _question(data: Data, name: str) -> _Question:
    graph = open_folder(data.store)
    try:
        question = graph.question(name)
        given = values_for(graph, question)
        sparql = graph.bind(name, given, "de").sparql
        return _Question(name, f"/queries/{name}?{urlencode(given)}", sparql)
    finally:
        graph.close()


def _lookup(data: Data) -> str:
    """What is said about one measure, as SPARQL: the smallest query that a reader would send."""
    kind = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
    measures = [
        str(triple.subject)
        for triples in data.graphs.values()
        for triple in triples
        if triple.predicate.value == kind and str(triple.object).endswith("#Measure>")
    ]
    return f"SELECT ?p ?o {{ {min(measures)} ?p ?o }}"


def _kept(question: _Question, ours: Server, native: Server, rounds: int, seconds: float) -> Line:
    here = Asked(ours.address + question.target)
    there = query(native.address, question.sparql)
    what = f"kept {question.name} : Oxigraph server on disk"
    return _rates(what, here, there, 1.0, rounds, seconds)


def _level(
    question: _Question, lookup: str, ours: Server, native: Server, rounds: int, seconds: float
) -> Line:
    """A kept answer beside the least that the other server can be asked: its own speed."""
    here, there = Asked(ours.address + question.target), query(native.address, lookup)
    if not rows(here) or not rows(there):
        raise AssertionError("an answer without rows")
    what = f"kept {question.name} : a lookup by Oxigraph server"
    return _line(what, here, there, 1.0, rounds, seconds)


def _unkept(question: _Question, ours: Server, rdflib: Server, rounds: int, seconds: float) -> Line:
    here = Asked(ours.address + question.target, PERSONAL)
    there = query(rdflib.address, question.sparql)
    return _rates(f"{question.name} : rdflib-endpoint", here, there, 3.0, rounds, seconds)


def _foreign(
    lookup: str, ours: Server, other: Server, target: float, rounds: int, seconds: float
) -> Line:
    here, there = query(f"{ours.address}/sparql", lookup), query(other.address, lookup)
    return _rates(f"foreign lookup : {other.name}", here, there, target, rounds, seconds)


def _rates(
    what: str, here: Asked, there: Asked, target: float, rounds: int, seconds: float
) -> Line:
    found, found_there = rows(here), rows(there)
    if not found or found != found_there:
        raise AssertionError(f"{what}: the two give different rows, or none")
    return _line(what, here, there, target, rounds, seconds)


def _line(what: str, here: Asked, there: Asked, target: float, rounds: int, seconds: float) -> Line:
    ours, other = in_turn([here, there], rounds, seconds)
    ratio = ours.per_second / other.per_second
    return Line(what, _shown(ours), _shown(other), ratio, f">= {target}", ratio >= target)


def _shown(rate: Rate) -> str:
    return f"{rate.per_second:.0f}/s {rate.milliseconds:.2f} ms"


def _overhead(data: Data, lookup: str, rounds: int) -> Line:
    here, there = long.overhead(data, lookup, rounds)
    cost = (there - here) * 1000
    cells = f"{there * 1000:.3f} ms", f"{here * 1000:.3f} ms"
    return Line("a reader : in process, ms more", *cells, cost, "< 0.5", cost < 0.5)


def _million(ours: Server, native: Server, rounds: int) -> Iterator[Line]:
    pairs = [(long.download(ours), long.download(native)) for _ in range(rounds)]
    if {each.lines for pair in pairs for each in pair} != {1_000_001}:
        raise AssertionError("not a million rows and a head")

    def middle(side: int, of: Callable[[long.Download], float]) -> float:
        return median(of(pair[side]) for pair in pairs)

    here, there = (middle(side, lambda each: each.whole) for side in (0, 1))
    ratio = here / there
    what = "1 M rows of CSV : Oxigraph server, time"
    yield Line(what, f"{here:.1f} s", f"{there:.1f} s", ratio, "<= 1.3", ratio <= 1.3)
    first, first_there = (middle(side, lambda each: each.first) for side in (0, 1))
    cells = f"{first * 1000:.0f} ms", f"{first_there * 1000:.0f} ms"
    yield Line("  first byte, ratio", *cells, first / first_there, "(none)", True)
    theirs = max(pair[1].service[1] for pair in pairs)
    for what, spans in (
        ("  memory of the service, MiB", [pair[0].service for pair in pairs]),
        ("  memory of its reader, MiB", [pair[0].reader for pair in pairs]),
    ):
        low, high = min(span[0] for span in spans), max(span[1] for span in spans)
        yield Line(what, f"{low}-{high}", f"{theirs}", high, f"< {_MIB}", high < _MIB)


def _runaway(ours: Server, deadline: int) -> Iterator[Line]:
    seen = long.runaway(ours, deadline, _RUNAWAYS)
    if seen.status != 503:
        raise AssertionError(f"a query that never ends was answered with {seen.status}")
    what = f"{_RUNAWAYS} runaway queries, s beyond {deadline} s"
    yield Line(what, f"{deadline + seen.late:.2f} s", "", seen.late, "<= 0.5", seen.late <= 0.5)
    cells = f"{seen.meanwhile * 1000:.1f} ms", f"{seen.before * 1000:.1f} ms before"
    slow = seen.meanwhile * 1000
    yield Line(f"  /health meanwhile, p99 of {seen.asked}, ms", *cells, slow, "< 50", slow < 50)
