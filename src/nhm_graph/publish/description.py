"""What the graph says about one thing, and what links to it.

Looked up by subject and object only, four queries in all, so that it costs the same beside one city
and beside a thousand. What all cities share (SDGs, lists, terms) is linked from every city: of such
a thing only the links within the shared graphs are looked up, and those of one city when asked.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from nhm_graph.errors import BadParameter
from nhm_graph.graph import Graph
from nhm_graph.graph.registry import SHARED
from nhm_graph.language import LANGUAGES, Language
from nhm_graph.publish.addresses import Addresses
from nhm_graph.publish.description_terms import Vocabulary, read_vocabulary
from nhm_graph.rdf.statements import Statement
from nhm_graph.rdf.terms import DCT, NHM, RDF, RDFS, SKOS, to_sparql, typed_term

TYPE = RDF("type").value
SOURCE = DCT("source").value
LABELS = (SKOS("prefLabel").value, RDFS("label").value, DCT("title").value)
MUNICIPALITY = NHM("municipality").value
FICTIONAL = NHM("fictional").value
INVALIDATED = "http://www.w3.org/ns/prov#invalidatedAtTime"
REPLACED_BY = DCT("isReplacedBy").value
# What is looked up about a neighbour: enough to name and to sort it.
_NAMING = (
    *LABELS,
    TYPE,
    DCT("identifier").value,
    SKOS("notation").value,
    NHM("position").value,
    NHM("sortKey").value,
    NHM("retrievedOn").value,
    NHM("address").value,
)
_LIST, _IN_LIST = SKOS("ConceptScheme").value, SKOS("inScheme").value
# As many links of one kind are shown with what they say themselves.
MOST_TOLD = 50


@dataclass(frozen=True, slots=True)
class Description:
    """A thing: what is said of it, what links to it, and what is said of its neighbours.

    `told` are neighbours without a name of their own, such as a responsibility: everything that
    they say belongs to the description. `cut` says that there are more links than were looked up.
    """

    iri: str
    own: tuple[Statement, ...]
    incoming: tuple[Statement, ...]
    about: dict[str, tuple[Statement, ...]]
    told: frozenset[str]
    shared: bool
    cut: bool

    def values(self, predicate: str, of: str | None = None) -> list[Statement]:
        """What is said with one property, of the thing itself or of a neighbour."""
        said = self.own if of is None else self.about.get(of, ())
        return [each for each in said if each.predicate == predicate]

    def first(self, predicate: str, of: str | None = None) -> str | None:
        """The first value of a property as text."""
        return next((each.object.value for each in self.values(predicate, of)), None)

    @property
    def types(self) -> list[str]:
        """The IRIs of the thing's classes."""
        return [each.target for each in self.values(TYPE) if each.target]

    @property
    def graphs(self) -> list[str]:
        """The graphs in which something is said of the thing; of a shared one, also its links."""
        said = (*self.own, *self.incoming) if self.shared else self.own
        return sorted({each.graph for each in said if each.graph})

    @property
    def city(self) -> str | None:
        """The municipality whose data this is; itself, where the thing is one."""
        if self.first(NHM("slug").value):
            return self.iri
        named = [self.first(MUNICIPALITY), *(self.first(MUNICIPALITY, g) for g in self.graphs)]
        return next((each for each in named if each), None)

    @property
    def fictional(self) -> bool:
        """Whether a graph that speaks of the thing is marked as invented, or the thing is."""
        return any(self.first(FICTIONAL, each) == "true" for each in (None, *self.graphs))

    @property
    def modified(self) -> str | None:
        """The newest day (ISO 8601) on which a graph that speaks of the thing was changed."""
        said = (DCT("modified").value, DCT("issued").value)
        found = [self.first(name, each) for name in said for each in (None, *self.graphs)]
        return max((each[:10] for each in found if each), default=None)

    @property
    def gone(self) -> bool:
        """Whether all that is left is the mark that the thing was here and is no more."""
        return bool(self.own) and not self.types and bool(self.values(INVALIDATED))

    def label(self, language: Language, of: str | None = None) -> Statement | None:
        """What the thing or a neighbour is called, in this language where there is such a name."""
        order = [language, *LANGUAGES]
        found = [each for name in LABELS for each in self.values(name, of)]
        return min(found, key=lambda each: _place(each.language, order), default=None)


