"""The triple patterns of a SPARQL constraint, read from rdflib's algebra of the query.

rdflib's parser is slow and not thread-safe: it runs once for each text, under a lock, when a plan
is made, never when something is checked.
"""

import re
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pyoxigraph as ox

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
from nhm_graph.checks.compiled.reach_patterns import THIS, Scope, Slot, way_along
from nhm_graph.checks.compiled.reach_ways import Sign, Way, backwards

_PARSING = threading.Lock()
_THROUGH = ("SelectQuery", "AskQuery", "Distinct", "Reduced", "OrderBy", "ToMultiSet")

_REPEATED: Mapping[str, Callable[[Path], Path]] = {
    "*": ZeroOrMore,
    "+": OneOrMore,
    "?": ZeroOrOne,
}


class _Unread(Exception):
    """Something in a query that is not followed."""


def read_query(
    scope: Scope, text: str, names: Mapping[str, Slot] | None = None, needed: bool = False
) -> None:
    """Adds to a scope what a query reads. `names` says what its variables stand for, `needed`
    whether without a solution there is no result.

    A scope becomes opaque, so that any change counts, for whatever is not understood: GRAPH,
    SERVICE, groups, limits, negated property sets, text that is not SPARQL.

    >>> scope = Scope()
    >>> read_query(scope, "SELECT $this { $this <http://e/p> ?x }")
    >>> scope.opaque
    False
    """
    inner = scope.inner(needed)
    try:
        part = _algebra(text)
        _Reader({THIS: THIS, **(names or {})}, f"{scope.fresh()} ").read(inner, part)
        if needed and (names or {}).keys() <= {THIS}:
            inner.signs += _signs(part, text)
    except _Unread:
        scope.below.remove(inner)
        scope.opaque = True


def _algebra(text: str) -> Any:
    from rdflib.plugins.sparql.algebra import translateQuery
    from rdflib.plugins.sparql.parser import parseQuery

    with _PARSING:
        try:
            part = translateQuery(parseQuery(text)).algebra
        except Exception as error:  # pyparsing and rdflib raise many kinds
            raise _Unread(str(error)) from error
    while part.name in (*_THROUGH, "Project"):
        part = part.p
    return part


def _signs(part: Any, text: str) -> Iterator[Sign]:
    """What a query says must not be at $this: FILTER NOT EXISTS with one path that starts there.

    Only of its outermost group, where a filter holds for every solution.
    """
    from rdflib import URIRef, Variable

    while part.name in ("Filter", "Extend"):
        for graph in _denied(part.expr) if part.name == "Filter" else ():
            triples = _joined(graph)
            if triples is None or len(triples) != 1 or triples[0][0] != Variable(THIS):
                continue
            _this, predicate, value = triples[0]
            goals = frozenset((ox.NamedNode(str(value)),)) if isinstance(value, URIRef) else None
            alone = isinstance(value, Variable) and len(re.findall(rf"[?$]{value}\b", text)) == 1
            if (goals or alone) and not isinstance(predicate, Variable):
                yield Sign(way_along(_path(predicate)), goals, most=0)
        part = part.p


def _denied(expression: Any) -> Iterator[Any]:
    """The groups of NOT EXISTS in a conjunction."""
    kind = getattr(expression, "name", None)
    if kind == "ConditionalAndExpression":
        for each in (expression.expr, *(expression.other or ())):
            yield from _denied(each)
    elif kind == "Builtin_NOTEXISTS":
        yield _translated(expression.graph)


def _joined(part: Any) -> list[Any] | None:
    """The triples of a group that has nothing else, or None."""
    if part.name == "BGP":
        return list(part.triples)
    if part.name != "Join":
        return None
    one, other = _joined(part.p1), _joined(part.p2)
    return None if one is None or other is None else one + other


