"""From a document that was read to the graphs it belongs in."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from hashlib import sha256
from pathlib import Path
from typing import TypeAlias

from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Quad, Triple

from nhm_graph.errors import UnreadableData
from nhm_graph.language import Text
from nhm_graph.rdf.reading import Document, read_file
from nhm_graph.rdf.terms import NHM, RDF
from nhm_graph.store.edits import no_triple_terms

_GENID = "/.well-known/genid/"
# Told after each file: its name, its number and how many there are.
Progress: TypeAlias = Callable[[str, int, int], None]


def read_graphs(
    paths: Sequence[Path],
    max_bytes: int,
    graph: str | None = None,
    progress: Progress | None = None,
) -> dict[str, list[Triple]]:
    """The triples of files by the graph they go to; `graph` as in `graphs_of`.

    Raises UnreadableData, UnsupportedFormat, TooLarge.

    >>> read_graphs([], 1000)
    {}
    """
    together: dict[str, list[Triple]] = {}
    for number, path in enumerate(paths, 1):
        for name, triples in graphs_of(read_file(path, max_bytes), graph).items():
            together.setdefault(name, []).extend(triples)
        if progress:
            progress(f"{path.parent.name}/{path.name}", number, len(paths))
    return together


def graphs_of(document: Document, graph: str | None = None) -> dict[str, list[Triple]]:
    """The triples of a document by the graph they go to.

    Triples in named graphs go to the graph of that name. The others go to `graph` where one is
    given, else to the one nhm:CityGraph that the document describes. Blank nodes become IRIs
    (skolemisation, RDF 1.1 Concepts 3.5). Raises UnreadableData where the graph is not clear.

    >>> from nhm_graph.rdf.formats import TURTLE
    >>> from nhm_graph.rdf.reading import read_bytes
    >>> text = b"<http://e/g> a <https://w3id.org/nhm/ns#CityGraph> ."
    >>> list(graphs_of(read_bytes(text, TURTLE, "plan.ttl", 1000)))
    ['http://e/g']
    """
    home = graph
    found: dict[str, list[Triple]] = defaultdict(list)
    for quad in document.quads:
        if isinstance(quad.graph_name, DefaultGraph):
            home = home or _city_graph(document)
            name = home
        else:
            name = quad.graph_name.value
        found[name].append(_skolemised(quad, name))
    return dict(found)


def _city_graph(document: Document) -> str:
    described = sorted(
        {
            quad.subject.value
            for quad in document.quads
            if quad.predicate == RDF("type")
            and quad.object == NHM("CityGraph")
            and isinstance(quad.subject, NamedNode)
        }
    )
    if len(described) == 1:
        return described[0]
    if described:
        listed = ", ".join(described)
        detail = Text(
            de=f"{document.name} beschreibt mehrere Graphen: {listed}.",
            en=f"{document.name} describes several graphs: {listed}.",
        )
    else:
        detail = Text(
            de=f"{document.name} sagt nicht, in welchen Graphen die Daten gehören.",
            en=f"{document.name} does not say which graph the data belongs in.",
        )
    raise UnreadableData(
        detail,
        mend=Text(
            de="Den Graphen als nhm:CityGraph beschreiben oder mit --graph nennen.",
            en="Describe the graph as a nhm:CityGraph, or name it with --graph.",
        ),
        extra={"name": document.name, "graphs": described},
    )


def _skolemised(quad: Quad, graph: str) -> Triple:
    subject, value = quad.subject, quad.object
    if isinstance(subject, BlankNode):
        subject = _named(subject, graph)
    if isinstance(value, BlankNode):
        value = _named(value, graph)
    elif not isinstance(value, (NamedNode, Literal)):
        raise no_triple_terms()
    return Triple(subject, quad.predicate, value)


def _named(node: BlankNode, graph: str) -> NamedNode:
    return NamedNode(graph + _GENID + sha256(node.value.encode()).hexdigest()[:24])
