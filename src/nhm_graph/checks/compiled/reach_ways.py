"""Ways through a graph, from one term to others: the links that a pattern follows, as values.

A way is followed in both directions: from a changed triple to the nodes that a check looks at, and
from such a node to the triples that decide what the check finds.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import pyoxigraph as ox

from nhm_graph.checks.compiled.triples import Term

# 0 subject, 1 predicate, 2 object.
Place: TypeAlias = Literal[0, 1, 2]
PLACES: tuple[Place, ...] = (0, 1, 2)
Fixed: TypeAlias = tuple[Term | None, Term | None, Term | None]
# The quads with this subject, predicate and object, None for any.
Lookup: TypeAlias = Callable[[Term | None, Term | None, Term | None], Iterable[ox.Quad]]


@dataclass(frozen=True, slots=True)
class Hop:
    """Along one triple, from one of its places to another. `fixed` are the terms it must have."""

    fixed: Fixed
    start: Place
    end: Place


@dataclass(frozen=True, slots=True)
class Loop:
    """A way, any number of times, also none."""

    way: "Way"


@dataclass(frozen=True, slots=True)
class Fork:
    """Any of several ways."""

    ways: tuple["Way", ...]


Step: TypeAlias = Hop | Loop | Fork
Way: TypeAlias = tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Sign:
    """What has to be so at the focus node, or else the check finds nothing there.

    The way leads from there to at least and at most so many terms (of the goals, if any).
    """

    way: Way
    goals: frozenset[Term] | None
    least: int = 0
    most: int | None = None

    def holds(self, ends: set[Term]) -> bool:
        """Whether it is so, the way leading to these ends.

        >>> Sign((), None, least=1).holds(set())
        False
        """
        count = len(ends if self.goals is None else ends & self.goals)
        return self.least <= count and (self.most is None or count <= self.most)


# So few terms are not worth a second walk.
_FEW = 4
_SMALL = 16
_SUBJECTS = (ox.NamedNode, ox.BlankNode)


class TooFar(Exception):
    """A walk has read more triples than it may. Caught within the package."""


def backwards(way: Way) -> Way:
    """The way from its end to its start.

    >>> backwards((Hop((None, None, None), 0, 2),))
    (Hop(fixed=(None, None, None), start=2, end=0),)
    """
    return tuple(_turned(step) for step in reversed(way))


def _turned(step: Step) -> Step:
    match step:
        case Hop(fixed, start, end):
            return Hop(fixed, end, start)
        case Loop(way):
            return Loop(backwards(way))
        case Fork(ways):
            return Fork(tuple(map(backwards, ways)))


class Walker:
    """Walks in one state of a graph. What a hop leads to is kept, as many checks share their ways.

    >>> a, p, b = (ox.NamedNode(f"http://e/{each}") for each in "apb")
    >>> store = ox.Store()
    >>> store.add(ox.Quad(a, p, b))
    >>> walker = Walker(lambda *terms: store.quads_for_pattern(*terms, None))
    >>> walker.walk((Hop((None, p, None), 0, 2),), {a}, 9) == {b}
    True
    """

    def __init__(self, lookup: Lookup) -> None:
        self.lookup = lookup
        self._kept: dict[tuple[int, Term], tuple[Term, ...]] = {}
        # By identity, as hashing a way each time costs more than the walk; hence kept alive here.
        self._hops: dict[int, Hop] = {}
        self._halves: dict[int, list[tuple[Way, Way]]] = {}
        self._led: dict[tuple[int, Term, Term], bool] = {}
        self._on: dict[tuple[int, Term], bool] = {}
        self._ways: list[Way] = []
        self._left = 0

    def walk(self, way: Way, start: Iterable[Term], most: int) -> set[Term]:
        """Where the way leads from these terms. Raises TooFar after reading `most` triples."""
        self._left = most
        return self._walk(way, set(start))

    def nearest(self, options: Sequence[tuple[Way, Term]], most: int) -> set[Term]:
        """Where all of the ways lead, as far as that is found out cheaply.

        The way that reads the fewest triples, give or take a factor of eight, is followed; where
        it leads to more than a few terms, those are left out to which another way does not lead.
        Raises TooFar where each way reads more than `most`.
        """
        budget = 16 if len(options) > 1 else most
        while budget < most * 8:
            for way, start in options:
                try:
                    found = self.walk(way, (start,), min(budget, most))
                except TooFar:
                    continue
                return self.narrowed(found, [each for each in options if each[0] is not way])
            budget *= 8
        raise TooFar

    def narrowed(self, found: set[Term], others: Sequence[tuple[Way, Term]]) -> set[Term]:
        """Those of many terms to which the other ways lead as well, if that is cheap to say."""
        for way, start in others:
            if len(found) <= _FEW:
                break
            found = {end for end in found if self._leads(way, start, end)}
        return found

    def _leads(self, way: Way, start: Term, end: Term) -> bool:
        key = (id(way), start, end)
        if key not in self._led:
            self._led[key] = self._may_lead(way, start, end)
        return self._led[key]

    def _may_lead(self, way: Way, start: Term, end: Term) -> bool:
        """Whether a way leads from one term to another: the two walk towards each other."""
        halves = self._halves.get(id(way))
        if halves is None:
            turned = backwards(way)
            halves = [(way[:at], turned[: len(way) - at]) for at in range(len(way) + 1)]
            self._halves[id(way)] = halves
            self._ways.append(way)
        for first, last in halves:
            try:
                met = self.walk(first, (start,), _SMALL) & self.walk(last, (end,), _SMALL)
            except TooFar:
                continue
            return bool(met)
        return True

    def _walk(self, way: Way, reached: set[Term]) -> set[Term]:
        for step in way:
            if not reached:
                return reached
            match step:
                case Hop():
                    reached = {end for start in reached for end in self._hop(step, start)}
                case Loop(inner):
                    reached = self._closure(inner, reached)
                case Fork(ways):
                    reached = set().union(*(self._walk(each, reached) for each in ways))
        return reached

    def _closure(self, way: Way, reached: set[Term]) -> set[Term]:
        found = set(reached)
        while reached:
            reached = self._walk(way, reached) - found
            found |= reached
        return found

    def _hop(self, hop: Hop, start: Term) -> tuple[Term, ...]:
        key = (id(hop), start)
        kept = self._kept.get(key)
        if kept is None:
            self._hops[id(hop)] = hop
            found = []
            for quad in self.matching(hop.fixed, hop.start, start):
                found.append(term_at(quad, hop.end))
                self._left -= 1
                if self._left < 0:
                    raise TooFar
            kept = self._kept[key] = tuple(found)
        return kept

    def leads_on(self, way: Way, start: Term) -> bool:
        """Whether a way of one hop leads anywhere; reads one triple."""
        (hop,) = way
        assert isinstance(hop, Hop)
        key = (id(hop), start)
        found = self._on.get(key)
        if found is None:
            self._hops[id(hop)] = hop
            matching = iter(self.matching(hop.fixed, hop.start, start))
            found = self._on[key] = next(matching, None) is not None
        return found

    def matching(self, fixed: Fixed, place: Place, term: Term) -> Iterable[ox.Quad]:
        """The quads that have these terms, and the term in this place, where none is fixed."""
        subject, predicate, value = fixed
        if place == 0:
            if not isinstance(term, _SUBJECTS):
                return ()
            subject = term
        elif place == 1:
            if not isinstance(term, ox.NamedNode):
                return ()
            predicate = term
        else:
            value = term
        return self.lookup(subject, predicate, value)


def term_at(quad: ox.Quad | ox.Triple, place: Place) -> Term:
    """The term in a place of a quad.

    >>> a = ox.NamedNode("http://e/a")
    >>> term_at(ox.Quad(a, a, ox.Literal("x")), 2).value
    'x'
    """
    if place == 0:
        return quad.subject  # type: ignore[return-value]  # no triple is a subject here
    return quad.predicate if place == 1 else quad.object  # type: ignore[return-value]
