"""Findings put together as people act on them: by rule, by city, by office."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from nhm_graph.checks.rendering.view import Grouping
from nhm_graph.checks.report import SEVERITIES, Finding, Severity, ordered, placed_after
from nhm_graph.language import Text

NO_CITY = Text(de="Ohne Angabe der Kommune", en="No municipality recorded")
NO_OFFICE = Text(de="Keine Stelle erfasst", en="No office recorded")
_OFFICE = Text(de="{city}: {office}", en="{city}: {office}")


@dataclass(frozen=True, slots=True)
class Part:
    """What one message says of some nodes."""

    message: Text
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Block:
    """What one rule says: one part for each wording."""

    severity: Severity
    rule: str
    name: Text | None
    parts: tuple[Part, ...]

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All findings of the rule here."""
        return tuple(finding for part in self.parts for finding in part.findings)


@dataclass(frozen=True, slots=True)
class Group:
    """Whom some findings concern: a city, an office; without title where rules are enough."""

    title: Text | None
    blocks: tuple[Block, ...]


def groups(findings: Iterable[Finding], by: Grouping) -> tuple[Group, ...]:
    """The findings by whom they concern, those without city or office last.

    >>> groups((), "office")
    ()
    """
    listed = ordered(findings)
    if by == "rule":
        return (Group(None, blocks(listed)),) if listed else ()

    def key(finding: Finding) -> tuple[object, ...]:
        office = placed_after(finding.office) if by == "office" else ()
        return (*placed_after(finding.city), *office)

    return tuple(_group(tuple(many), by) for _, many in groupby(sorted(listed, key=key), key=key))


def blocks(findings: Sequence[Finding]) -> tuple[Block, ...]:
    """The findings by severity and rule, and in each rule by what the message says.

    >>> blocks(())
    ()
    """
    kept: dict[tuple[Severity, str], dict[Text, list[Finding]]] = {}
    for finding in findings:
        parts = kept.setdefault((finding.severity, finding.rule), {})
        parts.setdefault(finding.message, []).append(finding)
    return tuple(
        Block(
            severity,
            rule,
            next((each.rule_name for many in parts.values() for each in many), None),
            tuple(Part(message, tuple(many)) for message, many in parts.items()),
        )
        for (severity, rule), parts in sorted(
            kept.items(), key=lambda item: (SEVERITIES.index(item[0][0]), item[0][1])
        )
    )


def _group(findings: tuple[Finding, ...], by: Grouping) -> Group:
    first = findings[0]
    title = first.city or NO_CITY
    if by == "office":
        office = first.office or NO_OFFICE
        title = _OFFICE.format(city=first.city, office=office) if first.city else office
    return Group(title, blocks(findings))
