"""Which tables and columns a graph has, and its rows, read from sorted N-Triples.

Labels, order and narrower classes are those of the ontology; the things that a cell refers to are
named as the store names them. What is held in memory are the columns and these names.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from itertools import groupby
from pathlib import Path
from typing import IO, TypeAlias

from nhm_graph.graph import Graph
from nhm_graph.language import Language, Text
from nhm_graph.publish.description import LABELS
from nhm_graph.publish.description_terms import Vocabulary, read_vocabulary
from nhm_graph.rdf.canonical import read_statements
from nhm_graph.rdf.statements import Statement
from nhm_graph.rdf.terms import RDF, XSD
from nhm_graph.store.rows import rows

SEPARATOR = " | "
Value: TypeAlias = str | Decimal
Cell: TypeAlias = Sequence[Value]
_TYPE = RDF("type").value
_NUMBERS = {XSD(each).value for each in ("integer", "decimal")}
_PRECISE = 15  # digits that a number of a workbook keeps
_PORTION = 500
_ADDRESS = Text(de="Adresse", en="address")
_NAMED = Text(de="{label}: Name", en="{label}: name")
_OTHER = Text(de="Sonstiges", en="other")
_KIND = Text(de="Art", en="kind")


@dataclass(frozen=True, slots=True)
class Column:
    """A column: the texts of a property in a language, or its other values, or their names.

    The first column has the address of the thing: like the names it has no property of its own.
    """

    heading: str
    property: str | None = None
    language: str | None = None
    names: str | None = None


@dataclass(frozen=True, eq=False, slots=True)
class Table:
    """The things of a class; `iri` is None for what has no class. `name` is that of the file."""

    iri: str | None
    name: str
    title: str
    columns: Sequence[Column]


@dataclass(slots=True)
class _Seen:
    """What the things of a class have: pairs of property and language, ends of properties."""

    keys: set[tuple[str, str | None]] = field(default_factory=set)
    ends: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))


class Tables:
    """The tables of a graph in the order of their names."""

    def __init__(
        self,
        source: Callable[[], IO[bytes]],
        vocabulary: Vocabulary,
        language: Language,
        named: Callable[[set[str]], Mapping[str, str]],
    ) -> None:
        self.language = language
        self._source = source
        self._vocabulary = vocabulary
        seen = self._seen()
        self._names = named(
            {end for each in seen.values() for ends in each.ends.values() for end in ends}
        )
        self.all: list[Table] = []
        taken: Counter[str] = Counter()
        for iri in sorted(seen, key=lambda each: (each is None, each or "")):
            self.all.append(self._table(iri, seen[iri], taken))

    def rows(self) -> Iterator[tuple[Table, list[Cell]]]:
        """All rows, each with its table and a cell for each column, in the order of addresses."""
        tables = {table.iri: table for table in self.all}
        for subject, said in self._things():
            for iri in self._classes(said):
                table = tables[iri]
                cells = (self._cell(column, said) for column in table.columns[1:])
                yield table, [[subject], *cells]

    def _things(self) -> Iterator[tuple[str, list[Statement]]]:
        said = read_statements(self._source())
        for subject, group in groupby(said, key=lambda each: each.subject):
            yield subject, list(group)

    def _classes(self, said: Sequence[Statement]) -> list[str | None]:
        types = [each.target for each in said if each.predicate == _TYPE and each.target]
        return [each.iri for each in self._vocabulary.nearest(types)] or [None]

    def _seen(self) -> dict[str | None, _Seen]:
        seen: dict[str | None, _Seen] = defaultdict(_Seen)
        for _, said in self._things():
            for iri in self._classes(said):
                for each in said:
                    seen[iri].keys.add((each.predicate, each.language))
                    if each.target:
                        seen[iri].ends[each.predicate].add(each.target)
        return seen

    def _table(self, iri: str | None, seen: _Seen, taken: Counter[str]) -> Table:
        term = self._vocabulary.term(iri) if iri else None
        title = (term.label if term else _OTHER).in_(self.language)
        name = re.sub(r"[^\w.-]", "_", _local(iri)) if iri else "other"
        taken[name.lower()] += 1
        if taken[name.lower()] > 1:
            name = f"{name}-{taken[name.lower()]}"
        return Table(iri, name, title, list(self._columns(seen)))

    def _columns(self, seen: _Seen) -> Iterator[Column]:
        yield Column(_ADDRESS.in_(self.language))
        terms = {name: self._vocabulary.term(name) for name, _ in seen.keys}
        words = {name: term.label.in_(self.language) for name, term in terms.items()}
        words |= {_TYPE: _KIND.in_(self.language)} if _TYPE in words else {}
        labels = Counter(words.values())

        def place(key: tuple[str, str | None]) -> tuple[tuple[int, int], str, str]:
            return (terms[key[0]].rank, key[0], key[1] or "")

        for name, language in sorted(seen.keys, key=place):
            label = words[name]
            if labels[label] > 1:
                label = f"{label} <{name}>"
            if language:
                yield Column(f"{label} ({language})", name, language)
                continue
            yield Column(label, name)
            if any(end in self._names for end in seen.ends.get(name, ())):
                heading = _NAMED.format(label=label).in_(self.language)
                yield Column(heading, names=name)

    def _cell(self, column: Column, said: Sequence[Statement]) -> list[Value]:
        if column.names:
            ends = [each.target for each in said if each.predicate == column.names]
            return [self._names.get(end, end) for end in ends if end]
        return [
            _value(each)
            for each in said
            if each.predicate == column.property and each.language == column.language
        ]


def read_tables(graph: Graph, source: Callable[[], IO[bytes]]) -> Tables:
    """The tables of the N-Triples that `source` gives, in the language of the settings."""
    language = graph.settings.language

    def named(ends: set[str]) -> dict[str, str]:
        return _names(graph, sorted(ends), language)

    return Tables(source, _vocabulary(graph.files.root / "ontology"), language, named)


@lru_cache(maxsize=1)
def _vocabulary(folder: Path) -> Vocabulary:
    return read_vocabulary(folder)


def _names(graph: Graph, ends: Sequence[str], language: Language) -> dict[str, str]:
    """What the store calls these things: in the language, else in any; the same each time."""
    best: dict[str, tuple[tuple[bool, int, str], str]] = {}
    labels = ", ".join(f"<{each}>" for each in LABELS)
    for some in (ends[start : start + _PORTION] for start in range(0, len(ends), _PORTION)):
        # OPTIONAL makes Oxigraph look up each thing; without it, it reads everything and joins.
        query = (
            "SELECT ?thing ?property ?label (LANG(?label) AS ?language) "
            f"{{ VALUES ?thing {{ {_listed(some)} }} "
            f"OPTIONAL {{ ?thing ?property ?label FILTER(?property IN ({labels})) }} }}"
        )
        for thing, name, label, spoken in rows(graph.store.query(query)):
            if label is not None:
                place = (spoken != language, LABELS.index(str(name)), str(label))
                if str(thing) not in best or place < best[str(thing)][0]:
                    best[str(thing)] = (place, str(label))
    return {thing: label for thing, (_, label) in best.items()}


def _listed(iris: Iterable[str]) -> str:
    # They come from the store, which holds none but valid ones.
    return " ".join(f"<{each}>" for each in iris)


def _local(iri: str) -> str:
    return iri.rstrip("#/").rpartition("#")[2].rpartition("/")[2]


def _value(statement: Statement) -> Value:
    text: str = statement.object.value
    if statement.datatype in _NUMBERS and len(text) <= _PRECISE:
        return Decimal(text)
    return text
