"""The use cases: open, load, ask, run, validate. No HTTP and no terminal here."""

import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

from nhm_graph.catalog.files import DataFiles, digest, find_data_files
from nhm_graph.catalog.questions import Column, NamedQuestion, Parameter, read_questions
from nhm_graph.catalog.rules import Rule, read_rules
from nhm_graph.checks.report import Report
from nhm_graph.checks.shacl import Run, validate
from nhm_graph.errors import BadParameter, Busy, UnknownName
from nhm_graph.language import LANGUAGES, Language, Text, is_language
from nhm_graph.rdf.formats import TURTLE
from nhm_graph.rdf.reading import Document, read_file
from nhm_graph.rdf.terms import RDF, RDFS, to_sparql, typed_term
from nhm_graph.settings import Settings
from nhm_graph.store.base import Result, Store, Triple
from nhm_graph.store.embedded import EmbeddedStore
from nhm_graph.store.guard import check_query
from nhm_graph.store.loading import Progress, graphs_of, read_graphs
from nhm_graph.store.rows import Value, graph_bytes, rows

_SHARED = "https://w3id.org/nhm/graph/"
_WEB = ("http://", "https://")
# How names are shortened in a graph that is handed out.
PREFIXES = {
    "nhm": "https://w3id.org/nhm/ns#",
    "dct": "http://purl.org/dc/terms/",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}


@dataclass(frozen=True, slots=True)
class City:
    """A municipality whose data is here."""

    iri: str
    name: str
    slug: str
    fictional: bool
    completeness: str | None
    note: str | None


@dataclass(frozen=True, slots=True)
class CityGraph:
    """A graph that the data describes; `city` is None where all share it."""

    iri: str
    title: str
    city: str | None
    kind: str | None
    fictional: bool
    description: str | None


