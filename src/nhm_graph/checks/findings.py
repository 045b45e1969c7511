"""What pySHACL reports, as findings that name rule, node, file and line."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeAlias

import pyoxigraph as ox

from nhm_graph.checks.report import SEVERITIES, Finding, Severity, spoken
from nhm_graph.rdf.lines import subject_lines
from nhm_graph.rdf.reading import Document, read_file
from nhm_graph.rdf.terms import NHM, RDF, SH, SKOS

Term: TypeAlias = ox.NamedNode | ox.BlankNode | ox.Literal
Messages: TypeAlias = dict[str, dict[str, str]]

_LARGEST = 10_000_000
_RULE = "https://w3id.org/nhm/rule/"


def messages_of(rules: Iterable[Path]) -> Messages:
    """What each shape says, by language.

    Of a constraint in SPARQL pySHACL reports one message only, whichever language it meets first.
    """
    messages: Messages = defaultdict(dict)
    for path in rules:
        for quad in read_file(path, _LARGEST).quads:
            if quad.predicate == SH("message") and isinstance(quad.object, ox.Literal):
                shape = quad.subject.value if isinstance(quad.subject, ox.NamedNode) else ""
                messages[shape][quad.object.language or ""] = quad.object.value
    return messages


def findings_of(report: bytes, data: ox.Store, messages: Messages) -> list[Finding]:
    """The results in a report (N-Triples), with labels of their nodes from the data."""
    results: dict[str, dict[str, list[Term]]]
    results = defaultdict(lambda: defaultdict(list))
    for quad in ox.parse(report, format=ox.RdfFormat.N_TRIPLES):
        results[str(quad.subject)][quad.predicate.value].append(quad.object)
    return [
        _finding(values, data, messages)
        for values in results.values()
        if SH("ValidationResult") in values.get(RDF("type").value, ())
    ]


def _finding(
    values: dict[str, list[Term]],
    data: ox.Store,
    messages: Messages,
) -> Finding:
    def one(name: str) -> Term | None:
        found = values.get(SH(name).value)
        return found[0] if found else None

    focus, path, value = one("focusNode"), one("resultPath"), one("value")
    shape, component, severity = (
        one("sourceShape"),
        one("sourceConstraintComponent"),
        one("resultSeverity"),
    )
    shape_iri = shape.value if isinstance(shape, ox.NamedNode) else ""
    said = dict(messages.get(shape_iri, {})) | {
        each.language or "": each.value
        for each in values.get(SH("resultMessage").value, ())
        if isinstance(each, ox.Literal)
    }
    return Finding(
        rule=shape_iri.removeprefix(_RULE).partition("-")[0] or "?",
        severity=_severity(severity),
        focus=_shown(focus) or "",
        label=_label(focus, data),
        path=path.value if isinstance(path, ox.NamedNode) else None,
        value=_shown(value),
        message=spoken(said),
        shape=shape_iri,
        component=component.value if isinstance(component, ox.NamedNode) else "",
    )


def _severity(term: Term | None) -> Severity:
    return next((each for each in SEVERITIES if term == SH(each)), "Violation")


def _shown(term: Term | None) -> str | None:
    if term is None or isinstance(term, (ox.NamedNode, ox.Literal)):
        return term.value if term is not None else None
    return str(term)


def _label(focus: Term | None, data: ox.Store) -> str | None:
    """How people call a node: its German label, else what it belongs to."""
    if focus is None or isinstance(focus, ox.Literal):
        return None
    labels = [
        quad.object
        for quad in data.quads_for_pattern(focus, SKOS("prefLabel"), None, None)
        if isinstance(quad.object, ox.Literal)
    ]
    labels.sort(key=lambda label: (label.language != "de", label.value))
    if labels:
        return labels[0].value
    for link in ("responsibleFor", "contributor"):
        for quad in data.quads_for_pattern(focus, NHM(link), None, None):
            found = _label(quad.object, data) if isinstance(quad.object, ox.NamedNode) else None
            if found:
                return found
    return None


def placed(findings: list[Finding], documents: Sequence[Document]) -> list[Finding]:
    """The findings with the file that first describes their node, and the line in it."""
    if not findings:
        return []
    places: dict[str, tuple[str, int | None]] = {}
    for document in documents:
        lines = subject_lines(document)
        for quad in document.quads:
            subject = quad.subject
            if isinstance(subject, ox.NamedNode) and subject.value not in places:
                places[subject.value] = (document.name, lines.get(subject.value))
    only = documents[0].name if len(documents) == 1 else None
    placed = []
    for finding in findings:
        file, line = places.get(finding.focus, (only, None))
        placed.append(replace(finding, file=file, line=line))
    return placed
