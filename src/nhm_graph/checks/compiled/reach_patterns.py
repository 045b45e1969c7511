"""What a check reads, as a graph of patterns that share variables.

A scope is a group of patterns that hold together: a basic graph pattern with what must be joined to
it. What is optional, alternative or negated is a scope below: from there the patterns of the scopes
above may be used to find the way to the focus node, but not the other way round.
"""

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from nhm_graph.checks.compiled.paths import (
    Alternative,
    Inverse,
    OneOrMore,
    Path,
    Predicate,
    Sequence,
    ZeroOrMore,
    ZeroOrOne,
)
from nhm_graph.checks.compiled.reach_ways import (
    PLACES,
    Fixed,
    Fork,
    Hop,
    Loop,
    Place,
    Sign,
    Step,
    Way,
    backwards,
)
from nhm_graph.checks.compiled.triples import Term

# A variable by its name, or a term.
Slot: TypeAlias = str | Term
THIS = "this"
_ANY: Fixed = (None, None, None)
# Ways to one variable that are worth trying, and how many edges they may have.
_MOST_WAYS, _LONGEST = 6, 12


@dataclass(frozen=True, slots=True)
class Guard:
    """Only triples count from whose term in this place the way leads to the goal, if there is one,
    else to anything."""

    place: Place
    way: Way
    goal: Term | None


@dataclass(frozen=True, slots=True)
class Sight:
    """A triple pattern that a check reads, and the ways from the focus node to it.

    Each way leads from the focus node to a term that stands in `place` of the triple. Every triple
    that counts is at the end of each of them, so that any one may be followed. Without a way the
    pattern is tied to the focus node by nothing but a filter, or not understood.

    `witness`: one such triple is as good as many, as with what makes a node a target.
    """

    fixed: Fixed
    ways: tuple[tuple[Place, Way], ...]
    back: tuple[tuple[Place, Way], ...]
    guards: tuple[Guard, ...] = ()
    witness: bool = False


# Anything may matter, everywhere.
OPAQUE = Sight(_ANY, (), ())


@dataclass(slots=True, eq=False)
class _Pattern:
    slots: tuple[Slot, Slot, Slot]
    witness: bool


@dataclass(frozen=True, slots=True, eq=False)
class _Edge:
    start: Slot
    way: Way
    end: Slot
    of: _Pattern | None = None


class Interned:
    """Steps and sights that are equal become the same object, so that walks are shared."""

    def __init__(self) -> None:
        self._steps: dict[Step, Step] = {}
        self._ways: dict[Way, Way] = {}
        self._sights: dict[Sight, Sight] = {}
        self._signs: dict[Sign, Sign] = {}

    def way(self, way: Way) -> Way:
        """The way met before, where there is an equal one; else of steps met before."""
        if way not in self._ways:
            own = tuple(self._step(step) for step in way)
            self._ways[own] = own
        return self._ways[way]

    def _step(self, step: Step) -> Step:
        if step not in self._steps:
            if isinstance(step, Loop):
                step = Loop(self.way(step.way))
            elif isinstance(step, Fork):
                step = Fork(tuple(map(self.way, step.ways)))
            self._steps[step] = step
        return self._steps[step]

    def sight(self, sight: Sight) -> Sight:
        """The sight met before, where there is an equal one."""
        return self._sights.setdefault(sight, sight)

    def sign(self, sign: Sign) -> Sign:
        """The sign met before, where there is an equal one."""
        if sign not in self._signs:
            self._signs[sign] = replace(sign, way=self.way(sign.way))
        return self._signs[sign]


