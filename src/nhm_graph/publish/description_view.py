"""A description laid out for a page: facts, links, sources, what is not recorded.

The order and the words come from the ontology: what names a thing first, then its properties by the
part of the ontology they stand in. Neighbours without a name become rows of a table.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from nhm_graph.language import Language, Text
from nhm_graph.publish.description import (
    LABELS,
    MUNICIPALITY,
    SOURCE,
    TYPE,
    Description,
)
from nhm_graph.publish.description_terms import Term, Vocabulary
from nhm_graph.publish.description_words import Value, Words
from nhm_graph.rdf.statements import Statement
from nhm_graph.rdf.terms import DCT, NHM, SKOS

_ENTRY = Text(de="Eintrag", en="Entry")
_LAST = (999, 0)
_LEAD = (SKOS("definition").value, DCT("description").value, NHM("scopeNote").value)
_HEADING = (DCT("identifier").value, SKOS("notation").value)
_OWN_BLOCKS = (TYPE, MUNICIPALITY, SOURCE, *LABELS, *_LEAD)
# What only sorts and paints.
_TECHNICAL = tuple(NHM(each).value for each in ("sortKey", "position", "colour", "fictional"))


@dataclass(frozen=True, slots=True)
class Fact:
    """A property with its values; `meaning` is its definition, `href` its place in the ontology."""

    label: str
    meaning: str | None
    href: str | None
    values: Sequence[Value]


@dataclass(frozen=True, slots=True)
class Links:
    """Things linked in the same way; with `columns` each is a row of what it says itself."""

    label: str
    kind: str
    meaning: str | None
    href: str | None
    inward: bool
    values: Sequence[Value]
    columns: Sequence[Fact] = ()
    rows: Sequence[Sequence[Sequence[Value]]] = ()
    count: int = 0


@dataclass(frozen=True, slots=True)
class Source:
    """A source: what it is called, where it is, when it was read."""

    thing: Value
    address: Value | None
    retrieved: Value | None


@dataclass(frozen=True, slots=True)
class View:
    """A description in the order in which a page shows it."""

    title: Value
    kinds: Sequence[Value]
    leads: Sequence[Value]
    facts: Sequence[Fact]
    links: Sequence[Links]
    sources: Sequence[Source]
    missing: Sequence[Fact]


def laid_out(description: Description, words: Words) -> View:
    """The description laid out in the language of the words."""
    vocabulary, language = words.vocabulary, words.language
    title = words.thing(description.iri)
    shown = {title.code, title.number}
    plain = [
        each
        for each in description.own
        if each.predicate not in (*_OWN_BLOCKS, *_TECHNICAL)
        and each.target not in description.told
        and not (each.predicate in _HEADING and each.object.value in shown)
    ]
    told = [each for each in description.own if each.target in description.told]
    return View(
        title=title,
        kinds=[_kind(each, words) for each in vocabulary.nearest(description.types)],
        leads=[value for name in _LEAD for value in _values(description.values(name), words)],
        facts=_once(_facts(plain, words)) if description.shared else _facts(plain, words),
        links=[*_links(told, False, words), *_links(description.incoming, True, words)],
        sources=[_source(each, words) for each in _targets(description.values(SOURCE))],
        missing=_missing(description, vocabulary, words, language),
    )


def _kind(term: Term, words: Words) -> Value:
    return Value(term.label.in_(words.language), words.home.page(term.iri), iri=term.iri)


def _fact(term: Term, values: Sequence[Value], words: Words) -> Fact:
    meaning = term.definition.in_(words.language) if term.definition else None
    return Fact(term.label.in_(words.language), meaning, words.home.page(term.iri), values)


def _facts(statements: Iterable[Statement], words: Words) -> list[Fact]:
    said: dict[str, list[Statement]] = defaultdict(list)
    for each in statements:
        said[each.predicate].append(each)
    terms = sorted((words.vocabulary.term(each) for each in said), key=lambda each: each.rank)
    return [_fact(each, _values(said[each.iri], words), words) for each in terms]


def _once(facts: Iterable[Fact]) -> list[Fact]:
    """Without those that say what one before says, as an SDG is wider and has a target as well."""
    found: dict[tuple[Value, ...], Fact] = {}
    for each in facts:
        found.setdefault(tuple(each.values), each)
    return list(found.values())


def _values(statements: Sequence[Statement], words: Words) -> list[Value]:
    """The values of one property: of a text in several languages only the reader's."""
    own = [each for each in statements if each.language == words.language]
    spoken = [each for each in statements if each.language]
    texts = own or spoken
    values = [words.value(each) for each in statements if not each.language]
    values += [words.value(each) for each in texts]
    return sorted(dict.fromkeys(values), key=sort_key)


def sort_key(value: Value) -> tuple[object, ...]:
    """SDGs by number, things by identifier, everything else by its text."""
    number = tuple(
        (0, int(part), "") if part.isdigit() else (1, 0, part)
        for part in (value.number or "").split(".")
    )
    return number, value.code or "", value.text.casefold()


