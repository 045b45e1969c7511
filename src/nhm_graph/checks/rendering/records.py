"""A report as plain records: JSON and CSV."""

import csv
import io
import json

from nhm_graph.checks.rendering.grouping import blocks
from nhm_graph.checks.rendering.view import View
from nhm_graph.checks.report import SEVERITIES, Comparison, Finding, Report
from nhm_graph.language import Language, Text

# Of the table; the names are the same in every language, so that a program may rely on them.
COLUMNS = (
    "severity",
    "rule",
    "ruleName",
    "city",
    "office",
    "label",
    "message",
    "since",
    "explained",
    "explainedOn",
    "explainedBy",
    "explainedUntil",
    "file",
    "line",
    "focus",
    "path",
    "value",
    "shape",
    "component",
    "fingerprint",
)


def json_of(report: Report, view: View) -> str:
    """The report as one JSON object; with what changed where an earlier report is given."""
    language, since = view.language, view.since
    record: dict[str, object] = {
        "conforms": report.conforms,
        "explained": report.explained,
        "documents": list(report.documents),
        "notes": [note.in_(language) for note in report.notes],
        "counts": {severity.lower(): report.count(severity) for severity in SEVERITIES},
        "explanations": report.explanations,
        "rules": _rules(report, language),
    }
    if since:
        record["comparison"] = {
            "new": len(since.new),
            "gone": len(since.gone),
            "stayed": len(since.stayed),
        }
    marks = _marks(since)
    record["findings"] = [_record(each, language, marks.get(each)) for each in report.findings]
    if since:
        record["gone"] = [_record(finding, language, "gone") for finding in since.gone]
    return json.dumps(record, ensure_ascii=False, indent=2) + "\n"


def csv_of(report: Report, view: View) -> str:
    """One line for each finding (RFC 4180), those that are gone at the end."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    marks = _marks(view.since)
    for finding in report.findings:
        writer.writerow(_row(finding, view.language, marks.get(finding)))
    for finding in view.since.gone if view.since else ():
        writer.writerow(_row(finding, view.language, "gone"))
    return out.getvalue()


def _marks(since: Comparison | None) -> dict[Finding, str]:
    if since is None:
        return {}
    return dict.fromkeys(since.stayed, "stayed") | dict.fromkeys(since.new, "new")


def _rules(report: Report, language: Language) -> list[dict[str, object]]:
    return [
        {
            "rule": block.rule,
            "name": _said(block.name, language),
            "severity": block.severity.lower(),
            "count": len(block.findings),
            "explained": sum(1 for finding in block.findings if finding.explained),
        }
        for block in blocks(report.findings)
    ]


def _record(finding: Finding, language: Language, since: str | None) -> dict[str, object]:
    said = finding.explained
    record: dict[str, object] = {
        "rule": finding.rule,
        "ruleName": _said(finding.rule_name, language),
        "severity": finding.severity.lower(),
        "city": _said(finding.city, language),
        "office": _said(finding.office, language),
        "file": finding.file,
        "line": finding.line,
        "focus": finding.focus,
        "label": _said(finding.label, language),
        "path": finding.path,
        "value": finding.value,
        "message": finding.message.in_(language),
        "shape": finding.shape,
        "component": finding.component,
        "fingerprint": finding.fingerprint,
        "explained": said
        and {
            "on": said.on,
            "function": said.function,
            "until": said.until,
            "text": said.text.in_(language),
        },
    }
    return record | {"since": since} if since else record


def _row(finding: Finding, language: Language, since: str | None) -> list[object]:
    said = finding.explained
    record = _record(finding, language, since) | {
        "explained": said and said.text.in_(language),
        "explainedOn": said and said.on,
        "explainedBy": said and said.function,
        "explainedUntil": said and said.until,
    }
    return [record.get(column) for column in COLUMNS]


def _said(text: Text | None, language: Language) -> str | None:
    return text.in_(language) if text else None
