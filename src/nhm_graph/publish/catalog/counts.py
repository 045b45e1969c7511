"""How much stands in a graph, counted in the store and kept until it changes."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

from nhm_graph.graph import Graph
from nhm_graph.publish.catalog.questions import ask
from nhm_graph.publish.catalog.vocabulary import Entries, Site, iri
from nhm_graph.rdf.statements import literal
from nhm_graph.rdf.terms import XSD
from nhm_graph.store.base import WritableStore


@dataclass(frozen=True, slots=True)
class Count:
    """The numbers of one graph. An entity is a thing that has a class, the graph itself apart."""

    triples: int
    entities: int
    subjects: int
    objects: int
    properties: int
    classes: Mapping[str, int]
    vocabularies: Sequence[str]
    example: str | None


class Counter:
    """Counts graphs, each once for each state of the store.

    >>> from nhm_graph.graph import open_graph
    >>> from nhm_graph.settings import Settings
    >>> counter = Counter(open_graph(Settings(examples=False)))
    >>> counter.of("https://w3id.org/nhm/graph/sdg").triples > 1_000
    True
    """

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._kept: dict[str, tuple[Hashable, Count]] = {}

    def of(self, graph: str) -> Count:
        """The numbers of the graph of that IRI; zeros where there is none."""
        state = self._state(graph)
        known = self._kept.get(graph)
        if known is None or known[0] != state:
            known = (state, self._counted(graph))
            self._kept[graph] = known
        return known[1]

    def keep_only(self, graphs: Sequence[str]) -> None:
        """Forgets what was counted of other graphs."""
        for gone in set(self._kept) - set(graphs):
            self._kept.pop(gone, None)

    def _state(self, graph: str) -> Hashable:
        # Where the store knows when each graph changed, the others are not counted anew.
        store = self._graph.store
        return store.state([graph]) if isinstance(store, WritableStore) else store.version

    def _counted(self, graph: str) -> Count:
        totals = next(ask(self._graph, "counts", [graph]))
        things = next(ask(self._graph, "entities", [graph]))
        classes = {
            row.text("class") or "": int(row.text("things") or 0)
            for row in ask(self._graph, "classes", [graph])
        }
        properties = [row.text("property") or "" for row in ask(self._graph, "properties", [graph])]
        return Count(
            triples=int(totals.text("triples") or 0),
            entities=int(things.text("entities") or 0),
            subjects=int(totals.text("subjects") or 0),
            objects=int(totals.text("objects") or 0),
            properties=int(totals.text("properties") or 0),
            classes=classes,
            vocabularies=sorted({_namespace(each) for each in (*properties, *classes)}),
            example=things.text("example"),
        )


def add_counts(entries: Entries, dataset: str, count: Count, site: Site) -> None:
    """The numbers of a dataset as VoID, where to ask it and how its IRIs begin."""
    entries.kind(dataset, "void:Dataset")
    for name, number in (
        ("void:triples", count.triples),
        ("void:entities", count.entities),
        ("void:distinctSubjects", count.subjects),
        ("void:distinctObjects", count.objects),
        ("void:properties", count.properties),
        ("void:classes", len(count.classes)),
    ):
        entries.add(dataset, name, literal(str(number), XSD("integer")))
    entries.add(dataset, "void:sparqlEndpoint", iri(site.url("/sparql")))
    entries.add(dataset, "void:uriSpace", literal(f"{site.home}id/"))
    if count.example:
        entries.add(dataset, "void:exampleResource", iri(count.example))
    for each in count.vocabularies:
        entries.add(dataset, "void:vocabulary", iri(each))


def _namespace(name: str) -> str:
    """What the IRI of a term begins with, up to its last # or /.

    >>> _namespace("http://purl.org/dc/terms/title")
    'http://purl.org/dc/terms/'
    """
    cut = max(name.rfind("#"), name.rfind("/"))
    return name[: cut + 1]
