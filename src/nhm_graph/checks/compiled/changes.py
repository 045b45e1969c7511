"""What a change of the data changes in the findings, without checking everything again.

A plan knows for each triple pattern of each check how to get from a changed triple to the nodes
whose results may differ, and from such a node to the triples that decide them. Only those triples
are put into a small store, and only the checks concerned are run on it. So a change can be judged
before it is written, and what is read for it does not grow with the number of cities, save where
many nodes share what changes (a class, a municipality, an identifier).
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

import pyoxigraph as ox

from nhm_graph.checks.compiled.changes_near import Neighbourhood
from nhm_graph.checks.compiled.changes_plan import FARTHEST, Focus, Part, Plan
from nhm_graph.checks.compiled.changes_plan import plan_changes as plan_changes
from nhm_graph.checks.compiled.changes_states import Difference
from nhm_graph.checks.compiled.changes_states import lookup_in as lookup_in
from nhm_graph.checks.compiled.compiling import Check, Handed
from nhm_graph.checks.compiled.model import Target
from nhm_graph.checks.compiled.reach_patterns import Sight
from nhm_graph.checks.compiled.reach_ways import PLACES, Lookup, Place, TooFar, Walker, term_at
from nhm_graph.checks.compiled.run import Result, asking, run_checks
from nhm_graph.checks.compiled.targets import Filling
from nhm_graph.checks.compiled.triples import Node, Term

_EMPTY: Mapping[Term, frozenset[Result]] = {}


@dataclass(frozen=True, slots=True)
class Change:
    """What a change does to the results: those that come, those that go.

    `stayed` are the results that were looked at again and are as before; whatever is in none of the
    three stays, too. `handed` are shapes of which nothing is known, as they are not compiled.
    """

    new: frozenset[Result]
    gone: frozenset[Result]
    stayed: frozenset[Result]
    handed: tuple[Handed, ...] = ()


@dataclass(slots=True)
class Known:
    """The results of the present state, found by part and focus node.

    >>> len(list(Known(())))
    0
    """

    results: Iterable[Result]
    _parts: dict[Part, dict[Term, frozenset[Result]]] = field(init=False)

    def __post_init__(self) -> None:
        self._parts = defaultdict(dict)
        for result in self.results:
            self._add(result)
        self.results = ()

    def __iter__(self) -> Iterator[Result]:
        return (
            result for part in self._parts.values() for found in part.values() for result in found
        )

    def of(self, part: Part, focus: Focus) -> Iterator[Result]:
        """The results of a part on these focus nodes."""
        known = self._parts.get(part, _EMPTY)
        nodes = known if focus is None else focus
        return (result for node in nodes for result in known.get(node, ()))

    def apply(self, change: Change) -> None:
        """Makes them the results of the state after a change."""
        for result in change.gone:
            part = self._parts[result.shape, result.component]
            rest = part.pop(result.focus, frozenset()) - {result}
            if rest:
                part[result.focus] = rest
        for result in change.new:
            self._add(result)

    def _add(self, result: Result) -> None:
        part = self._parts[result.shape, result.component]
        part[result.focus] = part.get(result.focus, frozenset()) | {result}


def affected(
    plan: Plan, added: Iterable[ox.Triple], removed: Iterable[ox.Triple], before: Lookup
) -> dict[Check, Focus]:
    """The focus nodes on which each check may find something else, before against after.

    None means all focus nodes. Checks that are not named find the same as before. `before` looks
    quads up in the state before the change, as `lookup_in(store)` does.
    """
    found = _Affected(plan, Difference(before, added, removed)).found()
    return {plan.compiled.checks[number]: focus for number, focus in found.items()}


def recheck(
    plan: Plan,
    known: Known,
    added: Iterable[ox.Triple],
    removed: Iterable[ox.Triple],
    before: Lookup,
) -> Change:
    """What the change does to the results, known of the state before it.

    The data may still be as before or not: only `before` is read. Triples that are added although
    present, or removed although absent, do no harm. Nothing is written, nor is `known` changed.
    """
    difference = Difference(before, added, removed)
    focus = _by_part(plan, _Affected(plan, difference).found())
    if not focus:
        return Change(frozenset(), frozenset(), frozenset())
    old = {result for part, nodes in focus.items() for result in known.of(part, nodes)}
    now = set(_run(plan, focus, Walker(difference.after)))
    handed = plan.compiled.handed
    return Change(frozenset(now - old), frozenset(old - now), frozenset(now & old), handed)


def _by_part(plan: Plan, found: Mapping[int, Focus]) -> dict[Part, Focus]:
    """Checks that write the same part of a report are run together, on the same focus nodes."""
    merged: dict[Part, Focus] = {}
    for number, focus in found.items():
        check = plan.compiled.checks[number]
        part = (check.shape, check.component)
        if part in merged:
            other = merged[part]
            focus = None if focus is None or other is None else focus | other
        merged[part] = focus
    return merged


@dataclass(slots=True)
class _Affected:
    plan: Plan
    difference: Difference
    _everything: set[int] = field(default_factory=set)
    _nodes: dict[int, set[Term]] = field(default_factory=lambda: defaultdict(set))
    _targets: dict[tuple[Node, Term], bool] = field(default_factory=dict)
    _kinds: dict[Term, set[Term]] = field(default_factory=dict)

    def found(self) -> dict[int, Focus]:
        walker = Walker(self.difference.both)
        for triple in self.difference.triples:
            watches = self.plan.by_predicate.get(triple.predicate, ())
            for watch in (*watches, *self.plan.any_predicate):
                self._seen(walker, triple, watch.sight, watch.checks)
        found: dict[int, Focus] = {number: None for number in self._everything}
        for number, nodes in self._nodes.items():
            if number not in self._everything:
                here = frozenset(self._targeted(walker, self.plan.compiled.checks[number], nodes))
                if here:
                    found[number] = here
        return found

    def _seen(
        self, walker: Walker, triple: ox.Triple, sight: Sight, numbers: tuple[int, ...]
    ) -> None:
        terms = tuple(term_at(triple, place) for place in PLACES)
        if any(
            wanted is not None and wanted != term
            for wanted, term in zip(sight.fixed, terms, strict=True)
        ):
            return
        try:
            for guard in sight.guards:
                term = terms[guard.place]
                if guard.goal is None:
                    if not walker.leads_on(guard.way, term):
                        return
                elif guard.goal not in walker.walk(guard.way, (term,), FARTHEST):
                    return
            options = [(way, terms[place]) for place, way in sight.back]
            nodes = walker.nearest(options, FARTHEST) if options else None
        except TooFar:
            nodes = None
        if nodes is None:
            self._everything.update(numbers)
        elif nodes:
            for number in numbers:
                self._nodes[number] |= nodes

    def _targeted(self, walker: Walker, check: Check, nodes: Iterable[Term]) -> Iterator[Term]:
        """Those that the check looks at in either state; all, where a path leads there first."""
        for node in nodes:
            if check.place.steps or self._is_target(walker, check, node):
                yield node

    def _is_target(self, walker: Walker, check: Check, node: Term) -> bool:
        key = (check.root.term, node)
        if key not in self._targets:
            self._targets[key] = any(self._chosen(walker, target, node) for target in check.targets)
        return self._targets[key]

    def _chosen(self, walker: Walker, target: Target, node: Term) -> bool:
        if target.kind == "class":
            if node not in self._kinds:
                self._kinds[node] = walker.walk(self.plan.kinds, (node,), FARTHEST)
            return target.term in self._kinds[node]
        if target.kind == "node":
            return target.term == node
        place: Place = 0 if target.kind == "subjectsOf" else 2
        fixed = (None, target.term, None)
        return next(iter(walker.matching(fixed, place, node)), None) is not None


def _run(plan: Plan, focus: Mapping[Part, Focus], walker: Walker) -> Iterator[Result]:
    """The results on these focus nodes in the state in which the walker walks."""
    near = Neighbourhood(plan, walker)
    # Checks by the nodes on which they may find something, None for all.
    alike: dict[Focus, list[int]] = defaultdict(list)
    for part, nodes in focus.items():
        for number in plan.parts[part]:
            alike[near.seen_from(number, nodes)].append(number)
    alike.pop(frozenset(), None)
    store = ox.Store()
    store.extend(near.quads())
    classes = {each for numbers in alike.values() for at in numbers for each in plan.classes[at]}
    filling = Filling({each: _below(plan, walker, each) for each in classes})
    for here, numbers in alike.items():
        for checks, nodes in _together(plan, here, numbers):
            some = replace(plan.compiled, checks=checks)
            for result in run_checks(some, asking(store), nodes, filling):
                if here is None or result.focus in here:
                    yield result


def _together(
    plan: Plan, focus: Focus, numbers: Iterable[int]
) -> Iterator[tuple[tuple[Check, ...], Focus]]:
    """Checks with the nodes to which their queries can be restricted, None for all.

    Where paths lead from the target to the focus node, that can be done for targets only.
    """
    checks = [plan.compiled.checks[number] for number in numbers]
    yield tuple(each for each in checks if not each.place.steps), focus
    yield tuple(each for each in checks if each.place.steps), None


def _below(plan: Plan, walker: Walker, top: ox.NamedNode) -> tuple[ox.NamedNode, ...]:
    found = walker.walk(plan.below, (top,), FARTHEST)
    return tuple(each for each in found if isinstance(each, ox.NamedNode))
