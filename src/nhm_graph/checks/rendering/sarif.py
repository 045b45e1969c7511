"""A report in SARIF 2.1.0 (OASIS), which code hosts and editors show beside the lines."""

import json
import os
from collections import Counter
from collections.abc import Iterable, Mapping
from urllib.parse import quote

from nhm_graph import __version__
from nhm_graph.catalog.rules import Rule
from nhm_graph.checks.rendering.view import View
from nhm_graph.checks.report import Finding, Report
from nhm_graph.language import Language, Text

_SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
_TOOL = "nhm_graph"
_HOME = "https://w3id.org/nhm"
_LEVELS: Mapping[str, str] = {"Violation": "error", "Warning": "warning", "Info": "note"}
# Of the fingerprint: what goes into it may change only together with this name.
_FINGERPRINT = "nhmFinding/v1"
_Record = dict[str, object]


def sarif_of(report: Report, view: View) -> str:
    """The report as one run of SARIF.

    Explained findings are suppressed with their explanation as justification. Beside an earlier
    report each result says whether it is new or unchanged, and what is gone stands as absent.
    """
    language, since = view.language, view.since
    gone = since.gone if since else ()
    rules = _Rules([*report.findings, *gone], report.rules, language)
    new = frozenset(since.new) if since else frozenset[Finding]()
    seen: Counter[str] = Counter()
    results = []
    for finding in report.findings:
        state = {"baselineState": "new" if finding in new else "unchanged"} if since else {}
        results.append(_result(finding, rules, language, seen) | state)
    seen.clear()
    for finding in gone:
        results.append(_result(finding, rules, language, seen) | {"baselineState": "absent"})
    driver = {
        "name": _TOOL,
        "version": __version__,
        "informationUri": _HOME,
        "rules": rules.descriptors,
    }
    run = {
        "tool": {"driver": driver},
        "language": language,
        "invocations": [{"executionSuccessful": True}],
        "artifacts": [
            {"location": {"uri": _uri(name)}} for name in dict.fromkeys(report.documents)
        ],
        "results": results,
        "properties": {
            "conforms": report.conforms,
            "notes": [note.in_(language) for note in report.notes],
        },
    }
    log = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(log, ensure_ascii=False, indent=2) + "\n"


class _Rules:
    """The descriptors of all rules that were run or found something, by identifier."""

    def __init__(self, found: Iterable[Finding], rules: Iterable[Rule], language: Language) -> None:
        known = {rule.id: _described(rule, language) for rule in rules}
        self._ids = {rule.iri: rule.id for rule in rules}
        for finding in found:
            key = self.id(finding)
            known.setdefault(key, _foreign(key, finding, language))
        self.descriptors = [known[key] for key in sorted(known)]
        self._index = {key: index for index, key in enumerate(sorted(known))}

    def id(self, finding: Finding) -> str:
        """M01-adopted for a finding of that part of M01."""
        return self._ids.get(finding.shape, finding.rule)

    def index(self, finding: Finding) -> int:
        return self._index[self.id(finding)]


def _described(rule: Rule, language: Language) -> _Record:
    return _descriptor(rule.id, rule.name, rule.reason, rule.severity, language) | {
        "helpUri": rule.iri,
        "help": {"text": rule.applies_to.in_(language)},
        "properties": {"tags": [rule.tier]},
    }


def _foreign(key: str, finding: Finding, language: Language) -> _Record:
    name = finding.rule_name or Text(de=key, en=key)
    uri = {"helpUri": finding.shape} if ":" in finding.shape else {}
    return _descriptor(key, name, finding.message, finding.severity, language) | uri


def _descriptor(
    key: str, name: Text, description: Text, severity: str, language: Language
) -> _Record:
    return {
        "id": key,
        "shortDescription": {"text": name.in_(language) or key},
        "fullDescription": {"text": description.in_(language) or key},
        "defaultConfiguration": {"level": _LEVELS[severity]},
    }


def _result(finding: Finding, rules: _Rules, language: Language, seen: Counter[str]) -> _Record:
    print_ = finding.fingerprint
    seen[print_] += 1
    identity = finding.identity
    said = finding.explained
    record: _Record = {
        "ruleId": rules.id(finding),
        "ruleIndex": rules.index(finding),
        "level": _LEVELS[finding.severity],
        "message": {"text": f"{finding.name(language)}: {finding.message.in_(language)}"},
        "locations": [_location(finding, language)],
        "partialFingerprints": {_FINGERPRINT: f"{print_}:{seen[print_]}"},
        "properties": identity._asdict()
        | {
            "label": finding.label and finding.label.in_(language),
            "city": finding.city and finding.city.in_(language),
            "office": finding.office and finding.office.in_(language),
        },
    }
    if said:
        # Without a status it counts as accepted. The first published schema calls that member
        # `state`, the corrected one `status`, and each refuses the other name.
        justification = f"{said.text.in_(language)} ({said.function}, {said.on})"
        record["suppressions"] = [{"kind": "inSource", "justification": justification}]
    return record


def _location(finding: Finding, language: Language) -> _Record:
    node: _Record = {"fullyQualifiedName": finding.focus, "kind": "resource"}
    if finding.label:
        node["name"] = finding.label.in_(language)
    location: _Record = {"logicalLocations": [node]}
    if finding.file:
        physical: _Record = {"artifactLocation": {"uri": _uri(finding.file)}}
        if finding.line:
            physical["region"] = {"startLine": finding.line}
        location["physicalLocation"] = physical
    return location


def _uri(name: str) -> str:
    """A file as a reference relative to where the command runs: no path of a machine."""
    if os.path.isabs(name):
        name = os.path.relpath(name)
    return quote(name.replace(os.sep, "/"))
