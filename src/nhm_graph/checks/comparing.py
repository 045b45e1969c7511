"""What is new and what is gone since an earlier report.

A finding is the same in both where rule, node, path, value and component are
(`report.Identity`); file, line and wording do not count. An earlier report may be one of ours in
JSON or SARIF, or a standard SHACL report in any RDF format, of another engine, too.
"""

import json
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from nhm_graph.checks.report import (
    SEVERITIES,
    Comparison,
    Finding,
    Report,
    Severity,
    ordered,
    spoken,
)
from nhm_graph.checks.rulebook import rule_id
from nhm_graph.errors import TooLarge, UnreadableData, UnsupportedFormat, shortened
from nhm_graph.language import Text
from nhm_graph.rdf.formats import DATA_FORMATS, data_format_for_path
from nhm_graph.rdf.reading import Document, read_bytes
from nhm_graph.rdf.terms import RDF, SH

_JSON = (".json", ".sarif")
_LEVELS: Mapping[str, Severity] = {"error": "Violation", "warning": "Warning", "note": "Info"}
_MEND = Text(
    de="Einen Bericht angeben, den nhm-graph validate mit --format json, sarif oder turtle "
    "geschrieben hat, oder einen SHACL-Bericht in einem RDF-Format.",
    en="Name a report written by nhm-graph validate with --format json, sarif or turtle, or a "
    "SHACL report in an RDF format.",
)


def compare(report: Report, since: Iterable[Finding]) -> Comparison:
    """The report beside the findings of an earlier one.

    Of several findings that are the same but for their wording, as many stayed as there are in
    both. Where the earlier report does not name the shape, the rest of the identity decides.

    >>> compare(Report((), (), b""), ())
    Comparison(new=(), gone=(), stayed=())
    """
    earlier = list(since)
    stayed, new, gone = _matched(report.findings, earlier, lambda each: each.identity)
    nameless = [each for each in gone if not each.shape]
    if nameless:
        named = [each for each in gone if each.shape]
        more, new, rest = _matched(new, nameless, lambda each: each.identity[1:])
        stayed, gone = stayed + more, named + rest
    kept = frozenset(stayed)
    return Comparison(
        tuple(new),
        tuple(_named(gone, report)),
        tuple(each for each in report.findings if each in kept),
    )


def _named(gone: Iterable[Finding], report: Report) -> Iterator[Finding]:
    """What is gone, with the names of rules that an earlier SHACL report does not have."""
    names = {rule.iri: rule.name for rule in report.rules}
    for finding in ordered(gone):
        name = finding.rule_name or names.get(finding.shape)
        yield replace(finding, rule_name=name)


def _matched(
    now: Sequence[Finding], before: Sequence[Finding], key: Callable[[Finding], object]
) -> tuple[list[Finding], list[Finding], list[Finding]]:
    """What is in both, only now, only before."""
    known: dict[object, deque[Finding]] = defaultdict(deque)
    for finding in before:
        known[key(finding)].append(finding)
    both, new = [], []
    for finding in now:
        if known[key(finding)]:
            known[key(finding)].popleft()
            both.append(finding)
        else:
            new.append(finding)
    left = {id(finding) for many in known.values() for finding in many}
    return both, new, [finding for finding in before if id(finding) in left]


