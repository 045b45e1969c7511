"""Validation with all rules: the product's engine beside pySHACL, pyshifty, pyrudof and Jena.

One run, one process for each engine's own language, the same files, and the results compared
before any time is told. Numbers go to .bench/validation.json too.
"""

import json
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

import report
import stores
import validation_change
import validation_many
from validation_data import Case, write_case
from validation_engines import FOREIGN, Absent, Engine
from validation_jena import Jena
from validation_ours import Ours
from validation_same import difference

TIMES_PYSHACL = {"sound": 100.0, "seeded": 50.0}
_ENGINES: tuple[Callable[[], Engine], ...] = (Ours, *FOREIGN, Jena)
_REFERENCE = "pySHACL"
# Java compiles what runs often; engines in Rust and Python lose nothing by the same rounds.
_WARMING = 8
# No more rounds of an engine than fit into so many seconds, but two where more than one is asked.
_BUDGET = 60.0


@dataclass(slots=True)
class Measured:
    """Seconds of one engine on one case: to prepare, and to validate; and what it found."""

    engine: Engine
    prepare: list[float] = field(default_factory=list)
    validate: list[float] = field(default_factory=list)
    found: int = 0
    same: str = ""
    verdict: str = ""

    def total(self) -> float:
        """Preparation and validation together."""
        return median(self.prepare) + median(self.validate)


def run(quick: bool) -> bool:
    """Prints all tables and writes the numbers; true where every target was reached.

    If quick, one round on one city, and two cities in place of a hundred.
    """
    print("## Validation with all rules\n")
    numbers: dict[str, Any] = {"machine": report.machine(), "busy": report.busy(), "quick": quick}
    passed = True
    with _folder() as folder:
        for kind in ("sound", "seeded"):
            case = write_case(kind, folder, 1, kind == "seeded")
            lines = _compared(case, rounds=1 if quick else 9)
            passed &= _print_case(case, lines)
            numbers[kind] = _numbers(case, lines)
        for title, part in (("many", validation_many), ("change", validation_change)):
            good, numbers[title] = part.run(quick, folder)
            passed &= good
    path = stores.CACHE / "validation.json"
    path.write_text(json.dumps(numbers, indent=2) + "\n", encoding="utf-8")
    print("Numbers as JSON: .bench/validation.json\n")
    return passed


@contextmanager
def _folder() -> Iterator[Path]:
    folder = stores.CACHE / "validation"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


def _compared(case: Case, rounds: int) -> list[Measured]:
    measured = []
    for make in _ENGINES:
        engine = make()
        try:
            engine.prepare(case.shapes, case.data)
        except Absent as reason:
            print(f"NOT MEASURED: {engine.name}: {reason}")
        else:
            measured.append(Measured(engine))
    try:
        _check(case, measured)
        # All engines in each round, so that what disturbs the machine disturbs all.
        for number in range(rounds):
            for each in measured if number % 2 else reversed(measured):
                if number < 2 or sum(each.prepare) + sum(each.validate) < _BUDGET:
                    _measure(case, each)
    finally:
        for each in measured:
            each.engine.close()
    return measured


def _check(case: Case, measured: list[Measured]) -> None:
    """Compares what is found with pySHACL. Raises AssertionError where that misses a mistake."""
    found = {}
    for each in measured:
        for _ in range(_WARMING if isinstance(each.engine, Jena) else 1):
            each.engine.ready()
            last = each.engine.validate()
        found[each.engine.name] = each.engine.results(last)
    expected = found[_REFERENCE]
    missed = case.expected - expected
    if missed:
        raise AssertionError(f"pySHACL does not find {len(missed)} mistakes: {sorted(missed)[:3]}")
    for each in measured:
        mine = found[each.engine.name]
        each.found = len(mine)
        each.same = difference(case.shapes, each.engine, mine, expected)
        if isinstance(each.engine, Ours) and each.same != "all":
            print(f"DIFFERENT RESULTS: nhm-graph beside pySHACL: {each.same}")
            each.verdict = "DIFFERS"


def _measure(case: Case, each: Measured) -> None:
    engine = each.engine
    started = time.perf_counter()
    engine.prepare(case.shapes, case.data)
    prepared = time.perf_counter()
    engine.ready()
    ready = time.perf_counter()
    engine.validate()
    ended = time.perf_counter()
    each.prepare.append(prepared - started)
    each.validate.append(ended - ready)


def _print_case(case: Case, lines: list[Measured]) -> bool:
    ours = next((each for each in lines if isinstance(each.engine, Ours)), None)
    print(
        f"\n### One city, {case.name}: {case.triples - case.vocabulary:,} triples beside "
        f"{case.vocabulary:,} of the vocabulary, {len(case.expected)} mistakes\n"
    )
    rows = [_row(case, each, ours) for each in lines]
    head = ["engine", "results", "same results", "prepare s", "validate s", "both s"]
    print(report.table([*head, "validate ×", "both ×", "verdict"], rows))
    rounds = max(len(each.validate) for each in lines)
    print(
        f"\nTarget: {TIMES_PYSHACL[case.name]:.0f} times as fast as pySHACL in validating, faster "
        f"than the others. Medians of up to {rounds} rounds, in turn. ×: that engine's time in "
        "units of nhm-graph's. pyshifty reads the data in each validation, so only the sum of "
        "both is compared; its session tells which nodes fail, but not why.\n"
    )
    return ours is not None and all(each.verdict in ("", "PASS") for each in lines)


def _row(case: Case, each: Measured, ours: Measured | None) -> list[str]:
    prepare, validate = median(each.prepare), median(each.validate)
    cells = [each.engine.name, str(each.found), each.same]
    cells += [f"{prepare:.3f}", f"{validate:.3f}", f"{each.total():.3f}"]
    if ours is None or each is ours:
        return [*cells, "", "", each.verdict]
    ratio, both = validate / median(ours.validate), each.total() / ours.total()
    target = TIMES_PYSHACL[case.name] if each.engine.name == _REFERENCE else 1.0
    reached = both > 1 and (each.engine.reads or ratio >= target)
    each.verdict = "PASS" if reached else "below"
    shown = "" if each.engine.reads else f"{ratio:.1f}"
    return [*cells, shown, f"{both:.1f}", each.verdict]


def _numbers(case: Case, lines: list[Measured]) -> dict[str, Any]:
    engines = {
        each.engine.name: {
            "results": each.found,
            "same": each.same,
            "prepare_s": each.prepare,
            "validate_s": each.validate,
            "verdict": each.verdict,
        }
        for each in lines
    }
    sizes = {"triples": case.triples, "vocabulary_triples": case.vocabulary}
    return {**sizes, "mistakes": len(case.expected), "engines": engines}