@dataclass(frozen=True, slots=True)
class Bound:
    """A question with its values: what is sent to the store, and over which graphs."""

    question: NamedQuestion
    given: Mapping[str, str]
    sparql: str
    graphs: Sequence[str] | None
    city: City | None


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to a question that is a table, with what a reader must know beside it."""

    bound: Bound
    columns: tuple[Column, ...]
    rows: list[tuple[Value, ...]]
    notes: list[str]


class Graph:
    """The graph of the cities: everything a page, a route or a command asks for.

    >>> graph = open_graph(Settings(examples=False))
    >>> graph.cities("en"), "sdg-gaps" in graph.questions
    ([], True)
    """

    def __init__(self, store: Store, files: DataFiles, settings: Settings) -> None:
        self.store = store
        self.files = files
        self.settings = settings
        self._validating = threading.Lock()
        # By version of the store: what would otherwise be looked up for each question.
        self._of_city: tuple[int, dict[str, list[str]]] = (-1, {})
        self._known: dict[Language, tuple[int, list[City], list[CityGraph]]] = {}

    @cached_property
    def questions(self) -> dict[str, NamedQuestion]:
        """The named questions, by name, in the order of subject and name."""
        return read_questions(self.files.queries())

    @cached_property
    def rules(self) -> dict[str, Rule]:
        """The rules, by identifier."""
        return read_rules(self.files.shapes())

    @cached_property
    def digests(self) -> dict[str, str]:
        """Which state of ontology, shapes and queries is at work."""
        return {
            "ontology": digest(self.files.ontology()),
            "shapes": digest(self.files.shapes()),
            "queries": digest(self.files.queries()),
        }

    # ----- load -----

    def load_vocabulary(self) -> None:
        """Puts ontology, SDGs, lists and mappings into their graphs, shared by all cities."""
        together: dict[str, list[Path]] = {}
        for path in self.files.ontology():
            name = path.stem if path.parent.name == "ontology" else path.parent.name
            together.setdefault(_SHARED + name, []).append(path)
        for name, paths in together.items():
            documents = [self._document(path) for path in paths]
            triples = [each for document in documents for each in graphs_of(document, name)[name]]
            self.store.replace_graph(name, triples)

    def load_examples(self, progress: Progress | None = None) -> None:
        """Puts the example cities into their graphs; unchanged ones cost only their reading."""
        self.load(self.files.examples(), progress=progress)

    def load(
        self,
        paths: Sequence[Path],
        graph: str | None = None,
        progress: Progress | None = None,
    ) -> dict[str, int]:
        """Makes the graphs of files consist of what the files say; triples by graph.

        Everything is read before anything is written. Raises UnreadableData, UnsupportedFormat,
        TooLarge.
        """
        limit = self.settings.max_upload_bytes
        return self.replace(read_graphs(paths, limit, graph, progress))

    def replace(self, graphs: Mapping[str, Sequence[Triple]]) -> dict[str, int]:
        """Makes each graph consist of these triples; their number by graph."""
        for name, triples in graphs.items():
            self.store.replace_graph(name, triples)
        return {name: len(set(triples)) for name, triples in sorted(graphs.items())}

    # ----- ask -----

    def question(self, name: str) -> NamedQuestion:
        """The question of that name. Raises UnknownName with the nearest names."""
        if name not in self.questions:
            raise UnknownName.among(Text(de="die Frage", en="the question"), name, self.questions)
        return self.questions[name]

    def bind(self, name: str, given: Mapping[str, str], language: Language) -> Bound:
        """A question made ready with the values given as text, defaults for the others.

        Raises UnknownName for a question, parameter or value that does not exist, BadParameter
        for a value that does not fit or is missing.
        """
        question = self.question(name)
        known = {parameter.name: parameter for parameter in question.parameters}
        for unknown in set(given) - set(known):
            raise UnknownName.among(Text(de="der Parameter", en="the parameter"), unknown, known)
        city = None
        if "city" in known:
            city = self.city(_required(known["city"], given), language)
        graphs = self.graphs_of_city(city) if city and question.scope == "city" else None
        values = {}
        for parameter in question.parameters:
            if parameter.kind == "language" and parameter.name not in given:
                values[parameter.name] = to_sparql(typed_term("language", language))
                continue
            text = _required(parameter, given)
            if text is not None:
                values[parameter.name] = self._term(parameter, text, graphs, language)
        return Bound(question, dict(given), question.bind(values), graphs, city)

    def evaluate(self, bound: Bound) -> Result:
        """The result of a bound question; read it in the thread that asked."""
        return self.store.query(bound.sparql, bound.graphs)

    def ask(self, name: str, given: Mapping[str, str], language: Language) -> Answer:
        """The answer to a question that is a table. Raises what `bind` raises."""
        bound = self.bind(name, given, language)
        found = list(rows(self.evaluate(bound)))
        return Answer(bound, bound.question.columns, found, self.notes(bound, language))

    def ask_graph(self, name: str, given: Mapping[str, str], language: Language) -> str:
        """The answer to a question that is a graph, as Turtle. Raises what `bind` raises."""
        result = self.evaluate(self.bind(name, given, language))
        return graph_bytes(result, TURTLE, PREFIXES).decode("utf-8")

    def notes(self, bound: Bound, language: Language) -> list[str]:
        """What has to be said beside an answer: fictional data, partial data, whose assessment."""
        if bound.city is None:
            return []
        city = bound.city
        notes = []
        if city.fictional:
            notes.append(_FICTIONAL.format(name=city.name).in_(language))
        if city.completeness:
            said = f"{city.name}: {city.completeness}."
            notes.append(f"{said} {city.note}" if city.note else said)
        for graph in self.graphs(language):
            if graph.city == city.iri and graph.kind in bound.question.shows and graph.description:
                notes.append(graph.description)
        return notes

    def run(self, text: str) -> Result:
        """The result of a foreign query over the union of all graphs, after the guard.

        Raises BadQuery, RefusedQuery, TooLarge.
        """
        check_query(
            text,
            max_bytes=self.settings.max_query_bytes,
            max_depth=self.settings.max_query_depth,
        )
        return self.store.query(text)

    def validate(self, documents: Sequence[Document], run: Run | None = None) -> Report:
        """The report on documents taken together. One at a time: raises Busy otherwise."""
        if not self._validating.acquire(blocking=False):
            raise Busy(
                Text(de="Es wird schon eine Datei geprüft.", en="A file is being checked already."),
                mend=Text(de="Gleich noch einmal versuchen.", en="Try again in a moment."),
            )
        try:
            return validate(documents, self.files.shapes(), self.files.ontology(), run)
        finally:
            self._validating.release()

    # ----- what is here -----

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
        version = self.store.version
        if self._of_city[0] != version:
            self._of_city = (version, {})
        known = self._of_city[1]
        if city.iri not in known:
            own = [graph.iri for graph in self.graphs("de") if graph.city in (city.iri, None)]
            shared = [name for name in self.store.graph_names() if name.startswith(_SHARED)]
            known[city.iri] = own + shared
        return known[city.iri]

    def choices(self, parameter: Parameter, language: Language) -> list[str] | None:
        """The texts that a parameter admits where they are few and known, else None."""
        if parameter.choices:
            return list(parameter.choices)
        if parameter.kind == "language":
            return list(LANGUAGES)
        if parameter.name == "city":
            return [city.slug for city in self.cities(language)]
        return None

    def close(self) -> None:
        """Closes the store."""
        self.store.close()

    def _document(self, path: Path) -> Document:
        return read_file(path, self.settings.max_upload_bytes)

    def _registry(self, language: Language) -> tuple[int, list[City], list[CityGraph]]:
        known = self._known.get(language)
        if known is None or known[0] != self.store.version:
            version = self.store.version
            cities = [City(*_without(row, 3)) for row in self._listed("cities", language)]  # type: ignore[arg-type]
            graphs = [CityGraph(*row[:6]) for row in self._listed("graphs", language)]  # type: ignore[arg-type]
            known = (version, cities, graphs)
            self._known[language] = known
        return known

    def _listed(self, name: str, language: Language) -> Iterator[tuple[Value, ...]]:
        return rows(self.evaluate(self.bind(name, {"lang": language}, language)))

    def _term(
        self, parameter: Parameter, text: str, graphs: Sequence[str] | None, language: Language
    ) -> str:
        if parameter.kind == "choice":
            if text not in parameter.choices:
                raise UnknownName.among(parameter.label, text, parameter.choices)
            return to_sparql(typed_term("iri", parameter.choices[text]))
        if parameter.kind == "language" and not is_language(text):
            raise UnknownName.among(parameter.label, text, LANGUAGES)
        if parameter.kind == "date" and text == "today":
            text = date.today().isoformat()
        if parameter.name == "city":
            text = self.city(text, language).iri
        elif parameter.key:
            text = self._by_key(parameter, text, graphs)
        return to_sparql(typed_term(parameter.kind, text, name=parameter.name))

    def _by_key(self, parameter: Parameter, text: str, graphs: Sequence[str] | None) -> str:
        """The IRI of the thing that a key, the end of its address, or its address names."""
        query = (
            f"SELECT DISTINCT ?thing ?key {{ ?thing <{RDF('type').value}>/"
            f"<{RDFS('subClassOf').value}>* <{parameter.cls}> "
            f"OPTIONAL {{ ?thing <{parameter.key}> ?key }} }}"
        )
        things: dict[str, str] = {}
        # Read whole: a refusal below must not carry the result out of this thread.
        for iri, key in list(rows(self.store.query(query, graphs))):
            if text.startswith(_WEB):
                things[str(iri)] = str(iri)
                continue
            things.setdefault(str(iri).rpartition("/")[2], str(iri))
            if key is not None:
                things[str(key)] = str(iri)
        if text not in things:
            raise UnknownName.among(parameter.label, text, things)
        return things[text]


_FICTIONAL = Text(
    de="{name}: Alle Angaben sind erfunden.", en="{name}: all of this data is invented."
)


def open_graph(settings: Settings, progress: Progress | None = None) -> Graph:
    """Opens the store that the settings name and brings vocabulary and examples up to date.

    Raises StoreLocked, StoreProblem, and what is wrong with a data file.

    >>> open_graph(Settings(examples=False)).question("sdg-gaps").summary.en
    'SDGs without a measure'
    """
    files = find_data_files(settings.data_dir)
    store = EmbeddedStore(settings.store_dir, settings.city_views)
    graph = Graph(store, files, settings)
    try:
        graph.load_vocabulary()
        if settings.examples:
            graph.load_examples(progress)
    except BaseException:
        store.close()
        raise
    return graph


def _required(parameter: Parameter, given: Mapping[str, str]) -> str | None:
    text = given.get(parameter.name, parameter.default)
    if text is None and parameter.required:
        example = f" {parameter.name}={parameter.example}" if parameter.example else ""
        raise BadParameter(
            Text(
                de=f"Der Parameter {parameter.name} ({parameter.label.de}) fehlt.",
                en=f"The parameter {parameter.name} ({parameter.label.en}) is missing.",
            ),
            mend=Text(de=f"Angeben, zum Beispiel{example}.", en=f"Give it, for instance{example}.")
            if example
            else Text(de="Bitte angeben.", en="Please give it."),
            extra={"name": parameter.name},
        )
    return text


def _without(row: tuple[Value, ...], position: int) -> tuple[Value, ...]:
    return row[:position] + row[position + 1 :]
