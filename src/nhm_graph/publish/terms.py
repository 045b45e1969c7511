"""The terms of the ontology as a reader sees them, read from ontology/nhm.ttl."""

from collections import defaultdict
from dataclasses import dataclass

from nhm_graph.language import Text
from nhm_graph.rdf.reading import Document
from nhm_graph.rdf.terms import DCT, NHM, OWL, RDF, RDFS, SKOS

_KINDS = {
    OWL("Class").value: "class",
    OWL("ObjectProperty").value: "property",
    OWL("DatatypeProperty").value: "property",
    OWL("AnnotationProperty").value: "property",
    OWL("NamedIndividual").value: "individual",
}


@dataclass(frozen=True, slots=True)
class OntologyTerm:
    """A class, property or individual of the ontology's own namespace.

    `parents` are what it is below of, `domain` and `range` IRIs where stated, `module` the IRI of
    the part of the ontology that it stands in.
    """

    iri: str
    name: str
    kind: str
    label: Text
    definition: Text
    spoken_examples: tuple[tuple[str, str], ...]
    parents: tuple[str, ...]
    domain: str | None
    range: str | None
    module: str | None
    deprecated: bool
    replaced_by: str | None

    @property
    def examples(self) -> tuple[str, ...]:
        """The examples in all languages; `spoken_examples` has the language of each, or ""."""
        return tuple(text for text, _ in self.spoken_examples)


def ontology_terms(document: Document) -> list[OntologyTerm]:
    """The terms of a document in the nhm namespace, by name.

    >>> from nhm_graph.catalog.files import find_data_files
    >>> from nhm_graph.rdf.reading import read_file
    >>> path = find_data_files().root / "ontology" / "nhm.ttl"
    >>> {each.name: each for each in ontology_terms(read_file(path, 10**7))}["Goal"].label.en
    'goal'
    """
    said: dict[str, dict[str, list[tuple[str, str]]]] = defaultdict(lambda: defaultdict(list))
    for quad in document.quads:
        subject = getattr(quad.subject, "value", "")
        if subject.startswith(str(NHM)):
            value = getattr(quad.object, "value", "")
            language = getattr(quad.object, "language", None) or ""
            said[subject][quad.predicate.value].append((value, language))
    terms = (_term(iri, values) for iri, values in said.items())
    return sorted(terms, key=lambda term: (term.name.lower(), term.name))


def _term(iri: str, values: dict[str, list[tuple[str, str]]]) -> OntologyTerm:
    def every(*names: str) -> list[str]:
        return [value for name in names for value, _ in values.get(name, [])]

    def one(name: str) -> str | None:
        return next(iter(every(name)), None)

    def text(name: str) -> Text:
        spoken = {language: value for value, language in values.get(name, [])}
        return Text(de=spoken.get("de", ""), en=spoken.get("en", ""))

    kinds = [_KINDS[each] for each in every(RDF("type").value) if each in _KINDS]
    return OntologyTerm(
        iri=iri,
        name=iri.removeprefix(str(NHM)),
        kind=kinds[0] if kinds else "individual",
        label=text(RDFS("label").value),
        definition=text(SKOS("definition").value),
        spoken_examples=tuple(sorted(values.get(SKOS("example").value, []))),
        parents=tuple(
            each for each in every(RDFS("subClassOf").value, RDFS("subPropertyOf").value) if each
        ),
        domain=one(RDFS("domain").value),
        range=one(RDFS("range").value),
        module=one(DCT("subject").value),
        deprecated="true" in every(OWL("deprecated").value),
        replaced_by=one(DCT("isReplacedBy").value),
    )
