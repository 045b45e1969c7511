"""Parts of a whole as a bar: widths in whole per cent, so that a class can give them."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Share:
    """A part of a bar: its key for the colour, what it is called, how many, how wide (%)."""

    key: str
    label: str
    count: int
    width: int


def shares(counted: Sequence[tuple[str, str, int]]) -> list[Share]:
    """The parts with widths that add up to 100 (largest remainders first).

    >>> [each.width for each in shares([("a", "A", 1), ("b", "B", 1), ("c", "C", 1)])]
    [34, 33, 33]
    """
    whole = sum(count for _, _, count in counted)
    if not whole:
        return []
    exact = [100 * count / whole for _, _, count in counted]
    widths = [int(each) for each in exact]
    largest = sorted(range(len(exact)), key=lambda n: (widths[n] - exact[n], n))
    for position in largest[: 100 - sum(widths)]:
        widths[position] += 1
    return [Share(*each, width) for each, width in zip(counted, widths, strict=True)]