def _targets(statements: Iterable[Statement]) -> list[str]:
    return list(dict.fromkeys(each.target for each in statements if each.target))


def _links(statements: Iterable[Statement], inward: bool, words: Words) -> list[Links]:
    """Links grouped by property and by the class of what they lead to or come from."""
    grouped: dict[tuple[str, str], list[str]] = defaultdict(list)
    ranks: dict[str, tuple[int, int]] = {}
    for each in statements:
        end = each.subject if inward else each.target
        if end and end != words.description.iri:
            term = next(iter(words.kinds(end)), None)
            kind = _heading(term.label.in_(words.language)) if term else ""
            ranks[kind] = term.rank if term else _LAST
            if end not in grouped[each.predicate, kind]:
                grouped[each.predicate, kind].append(end)
    made = [
        (words.vocabulary.term(predicate), kind, ends)
        for (predicate, kind), ends in grouped.items()
    ]
    made.sort(key=lambda each: (each[0].rank, ranks[each[1]], each[1]))
    # The same things linked twice, as an SDG target is with its goal, are shown once.
    made = [
        each
        for number, each in enumerate(made)
        if not any(
            each[1] == before[1] and set(each[2]) == set(before[2]) for before in made[:number]
        )
    ]
    return [_group(term, kind, ends, inward, words) for term, kind, ends in made]


def _heading(label: str) -> str:
    """A label as it begins a line.

    >>> _heading("operatives Ziel")
    'Operatives Ziel'
    """
    return label[:1].upper() + label[1:]


def _group(term: Term, kind: str, ends: list[str], inward: bool, words: Words) -> Links:
    told = [each for each in ends if each in words.description.told]
    meaning = term.definition.in_(words.language) if term.definition else None
    columns: list[Fact] = []
    rows: list[list[list[Value]]] = []
    values: list[Value] = []
    if told:
        columns, rows = _table(told, term.iri, words)
    else:
        values = sorted((words.thing(each) for each in ends), key=sort_key)
    return Links(
        label=term.label.in_(words.language),
        kind=kind,
        meaning=meaning,
        href=words.home.page(term.iri),
        inward=inward,
        values=values,
        columns=columns,
        rows=rows,
        count=len(ends),
    )


def _table(ends: list[str], link: str, words: Words) -> tuple[list[Fact], list[list[list[Value]]]]:
    """A row for each of the things: what it says, and where its own page is."""
    about = words.description.about
    left_out = {TYPE, MUNICIPALITY, link, *LABELS, *_TECHNICAL}
    named = {each.predicate for end in ends for each in about[end]} - left_out
    terms = sorted((words.vocabulary.term(each) for each in named), key=lambda each: each.rank)
    rows = [
        [_values(words.description.values(term.iri, end), words) for term in terms] for end in ends
    ]
    # What leads somewhere stands before what only says something, and what the ontology states for
    # this class before what it states for wider ones, such as who assessed it.
    nearest = {each.iri for end in ends[:1] for each in words.kinds(end)}
    leading = [
        any(row[place] and row[place][0].href for row in rows) for place in range(len(terms))
    ]
    order = sorted(
        range(len(terms)),
        key=lambda place: (not leading[place], terms[place].domain not in nearest),
    )
    columns = [_fact(terms[place], (), words) for place in order]
    laid = [[row[place] for place in order] for row in rows]
    own = Fact(_ENTRY.in_(words.language), None, None, ())
    has_name = words.description.label(words.language, ends[0]) is not None
    for row, end in zip(laid, ends, strict=True):
        if has_name:
            row.insert(0, [words.thing(end)])
        else:
            last = end.rstrip("/").rpartition("/")[2]
            row.append([Value(last, words.home.page(end), iri=end)])
    columns = [own, *columns] if has_name else [*columns, own]
    places = [words.description.first(NHM("position").value, end) or "0" for end in ends]
    paired = zip(places, laid, strict=True)
    ordered = sorted(paired, key=lambda pair: (int(pair[0]), [*map(sort_key, pair[1][0])]))
    return columns, [row for _, row in ordered]


def _source(iri: str, words: Words) -> Source:
    def one(name: str) -> Value | None:
        found = words.description.values(NHM(name).value, iri)
        return words.value(found[0]) if found else None

    return Source(words.thing(iri), one("address"), one("retrievedOn"))


def _missing(
    description: Description, vocabulary: Vocabulary, words: Words, language: Language
) -> list[Fact]:
    """What the ontology provides for this kind of thing and nothing is said of."""
    said = {each.predicate for each in description.own}
    classes = {each for each in vocabulary.classes(description.types) if each.startswith(str(NHM))}
    terms = [each for each in vocabulary.expected(classes) if each.iri not in said]
    return [_fact(each, (), words) for each in sorted(terms, key=lambda each: each.rank)]
