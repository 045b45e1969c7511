"""The reference of ontology, lists, questions and rules: HTML in both languages, from the files."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from nhm_graph import __version__
from nhm_graph.catalog.files import DataFiles
from nhm_graph.catalog.questions import NamedQuestion, read_questions
from nhm_graph.catalog.rules import Rule, read_rules
from nhm_graph.language import LANGUAGES, Language, Text
from nhm_graph.publish.diagram import diagram, link_sentences
from nhm_graph.publish.lists import ConceptList, read_lists
from nhm_graph.publish.terms import OntologyTerm, ontology_terms
from nhm_graph.publish.usage import Usage, usage
from nhm_graph.rdf.reading import read_file
from nhm_graph.rdf.terms import NHM

_LARGEST = 10_000_000
_PAGES = ("index", "ontology", "lists", "questions", "rules", "table")
_MODULES = "https://w3id.org/nhm/voc/module"


@dataclass(frozen=True, slots=True)
class Reference:
    """Everything that the reference shows."""

    terms: Sequence[OntologyTerm]
    lists: Sequence[ConceptList]
    questions: Sequence[NamedQuestion]
    rules: Sequence[Rule]
    used: dict[str, Usage]

    @property
    def by_iri(self) -> dict[str, OntologyTerm]:
        """The terms by IRI."""
        return {term.iri: term for term in self.terms}

    def modules(self) -> list[tuple[str, Text, Text, list[OntologyTerm]]]:
        """The parts of the ontology in their order: IRI, name, what it is about, its terms."""
        order = next((each for each in self.lists if each.iri == _MODULES), None)
        return [
            (
                entry.iri,
                entry.label,
                entry.definition,
                [t for t in self.terms if t.module == entry.iri],
            )
            for entry in (order.entries if order else ())
        ]

    def competency(self) -> list[tuple[str, list[str]]]:
        """The competency questions by number, with the queries that answer them."""
        answered: dict[str, list[str]] = {}
        for question in self.questions:
            for number in question.competency:
                answered.setdefault(number, []).append(question.name)
        return sorted(answered.items(), key=lambda item: (item[0][0], int(item[0][1:] or 0)))


def read_reference(files: DataFiles) -> Reference:
    """Reads all that the reference shows from the data files.

    >>> from nhm_graph.catalog.files import find_data_files
    >>> len(read_reference(find_data_files()).terms) > 100
    True
    """
    questions = read_questions(files.queries())
    rules = read_rules(files.shapes())
    shapes = [read_file(path, _LARGEST) for path in files.shapes()]
    return Reference(
        terms=ontology_terms(read_file(files.root / "ontology" / "nhm.ttl", _LARGEST)),
        lists=read_lists(files.root / "ontology" / "lists"),
        questions=list(questions.values()),
        rules=list(rules.values()),
        used=usage(questions, {rule.id: rule.iri for rule in rules.values()}, shapes),
    )


def reference_pages(reference: Reference) -> dict[str, str]:
    """The pages by their path below the target folder.

    >>> from nhm_graph.catalog.files import find_data_files
    >>> sorted(reference_pages(read_reference(find_data_files())))[:2]
    ['de/index.html', 'de/lists.html']
    """
    environment = Environment(
        loader=PackageLoader("nhm_graph.publish"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    pages = {
        "reference.css": (Path(__file__).parent / "templates/reference.css").read_text("utf-8")
    }
    for language in LANGUAGES:
        for page in _PAGES:
            template = environment.get_template(f"{page}.html")
            pages[f"{language}/{page}.html"] = template.render(**_shown(reference, page, language))
    return pages


def write_reference(reference: Reference, target: Path) -> list[Path]:
    """Writes the pages below a folder; the files written."""
    written = []
    for name, content in reference_pages(reference).items():
        path = target / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
        written.append(path)
    return written


def _shown(reference: Reference, page: str, language: Language) -> dict[str, Any]:
    known = reference.by_iri

    def called(iri: str) -> str:
        return known[iri].label.in_(language) if iri in known else short_name(iri)

    def drawing(terms: Sequence[OntologyTerm], title: str) -> str:
        classes = [term for term in terms if term.kind == "class"]
        return diagram(classes, _links(reference, terms), called, title)

    def sentences(terms: Sequence[OntologyTerm]) -> list[str]:
        return list(link_sentences(_links(reference, terms), known, language))

    return {
        "reference": reference,
        "page": page,
        "pages": _PAGES,
        "language": language,
        "languages": LANGUAGES,
        "say": lambda de, en: de if language == "de" else en,
        "words": lambda text: text.in_(language),
        "short": lambda iri: known[iri].name if iri in known else short_name(iri),
        "known": known,
        "drawing": drawing,
        "sentences": sentences,
        "version": __version__,
    }


def _links(reference: Reference, terms: Sequence[OntologyTerm]) -> list[OntologyTerm]:
    own = {term.iri for term in terms if term.kind == "class"}
    return [
        each
        for each in reference.terms
        if each.kind == "property" and (each.domain in own or (each.range in own and each.domain))
    ]


_PREFIXES = {
    str(NHM): "nhm:",
    "http://www.w3.org/2004/02/skos/core#": "skos:",
    "http://www.w3.org/ns/org#": "org:",
    "http://www.w3.org/ns/prov#": "prov:",
    "http://www.w3.org/ns/dcat#": "dcat:",
    "http://www.w3.org/2001/XMLSchema#": "xsd:",
    "http://purl.org/linked-data/cube#": "qb:",
}


def short_name(iri: str) -> str:
    """An IRI as people write it, with the usual prefix where it has one.

    >>> short_name("http://www.w3.org/ns/org#Organization")
    'org:Organization'
    """
    for namespace, prefix in _PREFIXES.items():
        if iri.startswith(namespace):
            return prefix + iri.removeprefix(namespace)
    return iri
