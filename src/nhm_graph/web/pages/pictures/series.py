"""Values of an indicator over the years with its target path, drawn as SVG."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

WIDTH, HEIGHT = 280, 130
_LEFT, _RIGHT, _TOP, _BOTTOM = 8, 34, 14, 22


@dataclass(frozen=True, slots=True)
class Point:
    """A value of a year where the picture has it; `y` is None for a year without value."""

    year: int
    value: Decimal | None
    x: float
    y: float | None


@dataclass(frozen=True, slots=True)
class Series:
    """The picture of one definition of an indicator."""

    points: list[Point]
    line: str
    path: str
    target: Point | None
    years: tuple[int, int]


def series(
    values: Sequence[tuple[int, Decimal | None]],
    target: tuple[int, Decimal] | None = None,
    start: tuple[int, Decimal] | None = None,
) -> Series:
    """The picture of values by year, and of the straight way from the start to the target.

    >>> drawn = series([(2020, Decimal(10)), (2021, None)], (2030, Decimal(5)))
    >>> drawn.years, drawn.points[1].y, drawn.path == ""
    ((2020, 2030), None, True)
    """
    ends = [each for each in (target, start) if each]
    years = [year for year, _ in values] + [year for year, _ in ends]
    known = [value for _, value in values if value is not None] + [value for _, value in ends]
    first, last = min(years), max(years)
    low, high = (min([*known, Decimal(0)]), max(known)) if known else (Decimal(0), Decimal(1))

    def place(year: int, value: Decimal | None) -> Point:
        x = _LEFT + (WIDTH - _LEFT - _RIGHT) * (year - first) / max(1, last - first)
        if value is None:
            return Point(year, None, x, None)
        share = float((value - low) / ((high - low) or Decimal(1)))
        return Point(year, value, x, HEIGHT - _BOTTOM - (HEIGHT - _TOP - _BOTTOM) * share)

    points = [place(*each) for each in values]
    aim = place(*target) if target else None
    begin = place(*start) if start else None
    way = f"M{begin.x:.1f} {begin.y:.1f}L{aim.x:.1f} {aim.y:.1f}" if begin and aim else ""
    return Series(points, _line(points), way, aim, (first, last))


def _line(points: Sequence[Point]) -> str:
    """A line from value to value; a year without value interrupts it."""
    text, pen = "", "M"
    for point in points:
        if point.y is None:
            pen = "M"
            continue
        text += f"{pen}{point.x:.1f} {point.y:.1f}"
        pen = "L"
    return text
