"""Paths through several steps as a flow picture (Sankey), drawn as SVG."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

# In units of the picture, which are pixels on a wide screen.
WIDTH, GAP, NODE = 760, 9, 10
_ROOM = 420
MOST_FLOWS = 80
_MOST_STEPS = 20


class Step(NamedTuple):
    """What a path passes in one column."""

    key: str
    label: str
    kind: str = ""


Path = tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Node:
    """A bar of a column, in units of the picture."""

    column: int
    step: Step
    amount: float
    x: float
    y: float
    height: float


@dataclass(frozen=True, slots=True)
class Ribbon:
    """A flow between two bars of neighbouring columns, as the outline of an SVG path."""

    start: Step
    end: Step
    column: int
    amount: float
    outline: str


@dataclass(frozen=True, slots=True)
class Flow:
    """A picture that is ready to be written."""

    nodes: list[Node]
    ribbons: list[Ribbon]
    height: float


def flow(paths: Sequence[tuple[Path, float]], other: Step) -> Flow | None:
    """The picture of weighted paths; small steps are folded into `other` until it is readable.

    >>> drawn = flow([((Step("a", "A"), Step("b", "B")), 1.0)], Step("…", "more"))
    >>> [node.step.label for node in drawn.nodes], len(drawn.ribbons)
    (['A', 'B'], 1)
    """
    if not paths:
        return None
    folded = _folded(paths, other)
    nodes, height = _nodes(folded, other)
    return Flow(nodes, _ribbons(folded, nodes), height)


def _folded(paths: Sequence[tuple[Path, float]], other: Step) -> list[tuple[Path, float]]:
    """The paths with the smallest steps of the fullest columns replaced, until few flows remain."""
    ranked: list[list[str]] = []
    for column in range(len(paths[0][0])):
        amounts: dict[str, float] = defaultdict(float)
        for path, amount in paths:
            amounts[path[column].key] += amount
        ranked.append(sorted(amounts, key=lambda key: (-amounts[key], key))[:_MOST_STEPS])
    while True:
        kept = [set(keys) for keys in ranked]
        folded = [
            (tuple(s if s.key in kept[n] else other for n, s in enumerate(path)), amount)
            for path, amount in paths
        ]
        fullest = max(ranked, key=len)
        if len(_links(folded)) <= MOST_FLOWS or len(fullest) == 1:
            return folded
        fullest.pop()


def _links(paths: Sequence[tuple[Path, float]]) -> dict[tuple[int, Step, Step], float]:
    found: dict[tuple[int, Step, Step], float] = defaultdict(float)
    for path, amount in paths:
        for column, (start, end) in enumerate(pairwise(path)):
            found[column, start, end] += amount
    return dict(found)


def _nodes(paths: Sequence[tuple[Path, float]], other: Step) -> tuple[list[Node], float]:
    columns: list[dict[Step, float]] = [defaultdict(float) for _ in paths[0][0]]
    for path, amount in paths:
        for column, step in enumerate(path):
            columns[column][step] += amount
    most = max(len(each) for each in columns)
    height = _ROOM + most * GAP
    scale = _ROOM / sum(amount for _, amount in paths)
    apart = (WIDTH - NODE) / max(1, len(columns) - 1)
    links = _links(paths)
    nodes: list[Node] = []
    for column, steps in enumerate(columns):
        free = height - _ROOM - GAP * (len(steps) - 1)
        y = free / 2
        heights = _mean_heights(column, links, nodes)
        for step in sorted(steps, key=lambda each: (each == other, heights.get(each, 0.0))):
            size = steps[step] * scale
            nodes.append(Node(column, step, steps[step], column * apart, y, size))
            y += size + GAP
    return nodes, height


def _mean_heights(
    column: int, links: dict[tuple[int, Step, Step], float], nodes: list[Node]
) -> dict[Step, float]:
    """How high what flows into each step of a column begins on average: fewer flows cross."""
    middle = {node.step: node.y + node.height / 2 for node in nodes if node.column == column - 1}
    into: dict[Step, list[tuple[float, float]]] = defaultdict(list)
    for (at, start, end), amount in links.items():
        if at == column - 1:
            into[end].append((middle[start], amount))
    return {
        step: sum(y * amount for y, amount in found) / sum(amount for _, amount in found)
        for step, found in into.items()
    }


def _ribbons(paths: Sequence[tuple[Path, float]], nodes: list[Node]) -> list[Ribbon]:
    places = {(node.column, node.step): node for node in nodes}
    order = {key: number for number, key in enumerate(places)}
    left: dict[tuple[int, Step], float] = defaultdict(float)
    right: dict[tuple[int, Step], float] = defaultdict(float)
    links = _links(paths)
    ribbons = []
    for column, start, end in sorted(
        links, key=lambda k: (order[k[0], k[1]], order[k[0] + 1, k[2]])
    ):
        amount = links[column, start, end]
        one, two = places[column, start], places[column + 1, end]
        size = amount * one.height / one.amount
        y1, y2 = one.y + right[column, start], two.y + left[column + 1, end]
        right[column, start] += size
        left[column + 1, end] += size
        x1, x2 = one.x + NODE, two.x
        half = (x1 + x2) / 2
        outline = (
            f"M{x1:.0f} {y1:.1f}C{half:.0f} {y1:.1f} {half:.0f} {y2:.1f} {x2:.0f} {y2:.1f}"
            f"V{y2 + size:.1f}C{half:.0f} {y2 + size:.1f} {half:.0f} {y1 + size:.1f} "
            f"{x1:.0f} {y1 + size:.1f}Z"
        )
        ribbons.append(Ribbon(start, end, column, amount, outline))
    return ribbons
