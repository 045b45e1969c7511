"""The states of a graph around a change: before, after, and both together, without copying it."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

import pyoxigraph as ox

from nhm_graph.checks.compiled.reach_ways import Lookup
from nhm_graph.checks.compiled.triples import Term


def lookup_in(store: ox.Store, graphs: Sequence[ox.NamedNode] | None = None) -> Lookup:
    """Looks up quads in a store: in all its graphs, or in these.

    >>> list(lookup_in(ox.Store())(None, None, None))
    []
    """
    if graphs is None:
        return store.quads_for_pattern  # type: ignore[return-value]
    named = tuple(graphs)

    def look(subject: Term | None, predicate: Term | None, value: Term | None) -> Iterator[ox.Quad]:
        for graph in named:
            yield from store.quads_for_pattern(subject, predicate, value, graph)  # type: ignore[arg-type]

    return look


class Difference:
    """A change: triples that come and triples that go, seen beside the state before it.

    A triple that both comes and goes stays. Terms are compared as Oxigraph writes them (1.50 is
    1.5), and graphs do not count: `removed` are triples that afterwards stand in no graph.

    >>> a, p = ox.NamedNode("http://e/a"), ox.NamedNode("http://e/p")
    >>> change = Difference(lookup_in(ox.Store()), [ox.Triple(a, p, a)], [])
    >>> len(list(change.both(a, None, None))), len(change.triples)
    (1, 1)
    """

    def __init__(
        self, before: Lookup, added: Iterable[ox.Triple], removed: Iterable[ox.Triple]
    ) -> None:
        self.before = before
        self._added = _stored(added)
        come = {quad.triple for quad in self._added}
        gone = {quad.triple for quad in _stored(removed)} - come
        self.triples: tuple[ox.Triple, ...] = (*come, *gone)
        self._gone = gone
        self._touched = {triple.predicate for triple in gone}
        self._new = {triple.predicate for triple in come}

    def both(
        self, subject: Term | None, predicate: Term | None, value: Term | None
    ) -> Iterable[ox.Quad]:
        """What stands in the state before or after."""
        found = self.before(subject, predicate, value)
        if predicate is not None and predicate not in self._new:
            return found
        return chain(found, self._added.quads_for_pattern(subject, predicate, value))  # type: ignore[arg-type]

    def after(
        self, subject: Term | None, predicate: Term | None, value: Term | None
    ) -> Iterable[ox.Quad]:
        """What stands in the state after."""
        if predicate is not None and predicate not in self._touched:
            if predicate not in self._new:
                return self.before(subject, predicate, value)
            return self.both(subject, predicate, value)
        found = self.both(subject, predicate, value)
        if not self._gone:
            return found
        return (quad for quad in found if quad.triple not in self._gone)


def _stored(triples: Iterable[ox.Triple]) -> ox.Store:
    store = ox.Store()
    store.extend(ox.Quad(each.subject, each.predicate, each.object) for each in triples)
    return store
