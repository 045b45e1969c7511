"""What an engine reports, as findings that name rule, node, file and line."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TypeAlias

import pyoxigraph as ox

from nhm_graph.checks.compiled.paths import Path, Predicate, path_text
from nhm_graph.checks.compiled.run import Result
from nhm_graph.checks.report import SEVERITIES, Finding, Severity, spoken
from nhm_graph.checks.rulebook import Rulebook, rule_id
from nhm_graph.checks.sources import subjects
from nhm_graph.language import Text
from nhm_graph.rdf.lines import subject_lines
from nhm_graph.rdf.reading import Document
from nhm_graph.rdf.terms import SH

Term: TypeAlias = ox.NamedNode | ox.BlankNode | ox.Literal


def findings_of(results: Iterable[Result], rules: Rulebook) -> list[Finding]:
    """The results as findings, in their order.

    >>> findings_of((), Rulebook((), ()))
    []
    """
    return [_finding(result, rules) for result in results]


def _finding(result: Result, rules: Rulebook) -> Finding:
    shape = rules.addressed(result.shape)
    return Finding(
        rule=rule_id(shape),
        severity=_severity(result.severity),
        focus=_shown(result.focus),
        label=None,
        path=_way(result.path),
        value=None if result.value is None else _shown(result.value),
        message=spoken(_said(result, rules)),
        shape=shape,
        component=result.component.value,
        rule_name=_named(result.shape, shape, rules),
    )


def _way(path: Path | None) -> str | None:
    """A property as its address, a path of several steps as SPARQL writes it."""
    if path is None:
        return None
    return path.iri.value if isinstance(path, Predicate) else path_text(path)


def _said(result: Result, rules: Rulebook) -> Mapping[str, str]:
    """The message by language.

    Of a constraint in SPARQL pySHACL reports one message only, whichever language it meets first;
    the others are taken from the shape.
    """
    own = {each.language or "": each.value for each in result.messages}
    for term in (result.constraint, result.shape):
        known = rules.messages.get(str(term), {})
        if own.items() <= known.items():
            return {**known, **own}
    return own


def _named(term: Term | None, shape: str, rules: Rulebook) -> Text | None:
    for known in (str(term), f"<{shape}>", f"<{shape.rpartition('-')[0]}>"):
        if known in rules.names:
            return spoken(rules.names[known])
    return None


def _severity(term: Term | None) -> Severity:
    return next((each for each in SEVERITIES if term == SH(each)), "Violation")


def _shown(term: Term) -> str:
    return str(term) if isinstance(term, ox.BlankNode) else term.value


def placed(findings: Sequence[Finding], documents: Sequence[Document]) -> list[Finding]:
    """The findings with the file that first describes their node, and the line in it."""
    if not findings:
        return []
    wanted = {finding.focus for finding in findings}
    places: dict[str, tuple[str, int | None]] = {}
    for document in documents:
        described = wanted.intersection(subjects(document)) - places.keys()
        lines = subject_lines(document) if described and document.text else {}
        for focus in described:
            places[focus] = (document.name, lines.get(focus))
    only = documents[0].name if len(documents) == 1 else None
    placed = []
    for finding in findings:
        file, line = places.get(finding.focus, (only, None))
        placed.append(replace(finding, file=file, line=line))
    return placed
