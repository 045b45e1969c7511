"""The triples that decide what checks find on given focus nodes."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice

import pyoxigraph as ox

from nhm_graph.checks.compiled.changes_plan import FARTHEST, Focus, Plan
from nhm_graph.checks.compiled.reach_patterns import Sight
from nhm_graph.checks.compiled.reach_ways import Fixed, Place, Sign, TooFar, Walker, Way
from nhm_graph.checks.compiled.triples import Term

# So many triples may the first attempt on a way read.
_FIRST = 64
# So many terms are looked up more quickly than it is found out which of them do not matter.
_MANY = 100


@dataclass(slots=True)
class Neighbourhood:
    """What checks see from focus nodes, in the state of the graph in which the walker walks.

    A pattern that nothing ties to the focus node is taken whole, as is one that lies too far.
    """

    plan: Plan
    walker: Walker
    _looked: dict[tuple[Fixed, Place, Term, bool], list[ox.Quad]] = field(default_factory=dict)
    _whole: dict[Fixed, list[ox.Quad]] = field(default_factory=dict)
    # For a pattern and a focus node, whether there is any triple.
    _taken: dict[tuple[int, Term], bool] = field(default_factory=dict)
    _signs: dict[tuple[int, Term], bool] = field(default_factory=dict)

    def seen_from(self, check: int, focus: Focus) -> Focus:
        """Takes what a check sees from these focus nodes (None: all of them).

        Those of them are returned where it may find something. Of what is seen from the others
        only a part may have been taken, so that it must not be run for them.
        """
        if focus is None:
            for number in self.plan.reads[check]:
                self._take_whole(self.plan.sights[number])
            return None
        nodes: Iterable[Term] = focus
        for sign in self.plan.signs[check]:
            nodes = [node for node in nodes if self._may_be(sign, node)]
        for number in self.plan.needs[check]:
            nodes = [node for node in nodes if self._take(number, node)]
        for number in self.plan.reads[check] if nodes else ():
            for node in nodes:
                self._take(number, node)
        return frozenset(nodes)

    def _may_be(self, sign: Sign, node: Term) -> bool:
        """Whether a sign is so at a node, or it takes long to say."""
        key = (id(sign), node)
        if key not in self._signs:
            try:
                self._signs[key] = sign.holds(self.walker.walk(sign.way, (node,), _FIRST))
            except TooFar:
                self._signs[key] = True
        return self._signs[key]

    def quads(self) -> Iterator[ox.Quad]:
        """All that was taken, in the default graph; some of it more than once."""
        for found in (*self._whole.values(), *self._looked.values()):
            yield from found

    def _take(self, number: int, node: Term) -> bool:
        """Takes the triples that match a pattern as seen from a node; whether there are any."""
        key = (number, node)
        taken = self._taken.get(key)
        if taken is None:
            taken = self._taken[key] = self._found(self.plan.sights[number], node)
        return taken

    def _found(self, sight: Sight, node: Term) -> bool:
        if sight.fixed in self._whole:
            return bool(self._whole[sight.fixed])
        budget = _FIRST
        while sight.ways and budget < FARTHEST * 8:
            for place, way in sight.ways:
                try:
                    ends = self._ends(sight, place, way, node, budget)
                    return self._looked_up(sight, place, ends, budget)
                except TooFar:
                    continue
            if self._is_rare(sight, budget):
                break
            budget *= 8
        return self._take_whole(sight)

    def _is_rare(self, sight: Sight, most: int) -> bool:
        """Whether so few triples match the pattern anywhere that it is cheaper to take them all."""
        found = iter(self.walker.lookup(*sight.fixed))
        return next(islice(found, most, None), None) is None

    def _ends(
        self, sight: Sight, place: Place, way: Way, node: Term, budget: int
    ) -> Iterable[Term]:
        if not way:
            return (node,)
        ends = self.walker.walk(way, (node,), budget)
        if len(ends) <= _MANY:
            return ends
        others = [(each, node) for at, each in sight.ways if at == place and each is not way]
        return self.walker.narrowed(ends, others)

    def _take_whole(self, sight: Sight) -> bool:
        if sight.fixed not in self._whole:
            self._whole[sight.fixed] = [_bare(each) for each in self.walker.lookup(*sight.fixed)]
        return bool(self._whole[sight.fixed])

    def _looked_up(self, sight: Sight, place: Place, ends: Iterable[Term], most: int) -> bool:
        some = False
        for end in ends:
            key = (sight.fixed, place, end, sight.witness)
            found = self._looked.get(key)
            if found is None:
                found = []
                for quad in self.walker.matching(sight.fixed, place, end):
                    found.append(_bare(quad))
                    if sight.witness:
                        break
                    if len(found) > most:
                        raise TooFar
                self._looked[key] = found
            most -= len(found)
            some = some or bool(found)
        return some


def _bare(quad: ox.Quad) -> ox.Quad:
    return ox.Quad(quad.subject, quad.predicate, quad.object)
