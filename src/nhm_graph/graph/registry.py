"""Which municipalities and graphs are here, looked up once for each version of the store."""

from collections.abc import Iterator, Mapping

from nhm_graph.catalog.questions import NamedQuestion
from nhm_graph.errors import UnknownName
from nhm_graph.graph.model import City, CityGraph
from nhm_graph.language import Language, Text
from nhm_graph.rdf.terms import to_sparql, typed_term
from nhm_graph.store.base import Store
from nhm_graph.store.rows import Value, rows

# Graphs below this address are shared by all cities: ontology, lists, SDGs.
SHARED = "https://w3id.org/nhm/graph/"


class Registry:
    """The municipalities and graphs of a store, as two named questions list them."""

    def __init__(self, store: Store, questions: Mapping[str, NamedQuestion]) -> None:
        self._store = store
        self._questions = questions
        # By version of the store: what would otherwise be looked up for each question.
        self._of_city: tuple[int, dict[str, list[str]]] = (-1, {})
        self._known: dict[Language, tuple[int, list[City], list[CityGraph]]] = {}

    def cities(self, language: Language) -> list[City]:
        """The municipalities whose data is here, real ones first."""
        return self._registry(language)[1]

    def city(self, name: str | None, language: Language) -> City:
        """A municipality by short name or IRI. Raises UnknownName with the nearest names."""
        cities = self.cities(language)
        for city in cities:
            if name in (city.slug, city.iri):
                return city
        what = Text(de="die Kommune", en="the municipality")
        raise UnknownName.among(what, name or "", [city.slug for city in cities])

    def graphs(self, language: Language) -> list[CityGraph]:
        """The graphs that the data describes."""
        return self._registry(language)[2]

    def graphs_of_city(self, city: City) -> list[str]:
        """The graphs that a question about one city reads: its own and the shared ones."""
        version = self._store.version
        if self._of_city[0] != version:
            self._of_city = (version, {})
        known = self._of_city[1]
        if city.iri not in known:
            own = [graph.iri for graph in self.graphs("de") if graph.city in (city.iri, None)]
            shared = [name for name in self._store.graph_names() if name.startswith(SHARED)]
            known[city.iri] = own + shared
        return known[city.iri]

    def _registry(self, language: Language) -> tuple[int, list[City], list[CityGraph]]:
        known = self._known.get(language)
        if known is None or known[0] != self._store.version:
            version = self._store.version
            cities = [City(*_without(row, 3)) for row in self._listed("cities", language)]  # type: ignore[arg-type]
            graphs = [CityGraph(*row[:6]) for row in self._listed("graphs", language)]  # type: ignore[arg-type]
            known = (version, cities, graphs)
            self._known[language] = known
        return known

    def _listed(self, name: str, language: Language) -> Iterator[tuple[Value, ...]]:
        spoken = to_sparql(typed_term("language", language))
        return rows(self._store.query(self._questions[name].bind({"lang": spoken})))


def _without(row: tuple[Value, ...], position: int) -> tuple[Value, ...]:
    return row[:position] + row[position + 1 :]
