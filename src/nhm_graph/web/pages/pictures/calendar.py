"""Things with a beginning and an end as bars over the years."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

WIDTH = 420


@dataclass(frozen=True, slots=True)
class Scale:
    """The years that a timeline shows, from the first of January to the last of December."""

    first: int
    last: int

    def place(self, day: str) -> float:
        """Where a day lies, in units of the picture.

        >>> Scale(2020, 2021).place("2021-01-01")
        210.3
        """
        begin = date(self.first, 1, 1)
        whole = (date(self.last, 12, 31) - begin).days + 1
        return round(WIDTH * (date.fromisoformat(day) - begin).days / whole, 1)

    def bar(self, start: str, end: str | None, today: str) -> tuple[float, float]:
        """Beginning and width of a bar; what has no end lasts until today. Never too thin."""
        x = self.place(start)
        until = end or max(start, today)
        return x, max(5.0, round(self.place(until) - x, 1))

    def ticks(self) -> list[tuple[int, float]]:
        """Each year with the place where it begins."""
        return [(year, self.place(f"{year}-01-01")) for year in range(self.first, self.last + 1)]


def scale(days: Sequence[str | None], today: str) -> Scale:
    """The years from the first to the last of the days, and today.

    >>> scale(["2019-05-01", None], "2021-01-01")
    Scale(first=2019, last=2021)
    """
    years = [int(day[:4]) for day in [*days, today] if day]
    return Scale(min(years), max(years))
