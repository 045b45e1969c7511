"""Statements with the graph they stand in, and triples written in one fixed order."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pyoxigraph as ox

from nhm_graph.rdf.formats import N_TRIPLES, DataFormat
from nhm_graph.rdf.terms import Term


@dataclass(frozen=True, slots=True)
class Statement:
    """What is said of a subject (an IRI), and the IRI of the graph in which it is said."""

    subject: str
    predicate: str
    object: Term
    graph: str | None = None

    @property
    def target(self) -> str | None:
        """The IRI that the statement leads to; None where it ends in a text or number.

        >>> Statement("http://e/s", "http://e/p", ox.Literal("x")).target is None
        True
        """
        return self.object.value if isinstance(self.object, ox.NamedNode) else None

    @property
    def language(self) -> str | None:
        """The language of the text, where it has one.

        >>> Statement("http://e/s", "http://e/p", ox.Literal("x", language="de")).language
        'de'
        """
        return self.object.language if isinstance(self.object, ox.Literal) else None

    @property
    def datatype(self) -> str | None:
        """The IRI of the datatype of a text or number.

        >>> Statement("http://e/s", "http://e/p", ox.Literal(1)).datatype.rpartition("#")[2]
        'integer'
        """
        return self.object.datatype.value if isinstance(self.object, ox.Literal) else None


def literal(text: str, datatype: ox.NamedNode | None = None) -> Term:
    """A literal of a datatype, a plain text without one.

    >>> str(literal("a"))
    '"a"'
    """
    return ox.Literal(text, datatype=datatype)


def tagged(text: str, language: str) -> Term:
    """A text in a language.

    >>> str(tagged("Ziel", "de"))
    '"Ziel"@de'
    """
    return ox.Literal(text, language=language)


def written(
    statements: Iterable[Statement], form: DataFormat, prefixes: Mapping[str, str]
) -> bytes:
    """The statements as triples, each once, in the order of their N-Triples lines.

    The same statements give the same bytes in every format.

    >>> said = [Statement("http://e/s", "http://e/p", ox.Literal(n)) for n in (2, 1, 2)]
    >>> written(said, N_TRIPLES, {}).decode().count("integer")
    2
    """
    triples = {
        ox.Triple(ox.NamedNode(each.subject), ox.NamedNode(each.predicate), each.object)
        for each in statements
    }
    return written_triples(triples, form, prefixes)


def written_triples(
    triples: Iterable[ox.Triple], form: DataFormat, prefixes: Mapping[str, str]
) -> bytes:
    """Triples in the order of their N-Triples lines; blank nodes keep the names they have.

    >>> written_triples([], N_TRIPLES, {})
    b''
    """
    by_line = {f"{triple} .": triple for triple in triples}
    if form == N_TRIPLES:
        return "".join(f"{line}\n" for line in sorted(by_line)).encode()
    ordered = (by_line[line] for line in sorted(by_line))
    data: bytes | None = ox.serialize(ordered, format=form.oxigraph, prefixes=dict(prefixes))
    return data or b""


def with_numbered_nodes(triples: Iterable[ox.Triple]) -> list[ox.Triple]:
    """The triples with blank nodes numbered in the order in which they come.

    A parser invents new names each time; read from the same file, these are always the same.

    >>> one, other = ox.BlankNode("x"), ox.BlankNode("y")
    >>> name = ox.NamedNode("http://e/p")
    >>> [str(each.subject) for each in with_numbered_nodes([ox.Triple(other, name, one)])]
    ['_:n0']
    """
    known: dict[ox.BlankNode, ox.BlankNode] = {}

    def numbered(term: Any) -> Any:
        if not isinstance(term, ox.BlankNode):
            return term
        return known.setdefault(term, ox.BlankNode(f"n{len(known)}"))

    return [
        ox.Triple(numbered(each.subject), each.predicate, numbered(each.object)) for each in triples
    ]


def reachable(triples: Iterable[ox.Triple], start: Callable[[str], bool]) -> list[ox.Triple]:
    """The triples of the subjects that `start` admits, and of the blank nodes they lead to.

    >>> reachable([], lambda iri: True)
    []
    """
    by_subject: dict[object, list[ox.Triple]] = {}
    for each in triples:
        by_subject.setdefault(each.subject, []).append(each)
    open_: list[object] = [
        each for each in by_subject if isinstance(each, ox.NamedNode) and start(each.value)
    ]
    found: list[ox.Triple] = []
    seen: set[object] = set()
    while open_:
        subject = open_.pop(0)
        if subject in seen:
            continue
        seen.add(subject)
        found += by_subject.get(subject, [])
        ends = (each.object for each in by_subject.get(subject, []))
        open_ += [each for each in ends if isinstance(each, ox.BlankNode)]
    return found
