"""Medians, ratios and tables, and what has to be said about the machine they come from."""

import os
import platform
from collections.abc import Sequence
from datetime import date
from importlib.metadata import version
from pathlib import Path


def machine() -> str:
    """Two lines: day, processor, load, versions.

    >>> machine().count(chr(10))
    1
    """
    model = platform.processor() or platform.machine()
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        model = next(line for line in lines if line.startswith("model name")).partition(": ")[2]
    except (OSError, StopIteration):
        pass
    load = f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "unknown"
    versions = ", ".join(f"{name} {version(name)}" for name in ("pyoxigraph", "rdflib"))
    return (
        f"{date.today()}, {platform.system()}, {os.cpu_count()} × {model}, load {load}\n"
        f"Python {platform.python_version()}, {versions}"
    )


def busy() -> str | None:
    """A warning where other work keeps the processors busy, else nothing."""
    if not hasattr(os, "getloadavg"):
        return None
    load, processors = os.getloadavg()[0], os.cpu_count() or 1
    if load < 0.5 * processors:
        return None
    return f"PRELIMINARY: load {load:.1f} on {processors} processors before the start."


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table with the columns under each other; the first is text, the others numbers.

    >>> print(table(["name", "ms"], [["a", "1.0"], ["longer", "10.0"]]))
    | name   |   ms |
    |--------|-----:|
    | a      |  1.0 |
    | longer | 10.0 |
    """
    widths = [max(len(row[i]) for row in [head, *rows]) for i in range(len(head))]

    def line(row: Sequence[str]) -> str:
        cells = [
            cell.ljust(width) if i == 0 else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        return "| " + " | ".join(cells) + " |"

    dashes = [
        "-" * (width + 2) if i == 0 else "-" * (width + 1) + ":" for i, width in enumerate(widths)
    ]
    return "\n".join([line(head), "|" + "|".join(dashes) + "|", *map(line, rows)])
