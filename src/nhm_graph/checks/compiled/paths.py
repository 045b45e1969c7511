"""Property paths of SHACL (2.3.1 of the specification): from RDF, to SPARQL 1.1, back to RDF."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

import pyoxigraph as ox

from nhm_graph.checks.compiled.triples import Node, Term, Triples
from nhm_graph.rdf.terms import RDF, SH


@dataclass(frozen=True, slots=True)
class Predicate:
    """One property."""

    iri: ox.NamedNode


@dataclass(frozen=True, slots=True)
class Inverse:
    """The path, walked backwards."""

    path: "Path"


@dataclass(frozen=True, slots=True)
class Sequence:
    """One path after the other; two or more."""

    parts: tuple["Path", ...]


@dataclass(frozen=True, slots=True)
class Alternative:
    """Any of the paths; two or more."""

    parts: tuple["Path", ...]


@dataclass(frozen=True, slots=True)
class ZeroOrMore:
    """The path, any number of times."""

    path: "Path"


@dataclass(frozen=True, slots=True)
class OneOrMore:
    """The path, once or more often."""

    path: "Path"


@dataclass(frozen=True, slots=True)
class ZeroOrOne:
    """The path or nothing."""

    path: "Path"


Path: TypeAlias = Predicate | Inverse | Sequence | Alternative | ZeroOrMore | OneOrMore | ZeroOrOne
_SINGLE: tuple[tuple[ox.NamedNode, type[Inverse | ZeroOrMore | OneOrMore | ZeroOrOne]], ...] = (
    (SH("inversePath"), Inverse),
    (SH("zeroOrMorePath"), ZeroOrMore),
    (SH("oneOrMorePath"), OneOrMore),
    (SH("zeroOrOnePath"), ZeroOrOne),
)


def read_path(triples: Triples, node: Term, _above: frozenset[Term] = frozenset()) -> Path:
    """The path that a node of the shapes graph stands for.

    Raises ValueError where it is not well-formed: recursive, a list with fewer than two members,
    or a blank node that is none of the kinds of path. What is beside a path's own triple does not
    count, as the specification has it.

    >>> read_path(Triples(()), ox.NamedNode("http://e/p"))
    Predicate(iri=<NamedNode value=http://e/p>)
    """
    if isinstance(node, ox.NamedNode):
        return Predicate(node)
    if isinstance(node, ox.Literal) or node in _above:
        raise ValueError(f"not a path: {node}")
    above = _above | {node}
    if triples.objects(node, RDF("first")):
        return Sequence(_parts(triples, node, above))
    for value in triples.objects(node, SH("alternativePath")):
        return Alternative(_parts(triples, value, above))
    for name, kind in _SINGLE:
        for value in triples.objects(node, name):
            return kind(read_path(triples, value, above))
    raise ValueError(f"not a path: {node}")


def _parts(triples: Triples, head: Term, above: frozenset[Term]) -> tuple[Path, ...]:
    parts = tuple(read_path(triples, each, above) for each in triples.listed(head))
    if len(parts) < 2:
        raise ValueError(f"fewer than two paths: {head}")
    return parts


def path_text(path: Path) -> str:
    """The path in SPARQL 1.1.

    `p+` is written `p/p*`: Virtuoso refuses the former where the subject is given by VALUES.

    >>> path_text(ZeroOrMore(Inverse(Predicate(ox.NamedNode("http://e/p")))))
    '(^<http://e/p>)*'
    """
    match path:
        case Predicate(iri):
            return str(iri)
        case Inverse(inner):
            return f"^{_grouped(inner)}"
        case Sequence(parts):
            return "/".join(_grouped(part) for part in parts)
        case Alternative(parts):
            return "|".join(_grouped(part) for part in parts)
        case ZeroOrMore(inner):
            return f"{_grouped(inner)}*"
        case OneOrMore(inner):
            return f"{_grouped(inner)}/{_grouped(inner)}*"
        case ZeroOrOne(inner):
            return f"{_grouped(inner)}?"


def _grouped(path: Path) -> str:
    text = path_text(path)
    return text if isinstance(path, Predicate) else f"({text})"


def inverted(path: Path) -> Path:
    """The path from its end to its start, with the inverse at the single properties.

    >>> p, q = (Predicate(ox.NamedNode(f"http://e/{each}")) for each in "pq")
    >>> path_text(inverted(Sequence((p, Inverse(q)))))
    '<http://e/q>/(^<http://e/p>)'
    """
    match path:
        case Predicate():
            return Inverse(path)
        case Inverse(inner):
            return inner
        case Sequence(parts):
            return Sequence(tuple(inverted(part) for part in reversed(parts)))
        case Alternative(parts):
            return Alternative(tuple(inverted(part) for part in parts))
        case ZeroOrMore(inner):
            return ZeroOrMore(inverted(inner))
        case OneOrMore(inner):
            return OneOrMore(inverted(inner))
        case ZeroOrOne(inner):
            return ZeroOrOne(inverted(inner))


def predicates(path: Path) -> frozenset[ox.NamedNode]:
    """The properties that a path walks along.

    >>> [each.value for each in predicates(Inverse(Predicate(ox.NamedNode("http://e/p"))))]
    ['http://e/p']
    """
    match path:
        case Predicate(iri):
            return frozenset((iri,))
        case Sequence(parts) | Alternative(parts):
            return frozenset().union(*(predicates(part) for part in parts))
        case Inverse(inner) | ZeroOrMore(inner) | OneOrMore(inner) | ZeroOrOne(inner):
            return predicates(inner)


def prefixes(path: Path) -> tuple[Path, ...]:
    """The ways on which a walk along the path may stop, shortest first, itself last.

    Of p/q these are p and p/q: who wants to know from where a node can be reached has to look at
    each. A repeated part counts as a whole, and once walked, as part of what follows.

    >>> p, q = (Predicate(ox.NamedNode(f"http://e/{each}")) for each in "pq")
    >>> [path_text(each) for each in prefixes(Sequence((p, q)))]
    ['<http://e/p>', '<http://e/p>/<http://e/q>']
    """
    if not isinstance(path, Sequence):
        return (path,)
    found: list[Path] = []
    for index, part in enumerate(path.parts):
        before = path.parts[:index]
        found += [Sequence((*before, each)) if before else each for each in prefixes(part)]
    return tuple(found)


def may_be_empty(path: Path) -> bool:
    """Whether the path leads from a node to itself without any triple.

    >>> may_be_empty(ZeroOrOne(Predicate(ox.NamedNode("http://e/p"))))
    True
    """
    match path:
        case Predicate():
            return False
        case ZeroOrMore() | ZeroOrOne():
            return True
        case Inverse(inner) | OneOrMore(inner):
            return may_be_empty(inner)
        case Sequence(parts):
            return all(may_be_empty(part) for part in parts)
        case Alternative(parts):
            return any(may_be_empty(part) for part in parts)


def path_triples(
    path: Path, blank: Callable[[], ox.BlankNode] = ox.BlankNode
) -> tuple[Node, tuple[ox.Triple, ...]]:
    """The node that stands for a path in RDF and the triples below it; `blank` names new nodes.

    >>> path_triples(Predicate(ox.NamedNode("http://e/p")))
    (<NamedNode value=http://e/p>, ())
    """
    if isinstance(path, Predicate):
        return path.iri, ()
    if isinstance(path, Sequence):
        return _listed(path.parts, blank)
    node = blank()
    if isinstance(path, Alternative):
        value, below = _listed(path.parts, blank)
        return node, (ox.Triple(node, SH("alternativePath"), value), *below)
    name = next(name for name, kind in _SINGLE if isinstance(path, kind))
    value, below = path_triples(path.path, blank)
    return node, (ox.Triple(node, name, value), *below)


def _listed(
    parts: tuple[Path, ...], blank: Callable[[], ox.BlankNode]
) -> tuple[Node, tuple[ox.Triple, ...]]:
    found: list[ox.Triple] = []
    rest: Node = RDF("nil")
    for part in reversed(parts):
        value, below = path_triples(part, blank)
        node = blank()
        found += [ox.Triple(node, RDF("first"), value), ox.Triple(node, RDF("rest"), rest), *below]
        rest = node
    return rest, tuple(found)


def steps(path: Path) -> Iterator[Path]:
    """The path and all paths within it.

    >>> len(list(steps(Inverse(Predicate(ox.NamedNode("http://e/p"))))))
    2
    """
    yield path
    match path:
        case Sequence(parts) | Alternative(parts):
            for part in parts:
                yield from steps(part)
        case Inverse(inner) | ZeroOrMore(inner) | OneOrMore(inner) | ZeroOrOne(inner):
            yield from steps(inner)
        case Predicate():
            pass
