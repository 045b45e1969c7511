"""What the catalogue is written with: prefixes, entries, and who publishes where."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from nhm_graph.language import Text
from nhm_graph.publish.addresses import Addresses
from nhm_graph.rdf.statements import Statement, literal, tagged
from nhm_graph.rdf.terms import XSD, Term, typed_term
from nhm_graph.settings import Settings

PREFIXES = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dcatde": "http://dcat-ap.de/def/dcatde/",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "nhm": "https://w3id.org/nhm/ns#",
    "prov": "http://www.w3.org/ns/prov#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "spdx": "http://spdx.org/rdf/terms#",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "void": "http://rdfs.org/ns/void#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
# What DCAT-AP expects at the other end of a property; harvesters do not look it up.
_RANGES = {
    "dcat:accessURL": "rdfs:Resource",
    "dcat:compressFormat": "dct:MediaType",
    "dcat:downloadURL": "rdfs:Resource",
    "dcat:endpointDescription": "rdfs:Resource",
    "dcat:endpointURL": "rdfs:Resource",
    "dcat:landingPage": "foaf:Document",
    "dcat:mediaType": "dct:MediaType",
    "dcat:packageFormat": "dct:MediaType",
    "dcat:theme": "skos:Concept",
    "dct:accessRights": "dct:RightsStatement",
    "dct:accrualPeriodicity": "dct:Frequency",
    "dct:conformsTo": "dct:Standard",
    "dct:creator": "foaf:Agent",
    "dct:format": "dct:MediaTypeOrExtent",
    "dct:language": "dct:LinguisticSystem",
    "dct:license": "dct:LicenseDocument",
    "dct:publisher": "foaf:Agent",
    "dct:spatial": "dct:Location",
    "foaf:homepage": "foaf:Document",
}
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Site:
    """Who publishes, and where the public reaches it. `public` has no slash at its end.

    >>> site = Site.of(Settings(), "https://daten.musterstadt.example/")
    >>> site.url("/sparql")
    'https://daten.musterstadt.example/sparql'
    >>> site.page("https://w3id.org/nhm/examples/graph/heilbronn/plan")
    'https://daten.musterstadt.example/graph/heilbronn/plan'
    """

    settings: Settings
    public: str
    addresses: Addresses

    @classmethod
    def of(cls, settings: Settings, asked: str = "http://127.0.0.1:8000") -> "Site":
        """The site of some settings; `asked` is where it was reached, if they name no address."""
        public = (settings.public_url or asked).rstrip("/")
        return cls(settings, public, Addresses.read(settings.base_iris))

    def url(self, path: str) -> str:
        """The public address of a path of this service."""
        return self.public + path

    def page(self, iri: str) -> str | None:
        """The public address of the page about an IRI; None where it has none here."""
        path = self.addresses.page(iri)
        return self.url(path) if path else None

    @property
    def home(self) -> str:
        """The first base of public IRIs: the catalogue's own IRIs begin with it."""
        return next(iter(self.addresses.bases), f"{self.public}/")

    @property
    def contact_url(self) -> str:
        """Where questions about the data are put."""
        return self.settings.contact_url or self.settings.publisher_homepage


@dataclass(slots=True)
class Entries:
    """Statements as they are gathered; names of properties and classes are written with prefix.

    >>> entries = Entries()
    >>> entries.add("http://e/d", "dct:title", tagged("Ziele", "de"))
    >>> entries.statements[0].predicate
    'http://purl.org/dc/terms/title'
    """

    statements: list[Statement] = field(default_factory=list)

    def add(self, subject: str, name: str, value: Term | None) -> None:
        """One statement; none where there is no value."""
        if value is not None:
            self.statements.append(Statement(subject, full(name), value))

    def link(self, subject: str, name: str, iris: Iterable[str | None]) -> None:
        """A statement for each IRI, and what kind of thing stands there."""
        for each in iris:
            if each is not None:
                self.add(subject, name, iri(each))
                if name in _RANGES:
                    self.kind(each, _RANGES[name])

    def kind(self, subject: str, *names: str) -> None:
        """What the subject is."""
        for name in names:
            self.add(subject, "rdf:type", iri(full(name)))

    def text(self, subject: str, name: str, value: Text | None) -> None:
        """A text in both languages; once where both are the same."""
        if value is not None:
            self.add(subject, name, tagged(value.de, "de"))
            if value.en != value.de:
                self.add(subject, name, tagged(value.en, "en"))

    def day(self, subject: str, name: str, value: str | None) -> None:
        """A date, or a point in time."""
        if value is not None:
            kind = "date" if _DATE.fullmatch(value) else "dateTime"
            self.add(subject, name, literal(value, XSD(kind)))


def full(name: str) -> str:
    """The IRI of a name with prefix.

    >>> full("dcat:Dataset")
    'http://www.w3.org/ns/dcat#Dataset'
    """
    prefix, _, local = name.partition(":")
    return PREFIXES[prefix] + local


def iri(text: str) -> Term:
    """The term of an IRI. Raises BadParameter for what is none."""
    return typed_term("iri", text)
