"""Comply or explain: findings that the data itself answers (nhm:Explanation)."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date

import pyoxigraph as ox

from nhm_graph.checks.report import Explained, Finding, spoken
from nhm_graph.rdf.terms import NHM, RDF


def explained(findings: list[Finding], data: ox.Store, day: date) -> list[Finding]:
    """The findings, each with the explanation in force on that day, where there is one.

    An explanation names a rule and a node, says when and in which function it was given, and may
    end (nhm:validUntil). Without text, function and day it explains nothing.

    >>> explained([], ox.Store(), date(2026, 1, 1))
    []
    """
    known = dict(_in_force(data, day))
    if not known:
        return findings
    return [replace(finding, explained=_matching(finding, known)) for finding in findings]


def _matching(finding: Finding, known: Mapping[tuple[str, str], Explained]) -> Explained | None:
    base, _, _ = finding.shape.rpartition("/")
    for rule in (finding.shape, f"{base}/{finding.rule}"):
        if (rule, finding.focus) in known:
            return known[rule, finding.focus]
    return None


def _in_force(data: ox.Store, day: date) -> Iterator[tuple[tuple[str, str], Explained]]:
    for quad in data.quads_for_pattern(None, RDF("type"), NHM("Explanation"), None):
        said = _values(data, quad.subject)
        rules, nodes = said.get("explainsRule", []), said.get("explainsNode", [])
        texts = {each.language or "": each.value for each in _literals(said, "explanation")}
        function = next((each.value for each in _literals(said, "authorFunction")), "")
        on = next((each.value for each in _literals(said, "explainedOn")), "")
        until = next((each.value for each in _literals(said, "validUntil")), None)
        if not (texts and function and on) or on > day.isoformat():
            continue
        if until is not None and until < day.isoformat():
            continue
        answer = Explained(spoken(texts), function, on, until)
        for rule in rules:
            for node in nodes:
                yield (str(getattr(rule, "value", "")), str(getattr(node, "value", ""))), answer


def _values(data: ox.Store, subject: object) -> dict[str, list[object]]:
    said: dict[str, list[object]] = {}
    for quad in data.quads_for_pattern(subject, None, None, None):  # type: ignore[arg-type]
        if quad.predicate in NHM:
            said.setdefault(quad.predicate.value.removeprefix(str(NHM)), []).append(quad.object)
    return said


def _literals(said: Mapping[str, list[object]], name: str) -> list[ox.Literal]:
    return [each for each in said.get(name, []) if isinstance(each, ox.Literal)]
