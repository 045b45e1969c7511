"""Quads looked up by subject and predicate, and the lists of RDF among them."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import TypeAlias

import pyoxigraph as ox

from nhm_graph.rdf.terms import RDF

Term: TypeAlias = ox.NamedNode | ox.BlankNode | ox.Literal
Node: TypeAlias = ox.NamedNode | ox.BlankNode


class Triples:
    """Triples in memory, each once, in the order in which they came; graph names do not count.

    >>> a, p = ox.NamedNode("http://e/a"), ox.NamedNode("http://e/p")
    >>> Triples([ox.Quad(a, p, ox.Literal("x"))]).one(a, p).value
    'x'
    """

    def __init__(self, quads: Iterable[ox.Quad]) -> None:
        self._out: dict[Term, dict[ox.NamedNode, dict[Term, None]]] = defaultdict(dict)
        self._of: dict[ox.NamedNode, dict[Term, dict[Term, None]]] = defaultdict(dict)
        for subject, predicate, value, _graph in quads:
            self._out[subject].setdefault(predicate, {})[value] = None
            self._of[predicate].setdefault(value, {})[subject] = None

    def objects(self, subject: Term, predicate: ox.NamedNode) -> tuple[Term, ...]:
        """The values of a property."""
        return tuple(self._out.get(subject, {}).get(predicate, ()))

    def one(self, subject: Term, predicate: ox.NamedNode) -> Term | None:
        """The first value of a property, None where there is none."""
        return next(iter(self.objects(subject, predicate)), None)

    def subjects(self, predicate: ox.NamedNode, value: Term | None = None) -> tuple[Term, ...]:
        """What has the property, with this value if one is given; each once."""
        by_value = self._of.get(predicate, {})
        if value is not None:
            return tuple(by_value.get(value, ()))
        return tuple(dict.fromkeys(each for found in by_value.values() for each in found))

    def predicates(self, subject: Term) -> tuple[ox.NamedNode, ...]:
        """The properties of a subject."""
        return tuple(self._out.get(subject, ()))

    def listed(self, head: Term) -> tuple[Term, ...]:
        """The members of an RDF list. Raises ValueError where it is not well-formed."""
        return tuple(self._walked(head))

    def _walked(self, head: Term) -> Iterator[Term]:
        seen: set[Term] = set()
        while head != RDF("nil"):
            first, rest = self.objects(head, RDF("first")), self.objects(head, RDF("rest"))
            if head in seen or len(first) != 1 or len(rest) != 1:
                raise ValueError(f"not a list: {head}")
            seen.add(head)
            yield first[0]
            head = rest[0]
