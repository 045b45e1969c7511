"""How far a rule looks: which triples can change what it says about a node.

It is derived from the shape: each triple pattern that a check reads, and each chain of patterns
that ties it to the focus node.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum
from itertools import pairwise

from nhm_graph.checks.compiled.compiling import Check, Compiled
from nhm_graph.checks.compiled.reach_core import is_schema, scope_of
from nhm_graph.checks.compiled.reach_patterns import OPAQUE, Interned, Sight
from nhm_graph.checks.compiled.reach_signs import signs_of
from nhm_graph.checks.compiled.reach_ways import Fork, Loop, Sign, Step, Way
from nhm_graph.checks.compiled.triples import Node


class Reach(IntEnum):
    """How far a rule looks, from near to far.

    NODE: at triples in which the focus node itself stands.
    NEIGHBOURS: along chains of links whose length the rule fixes, out from the focus node or in
    towards it, or first in and then out.
    CITY: along chains of any length, or at triples that nothing but a filter ties to the node, or
    at something that is not understood.
    ALL: from the node to a value and back to whatever else has that value, as with two equal
    identifiers. The value may be shared by cities, so that no bound lies within one.

    The hierarchy of classes is left out: it is the same for all.
    """

    NODE = 0
    NEIGHBOURS = 1
    CITY = 2
    ALL = 3


@dataclass(frozen=True, slots=True)
class Watched:
    """A check with the triple patterns that it reads.

    Where one that is `needed` has no match around a node, or one of the signs is not so, the check
    finds nothing there.
    """

    check: Check
    sights: tuple[Sight, ...]
    needed: tuple[Sight, ...]
    signs: tuple[Sign, ...]

    @property
    def reach(self) -> Reach:
        """The farthest that one of its patterns lies from the focus node."""
        return max((_reach(sight) for sight in self.sights), default=Reach.NODE)


def watched(compiled: Compiled, interned: Interned | None = None) -> Iterator[Watched]:
    """For each check, what it reads."""
    interned = interned or Interned()
    for check in compiled.checks:
        scope = scope_of(compiled.shapes, check)
        sights = dict.fromkeys(scope.sights(interned))
        needed = dict.fromkeys(scope.needed_sights(interned))
        signs = dict.fromkeys((*signs_of(compiled.shapes, check), *scope.all_signs()))
        signs = dict.fromkeys(map(interned.sign, sorted(signs, key=lambda each: len(each.way))))
        yield Watched(check, tuple(sights), tuple(needed), tuple(signs))


def reaches(compiled: Compiled) -> Mapping[Node, Reach]:
    """The reach of each shape with a target: the farthest of its checks.

    A shape that was handed over has the reach CITY, as nothing is derived for it.

    >>> import pyoxigraph as ox
    >>> from nhm_graph.checks.compiled.compiling import compile_shapes
    >>> shape = '''PREFIX sh: <http://www.w3.org/ns/shacl#>
    ... <x:S> sh:targetClass <x:C> ; sh:property [ sh:path <x:p> ; sh:class <x:D> ] .'''
    >>> found = reaches(compile_shapes(ox.parse(shape, format=ox.RdfFormat.TURTLE)))
    >>> found[ox.NamedNode("x:S")].name
    'NEIGHBOURS'
    """
    found: dict[Node, Reach] = {each.root: Reach.CITY for each in compiled.handed}
    for each in watched(compiled):
        root = each.check.root.term
        found[root] = max(found.get(root, Reach.NODE), each.reach)
    return found


def _reach(sight: Sight) -> Reach:
    if is_schema(sight.fixed[1]):
        return Reach.NODE
    if sight is OPAQUE or not sight.ways:
        return Reach.CITY
    return min(_of_way(way, place) for place, way in sight.ways)


def _of_way(way: Way, place: int) -> Reach:
    """The reach of a way from the focus node to a term in this place of a triple."""
    hops = list(_directions(way))
    if not hops:
        return Reach.NODE
    # The triple itself is read from there on: inwards, where the way leads to its object.
    hops.append(place == 0)
    if any(before and not after for before, after in pairwise(hops)):
        return Reach.ALL
    return Reach.CITY if _repeats(way) else Reach.NEIGHBOURS


def _directions(way: Way) -> Iterator[bool]:
    """For each hop whether it leads out, from a subject. What repeats is walked twice."""
    for step in way:
        yield from _of_step(step)


def _of_step(step: Step) -> Iterator[bool]:
    if isinstance(step, Loop):
        if not is_schema_loop(step):
            yield from (*_directions(step.way), *_directions(step.way))
    elif isinstance(step, Fork):
        # The branch that turns, if one does; else the longest.
        yield from max((tuple(_directions(way)) for way in step.ways), key=_weight)
    else:
        yield step.start < step.end


def _weight(hops: tuple[bool, ...]) -> tuple[bool, int]:
    return any(a and not b for a, b in pairwise(hops)), len(hops)


def _repeats(way: Way) -> bool:
    return any(
        (isinstance(step, Loop) and not is_schema_loop(step))
        or (isinstance(step, Fork) and any(map(_repeats, step.ways)))
        for step in way
    )


def is_schema_loop(loop: Loop) -> bool:
    """Whether what repeats leads along the hierarchy of classes.

    >>> is_schema_loop(Loop(()))
    True
    """
    return all(not isinstance(step, (Loop, Fork)) and is_schema(step.fixed[1]) for step in loop.way)
