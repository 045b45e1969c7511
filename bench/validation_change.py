"""One changed measure with 1, 10 and 100 cities in the store, beside pySHACL on its neighbourhood.

The product applies the difference and brings its results up to date for every node that it can
affect. pySHACL validates the measure alone, against the shapes that have it as a target, on a
small graph that holds what they look at; applying the difference, parsing the shapes and finding
that graph is not counted for it.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import pyoxigraph as ox

import report
from damage import Result
from validation_data import write_case
from validation_engines import Absent, PySHACL, store_of
from validation_ours import Changes
from validation_same import targeting

MILLISECONDS = 5.0
TIMES_PYSHACL = 20.0
_CITY = "https://w3id.org/nhm/examples/id/stadt-0001/"
_NHM = "https://w3id.org/nhm/ns#"
_STATUS = "https://w3id.org/nhm/voc/implementation-status/"
_DATE = ox.NamedNode("http://www.w3.org/2001/XMLSchema#date")
_TYPE = ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
# How far the rules on a measure look: measure, version, plan, completeness; and so from its goals.
_HOPS = 3
_VERIFIED = 3
_HEAD = (
    *("cities", "nhm-graph ms", "slowest tenth ms", "pySHACL ms", "all shapes ms", "on triples"),
    *("×", "verdict"),
)


@dataclass(frozen=True, slots=True)
class Difference:
    """One triple of a measure taken away and another one put in its place."""

    measure: ox.NamedNode
    removed: ox.Triple
    added: ox.Triple

    def back(self) -> "Difference":
        """The same the other way round."""
        return Difference(self.measure, self.added, self.removed)


def run(quick: bool, folder: Path) -> tuple[bool, dict[str, Any]]:
    """Prints the table; whether the targets were reached by the same results, and the numbers."""
    print("### One changed measure: a triple removed, another added\n")
    rounds = 3 if quick else 40
    rows, numbers, passed = [], {}, True
    for cities in (1, 2) if quick else (1, 10, 100):
        case = write_case("change", folder, cities, False)
        differences = list(_differences(store_of(case.data)))[: 6 if quick else 30]
        neighbourhood = _pyshacl(case.shapes, case.data, differences[: 2 if quick else 6], folder)
        try:
            changes = Changes(case.shapes, case.data)
        except Absent as reason:
            print(f"NOT MEASURED: nhm-graph: {reason}")
            ours, passed = [], False
        else:
            passed &= _verify(changes, differences, neighbourhood.results)
            ours = _ours(changes, differences, rounds)
        reached = bool(ours) and _reached(ours, neighbourhood.milliseconds)
        passed &= reached
        rows.append(_row(cities, ours, neighbourhood, reached))
        numbers[str(cities)] = {
            "nhm_graph_ms": ours,
            "pyshacl_ms": neighbourhood.milliseconds,
            "pyshacl_all_shapes_ms": neighbourhood.unlimited,
        }
    print(report.table(_HEAD, rows))
    print(
        f"\nTarget: median below {MILLISECONDS:.0f} ms and {TIMES_PYSHACL:.0f} times as fast as "
        "pySHACL with focus_nodes, given only the shapes that aim at the measure (beside it: with "
        "all shapes). Status, beginning and goal of measures, each changed and changed back; each "
        "kind compared with a whole validation.\n"
    )
    return passed, numbers


def _differences(data: ox.Store) -> Iterator[Difference]:
    """Of measure after measure: another status, a beginning after the end, another goal."""
    dropped = ox.NamedNode(f"{_STATUS}rejected")
    late = ox.Literal("2060-01-01", datatype=_DATE)
    goal = ox.NamedNode(f"{_CITY}goal/Z-021")
    for number in range(80, 170):
        measure = ox.NamedNode(f"{_CITY}measure/M-{number:03}")
        kinds = (("implementationStatus", dropped), ("plannedStart", late), ("servesGoal", goal))
        local, new = kinds[number % len(kinds)]
        predicate = ox.NamedNode(f"{_NHM}{local}")
        old = [quad.object for quad in data.quads_for_pattern(measure, predicate, None, None)]
        if len(old) == 1 and old[0] != new:
            yield Difference(
                measure,
                ox.Triple(measure, predicate, old[0]),
                ox.Triple(measure, predicate, new),
            )


def _verify(changes: Changes, differences: list[Difference], known: list[set[Result]]) -> bool:
    """Whether what is brought up to date is what a whole validation and pySHACL find.

    Each of the first differences is compared with everything, and the measures that pySHACL looked
    at with what it found. Prints what differs.
    """
    same = True
    for number, each in enumerate(differences):
        changes.apply(each.removed, each.added)
        mine = changes.results()
        if number < _VERIFIED and mine != changes.anew():
            same = False
            print(f"DIFFERENT RESULTS: {each.added}: not what a whole validation finds")
        here = {result for result in mine if result[0] == each.measure.value}
        if number < len(known) and here != known[number]:
            same = False
            print(f"DIFFERENT RESULTS: {each.added}: {here}, in pySHACL {known[number]}")
        changes.apply(each.added, each.removed)
    return same


def _ours(changes: Changes, differences: list[Difference], rounds: int) -> list[float]:
    times = []
    for _ in range(rounds):
        for each in differences:
            for one in (each, each.back()):
                started = time.perf_counter()
                changes.apply(one.removed, one.added)
                times.append((time.perf_counter() - started) * 1000)
    return times


@dataclass(slots=True)
class Neighbourhood:
    """What pySHACL needed and found on the neighbourhoods of some changed measures.

    `unlimited` is its time with focus_nodes alone, where it looks at all shapes (see
    PySHACL.only for what is wrong in either way).
    """

    milliseconds: list[float]
    unlimited: list[float]
    triples: list[int]
    results: list[set[Result]]


def _pyshacl(
    shapes: Path, data: Path, differences: list[Difference], folder: Path
) -> Neighbourhood:
    store = store_of(data)
    measured = Neighbourhood([], [], [], [])
    path = folder / "neighbourhood.nt"
    for each in differences:
        store.remove(ox.Quad(*each.removed))
        store.add(ox.Quad(*each.added))
        around = neighbourhood(store, each.measure)
        path.write_bytes(ox.serialize(around, format=ox.RdfFormat.N_TRIPLES) or b"")
        aimed = targeting(shapes, store, each.measure)
        store.remove(ox.Quad(*each.added))
        store.add(ox.Quad(*each.removed))
        engine = PySHACL()
        engine.prepare(shapes, path)
        engine.only(each.measure.value)
        measured.unlimited.append(_timed(engine)[0])
        engine.only(each.measure.value, aimed)
        for _ in range(3):
            milliseconds, found = _timed(engine)
            measured.milliseconds.append(milliseconds)
        measured.triples.append(len(around))
        measured.results.append(engine.results(found))
    return measured


def _timed(engine: PySHACL) -> tuple[float, Any]:
    engine.ready()
    started = time.perf_counter()
    found = engine.validate()
    return (time.perf_counter() - started) * 1000, found


def neighbourhood(store: ox.Store, node: ox.NamedNode) -> list[ox.Triple]:
    """What is said of a node, of what points to it, and of what these lead to in a few steps.

    Small, in favour of who has to read it: classes are not described, and only the node itself and
    what points to it keep their words.
    """
    near: set[Any] = {node, ox.NamedNode("https://w3id.org/nhm/validation")}
    near |= {quad.subject for quad in store.quads_for_pattern(None, None, node, None)}
    done: set[Any] = set()
    triples: list[ox.Triple] = []
    for hop in range(_HOPS):
        reached = set()
        for each in sorted(near - done, key=str):
            for quad in store.quads_for_pattern(each, None, None, None):
                if hop and isinstance(quad.object, ox.Literal) and quad.object.language:
                    continue
                triples.append(ox.Triple(*quad.triple))
                if isinstance(quad.object, ox.NamedNode) and quad.predicate != _TYPE:
                    reached.add(quad.object)
        done |= near
        near = reached
    return triples


def _reached(ours: list[float], pyshacl: list[float]) -> bool:
    return median(ours) < MILLISECONDS and median(pyshacl) >= TIMES_PYSHACL * median(ours)


def _row(cities: int, ours: list[float], there: Neighbourhood, reached: bool) -> list[str]:
    theirs = median(there.milliseconds)
    cells = ["", ""]
    if ours:
        cells = [f"{median(ours):.2f}", f"{sorted(ours)[int(0.9 * len(ours))]:.2f}"]
    cells += [f"{theirs:.0f}", f"{median(there.unlimited):.0f}", f"{median(there.triples):.0f}"]
    verdict = ("PASS" if reached else "below") if ours else ""
    return [str(cities), *cells, f"{theirs / median(ours):.0f}" if ours else "", verdict]
