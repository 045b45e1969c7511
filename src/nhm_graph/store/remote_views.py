"""Graphs of another SPARQL engine, copied whole into memory, where named questions are evaluated.

Engines get different things wrong (docs/engines.md); handing out the triples of a graph is what all
of them do rightly.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

import pyoxigraph as ox

from nhm_graph.errors import Overrun, TooLarge
from nhm_graph.store.remote_http import Limits, Reply, incomplete, overrun, too_large
from nhm_graph.store.remote_results import quads, table
from nhm_graph.store.rows import rows

# Text, form, graphs and limits of a query.
Ask: TypeAlias = Callable[[str, str, Sequence[str], Limits], Reply]
# A graph that changes between counting and reading looks cut off; the next try sees it calm.
_TRIES = 2


def all_of(name: str) -> str:
    """The query for the triples of a graph.

    >>> all_of("http://e/g")
    'CONSTRUCT { ?s ?p ?o } { GRAPH <http://e/g> { ?s ?p ?o } }'
    """
    return f"CONSTRUCT {{ ?s ?p ?o }} {{ GRAPH {ox.NamedNode(name)} {{ ?s ?p ?o }} }}"


def copied(ask: Ask, graphs: Sequence[str], limits: Limits, *, apart: bool) -> ox.Store:
    """These graphs in memory: merged in the default graph, and each by itself too where `apart`.

    The limits hold for all graphs together. Each is counted by the engine, too, because engines cut
    long answers without saying so. Raises Overrun, TooLarge, and StoreProblem where fewer triples
    came than were counted.

    >>> len(copied(lambda *asked: Reply(b"", framed=True), [], Limits(30, 1000), apart=False))
    0
    """
    copy = _Copy(ask, limits, apart)
    for name in copy.short_of(graphs):
        raise incomplete(f"GRAPH <{name}>")
    return copy.store


class _Copy:
    """A copy while it is made, and what is left of the limits."""

    def __init__(self, ask: Ask, limits: Limits, apart: bool) -> None:
        self.store = ox.Store()
        self._ask = ask
        self._limits = limits
        self._apart = apart
        self._until = time.monotonic() + limits.seconds
        self._bytes_left = limits.bytes

    def short_of(self, graphs: Sequence[str]) -> Sequence[str]:
        """Reads the graphs; those that did not come whole."""
        for _ in range(_TRIES):
            if not graphs:
                break
            expected = self._counted(graphs)
            graphs = [name for name in graphs if not self._add(name, expected.get(name, 0))]
        return graphs

    def _counted(self, graphs: Sequence[str]) -> Mapping[str, int]:
        listed = " ".join(str(ox.NamedNode(name)) for name in graphs)
        text = (
            "SELECT ?g (COUNT(*) AS ?triples) "
            f"{{ VALUES ?g {{ {listed} }} GRAPH ?g {{ ?s ?p ?o }} }} GROUP BY ?g"
        )
        found = rows(table(self._reply(text, "select", graphs).body, "select"))
        return {str(name): int(str(number)) for name, number in found if name is not None}

    def _add(self, name: str, expected: int) -> bool:
        """Adds a graph if at least as many triples come as expected."""
        triples = {quad.triple for quad in quads(self._reply(all_of(name), "construct", [name]))}
        if len(triples) < expected:
            return False
        targets: list[ox.DefaultGraph | ox.NamedNode] = [ox.DefaultGraph()]
        if self._apart:
            targets.append(ox.NamedNode(name))
        for target in targets:
            self.store.bulk_extend(
                ox.Quad(each.subject, each.predicate, each.object, target) for each in triples
            )
        return True

    def _reply(self, text: str, form: str, graphs: Sequence[str]) -> Reply:
        seconds = self._until - time.monotonic()
        if seconds <= 0:
            raise overrun(self._limits.seconds)
        try:
            reply = self._ask(text, form, graphs, Limits(seconds, self._bytes_left))
        except Overrun as error:
            raise overrun(self._limits.seconds) from error
        except TooLarge as error:
            raise too_large(self._limits.bytes) from error
        self._bytes_left -= len(reply.body)
        return reply
