"""Ontology, rules and questions as they are handed out, by version.

What is handed out comes from the files: the ontology in Turtle is its file byte for byte.
"""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from nhm_graph.catalog.files import DataFiles
from nhm_graph.catalog.questions import NamedQuestion
from nhm_graph.catalog.rules import Rule
from nhm_graph.errors import UnknownName
from nhm_graph.language import LANGUAGES, Text
from nhm_graph.publish.addresses import HOUSE
from nhm_graph.publish.description_rdf import PREFIXES
from nhm_graph.publish.reference import Reference, read_reference
from nhm_graph.rdf.formats import TURTLE, DataFormat
from nhm_graph.rdf.reading import read_file
from nhm_graph.rdf.statements import (
    Statement,
    literal,
    reachable,
    tagged,
    with_numbered_nodes,
    written,
    written_triples,
)
from nhm_graph.rdf.terms import DCT, OWL, RDF, RDFS, SH, typed_term
from nhm_graph.store.base import Triple

_LARGEST = 10_000_000
_LICENCE = "https://creativecommons.org/licenses/by/4.0/"
# Data that keeps or breaks a rule: where the wheel has it, and where the checkout does.
_EXAMPLES = ("rule-examples", "tests/rules/fixtures")
_PREFIXES = PREFIXES | {"sh": str(SH), "owl": str(OWL), "rule": f"{HOUSE}rule/"}


@dataclass(frozen=True, slots=True)
class Example:
    """Data that keeps a rule, or that breaks it; `about` is what its first line says (English)."""

    name: str
    keeps: bool
    about: str
    text: str


class Definitions:
    """Everything that the project defines, read once.

    >>> from nhm_graph.catalog.files import find_data_files
    >>> known = Definitions(find_data_files())
    >>> known.rule("M04-end").id, known.rule("M04").tier
    ('M04', 'basis')
    """

    def __init__(self, files: DataFiles) -> None:
        self._files = files

    @cached_property
    def reference(self) -> Reference:
        """Terms, lists, questions and rules as the reference shows them."""
        return read_reference(self._files)

    @cached_property
    def rules(self) -> dict[str, Rule]:
        """The rules by identifier."""
        return {rule.id: rule for rule in self.reference.rules}

    @cached_property
    def _terms(self) -> list[Triple]:
        document = read_file(self._ontology_file, _LARGEST)
        return with_numbered_nodes(quad.triple for quad in document.quads)

    @cached_property
    def _shapes(self) -> list[Triple]:
        documents = [read_file(path, _LARGEST) for path in self._files.shapes()]
        return with_numbered_nodes(quad.triple for each in documents for quad in each.quads)

    @property
    def _ontology_file(self) -> Path:
        return self._files.root / "ontology" / "nhm.ttl"

    @cached_property
    def version(self) -> str:
        """The version of the ontology, which rules and questions share."""
        return self._said(OWL("versionInfo").value) or ""

    @cached_property
    def modified(self) -> str | None:
        """The day on which the ontology was last changed."""
        return self._said(DCT("modified").value)

    def _said(self, name: str) -> str | None:
        found = (each for each in self._terms if each.predicate.value == name)
        return next((getattr(each.object, "value", None) for each in found), None)

    def at_hand(self, version: str) -> None:
        """Raises UnknownName, which says which versions there are, where this one is not here."""
        if version != self.version:
            detail = Text(
                de=f"Die Version „{version}“ liegt hier nicht vor.",
                en=f"The version “{version}” is not at hand here.",
            )
            mend = Text(de=f"Vorhanden ist: {self.version}.", en=f"At hand is: {self.version}.")
            extra = {"name": version, "versions": [self.version]}
            raise UnknownName(detail, mend=mend, extra=extra)

    def rule(self, name: str) -> Rule:
        """The rule of that identifier, or that a part belongs to. Raises UnknownName."""
        identifier = name.partition("-")[0]
        if identifier not in self.rules:
            raise UnknownName.among(Text(de="die Regel", en="the rule"), name, self.rules)
        return self.rules[identifier]

    def ontology_bytes(self, form: DataFormat) -> bytes:
        """The whole ontology in a format."""
        if form == TURTLE:
            return self._ontology_file.read_bytes()
        return written_triples(self._terms, form, _PREFIXES)

    def shapes_bytes(self, form: DataFormat) -> bytes:
        """All rules in a format."""
        return written_triples(self._shapes, form, _PREFIXES)

    def lists_bytes(self, form: DataFormat) -> bytes:
        """All lists with their entries in a format."""
        folder = self._files.root / "ontology" / "lists"
        documents = [read_file(path, _LARGEST) for path in sorted(folder.glob("*.ttl"))]
        triples = with_numbered_nodes(quad.triple for each in documents for quad in each.quads)
        return written_triples(triples, form, _PREFIXES)

    def question_bytes(self, question: NamedQuestion, form: DataFormat) -> bytes:
        """A question in a format: what it asks in words, and its SPARQL (SHACL, 5.3).

        The statements name the question without version; the version is one of them.
        """
        me = f"{HOUSE}query/{question.name}"
        select = question.form != "construct"
        kind = "SPARQLSelectExecutable" if select else "SPARQLConstructExecutable"
        said = [
            Statement(me, RDF("type").value, SH(kind)),
            Statement(me, SH("select" if select else "construct").value, literal(question.text)),
            Statement(me, DCT("identifier").value, literal(question.name)),
            Statement(me, OWL("versionInfo").value, literal(self.version)),
            Statement(me, DCT("license").value, typed_term("iri", _LICENCE)),
        ]
        for language in LANGUAGES:
            for name, text in (
                (RDFS("label"), question.summary),
                (DCT("description"), question.question),
            ):
                said.append(Statement(me, name.value, tagged(text.in_(language), language)))
        return written(said, form, _PREFIXES)

    def rule_bytes(self, rule: Rule, form: DataFormat) -> bytes:
        """A rule with its parts in a format."""
        own = reachable(self._shapes, lambda iri: iri == rule.iri or iri.startswith(f"{rule.iri}-"))
        return written_triples(own, form, _PREFIXES)

    def examples(self, rule: Rule) -> list[Example]:
        """Data that breaks the rule, then data that keeps it; none with data files of one's own."""
        folders = (self._files.root / each for each in _EXAMPLES)
        found = []
        for path in (each for folder in folders for each in folder.glob(f"{rule.id}-*.ttl")):
            first, _, rest = path.read_text("utf-8").partition("\n")
            about = first.lstrip("# ").removeprefix("Wrong: ") if first.startswith("#") else ""
            keeps = path.stem.startswith(f"{rule.id}-valid")
            found.append(
                Example(path.stem, keeps, about, rest.strip() if about else path.read_text("utf-8"))
            )
        return sorted(found, key=lambda each: (each.keeps, each.name))
