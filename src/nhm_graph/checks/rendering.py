"""A report as text for people, JSON, Turtle (SHACL) and GitHub annotations."""

import json
import textwrap

from nhm_graph.checks.reasoning import Verdict
from nhm_graph.checks.report import SEVERITIES, Finding, Report, severity_name
from nhm_graph.language import Language, Text

_HEADS = {
    True: Text(de="{what}: keine Verstöße", en="{what}: no violations"),
    False: Text(de="{what}: Verstöße gefunden", en="{what}: violations found"),
}
_COUNTS = Text(
    de="Verstöße: {v}, Warnungen: {w}, Hinweise: {i}",
    en="violations: {v}, warnings: {w}, infos: {i}",
)
_EXPLAINED_COUNT = Text(de=", davon {n} erklärt", en=", {n} of them explained")
_EXPLAINED = Text(
    de="Erklärt am {on} ({function}{until}): {text}",
    en="Explained on {on} ({function}{until}): {text}",
)
_UNTIL = Text(de=", gilt bis {day}", en=", valid until {day}")
_LINE = Text(de="Zeile {line}", en="line {line}")
_SOUND = Text(
    de="Widerspruchsfrei: {n} Axiome, jede Klasse kann Mitglieder haben.",
    en="Sound: {n} axioms, no contradiction, every class can have a member.",
)
_EMPTY = Text(
    de="Klassen, die kein Mitglied haben können: {listed}. Zusammen bewirken das für {name}:",
    en="Classes that can have no member: {listed}. Together these bring it about for {name}:",
)
_CONTRADICTION = Text(
    de="Widerspruch. Diese Axiome vertragen sich nicht:",
    en="Contradiction. These axioms do not go together:",
)
_NOT_MINIMAL = Text(
    de="Die Zeit reichte nicht, um alles Überflüssige wegzulassen.",
    en="There was no time to leave out everything that is not needed.",
)
_LEFT_OUT = Text(
    de="Nicht berücksichtigt: {n} Angaben mit Datentypen, die OWL 2 nicht kennt (etwa xsd:date).",
    en="Left out: {n} statements with datatypes that OWL 2 does not know (such as xsd:date).",
)
_GITHUB = {"Violation": "error", "Warning": "warning", "Info": "notice"}


def as_text(report: Report, language: Language, width: int = 100) -> str:
    """The report for a terminal.

    >>> print(as_text(Report((), ("plan.ttl",), b""), "de"), end="")
    plan.ttl: keine Verstöße (Verstöße: 0, Warnungen: 0, Hinweise: 0)
    """
    counts = _COUNTS.format(
        v=report.count("Violation"), w=report.count("Warning"), i=report.count("Info")
    )
    said = counts.in_(language)
    if report.explanations:
        said += _EXPLAINED_COUNT.format(n=report.explanations).in_(language)
    what = ", ".join(report.documents)
    head = _HEADS[report.conforms].format(what=what).in_(language)
    blocks = [_block(finding, language, width) for finding in report.findings]
    return "\n".join([*blocks, f"{head} ({said})"]) + "\n"


def as_json(report: Report, language: Language) -> str:
    """The report as one JSON object.

    >>> json.loads(as_json(Report((), ("plan.ttl",), b""), "en"))["conforms"]
    True
    """
    return json.dumps(
        {
            "conforms": report.conforms,
            "explained": report.explained,
            "documents": list(report.documents),
            "counts": {severity.lower(): report.count(severity) for severity in SEVERITIES},
            "findings": [_record(finding, language) for finding in report.findings],
        },
        ensure_ascii=False,
        indent=2,
    )


def as_turtle(report: Report) -> str:
    """The standard SHACL report. Its sh:conforms is false for warnings, too (SHACL 3.4.1).

    >>> as_turtle(Report((), (), b"<a:a> <a:b> <a:c> ."))
    '<a:a> <a:b> <a:c> .'
    """
    return report.turtle.decode("utf-8")


def as_github(report: Report, language: Language) -> str:
    """Workflow commands of GitHub, one line for each finding.

    >>> as_github(Report((), (), b""), "en")
    ''
    """
    return "".join(
        f"::{_GITHUB[finding.severity]} {_properties(finding)}::"
        f"{_escaped(_sentence(finding, language))}\n"
        for finding in report.findings
    )


def verdict_text(verdict: Verdict, language: Language) -> str:
    """What the reasoner found, for a terminal.

    >>> verdict_text(Verdict(True, (), None, (), True, 7, 0), "en")
    'Sound: 7 axioms, no contradiction, every class can have a member.'
    """
    if verdict.sound:
        lines = [_SOUND.format(n=verdict.axioms).in_(language)]
    elif verdict.consistent:
        listed = ", ".join(verdict.unsatisfiable)
        lines = [_EMPTY.format(listed=listed, name=verdict.explained or "").in_(language)]
    else:
        lines = [_CONTRADICTION.in_(language)]
    lines += [f"  {line}" for axiom in verdict.clash for line in axiom.splitlines()]
    if not verdict.minimal:
        lines.append(_NOT_MINIMAL.in_(language))
    if verdict.left_out:
        lines.append(_LEFT_OUT.format(n=verdict.left_out).in_(language))
    return "\n".join(lines)


def _block(finding: Finding, language: Language, width: int) -> str:
    where = [finding.file] if finding.file else []
    if finding.line:
        where.append(_LINE.format(line=finding.line).in_(language))
    head = f"{severity_name(finding.severity, language)} {finding.rule}  {', '.join(where)}"
    lines = [head.rstrip()]
    name = f"{finding.label}  <{finding.focus}>" if finding.label else f"<{finding.focus}>"
    lines.append("  " + name)
    lines += textwrap.wrap(
        finding.message.in_(language), width, initial_indent="  ", subsequent_indent="  "
    )
    if finding.explained:
        answer = _EXPLAINED.format(**_explanation(finding)).in_(language)
        lines += textwrap.wrap(answer, width, initial_indent="  ", subsequent_indent="  ")
    return "\n".join(lines) + "\n"


def _explanation(finding: Finding) -> dict[str, object]:
    said = finding.explained
    if said is None:
        return {}
    until = _UNTIL.format(day=said.until) if said.until else Text(de="", en="")
    return {"on": said.on, "function": said.function, "until": until, "text": said.text}


def _record(finding: Finding, language: Language) -> dict[str, object]:
    return {
        "rule": finding.rule,
        "severity": finding.severity.lower(),
        "file": finding.file,
        "line": finding.line,
        "focus": finding.focus,
        "label": finding.label,
        "path": finding.path,
        "value": finding.value,
        "message": finding.message.in_(language),
        "shape": finding.shape,
        "component": finding.component,
        "explained": {
            key: value.in_(language) if isinstance(value, Text) else value
            for key, value in _explanation(finding).items()
        }
        or None,
    }


def _sentence(finding: Finding, language: Language) -> str:
    name = finding.label or finding.focus
    return f"{name}: {finding.message.in_(language)}"


def _properties(finding: Finding) -> str:
    parts = {"file": finding.file, "line": finding.line, "title": finding.rule}
    return ",".join(f"{key}={_escaped(str(part), True)}" for key, part in parts.items() if part)


def _escaped(text: str, within_property: bool = False) -> str:
    text = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return text.replace(":", "%3A").replace(",", "%2C") if within_property else text