class Describer:
    """Describes the things of a graph.

    >>> from nhm_graph.graph import open_graph
    >>> from nhm_graph.settings import Settings
    >>> describer = Describer(open_graph(Settings(examples=False)))
    >>> describer.describe("http://metadata.un.org/sdg/7.2").label("en").object.value
    'Expand renewable energy'
    >>> describer.describe("http://metadata.un.org/sdg/99") is None
    True
    """

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.addresses = Addresses.read(graph.settings.base_iris)

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """What the ontology says about properties and classes."""
        return read_vocabulary(self.graph.files.root / "ontology")

    @cached_property
    def shared_graphs(self) -> list[str]:
        """The graphs of what all cities share: SDGs, lists, terms."""
        names = {
            SHARED + (path.stem if path.parent.name == "ontology" else path.parent.name)
            for path in self.graph.files.ontology()
        }
        return sorted(names)

    def knows(self, iri: str) -> bool:
        """Whether something is said of an IRI."""
        term = _term(iri)
        return term is not None and bool(self.graph.store.query(f"ASK {{ {term} ?p ?o }}"))

    def describe(self, iri: str, city: str | None = None) -> Description | None:
        """What is said of an IRI; None where nothing is said of it.

        `city` is the IRI of a municipality whose links to a shared thing belong to it.
        """
        term = _term(iri)
        if term is None:
            return None
        own = self._own(iri, term)
        if not own:
            return None
        shared = all((each.graph or "").startswith(SHARED) for each in own)
        incoming, cut = self._incoming(term, self._searched(city) if shared else None)
        ends = {each.target for each in own if each.target} | {each.subject for each in incoming}
        graphs = {each.graph for each in (*own, *(incoming if shared else ())) if each.graph}
        about = self._about((ends | graphs) - {iri}, graphs)
        told = self._told(own, incoming, about)
        if any(each.target == _LIST for each in own):  # a list is read with what its entries mean
            told |= {each.subject for each in incoming if each.predicate == _IN_LIST}
        self._tell(told, about)
        return Description(iri, tuple(own), tuple(incoming), about, frozenset(told), shared, cut)

    def _searched(self, city: str | None) -> list[str]:
        if city is None:
            return self.shared_graphs
        named = f"GRAPH ?s {{ ?s <{MUNICIPALITY}> {to_sparql(typed_term('iri', city))} }}"
        found = self._rows(f"SELECT DISTINCT ?s {{ {named} }}")
        return self.shared_graphs + sorted(row["s"].value for row in found)

    def _incoming(self, term: str, graphs: Sequence[str] | None) -> tuple[list[Statement], bool]:
        most = self.graph.settings.max_links
        pattern = f"GRAPH ?g {{ ?s ?p {term} }}"
        if graphs:
            pattern = f"VALUES ?g {{ {_listed(graphs)} }} OPTIONAL {{ {pattern} }}"
        end = typed_term("iri", term[1:-1])
        rows = self._rows(f"SELECT ?g ?s ?p {{ {pattern} }} LIMIT {most + 1 + len(graphs or ())}")
        found = [
            Statement(row["s"].value, row["p"].value, end, row["g"].value)
            for row in rows
            if row["s"] is not None
        ]
        found.sort(key=lambda each: (each.predicate, each.subject))
        return found[:most], len(found) > most

    def _own(self, iri: str, term: str) -> list[Statement]:
        rows = self._rows(f"SELECT ?g ?p ?o {{ GRAPH ?g {{ {term} ?p ?o }} }}")
        said = {Statement(iri, row["p"].value, row["o"], row["g"].value) for row in rows}
        return sorted(said, key=_order)

    def _said_of(self, iris: Iterable[str], only: Sequence[str] = ()) -> list[Statement]:
        """What is said of some subjects; `only` names the properties that are wanted."""
        chosen = f" FILTER(?p IN ({', '.join(map(_named, only))}))" if only else ""
        # OPTIONAL makes Oxigraph look up each subject; without it, it reads everything and joins.
        query = "SELECT ?s ?p ?o {{ VALUES ?s {{ {} }} OPTIONAL {{ ?s ?p ?o }}{} }}"
        found = {
            Statement(row["s"].value, row["p"].value, row["o"])
            for some in _portions(sorted(iris))
            for row in self._rows(query.format(_listed(some), chosen))
            if row["p"] is not None
        }
        return sorted(found, key=_order)

    def _rows(self, query: str) -> Iterator[Any]:
        yield from self.graph.store.query(query)  # type: ignore[misc]

    def _about(
        self, ends: Iterable[str], graphs: Iterable[str]
    ) -> dict[str, tuple[Statement, ...]]:
        """What names the neighbours, and all that graphs and sources say of themselves."""
        whole = set(graphs)
        said = self._said_of(set(ends) - whole, _NAMING)
        return _by_subject(said + self._said_of(whole))

    def _told(
        self,
        own: Sequence[Statement],
        incoming: Sequence[Statement],
        about: dict[str, tuple[Statement, ...]],
    ) -> set[str]:
        """The neighbours that have no name: of each kind of link and class, the first ones."""
        links = [(each.predicate, each.target) for each in own if each.target in about]
        links += [(each.predicate, each.subject) for each in incoming]
        counted: dict[tuple[str, str], int] = defaultdict(int)
        told: set[str] = set()
        for predicate, end in links:
            said = about.get(end or "", ())
            kind = next((each.target for each in said if each.predicate == TYPE), None)
            if end and kind and not _named_in(said):
                counted[predicate, kind] += 1
                if counted[predicate, kind] <= MOST_TOLD:
                    told.add(end)
        return told

    def _tell(self, told: set[str], about: dict[str, tuple[Statement, ...]]) -> None:
        """Adds what the nameless neighbours say, and the names of what they lead to."""
        if not told:
            return
        said = self._said_of(told)
        about |= _by_subject(said)
        new = self._name(said, about)
        # Some have no name either, such as the value that an assessment rests on: they are called
        # by what they join.
        nameless = {each for each in new if not _named_in(about.get(each, ()))}
        joined = self._said_of(nameless)
        about |= _by_subject(joined)
        self._name(joined, about)

    def _name(self, said: Iterable[Statement], about: dict[str, tuple[Statement, ...]]) -> set[str]:
        """Adds the names of what some statements lead to; what was not there before."""
        new = {each.target for each in said if each.target and each.target not in about}
        about |= self._about(new, ())
        return new


def _named_in(said: Iterable[Statement]) -> bool:
    return any(each.predicate in LABELS for each in said)


def _place(language: str | None, order: Sequence[str]) -> int:
    return order.index(language) if language in order else len(order)


def _term(iri: str) -> str | None:
    try:
        return to_sparql(typed_term("iri", iri))
    except BadParameter:  # no IRI: nothing is said of it
        return None


def _named(iri: str) -> str:
    return to_sparql(typed_term("iri", iri))


def _listed(iris: Iterable[str]) -> str:
    return " ".join(map(_named, sorted(iris)))


def _portions(iris: Sequence[str], size: int = 500) -> Iterator[Sequence[str]]:
    return (iris[start : start + size] for start in range(0, len(iris), size))


def _by_subject(said: Iterable[Statement]) -> dict[str, tuple[Statement, ...]]:
    found: dict[str, list[Statement]] = defaultdict(list)
    for each in said:
        found[each.subject].append(each)
    return {subject: tuple(statements) for subject, statements in found.items()}


def _order(each: Statement) -> tuple[str, str, str, str]:
    return each.subject, each.predicate, str(each.object), each.graph or ""
