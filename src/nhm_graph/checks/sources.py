"""Where a validation takes its data from: files, and graphs of a store as their triples."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b
from pathlib import Path

import pyoxigraph as ox

from nhm_graph.rdf.formats import N_TRIPLES
from nhm_graph.rdf.reading import Document, read_file
from nhm_graph.rdf.terms import NHM, RDF
from nhm_graph.store.base import Store, Triple

_TYPE, _GRAPH, _CITY = RDF("type"), NHM("CityGraph"), NHM("municipality")


@dataclass(frozen=True, slots=True)
class Source:
    """Data that a process can read by itself: the file of that name, or triples sent along.

    >>> source_of("http://e/g", ()).document(10).name
    'http://e/g'
    """

    name: str
    triples: bytes | None = None

    def document(self, limit: int) -> Document:
        """The document. Raises what `read_file` raises.

        Nodes without address are called the same whenever and wherever it is read.
        """
        if self.triples is None:
            return _called_alike(read_file(self.name, limit))
        quads = list(ox.parse(self.triples, format=ox.RdfFormat.N_TRIPLES))
        # No text: the lines of a dump say nothing to anybody.
        return Document(self.name, N_TRIPLES, "", quads)


def _called_alike(document: Document) -> Document:
    subjects = [q.subject for q in document.quads if isinstance(q.subject, ox.BlankNode)]
    objects = [q.object for q in document.quads if isinstance(q.object, ox.BlankNode)]
    if not (subjects or objects):
        return document
    start = f"b{node_digest(document.name):x}x"
    order = dict.fromkeys((*subjects, *objects))
    names: dict[object, object] = {
        node: ox.BlankNode(f"{start}{at}") for at, node in enumerate(order, 1)
    }
    quads = [
        ox.Quad(
            names.get(q.subject, q.subject),  # type: ignore[arg-type]
            q.predicate,
            names.get(q.object, q.object),  # type: ignore[arg-type]
            q.graph_name,
        )
        for q in document.quads
    ]
    return replace(document, quads=quads)


def source_of(name: str, triples: Iterable[Triple]) -> Source:
    """Triples of a graph, ready to be sent to another process.

    >>> source_of("http://e/g", ()).triples
    b''
    """
    return Source(name, ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES) or b"")


@dataclass(frozen=True, slots=True)
class Survey:
    """What a file is about, in little room: its cities, and digests of nodes.

    `described` are the nodes that it describes, `missing` those that it only refers to.
    """

    name: str
    cities: tuple[str, ...]
    described: frozenset[int]
    missing: frozenset[int]


def survey(path: str | Path, limit: int) -> Survey:
    """Reads a file and keeps what is needed to put it to its city.

    Its cities are those of the graphs that it describes (nhm:CityGraph, nhm:municipality). Raises
    what `read_file` raises.
    """
    document = read_file(path, limit)
    graphs = {q.subject for q in document.quads if (q.predicate, q.object) == (_TYPE, _GRAPH)}
    cities = {
        q.object.value
        for q in document.quads
        if q.predicate == _CITY and q.subject in graphs and isinstance(q.object, ox.NamedNode)
    }
    described = set(addresses(q.subject for q in document.quads))
    referred = set(addresses(q.object for q in document.quads))
    return Survey(
        document.name,
        tuple(sorted(cities)),
        frozenset(map(node_digest, described)),
        frozenset(map(node_digest, referred - described)),
    )


def subjects(document: Document) -> set[str]:
    """The nodes that a document describes, as a finding calls them.

    >>> subjects(source_of("http://e/g", ()).document(9))
    set()
    """
    return {
        quad.subject.value if isinstance(quad.subject, ox.NamedNode) else str(quad.subject)
        for quad in document.quads
    }


def addresses(terms: Iterable[object]) -> Iterator[str]:
    """The addresses among some terms.

    >>> list(addresses([ox.NamedNode("http://e/a"), ox.Literal("b")]))
    ['http://e/a']
    """
    return (term.value for term in terms if isinstance(term, ox.NamedNode))


def node_digest(address: str) -> int:
    """An address as a number of 64 bits, the same in every process.

    >>> node_digest("http://e/a") < 2**64
    True
    """
    return int.from_bytes(blake2b(address.encode(), digest_size=8).digest())


def descriptions(
    documents: Sequence[Document], own: Sequence[Document], shared: Sequence[Document]
) -> list[Document]:
    """Of other documents what touches own ones: nodes to which own or shared data refers without a
    word, nodes that refer to own ones, and what else is said about own ones.

    >>> descriptions((), (), ())
    []
    """
    mine = {term for document in own for term in _subjects(document)}
    known = mine.union(*(_subjects(document) for document in shared))
    missing = {
        q.object
        for document in (*own, *shared)
        for q in document.quads
        if isinstance(q.object, ox.NamedNode) and q.object not in known
    }
    found = []
    for each in documents:
        wanted = mine | missing | {q.subject for q in each.quads if q.object in mine}
        quads = [q for q in each.quads if q.subject in wanted]
        found.append(Document(each.name, each.format, "", quads))
    return found


def _subjects(document: Document) -> set[object]:
    return {quad.subject for quad in document.quads}


def neighbours(name: str, store: Store, graphs: Mapping[str, Sequence[Triple]]) -> Source:
    """What other graphs of a store say about nodes to which some graphs refer without a word, about
    nodes that refer to theirs, and about theirs.

    >>> from nhm_graph.store.embedded import EmbeddedStore
    >>> neighbours("near", EmbeddedStore(), {}).triples
    b''
    """
    here = [triple for triples in graphs.values() for triple in triples]
    mine = {triple.subject for triple in here}
    missing = {t.object for t in here if isinstance(t.object, ox.NamedNode)} - mine
    query = (
        "CONSTRUCT { ?n ?p ?o } WHERE {"
        f" {{ VALUES ?n {{ {_listed(missing)} }} }} UNION"
        f" {{ VALUES ?m {{ {_listed(mine)} }}"
        " { GRAPH ?g { ?n ?q ?m } } UNION { GRAPH ?g { ?m ?q ?any } BIND(?m AS ?n) }"
        f" FILTER(?g NOT IN ({', '.join(f'<{each}>' for each in graphs) or '<urn:x>'})) }}"
        " ?n ?p ?o }"
    )
    found = store.query(query)
    assert isinstance(found, ox.QueryTriples)
    return source_of(name, found)


def _listed(terms: Iterable[object]) -> str:
    return " ".join(sorted(str(term) for term in terms if isinstance(term, ox.NamedNode)))
