"""The use cases: open, load, ask, run, validate. No HTTP and no terminal here."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from pathlib import Path

from nhm_graph.catalog.files import DataFiles, digest, find_data_files
from nhm_graph.catalog.questions import NamedQuestion, Parameter, read_questions
from nhm_graph.catalog.rules import Rule, read_rules
from nhm_graph.checks.cities import Group, Rules, counted, stored_groups, validate_groups
from nhm_graph.checks.jobs import Form, stored_report, upload_report
from nhm_graph.checks.report import Report
from nhm_graph.checks.sources import Source, source_of
from nhm_graph.checks.validation import Run, outcome, report_of
from nhm_graph.checks.workers import Workers
from nhm_graph.errors import UnknownName
from nhm_graph.graph.binding import Binder
from nhm_graph.graph.model import Answer, Bound, City, CityGraph
from nhm_graph.graph.registry import SHARED, Registry
from nhm_graph.language import Language, Text
from nhm_graph.rdf.formats import TURTLE
from nhm_graph.rdf.reading import Document, read_file
from nhm_graph.settings import Settings
from nhm_graph.store.base import Result, Store, Triple
from nhm_graph.store.embedded import EmbeddedStore
from nhm_graph.store.guard import check_query
from nhm_graph.store.loading import Progress, graphs_of, read_graphs
from nhm_graph.store.remote import RemoteStore
from nhm_graph.store.remote_http import Limits
from nhm_graph.store.rows import graph_bytes, rows

# How names are shortened in a graph that is handed out.
PREFIXES = {
    "nhm": "https://w3id.org/nhm/ns#",
    "dct": "http://purl.org/dc/terms/",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}


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
            together.setdefault(SHARED + name, []).append(path)
        for name, paths in together.items():
            documents = [self._document(path) for path in paths]
            triples = [each for document in documents for each in graphs_of(document, name)[name]]
            self.store.replace_graph(name, triples)

    def load_examples(self, progress: Progress | None = None) -> None:
        """Puts the example cities into their graphs; unchanged ones cost only their reading.

        A store that holds data of its own and no example is left alone.
        """
        names = [each for each in self.store.graph_names() if not each.startswith(SHARED)]
        if not names or any(each.startswith(_EXAMPLES) for each in names):
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
        return self._binder.bind(self.question(name), given, language)

    def evaluate(self, bound: Bound) -> Result:
        """The result of a bound question; read it in the thread that asked."""
        if bound.graphs is None:
            return self.store.query(bound.sparql)
        return self.store.query_view(bound.sparql, bound.graphs)

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
        """The report on documents taken together, in this process. Nothing of them is stored."""
        run = run or Run()
        rules = self._rules.read(run)
        names = [document.name for document in documents]
        return report_of(outcome(documents, rules, run), names, rules)

    def validate_graphs(
        self,
        city: str | None = None,
        run: Run | None = None,
        *,
        jobs: int = 1,
        progress: Progress | None = None,
    ) -> Report:
        """The report on the data here, city by city, or on one city by short name or IRI.

        `jobs` processes work at a time. Raises UnknownName.
        """
        cities, shared = self._stored(city)
        groups = stored_groups(cities, shared, self.store)
        shown = counted(progress, len(cities))
        rules = self._rules
        return validate_groups(groups, shared, rules, run or Run(), jobs=jobs, progress=shown)

    def check_upload(
        self, data: bytes, media_type: str, run: Run, form: Form, *, name: str = ""
    ) -> bytes:
        """The report on foreign data as it is to be sent, made in another process.

        `name` is what the report calls the data.

        Raises what reading the data raises, Busy, Stopped.
        """
        limit = self.settings.max_validation_bytes
        return self._workers.run(
            upload_report, data, media_type, limit, name, rules=self._rules, run=run, form=form
        )

    def check_stored(
        self, run: Run, form: Form, *, city: str | None = None, graph: str | None = None
    ) -> bytes:
        """The report on a city here, or on one graph here, as `check_upload` gives it.

        A graph is checked together with the others of its city; only what is found on the nodes
        that it describes is reported. Raises UnknownName besides.
        """
        if graph is not None and graph not in self.store.graph_names():
            names = self.store.graph_names()
            raise UnknownName.among(Text(de="der Graph", en="the graph"), graph, names)
        if graph is not None:
            city = next((each.city for each in self.graphs("de") if each.iri == graph), None)
        cities, shared = self._stored(city) if city else ({}, self._sources(self._common()))
        group = next(stored_groups(cities, shared, self.store), Group("", (), tuple(shared)))
        return self._workers.run(stored_report, group, graph, rules=self._rules, run=run, form=form)

    def _stored(self, name: str | None) -> tuple[dict[str, list[str]], list[Source]]:
        """The graphs of each city, or of one, and the data that all share."""
        owned = sorted({(each.city, each.iri) for each in self.graphs("de") if each.city})
        cities: dict[str, list[str]] = {}
        for city, graph in owned:
            cities.setdefault(city, []).append(graph)
        if name is not None:
            city = name if name in cities else self.city(name, "de").iri
            cities = {city: cities[city]}
        return cities, self._sources(self._common())

    def _common(self) -> list[str]:
        """The graphs that belong to no city. The vocabulary is read from its files instead."""
        owned = {graph.iri for graph in self.graphs("de") if graph.city}
        names = self.store.graph_names()
        return [each for each in names if each not in owned and not each.startswith(SHARED)]

    def _sources(self, names: Iterable[str]) -> list[Source]:
        return [source_of(name, self.store.read_graph(name)) for name in names]

    @property
    def _rules(self) -> Rules:
        return Rules(self.files, self.settings.max_upload_bytes)

    @cached_property
    def _workers(self) -> Workers:
        return Workers(self.settings.validation_processes, self.settings.validation_seconds)

    # ----- what is here -----

    def cities(self, language: Language) -> list[City]:
        """The municipalities whose data is here, real ones first."""
        return self._registry.cities(language)

    def city(self, name: str | None, language: Language) -> City:
        """A municipality by short name or IRI. Raises UnknownName with the nearest names."""
        return self._registry.city(name, language)

    def graphs(self, language: Language) -> list[CityGraph]:
        """The graphs that the data describes."""
        return self._registry.graphs(language)

    def graphs_of_city(self, city: City) -> list[str]:
        """The graphs that a question about one city reads: its own and the shared ones."""
        return self._registry.graphs_of_city(city)

    def state_of(self, city: str | None) -> tuple[object, ...]:
        """What answers about a municipality (its IRI; None: about anything) were made from.

        Two equal states have equal answers; digests of questions and ontology are part of it.
        """
        digests = (self.digests["queries"], self.digests["ontology"])
        if not isinstance(self.store, EmbeddedStore):
            return (self.store.version, *digests)
        known = next((each for each in self.cities("de") if each.iri == city), None)
        if known is None:
            return (self.store.state(), *digests)
        graphs = self.graphs_of_city(known)
        return (self.store.state(graphs), *graphs, *digests)

    def choices(self, parameter: Parameter, language: Language) -> list[str] | None:
        """The texts that a parameter admits where they are few and known, else None."""
        return self._binder.choices(parameter, language)

    def close(self) -> None:
        """Closes the store and ends the processes that check foreign data."""
        self._workers.close()
        self.store.close()

    def _document(self, path: Path) -> Document:
        return read_file(path, self.settings.max_upload_bytes)

    @cached_property
    def _registry(self) -> Registry:
        return Registry(self.store, self.questions)

    @cached_property
    def _binder(self) -> Binder:
        return Binder(self.store, self._registry)


# Where the graphs of the example cities are.
_EXAMPLES = "https://w3id.org/nhm/examples/graph/"
_FICTIONAL = Text(
    de="{name}: Alle Angaben sind erfunden.", en="{name}: all of this data is invented."
)


def open_graph(settings: Settings, progress: Progress | None = None) -> Graph:
    """Opens the store that the settings name and brings vocabulary and examples up to date.

    Another engine, named by `store`, is for reading and left as it is. Raises StoreLocked,
    StoreProblem, BadParameter, and what is wrong with a data file.

    >>> open_graph(Settings(examples=False)).question("sdg-gaps").summary.en
    'SDGs without a measure'
    """
    files = find_data_files(settings.data_dir)
    if settings.store is not None:
        return Graph(_remote_store(settings.store, settings), files, settings)
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


def _remote_store(address: str, settings: Settings) -> RemoteStore:
    return RemoteStore(
        address,
        user=settings.store_user,
        password=settings.store_password,
        limits=Limits(settings.remote_seconds, settings.max_answer_bytes),
        refresh_seconds=settings.remote_refresh_seconds,
        views=settings.city_views,
    )
