"""A small line chart of an indicator as SVG: values by definition, and where they shall go.

Drawn from the rows of a named question, whose table stands beside it. Lines of different
definitions are not joined, because their values must not be compared.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from html import escape

from nhm_graph.language import Language, Text
from nhm_graph.publish.description_words import number_text

_WIDTH, _HEIGHT = 640, 240
_LEFT, _RIGHT, _TOP, _BOTTOM = 62, 24, 28, 34
_DASHES = ("", "7 4", "2 4", "10 4 2 4")
_INK, _SOFT, _TARGET = "#14532d", "#51605a", "#9a3412"
_TARGET_WORD = Text(de="Zielwert", en="target value")


@dataclass(frozen=True, slots=True)
class Point:
    """A value of a year by a definition; a target value is one that is still to come."""

    series: str
    year: int
    value: Decimal
    target: bool


def line_chart(points: Iterable[Point], title: str, unit: str, language: Language) -> str:
    """The SVG text; empty where there are fewer than two values.

    >>> line_chart([], "Radanteil", "Prozent", "de")
    ''
    """
    points = sorted(points, key=lambda each: (each.series, each.target, each.year))
    if len(points) < 2:
        return ""
    frame = _Frame(points)
    series: dict[str, list[Point]] = defaultdict(list)
    for each in points:
        series[each.series].append(each)
    drawn = [_axes(frame, unit, language)]
    for number, (_name, own) in enumerate(series.items()):
        drawn.append(_line(frame, own, _DASHES[number % len(_DASHES)], language))
    said = "; ".join(_sentence(name, own, language) for name, own in series.items())
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="chart" viewBox="0 0 {_WIDTH} {_HEIGHT}" '
        f'role="img" font-size="13"><title>{escape(title)}</title><desc>{escape(said)}</desc>'
        f"{''.join(drawn)}</svg>"
    )


class _Frame:
    """Where years and values stand in the picture."""

    def __init__(self, points: Sequence[Point]) -> None:
        years = [each.year for each in points]
        values = [float(each.value) for each in points]
        self.first, self.last = min(years), max(years)
        low, high = min(values), max(values)
        space = (high - low or abs(high) or 1) * 0.15
        # From zero where the values allow it, so that nothing looks dramatic.
        self.low = 0.0 if low >= 0 and low - space < high / 2 else low - space
        self.high = high + space

    def x(self, year: int) -> float:
        wide = _WIDTH - _LEFT - _RIGHT
        return round(_LEFT + wide * (year - self.first) / ((self.last - self.first) or 1), 1)

    def y(self, value: float) -> float:
        tall = _HEIGHT - _TOP - _BOTTOM
        return round(_HEIGHT - _BOTTOM - tall * (value - self.low) / (self.high - self.low), 1)


def _axes(frame: _Frame, unit: str, language: Language) -> str:
    floor = _HEIGHT - _BOTTOM
    parts = [f'<text x="4" y="14" fill="{_SOFT}">{escape(unit)}</text>']
    for share in (0, 0.5, 1):
        value = frame.low + (frame.high - frame.low) * share
        y = frame.y(value)
        parts.append(
            f'<path d="M{_LEFT} {y}H{_WIDTH - _RIGHT}" stroke="#d5ddd8"/>'
            f'<text x="{_LEFT - 8}" y="{y + 4}" text-anchor="end" fill="{_SOFT}">'
            f"{number_text(f'{value:.3g}', language)}</text>"
        )
    step = max(1, -(-(frame.last - frame.first) // 8))
    for year in range(frame.first, frame.last + 1, step):
        parts.append(
            f'<text x="{frame.x(year)}" y="{floor + 20}" text-anchor="middle" fill="{_SOFT}">'
            f"{year}</text>"
        )
    return "".join(parts)


def _line(frame: _Frame, points: Sequence[Point], dash: str, language: Language) -> str:
    seen = [each for each in points if not each.target]
    places = [f"{frame.x(each.year)} {frame.y(float(each.value))}" for each in seen]
    parts = []
    if len(places) > 1:
        dashed = f' stroke-dasharray="{dash}"' if dash else ""
        parts.append(
            f'<path d="M{"L".join(places)}" fill="none" stroke="{_INK}" stroke-width="2"{dashed}/>'
        )
    for each, place in zip(seen, places, strict=True):
        across, down = place.split()
        said = f"{each.series}, {each.year}: {number_text(str(each.value), language)}"
        parts.append(
            f'<circle cx="{across}" cy="{down}" r="4" fill="{_INK}">'
            f"<title>{escape(said)}</title></circle>"
        )
    if seen:
        last = seen[-1]
        parts.append(_mark(frame, last, number_text(str(last.value), language), _INK))
    for each in points:
        if each.target:
            x, y = frame.x(each.year), frame.y(float(each.value))
            word = f"{_TARGET_WORD.in_(language)} {number_text(str(each.value), language)}"
            parts.append(
                f'<path d="M{x} {y - 6}l6 6l-6 6l-6 -6z" fill="#fff" stroke="{_TARGET}" '
                f'stroke-width="2"><title>{escape(f"{each.year}: {word}")}</title></path>'
            )
            parts.append(_mark(frame, each, word, _TARGET))
    return "".join(parts)


def _mark(frame: _Frame, point: Point, text: str, colour: str) -> str:
    x, y = frame.x(point.year), frame.y(float(point.value)) - 11
    anchor = "end" if x > _WIDTH - 120 else "middle"
    return (
        f'<text x="{x + (10 if anchor == "end" else 0)}" y="{y}" text-anchor="{anchor}" '
        f'fill="{colour}" font-weight="600">{escape(text)}</text>'
    )


def _sentence(name: str, points: Sequence[Point], language: Language) -> str:
    said = [
        f"{each.year}: {number_text(str(each.value), language)}"
        + (f" ({_TARGET_WORD.in_(language)})" if each.target else "")
        for each in points
    ]
    return f"{name}: {', '.join(said)}"
