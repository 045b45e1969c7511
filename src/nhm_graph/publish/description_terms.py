"""What the ontology says about the properties and classes that a page shows, read once."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from nhm_graph.language import Text
from nhm_graph.publish.reference import short_name
from nhm_graph.rdf.reading import read_file
from nhm_graph.rdf.terms import DCT, NHM, RDF, RDFS, SKOS

_LARGEST = 10_000_000
# What says who or what a thing is comes before everything else, in this order.
_FIRST = (
    DCT("identifier").value,
    SKOS("notation").value,
    SKOS("prefLabel").value,
    DCT("title").value,
    SKOS("altLabel").value,
    SKOS("definition").value,
    DCT("description").value,
)
_LABELS = (RDFS("label").value, SKOS("prefLabel").value)


@dataclass(frozen=True, slots=True)
class Term:
    """A property or class: its name, what it means, where it stands among the others."""

    iri: str
    label: Text
    definition: Text | None
    rank: tuple[int, int]
    parents: tuple[str, ...] = ()
    domain: str | None = None
    deprecated: bool = False


@dataclass(slots=True)
class Vocabulary:
    """The terms of the ontology, and the number and colour of each SDG."""

    terms: dict[str, Term] = field(default_factory=dict)
    colours: dict[str, str] = field(default_factory=dict)

    def term(self, iri: str) -> Term:
        """The term of that IRI; one that nothing is known of is called by its short name.

        >>> Vocabulary().term("http://www.w3.org/ns/org#unitOf").label.de
        'org:unitOf'
        """
        known = self.terms.get(iri)
        if known:
            return known
        name = short_name(iri)
        return Term(iri, Text(de=name, en=name), None, (len(_FIRST) + 99, 0))

    def classes(self, types: Iterable[str]) -> set[str]:
        """These classes and all that they are below of.

        >>> Vocabulary().classes(["http://e/C"])
        {'http://e/C'}
        """
        found: set[str] = set()
        open_ = list(types)
        while open_:
            each = open_.pop()
            if each not in found:
                found.add(each)
                open_ += self.terms[each].parents if each in self.terms else ()
        return found

    def nearest(self, types: Iterable[str]) -> list[Term]:
        """The terms for those of the classes that have no narrower one among them."""
        given = set(types)
        wider = {
            parent
            for each in given
            if each in self.terms
            for parent in self.classes(self.terms[each].parents)
        }
        own = [self.term(each) for each in given - wider]
        # A thing of the ontology's own kind is not also called a list entry.
        named = [each for each in own if each.iri.startswith(str(NHM))] or own
        return sorted(named, key=lambda each: (each.rank, each.iri))

    def expected(self, classes: Iterable[str]) -> Iterator[Term]:
        """The properties that the ontology states for one of the classes."""
        wanted = set(classes)
        for each in self.terms.values():
            if each.domain in wanted and not each.deprecated:
                yield each


def read_vocabulary(folder: Path) -> Vocabulary:
    """The vocabulary from the folder ontology/.

    >>> from nhm_graph.catalog.files import find_data_files
    >>> known = read_vocabulary(find_data_files().root / "ontology")
    >>> known.term("https://w3id.org/nhm/ns#Goal").label.en, known.colours["7"]
    ('goal', '#FCC30B')
    """
    said: dict[str, dict[str, list[tuple[str, str]]]] = defaultdict(lambda: defaultdict(list))
    for name in ("nhm.ttl", "sdg.ttl", "lists/module.ttl"):
        for quad in read_file(folder / name, _LARGEST).quads:
            value = getattr(quad.object, "value", "")
            language = getattr(quad.object, "language", None) or ""
            said[getattr(quad.subject, "value", "")][quad.predicate.value].append((value, language))
    vocabulary = Vocabulary()
    modules = {
        iri: int(values[NHM("position").value][0][0])
        for iri, values in said.items()
        if NHM("position").value in values
    }
    for place, (iri, values) in enumerate(said.items()):
        if any(value.startswith("http://www.w3.org/2002/07/owl#") for value, _ in _types(values)):
            vocabulary.terms[iri] = _term(iri, values, modules, place)
        for colour, _ in values.get(NHM("colour").value, ()):
            vocabulary.colours[values[SKOS("notation").value][0][0]] = colour
    return vocabulary


def _types(values: dict[str, list[tuple[str, str]]]) -> list[tuple[str, str]]:
    return values.get(RDF("type").value, [])


def _term(
    iri: str, values: dict[str, list[tuple[str, str]]], modules: dict[str, int], place: int
) -> Term:
    def first(name: str) -> str | None:
        return next((value for value, _ in values.get(name, ())), None)

    label = next((found for name in _LABELS if (found := _text(values.get(name, [])))), None)
    name = short_name(iri)
    if iri in _FIRST:
        rank = (_FIRST.index(iri), 0)
    else:
        rank = (len(_FIRST) + modules.get(first(DCT("subject").value) or "", 98), place)
    return Term(
        iri=iri,
        label=label or Text(de=name, en=name),
        definition=_text(values.get(SKOS("definition").value, [])),
        rank=rank,
        parents=tuple(value for value, _ in values.get(RDFS("subClassOf").value, ()) if value),
        domain=first(RDFS("domain").value),
        deprecated=first("http://www.w3.org/2002/07/owl#deprecated") == "true",
    )


def _text(said: list[tuple[str, str]]) -> Text | None:
    spoken = {language: value for value, language in said}
    if not spoken:
        return None
    any_ = next(iter(spoken.values()))
    return Text(de=spoken.get("de", any_), en=spoken.get("en", any_))
