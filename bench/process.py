"""Runs a command and prints what it took, as JSON: seconds, greatest memory in MB, exit code.

A process of its own, because the greatest memory of a child begins with that of its parent: a small
one. What the command prints goes to the error output.
"""

import json
import resource
import subprocess
import sys
from time import perf_counter


def main() -> None:
    """Runs the command that the command line names."""
    started = perf_counter()
    code = subprocess.run(sys.argv[1:], stdout=sys.stderr, check=False).returncode
    seconds = perf_counter() - started
    megabytes = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1000
    print(json.dumps({"seconds": seconds, "megabytes": megabytes, "code": code}))


if __name__ == "__main__":
    main()