@dataclass(frozen=True, slots=True)
class _Reader:
    names: Mapping[str, Slot]
    # Before the names of variables that are the query's, or the subselect's, own.
    prefix: str

    def read(self, scope: Scope, part: Any) -> None:
        kind = part.name
        if kind in _THROUGH:
            self.read(scope, part.p)
        elif kind == "Project":
            self._subselect(scope, part)
        elif kind == "BGP":
            for subject, predicate, value in part.triples:
                self._triple(scope, subject, predicate, value)
        elif kind == "Join":
            self.read(scope, part.p1)
            self.read(scope, part.p2)
        elif kind in ("LeftJoin", "Minus"):
            self.read(scope, part.p1)
            below = scope.inner()
            self.read(below, part.p2)
            self._exists(below, part.get("expr"))
        elif kind == "Union":
            self._union(scope, part)
        elif kind in ("Filter", "Extend"):
            self.read(scope, part.p)
            self._exists(scope, part.expr)
        elif kind != "values":
            raise _Unread(kind)

    def _subselect(self, scope: Scope, part: Any) -> None:
        """Only what a subselect projects is the same variable outside."""
        names = {str(each): self._named(str(each)) for each in part.PV}
        _Reader(names, f"{scope.fresh()} ").read(scope, part.p)

    def _named(self, name: str) -> Slot:
        return self.names.get(name, self.prefix + name)

    def _union(self, scope: Scope, part: Any) -> None:
        branches = []
        for each in (part.p1, part.p2):
            below = scope.inner()
            self.read(below, each)
            branches.append(below)
        for start, end, ways in _shared(*branches):
            scope.either(start, ways, end)

    def _exists(self, scope: Scope, expression: Any) -> None:
        """Reads the groups of all EXISTS and NOT EXISTS in an expression."""
        if isinstance(expression, (list, tuple, set)):
            for each in expression:
                self._exists(scope, each)
        elif hasattr(expression, "name") and hasattr(expression, "items"):
            if expression.name in ("Builtin_EXISTS", "Builtin_NOTEXISTS"):
                self.read(scope.inner(), _translated(expression.graph))
                return
            for key, each in expression.items():
                if not key.startswith("_"):
                    self._exists(scope, each)

    def _triple(self, scope: Scope, subject: Any, predicate: Any, value: Any) -> None:
        from rdflib.paths import Path as RdflibPath

        start, end = self._slot(subject), self._slot(value)
        if isinstance(predicate, RdflibPath):
            scope.path(start, _path(predicate), end)
        else:
            scope.triple(start, self._slot(predicate), end)

    def _slot(self, term: Any) -> Slot:
        from rdflib import BNode, Literal, URIRef, Variable

        if isinstance(term, Variable):
            return self._named(str(term))
        if isinstance(term, BNode):
            return f"{self.prefix}_:{term}"
        if isinstance(term, URIRef):
            return ox.NamedNode(str(term))
        if not isinstance(term, Literal):
            raise _Unread(repr(term))
        if term.language:
            return ox.Literal(str(term), language=term.language)
        datatype = ox.NamedNode(str(term.datatype)) if term.datatype else None
        return ox.Literal(str(term), datatype=datatype)


def _translated(group: Any) -> Any:
    """The algebra of a group in EXISTS, which rdflib leaves as it was parsed in some places."""
    from rdflib.plugins.sparql.algebra import translateGroupGraphPattern

    return translateGroupGraphPattern(group) if group.name.startswith("GroupGraph") else group


def _path(path: Any) -> Path:
    from rdflib import URIRef
    from rdflib.paths import AlternativePath, InvPath, MulPath, SequencePath

    if isinstance(path, URIRef):
        return Predicate(ox.NamedNode(str(path)))
    if isinstance(path, InvPath):
        return Inverse(_path(path.arg))
    if isinstance(path, SequencePath):
        return Sequence(tuple(map(_path, path.args)))
    if isinstance(path, AlternativePath):
        return Alternative(tuple(map(_path, path.args)))
    if isinstance(path, MulPath):
        return _REPEATED[str(path.mod)](_path(path.path))
    raise _Unread(repr(path))


def _shared(one: Scope, other: Scope) -> Iterator[tuple[str, str, tuple[Way, ...]]]:
    """The pairs of variables that each branch of a union links, with the ways of both."""
    links, others = _links(one), _links(other)
    for (start, end), ways in links.items():
        if (start, end) in others:
            yield start, end, (*ways, *others[start, end])


def _links(scope: Scope) -> dict[tuple[str, str], tuple[Way, ...]]:
    """For each pair of variables, a way between them over one edge of the scope."""
    found: dict[tuple[str, str], tuple[Way, ...]] = {}
    for start, way, end in scope.links():
        found.setdefault((start, end), (way,))
        found.setdefault((end, start), (backwards(way),))
    return found
