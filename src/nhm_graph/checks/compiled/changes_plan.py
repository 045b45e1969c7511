"""The plan by which changes are judged: the triple patterns of all checks, by their predicates."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

import pyoxigraph as ox

from nhm_graph.checks.compiled.compiling import Compiled
from nhm_graph.checks.compiled.paths import Inverse, Predicate, ZeroOrMore
from nhm_graph.checks.compiled.reach import watched
from nhm_graph.checks.compiled.reach_core import KINDS
from nhm_graph.checks.compiled.reach_patterns import Interned, Sight, way_along
from nhm_graph.checks.compiled.reach_ways import Sign, Way
from nhm_graph.checks.compiled.targets import classes_in
from nhm_graph.checks.compiled.triples import Node, Term
from nhm_graph.rdf.terms import RDFS

# The part of a report that a check writes: results name their shape and their component.
Part: TypeAlias = tuple[Node, ox.NamedNode]
# Focus nodes, or None for all of them.
Focus: TypeAlias = frozenset[Term] | None
# A walk that reads more triples than this costs more than to check all focus nodes.
FARTHEST = 100_000


@dataclass(frozen=True, slots=True, eq=False)
class Watch:
    """A triple pattern with the numbers of the checks that have it."""

    sight: Sight
    checks: tuple[int, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """The checks by the predicates that concern them. Made once and kept; see `plan_changes`.

    Checks and patterns go by their numbers, as hashing them costs more than what is done with them.
    """

    compiled: Compiled
    by_predicate: Mapping[Term, tuple[Watch, ...]]
    any_predicate: tuple[Watch, ...]
    sights: tuple[Sight, ...]
    # For each check the numbers of its patterns, of those among them without which it finds
    # nothing, its signs, and the classes whose subclasses matter to it.
    reads: tuple[tuple[int, ...], ...]
    needs: tuple[tuple[int, ...], ...]
    signs: tuple[tuple[Sign, ...], ...]
    classes: tuple[frozenset[ox.NamedNode], ...]
    parts: Mapping[Part, tuple[int, ...]]
    # From a node to its classes; from a class to those at or below it.
    kinds: Way
    below: Way


def plan_changes(compiled: Compiled) -> Plan:
    """The plan for the checks of a shapes graph. Takes about a second for a hundred checks.

    >>> from nhm_graph.checks.compiled.compiling import compile_shapes
    >>> plan_changes(compile_shapes(())).sights
    ()
    """
    interned = Interned()
    having: dict[Sight, list[int]] = defaultdict(list)
    every = tuple(watched(compiled, interned))
    for number, each in enumerate(every):
        for sight in each.sights:
            having[sight].append(number)
    reads: list[list[int]] = [[] for _ in compiled.checks]
    by_predicate: dict[Term, list[Watch]] = defaultdict(list)
    any_predicate: list[Watch] = []
    for place, (sight, numbers) in enumerate(having.items()):
        watch, predicate = Watch(sight, tuple(numbers)), sight.fixed[1]
        (any_predicate if predicate is None else by_predicate[predicate]).append(watch)
        for number in numbers:
            reads[number].append(place)
    places = {sight: place for place, sight in enumerate(having)}
    parts: dict[Part, list[int]] = defaultdict(list)
    for number, check in enumerate(compiled.checks):
        parts[check.shape, check.component].append(number)
    return Plan(
        compiled,
        {predicate: tuple(watches) for predicate, watches in by_predicate.items()},
        tuple(any_predicate),
        tuple(having),
        tuple(map(tuple, reads)),
        tuple(tuple(map(places.__getitem__, each.needed)) for each in every),
        tuple(each.signs for each in every),
        tuple(frozenset(classes_in(each.text, each.targets)) for each in compiled.checks),
        {part: tuple(numbers) for part, numbers in parts.items()},
        interned.way(way_along(KINDS)),
        interned.way(way_along(ZeroOrMore(Inverse(Predicate(RDFS("subClassOf")))))),
    )