def read_report(path: str | Path, max_bytes: int) -> tuple[Finding, ...]:
    """The findings of an earlier report; the suffix of the file says its format.

    Raises UnreadableData (no such file, an error in it, no report), UnsupportedFormat, TooLarge.

    >>> read_report("no/such/report.json", 1_000)
    Traceback (most recent call last):
    ...
    nhm_graph.errors.UnreadableData: no/such/report.json: The report cannot be opened ...
    """
    name = str(path)
    try:
        with Path(path).open("rb") as file:
            data = file.read(max_bytes + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise UnreadableData(
            Text(
                de=f"{shortened(name)}: Der Bericht lässt sich nicht öffnen ({reason}).",
                en=f"{shortened(name)}: The report cannot be opened ({reason}).",
            ),
            mend=Text(de="Pfad und Schreibweise prüfen.", en="Check the path and its spelling."),
            extra={"name": shortened(name)},
        ) from error
    return report_from(data, name, max_bytes)


def report_from(data: bytes, name: str, max_bytes: int) -> tuple[Finding, ...]:
    """The findings of an earlier report in bytes; the suffix of the name says its format.

    Raises what `read_report` raises.

    >>> report_from(b'{"conforms": true, "findings": []}', "report.json", 1_000)
    ()
    """
    if len(data) > max_bytes:
        raise TooLarge.than(shortened(name), max_bytes)
    suffix = Path(name).suffix.lower()
    if suffix in _JSON:
        return _from_json(data, name)
    suffixes = [each for form in DATA_FORMATS for each in form.suffixes]
    if suffix not in suffixes:
        known = [*_JSON, *suffixes]
        raise UnsupportedFormat(
            Text(
                de=f"{shortened(name)}: Berichte werden in diesem Format nicht gelesen.",
                en=f"{shortened(name)}: Reports are not read in this format.",
            ),
            mend=_MEND,
            extra={"name": shortened(name), "known": known},
        )
    document = read_bytes(data, data_format_for_path(name), name, max_bytes)
    return _from_shacl(document)


def _from_json(data: bytes, name: str) -> tuple[Finding, ...]:
    try:
        record = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        line = getattr(error, "lineno", None)
        where = Text(de=f" (Zeile {line})", en=f" (line {line})") if line else Text(de="", en="")
        raise _no_report(
            name,
            Text(de="Das ist kein gültiges JSON{where}.", en="This is not valid JSON{where}."),
            where=where,
        ) from error
    if not isinstance(record, dict):
        raise _no_report(name, _FOREIGN)
    try:
        if "findings" in record:
            return tuple(_recorded(each) for each in record["findings"])
        if record.get("version") == "2.1.0" and "runs" in record:
            return _from_sarif(record, name)
    except (TypeError, KeyError, AttributeError, ValueError) as error:
        raise _no_report(name, _DAMAGED) from error
    raise _no_report(name, _FOREIGN)


def _recorded(record: Mapping[str, Any]) -> Finding:
    return Finding(
        rule=_text(record["rule"]),
        severity=_severity(record["severity"]),
        focus=_text(record["focus"]),
        label=_same(record.get("label")),
        path=_optional(record.get("path")),
        value=_optional(record.get("value")),
        message=Text(de=_text(record["message"]), en=_text(record["message"])),
        shape=_text(record["shape"]),
        component=_text(record["component"]),
        rule_name=_same(record.get("ruleName")),
        city=_same(record.get("city")),
        office=_same(record.get("office")),
    )


def _from_sarif(log: Mapping[str, Any], name: str) -> tuple[Finding, ...]:
    runs = [run for run in log["runs"] if run["tool"]["driver"]["name"] == "nhm_graph"]
    if not runs:
        raise _no_report(name, _OTHER_TOOL)
    found = []
    for run in runs:
        names = {
            each["id"]: each.get("shortDescription", {}).get("text")
            for each in run["tool"]["driver"].get("rules", ())
        }
        for result in run.get("results", ()):
            if result.get("baselineState") != "absent":
                identity, key = result["properties"], result["ruleId"]
                name_ = identity.get("label") or identity["focus"]
                said = result["message"]["text"].removeprefix(f"{name_}: ")
                found.append(
                    _recorded(
                        {**identity, "rule": key, "ruleName": names.get(key), "message": said}
                        | {"severity": _LEVELS[result["level"]]}
                    )
                )
    return tuple(found)


def _from_shacl(document: Document) -> tuple[Finding, ...]:
    values: dict[object, dict[str, list[Any]]] = defaultdict(lambda: defaultdict(list))
    for quad in document.quads:
        values[quad.subject][quad.predicate.value].append(quad.object)
    kind = RDF("type").value
    if not any(SH("ValidationReport") in each.get(kind, ()) for each in values.values()):
        raise _no_report(document.name, _NO_SHACL)
    # What a result details (sh:detail) is no result of the report.
    results = {
        result
        for each in values.values()
        if SH("ValidationReport") in each.get(kind, ())
        for result in each.get(SH("result").value, ())
    }
    found = [_reported(values[each]) for each in results if each in values]
    return tuple(sorted(found, key=lambda each: (each.identity, each.message.de)))


def _reported(values: Mapping[str, Sequence[Any]]) -> Finding:
    def one(name: str) -> Any:
        return next(iter(values.get(SH(name).value, ())), None)

    shape, path, focus = one("sourceShape"), one("resultPath"), one("focusNode")
    iri = shape.value if isinstance(shape, ox.NamedNode) else ""
    severity: Severity = next(
        (each for each in SEVERITIES if one("resultSeverity") == SH(each)), "Violation"
    )
    messages = sorted(
        (each.language or "", each.value)
        for each in values.get(SH("resultMessage").value, ())
        if isinstance(each, ox.Literal)
    )
    return Finding(
        rule=rule_id(iri),
        severity=severity,
        focus=_shown(focus) or "",
        label=None,
        path=path.value if isinstance(path, ox.NamedNode) else None,
        value=_shown(one("value")),
        message=spoken(dict(reversed(messages))),
        shape=iri,
        component=_shown(one("sourceConstraintComponent")) or "",
    )


def _shown(term: Any) -> str | None:
    if term is None or isinstance(term, (ox.NamedNode, ox.Literal)):
        return term.value if term is not None else None
    return str(term)


def _severity(said: str) -> Severity:
    return {each.lower(): each for each in SEVERITIES}[said.lower()]


def _same(said: object) -> Text | None:
    """A text that the report gives in one language."""
    return None if said is None else Text(de=_text(said), en=_text(said))


def _optional(value: object) -> str | None:
    return None if value is None else _text(value)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"no text: {value!r}")
    return value


_DAMAGED = Text(
    de="In dem Bericht fehlen Angaben zu Befunden, oder sie haben die falsche Form.",
    en="In the report, facts on findings are missing or have the wrong form.",
)
_FOREIGN = Text(de="Das ist kein Prüfbericht.", en="This is no report of a validation.")
_OTHER_TOOL = Text(
    de="Dieser SARIF-Bericht stammt von einem anderen Programm.",
    en="This SARIF report comes from another program.",
)
_NO_SHACL = Text(
    de="In den Daten steht kein sh:ValidationReport.",
    en="There is no sh:ValidationReport in the data.",
)


def _no_report(name: str, detail: Text, **values: object) -> UnreadableData:
    said = Text(de="{name}: {detail}", en="{name}: {detail}")
    return UnreadableData(
        said.format(name=shortened(name), detail=detail.format(**values)),
        mend=_MEND,
        extra={"name": shortened(name)},
    )
