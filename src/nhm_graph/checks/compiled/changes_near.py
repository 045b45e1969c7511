"""The triples that decide what checks find on given focus nodes."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import pyoxigraph as ox

from nhm_graph.checks.compiled.changes_plan import FARTHEST, Focus, Plan
from nhm_graph.checks.compiled.reach_patterns import Sight
from nhm_graph.checks.compiled.reach_ways import Fixed, Place, TooFar, Walker, Way
from nhm_graph.checks.compiled.triples import Term


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

    def holds(self, check: int, focus: Focus) -> bool:
        """Takes what a check sees from these focus nodes (None: all of them).

        False where it can find nothing there; then not all of it may have been taken.
        """
        if focus is None:
            for number in self.plan.reads[check]:
                self._take_whole(self.plan.sights[number])
            return True
        nodes: Iterable[Term] = focus
        for number in self.plan.needs[check]:
            nodes = [node for node in nodes if self._take(number, node)]
        for number in self.plan.reads[check] if nodes else ():
            for node in nodes:
                self._take(number, node)
        return bool(nodes)

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
        budget = 16
        while sight.ways and budget < FARTHEST * 8:
            for place, way in sight.ways:
                try:
                    ends = self._ends(sight, place, way, node, budget)
                    return self._looked_up(sight, place, ends, budget)
                except TooFar:
                    continue
            budget *= 8
        return self._take_whole(sight)

    def _ends(
        self, sight: Sight, place: Place, way: Way, node: Term, budget: int
    ) -> Iterable[Term]:
        if not way:
            return (node,)
        ends = self.walker.walk(way, (node,), budget)
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
