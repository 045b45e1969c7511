"""Reading and validating many cities in one process: time and peak memory, beside pyshifty.

Each engine has a child process of its own: `python bench/validation_many.py ENGINE SHAPES DATA`
prints its numbers as JSON on the last line. What the child found is compared by the parent.
"""

import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import report
from validation_data import Case, write_case
from validation_engines import Absent, Engine, PyShifty, PyShiftySession
from validation_ours import Ours
from validation_same import roots_of, seen

TIMES_PYSHIFTY = 1.3
MEBIBYTES = 1024
_ENGINES: tuple[Callable[[], Engine], ...] = (Ours, PyShifty, PyShiftySession)
_ABSENT = 3


def run(quick: bool, folder: Path) -> tuple[bool, dict[str, Any]]:
    """Prints the table; whether the targets were reached by the same results, and the numbers."""
    cities, rounds = (2, 1) if quick else (100, 3)
    print(f"### {cities} cities in one process, mistakes in the first one\n")
    case = write_case("many", folder, cities, True)
    measured: dict[str, list[dict[str, Any]]] = {}
    for number in range(rounds):
        for make in _ENGINES if number % 2 == 0 else reversed(_ENGINES):
            got = _child(make().name, case)
            if got is not None:
                measured.setdefault(make().name, []).append(got)
    same = _compare(case, {name: got[0]["found"] for name, got in measured.items()})
    for each in (each for got in measured.values() for each in got):
        del each["found"]
    passed = _print(case, measured, rounds) and same
    return passed, {"cities": cities, "triples": case.triples, "engines": measured}


def _child(name: str, case: Case) -> dict[str, Any] | None:
    command = [sys.executable, __file__, name, str(case.shapes), str(case.data)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    said = done.stdout.strip().rpartition("\n")[2]
    if done.returncode == _ABSENT:
        print(f"NOT MEASURED: {name}: {said}")
        return None
    if done.returncode:
        raise RuntimeError(f"{name} ended with {done.returncode}; what it said stands above")
    answer: dict[str, Any] = json.loads(said)
    return answer


def _compare(case: Case, found: dict[str, list[list[str]]]) -> bool:
    """Whether all found what pyshifty finds and every mistake; prints it where one did not."""
    roots = roots_of(case.shapes)
    results = {name: {(a, b, c) for a, b, c in each} for name, each in found.items()}
    same = True
    for name, mine in results.items():
        grain = "focus" if name == PyShiftySession.name else "shape"
        sides = [mine, results.get(PyShifty.name, mine), case.expected]
        side, wanted, seeds = ({seen(each, grain, roots) for each in one} for one in sides)
        if side != wanted or not seeds <= side:
            same = False
            print(
                f"DIFFERENT RESULTS: {name}: {len(wanted - side)} missing, {len(side - wanted)} "
                f"more than in pyshifty, {len(seeds - side)} mistakes not found"
            )
    return same


def _print(case: Case, measured: dict[str, list[dict[str, Any]]], rounds: int) -> bool:
    times = {
        name: [median(each[part] for each in got) for part in ("prepare_s", "validate_s")]
        for name, got in measured.items()
    }
    peaks = {name: max(each["peak_mib"] for each in got) for name, got in measured.items()}
    ours = times.get(Ours.name)
    rows, passed = [], ours is not None
    for name, (prepare, validate) in times.items():
        ratio = (prepare + validate) / sum(ours) if ours else 0.0
        reached = peaks[name] < MEBIBYTES if name == Ours.name else ratio >= TIMES_PYSHIFTY
        passed &= reached
        cells = [f"{prepare:.2f}", f"{validate:.2f}", f"{prepare + validate:.2f}"]
        cells += [f"{ratio:.2f}" if ours and name != Ours.name else "", f"{peaks[name]:.0f}"]
        rows.append([name, *cells, ("PASS" if reached else "below") if ours else ""])
    head = ["engine", "prepare s", "validate s", "both s", "both ×", "peak MiB", "verdict"]
    print(report.table(head, rows))
    print(
        f"\n{case.triples:,} triples. Target: {TIMES_PYSHIFTY} times as fast as pyshifty in both "
        f"together, peak memory below {MEBIBYTES} MiB. Medians of {rounds} fresh processes each; "
        "compared is which nodes fail which rules.\n"
    )
    return passed


def _measure(name: str, shapes: Path, data: Path) -> None:
    engine = next(made for made in (make() for make in _ENGINES) if made.name == name)
    started = time.perf_counter()
    try:
        engine.prepare(shapes, data)
    except Absent as reason:
        print(reason)
        sys.exit(_ABSENT)
    engine.ready()
    prepared = time.perf_counter()
    found = engine.validate()
    ended = time.perf_counter()
    peak = _peak()  # before the results are taken apart for the comparison
    print(
        json.dumps(
            {
                "prepare_s": prepared - started,
                "validate_s": ended - prepared,
                "peak_mib": peak,
                "found": sorted(engine.results(found)),
            }
        )
    )


def _peak() -> float:
    """The peak of this process's memory in MiB.

    On Linux ru_maxrss also counts what the parent held when it started this process, which can be
    more than all that is measured here; VmHWM begins anew with each program.
    """
    try:
        lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
        line = next(each for each in lines if each.startswith("VmHWM:"))
    except (OSError, StopIteration):
        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return most / 2**20 if sys.platform == "darwin" else most / 1024
    return int(line.split()[1]) / 1024


if __name__ == "__main__":
    _measure(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
