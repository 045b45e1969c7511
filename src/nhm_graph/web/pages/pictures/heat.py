"""A table of numbers as a heat table: cells with a class for how many, and the sums."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

# From how many on a cell has the next darker colour; the legend shows the same.
STEPS = (1, 2, 4, 7, 12)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the table: what it is about, its cells in the order of the columns, its sum."""

    key: str
    title: str
    coverage: str
    coverage_label: str
    cells: tuple[int, ...]
    total: int


def level(number: int) -> int:
    """The step of a number, 0 for none.

    >>> [level(number) for number in (0, 1, 3, 6, 40)]
    [0, 1, 2, 3, 5]
    """
    return sum(number >= step for step in STEPS)


def legend() -> list[str]:
    """What each step means, in order.

    >>> legend()
    ['1', '2–3', '4–6', '7–11', '12+']
    """
    ends = [*(step - 1 for step in STEPS[1:]), None]
    return [
        f"{first}+" if last is None else str(first) if first == last else f"{first}–{last}"
        for first, last in zip(STEPS, ends, strict=True)
    ]


def lines(
    rows: Sequence[Mapping[str, str]],
    numbers: Mapping[tuple[str, str | None], int],
    columns: Sequence[str | None],
    totals: Mapping[str, int],
) -> list[Line]:
    """The lines of the table: one for each row of a question that names `sdg` and `coverage`."""
    return [
        Line(
            row["number"],
            row["title"],
            row["coverage"].rpartition("/")[2],
            row["coverageLabel"],
            tuple(numbers.get((row["sdg"], column), 0) for column in columns),
            totals.get(row["sdg"], 0),
        )
        for row in rows
    ]
