"""Whom a finding concerns: how its node is called, whose city it is in, which office leads it.

The three query files beside this module say which links count; here is only how they are followed.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from importlib.resources import files

import pyoxigraph as ox

from nhm_graph.catalog.rules import Rule
from nhm_graph.checks.report import Finding, spoken
from nhm_graph.language import Text
from nhm_graph.rdf.terms import NHM, RDFS, SKOS, to_sparql

# From a value to its definition, indicator and goal; a loop in the data ends there, too.
_STEPS = 4
_UNDEF = "VALUES ?node { UNDEF }"
_FICTIONAL = Text(
    de="{name}: Alle Angaben sind erfunden.", en="{name}: all of this data is invented."
)
_AND = Text(de="{first} und {last}", en="{first} and {last}")


@dataclass(frozen=True, slots=True)
class _Links:
    """Each node on the way, with what it belongs to, its cities, and who leads it."""

    subjects: Mapping[str, Sequence[str]]
    cities: Mapping[str, Sequence[str]]
    leads: Mapping[str, Sequence[str]]


def described(
    findings: Sequence[Finding], data: ox.Store, day: date, rules: Collection[Rule]
) -> list[Finding]:
    """The findings with rule name, and the label, city and office of their nodes from the data.

    The office is whoever leads the node on that day; where nobody does, whoever leads what it is a
    part or a detail of (the measure of a milestone). None where no lead is recorded.

    >>> described([], ox.Store(), date(2026, 1, 1), ())
    []
    """
    if not findings:
        return []
    links = _links({finding.focus for finding in findings}, data, day)
    names = _Names(data)
    by_iri = {rule.iri: rule for rule in rules}
    by_id = {rule.id: rule for rule in rules}
    found = []
    for finding in findings:
        ways = _ways(finding.focus, links.subjects)
        rule = by_iri.get(finding.shape) or by_id.get(finding.rule)
        found.append(
            replace(
                finding,
                rule_name=rule.name if rule else finding.rule_name,
                label=finding.label or names.first(ways),
                city=names.together(_nearest(ways, links.cities)),
                office=names.together(_nearest(ways, links.leads)),
            )
        )
    return found


def notes_of(data: ox.Store) -> tuple[Text, ...]:
    """What has to be said beside findings: whose data is invented (nhm:fictional).

    >>> notes_of(ox.Store())
    ()
    """
    names = _Names(data)
    cities = {
        city.object.value
        for quad in data.quads_for_pattern(None, NHM("fictional"), None, None)
        if isinstance(quad.object, ox.Literal) and quad.object.value in ("true", "1")
        for city in data.quads_for_pattern(quad.subject, NHM("municipality"), None, None)
        if isinstance(city.object, ox.NamedNode)
    }
    said = {names.of(city) or Text(de=city, en=city) for city in cities}
    return tuple(
        _FICTIONAL.format(name=name) for name in sorted(said, key=lambda name: (name.de, name.en))
    )


class _Names:
    """How people call nodes, each looked up once."""

    def __init__(self, data: ox.Store) -> None:
        self._data = data
        self._known: dict[str, Text | None] = {}

    def of(self, node: str) -> Text | None:
        """The label of a node in both languages; what one language lacks the other lends."""
        if node not in self._known:
            self._known[node] = self._looked_up(node)
        return self._known[node]

    def first(self, ways: Iterable[Iterable[str]]) -> Text | None:
        """The name of the nearest node that has one."""
        return next((name for way in ways for name in map(self.of, way) if name), None)

    def together(self, nodes: Iterable[str]) -> Text | None:
        """Several nodes as one name, such as two offices that lead together."""
        named = [self.of(node) or Text(de=node, en=node) for node in nodes]
        named = sorted(set(named), key=lambda name: (name.de, name.en))
        if len(named) < 2:
            return named[0] if named else None
        first = Text(
            de=", ".join(each.de for each in named[:-1]),
            en=", ".join(each.en for each in named[:-1]),
        )
        return _AND.format(first=first, last=named[-1])

    def _looked_up(self, node: str) -> Text | None:
        term = _named(node)
        for link in (SKOS("prefLabel"), RDFS("label")) if term else ():
            labels = sorted(
                (quad.object.language or "", quad.object.value)
                for quad in self._data.quads_for_pattern(term, link, None, None)
                if isinstance(quad.object, ox.Literal)
            )
            if labels:
                return spoken(dict(reversed(labels)))
        return None


def _links(nodes: set[str], data: ox.Store, day: date) -> _Links:
    subjects: dict[str, Sequence[str]] = {}
    frontier = nodes
    for _ in range(_STEPS):
        found = _asked("belonging", frontier, data)
        subjects |= {node: found.get(node, ()) for node in frontier}
        frontier = {each for many in found.values() for each in many} - subjects.keys()
        if not frontier:
            break
    known = subjects.keys() | frontier
    return _Links(subjects, _asked("belonging_city", known, data), _leads(data, day))


def _asked(name: str, nodes: Iterable[str], data: ox.Store) -> dict[str, Sequence[str]]:
    terms = [to_sparql(term) for term in map(_named, sorted(nodes)) if term]
    if not terms:
        return {}
    text = _query(name).replace(_UNDEF, f"VALUES ?node {{ {' '.join(terms)} }}")
    return _grouped((node, subject) for node, subject in _rows(text, data) if node and subject)


def _leads(data: ox.Store, day: date) -> dict[str, Sequence[str]]:
    at = day.isoformat()
    return _grouped(
        (node, subject)
        for node, subject, begun, ended in _rows(_query("belonging_lead"), data)
        if node and subject and (begun or at) <= at <= (ended or at)
    )


def _rows(text: str, data: ox.Store) -> Iterator[tuple[str | None, ...]]:
    solutions = data.query(text)
    if not isinstance(solutions, ox.QuerySolutions):
        raise TypeError("only a SELECT has rows")
    for solution in solutions:
        yield tuple(getattr(term, "value", None) for term in solution)


def _grouped(pairs: Iterable[tuple[str, str]]) -> dict[str, Sequence[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for node, subject in sorted(set(pairs)):
        found[node].append(subject)
    return dict(found)


def _ways(node: str, subjects: Mapping[str, Sequence[str]]) -> list[list[str]]:
    """The node, what it belongs to, what that belongs to, and so on, nearest first."""
    ways, seen = [[node]], {node}
    for _ in range(_STEPS):
        further = sorted({each for near in ways[-1] for each in subjects.get(near, ())} - seen)
        if not further:
            break
        seen |= set(further)
        ways.append(further)
    return ways


def _nearest(ways: Sequence[Sequence[str]], known: Mapping[str, Sequence[str]]) -> list[str]:
    for way in ways:
        found = sorted({each for node in way for each in known.get(node, ())})
        if found:
            return found
    return []


def _named(node: str) -> ox.NamedNode | None:
    """The node as a term; None for a literal or a node without address."""
    if node.startswith("_:"):
        return None
    try:
        return ox.NamedNode(node)
    except ValueError:
        return None


def _query(name: str) -> str:
    return files("nhm_graph.checks").joinpath(f"{name}.rq").read_text("utf-8")
