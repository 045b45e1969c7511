"""Entry of `make bench`: runs the measurements and prints their tables."""

import argparse
import sys

import endpoint
import growth
import publishing
import report
import stores
import throughput
import validation

BENCHES = {
    "growth": growth.run,
    "endpoint": endpoint.run,
    "publishing": publishing.run,
    "throughput": throughput.run,
    "validation": validation.run,
}


def main() -> int:
    """Runs what the command line names; 0 where every target was reached, else 1."""
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("bench", nargs="*", help=f"which: {', '.join(BENCHES)} (default: all)")
    parser.add_argument("--quick", action="store_true", help="fewer rounds, fewer cities")
    given = parser.parse_args()
    for name in set(given.bench) - set(BENCHES):
        parser.error(f"no bench is called {name}; there are {', '.join(BENCHES)}")
    try:
        with stores.alone():
            return _measure(given.bench or list(BENCHES), given.quick)
    except BlockingIOError:
        parser.exit(2, "bench: another run is measuring; try again when it is done\n")


def _measure(benches: list[str], quick: bool) -> int:
    print(report.machine())
    for warning in filter(None, [report.busy()]):
        print(warning)
    print()
    passed = [BENCHES[name](quick) for name in benches]
    return 0 if all(passed) else 1


if __name__ == "__main__":
    sys.exit(main())