@dataclass(slots=True)
class Scope:
    """A group of patterns; see the module."""

    above: "Scope | None" = None
    below: list["Scope"] = field(default_factory=list)
    opaque: bool = False
    # Whether nothing can be found where a pattern of this scope, not of those below, has no match.
    needed: bool = False
    # What has to be so at the focus node, or else nothing can be found.
    signs: list[Sign] = field(default_factory=list)
    _patterns: list[_Pattern] = field(default_factory=list)
    _edges: list[_Edge] = field(default_factory=list)
    _names: list[int] = field(default_factory=lambda: [0])

    def inner(self, needed: bool = False) -> "Scope":
        """A scope below this one: optional, negated, or one of several."""
        scope = Scope(self, needed=needed, _names=self._names)
        self.below.append(scope)
        return scope

    def fresh(self) -> str:
        """A variable that nothing else uses."""
        self._names[0] += 1
        return f" {self._names[0]}"

    def triple(self, subject: Slot, predicate: Slot, value: Slot, witness: bool = False) -> None:
        """A triple pattern."""
        slots = (subject, predicate, value)
        pattern = _Pattern(slots, witness)
        self._patterns.append(pattern)
        fixed = _fixed(slots)
        for start in PLACES:
            for end in PLACES:
                one, other = slots[start], slots[end]
                if start < end and isinstance(one, str) and isinstance(other, str):
                    self._edges.append(_Edge(one, (Hop(fixed, start, end),), other, pattern))

    def path(self, start: Slot, path: Path, end: Slot) -> None:
        """A property path between two terms, taken apart."""
        match path:
            case Predicate(iri):
                self.triple(start, iri, end)
            case Inverse(inner):
                self.path(end, inner, start)
            case Sequence(parts):
                names = [start, *(self.fresh() for _ in parts[1:]), end]
                for part, one, other in zip(parts, names[:-1], names[1:], strict=True):
                    self.path(one, part, other)
            case OneOrMore(inner):
                self.path(start, Sequence((inner, ZeroOrMore(inner))), end)
            case ZeroOrMore(inner):
                self._repeated(start, inner, end)
            case Alternative(parts):
                self.either(start, tuple(map(way_along, parts)), end)
                for part in parts:
                    self.inner().path(start, part, end)
            case ZeroOrOne(inner):
                self.either(start, ((), way_along(inner)), end)
                self.inner().path(start, inner, end)

    def either(self, start: Slot, ways: tuple[Way, ...], end: Slot) -> None:
        """Two terms between which one of the ways leads; what they read is stated elsewhere."""
        self._edges.append(_Edge(start, (Fork(ways),), end))

    def links(self) -> Iterator[tuple[str, Way, str]]:
        """The pairs of variables that a pattern or path of this scope links, with the way."""
        for edge in self._edges:
            if isinstance(edge.start, str) and isinstance(edge.end, str):
                yield edge.start, edge.way, edge.end

    def _repeated(self, start: Slot, path: Path, end: Slot) -> None:
        loop: Way = (Loop(way_along(path)),)
        self._edges.append(_Edge(start, loop, end))
        inside = self.inner()
        one, other = self.fresh(), self.fresh()
        inside._edges += [_Edge(start, loop, one), _Edge(other, loop, end)]
        inside.path(one, path, other)

    def sights(self, interned: Interned) -> Iterator[Sight]:
        """Every pattern of this scope and those below, with its ways from the focus node."""
        if self.opaque:
            yield OPAQUE
        for pattern in self._patterns:
            yield interned.sight(self._sight(pattern, interned))
        for scope in self.below:
            yield from scope.sights(interned)

    def needed_sights(self, interned: Interned) -> Iterator[Sight]:
        """The patterns without a match of which a check finds nothing."""
        if self.needed:
            yield from (interned.sight(self._sight(each, interned)) for each in self._patterns)
        for scope in self.below:
            yield from scope.needed_sights(interned)

    def all_signs(self) -> Iterator[Sign]:
        """The signs of this scope and those below."""
        yield from self.signs
        for scope in self.below:
            yield from scope.all_signs()

    def _sight(self, pattern: _Pattern, interned: Interned) -> Sight:
        edges = [edge for edge in self._visible() if edge.of is not pattern]
        back = [
            (place, interned.way(way))
            for place in PLACES
            if isinstance(slot := pattern.slots[place], str)
            for way in _ways_to_focus(slot, edges)
        ]
        back.sort(key=lambda each: _cost(each[1]))
        # Where the focus node itself stands in the pattern, nothing is nearer.
        back = back[:1] if back and not back[0][1] else back[:_MOST_WAYS]
        guards = dict.fromkeys(_guards(pattern, edges, interned))
        return Sight(
            _fixed(pattern.slots),
            tuple((place, interned.way(backwards(way))) for place, way in back),
            tuple(back),
            tuple(sorted(guards, key=lambda each: each.goal is not None)),
            pattern.witness,
        )

    def _visible(self) -> Iterator[_Edge]:
        yield from self._edges
        if self.above is not None:
            yield from self.above._visible()


def _guards(pattern: _Pattern, edges: Iterable[_Edge], interned: Interned) -> Iterator[Guard]:
    """What must be beside a triple of the pattern: other patterns and paths at its variables."""
    for place in PLACES:
        slot = pattern.slots[place]
        for edge in edges if isinstance(slot, str) else ():
            if edge.start == slot and not isinstance(edge.end, str):
                yield Guard(place, interned.way(edge.way), edge.end)
            elif edge.of is not None and slot in (edge.start, edge.end):
                way = edge.way if edge.start == slot else backwards(edge.way)
                yield Guard(place, interned.way(way), None)


def way_along(path: Path) -> Way:
    """A property path as a way.

    >>> from nhm_graph.rdf.terms import RDF
    >>> way_along(Inverse(Predicate(RDF("type"))))[0].start
    2
    """
    match path:
        case Predicate(iri):
            return (Hop((None, iri, None), 0, 2),)
        case Inverse(inner):
            return backwards(way_along(inner))
        case Sequence(parts):
            return tuple(step for part in parts for step in way_along(part))
        case Alternative(parts):
            return (Fork(tuple(map(way_along, parts))),)
        case ZeroOrMore(inner):
            return (Loop(way_along(inner)),)
        case OneOrMore(inner):
            return (*way_along(inner), Loop(way_along(inner)))
        case ZeroOrOne(inner):
            return (Fork(((), way_along(inner))),)


def _fixed(slots: tuple[Slot, Slot, Slot]) -> Fixed:
    subject, predicate, value = (None if isinstance(slot, str) else slot for slot in slots)
    return subject, predicate, value


def _ways_to_focus(start: str, edges: Iterable[_Edge]) -> list[Way]:
    """The chains of edges from a variable to the focus node, shortest first, none twice through
    the same variable."""
    beside: dict[str, list[tuple[str, Way]]] = {}
    for edge in edges:
        if isinstance(edge.start, str) and isinstance(edge.end, str):
            beside.setdefault(edge.start, []).append((edge.end, edge.way))
            beside.setdefault(edge.end, []).append((edge.start, backwards(edge.way)))
    found: list[Way] = []
    pending: deque[tuple[str, Way, frozenset[str]]] = deque([(start, (), frozenset((start,)))])
    while pending and len(found) < _MOST_WAYS:
        node, way, passed = pending.popleft()
        if node == THIS:
            found.append(way)
            continue
        for following, along in beside.get(node, ()):
            if following not in passed and len(passed) <= _LONGEST:
                pending.append((following, (*way, *along), passed | {following}))
    return found


def _cost(way: Way) -> int:
    """A guess at how much a way reads, to try the likely ones first."""
    return sum(1 if isinstance(step, Hop) and step.start < step.end else 3 for step in way)
