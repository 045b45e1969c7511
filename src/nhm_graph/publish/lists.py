"""The SKOS lists as a reader sees them."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from nhm_graph.language import Text
from nhm_graph.rdf.reading import read_file
from nhm_graph.rdf.terms import NHM, RDF, SKOS

_LARGEST = 10_000_000


@dataclass(frozen=True, slots=True)
class Entry:
    """A concept of a list."""

    iri: str
    code: str
    label: Text
    definition: Text
    position: int


@dataclass(frozen=True, slots=True)
class ConceptList:
    """A list (skos:ConceptScheme) with its entries in order; an empty one is meant to be so."""

    iri: str
    name: str
    label: Text
    definition: Text
    entries: tuple[Entry, ...]


def read_lists(folder: Path) -> list[ConceptList]:
    """The lists in a folder, by name.

    >>> from nhm_graph.catalog.files import find_data_files
    >>> lists = read_lists(find_data_files().root / "ontology" / "lists")
    >>> next(len(each.entries) for each in lists if each.name == "pillar")
    3
    """
    return [found for path in sorted(folder.glob("*.ttl")) for found in _read(path)]


def _read(path: Path) -> Iterator[ConceptList]:
    said: dict[str, dict[str, list[tuple[str, str]]]] = defaultdict(lambda: defaultdict(list))
    for quad in read_file(path, _LARGEST).quads:
        value = getattr(quad.object, "value", "")
        language = getattr(quad.object, "language", None) or ""
        said[getattr(quad.subject, "value", "")][quad.predicate.value].append((value, language))
    for iri, values in said.items():
        if (SKOS("ConceptScheme").value, "") in values.get(RDF("type").value, []):
            entries = (
                _entry(each, of)
                for each, of in said.items()
                if (iri, "") in of.get(SKOS("inScheme").value, [])
            )
            yield ConceptList(
                iri,
                iri.rpartition("/")[2],
                _text(values, "prefLabel"),
                _text(values, "definition"),
                tuple(sorted(entries, key=lambda entry: (entry.position, entry.code))),
            )


def _entry(iri: str, values: dict[str, list[tuple[str, str]]]) -> Entry:
    positions = [int(value) for value, _ in values.get(NHM("position").value, [("0", "")])]
    codes = [value for value, _ in values.get(SKOS("notation").value, [(iri, "")])]
    return Entry(
        iri, codes[0], _text(values, "prefLabel"), _text(values, "definition"), positions[0]
    )


def _text(values: dict[str, list[tuple[str, str]]], name: str) -> Text:
    spoken = {language: value for value, language in values.get(SKOS(name).value, [])}
    return Text(de=spoken.get("de", ""), en=spoken.get("en", ""))
