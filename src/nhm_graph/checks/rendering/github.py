"""A report as annotations of GitHub: workflow commands, one line for each finding."""

from collections.abc import Iterator

from nhm_graph.checks.rendering import phrases
from nhm_graph.checks.rendering.view import View
from nhm_graph.checks.report import Finding, Report
from nhm_graph.language import Language, Text

_LEVELS = {"Violation": "error", "Warning": "warning", "Info": "notice"}
_NEW = Text(de="{title} (neu)", en="{title} (new)")
_GONE = Text(de="{title} (nicht mehr gefunden)", en="{title} (no longer found)")


def github_of(report: Report, view: View) -> str:
    """One command for each finding, explained ones last, then a notice for each that is gone."""
    return "".join(f"{line}\n" for line in _commands(report, view))


def _commands(report: Report, view: View) -> Iterator[str]:
    new = frozenset(view.since.new) if view.since else frozenset[Finding]()
    for finding in sorted(report.findings, key=lambda each: each.explained is not None):
        title = _NEW.format(title=finding.rule) if finding in new else None
        yield _command(finding, _LEVELS[finding.severity], title, view.language)
    for finding in view.since.gone if view.since else ():
        yield _command(finding, "notice", _GONE.format(title=finding.rule), view.language)


def _command(finding: Finding, level: str, title: Text | None, language: Language) -> str:
    said = f"{finding.name(language)}: {finding.message.in_(language)}"
    answer = phrases.explanation(finding)
    if answer:
        said += f" {answer.in_(language)}"
    parts = {
        "file": finding.file,
        "line": finding.line,
        "title": title.in_(language) if title else finding.rule,
    }
    listed = ",".join(f"{key}={_escaped(str(part), True)}" for key, part in parts.items() if part)
    return f"::{level} {listed}::{_escaped(said)}"


def _escaped(text: str, within_property: bool = False) -> str:
    text = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return text.replace(":", "%3A").replace(",", "%2C") if within_property else text
