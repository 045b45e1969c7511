"""The rules of shapes/ as a reader sees them: identifier, name, severity, reason, messages."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from nhm_graph.language import Text
from nhm_graph.rdf.reading import read_file
from nhm_graph.rdf.terms import DCT, NHM, SH, SKOS

_LARGEST = 10_000_000
Tier = Literal["basis", "standard", "plus"]
TIERS: tuple[Tier, ...] = ("basis", "standard", "plus")
_Values = Mapping[str, list[Any]]


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule: what it is called, how grave it is, why it exists and to which data it applies.

    `severity` is the local name in SHACL: Violation, Warning or Info.
    """

    iri: str
    id: str
    name: Text
    severity: str
    tier: str
    reason: Text
    applies_to: Text
    messages: tuple[Text, ...]


def read_rules(paths: Iterable[Path]) -> dict[str, Rule]:
    """The rules by identifier, sorted.

    >>> from nhm_graph.catalog.files import find_data_files
    >>> rules = read_rules(find_data_files().shapes())
    >>> rules["M03"].severity, rules["G07"].severity
    ('Violation', 'Warning')
    """
    described: dict[str, dict[str, list[Any]]] = defaultdict(lambda: defaultdict(list))
    for path in paths:
        for quad in read_file(path, _LARGEST).quads:
            described[_name(quad.subject)][quad.predicate.value].append(quad.object)
    rules = (
        _rule(iri, values, described)
        for iri, values in described.items()
        if NHM("ruleTier").value in values
    )
    return {rule.id: rule for rule in sorted(rules, key=lambda rule: rule.id)}


def rules_above(paths: Iterable[Path], tier: Tier) -> list[str]:
    """The IRIs of the rules that ask for more than a tier does.

    >>> rules_above([], "basis")
    []
    """
    higher = TIERS[TIERS.index(tier) + 1 :]
    return [rule.iri for rule in read_rules(paths).values() if rule.tier in higher]


def _rule(iri: str, values: _Values, described: Mapping[str, _Values]) -> Rule:
    parts = [values, *(described[each] for each in _nested(values))]
    return Rule(
        iri=iri,
        id=values[DCT("identifier").value][0].value,
        name=_text(values, SKOS("prefLabel").value),
        severity=_local(values[SH("severity").value][0].value),
        tier=values[NHM("ruleTier").value][0].value.rpartition("/")[2],
        reason=_text(values, NHM("ruleReason").value),
        applies_to=_text(values, NHM("appliesTo").value),
        messages=tuple(
            _text(part, SH("message").value) for part in parts if SH("message").value in part
        ),
    )


def _nested(values: _Values) -> list[str]:
    return sorted(
        each.value
        for link in ("property", "node", "sparql")
        for each in values.get(SH(link).value, ())
    )


def _text(values: _Values, name: str) -> Text:
    spoken = {each.language: each.value for each in values[name]}
    return Text(de=spoken["de"], en=spoken["en"])


def _name(term: object) -> str:
    return str(getattr(term, "value", term))


def _local(iri: str) -> str:
    return iri.rpartition("#")[2]
