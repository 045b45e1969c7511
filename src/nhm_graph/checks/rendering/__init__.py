"""A report in each format: for people, for programs, for the tools of a code host."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from nhm_graph.checks.rendering.github import github_of
from nhm_graph.checks.rendering.page import html_of, html_policy
from nhm_graph.checks.rendering.plain import text_of
from nhm_graph.checks.rendering.records import COLUMNS, csv_of, json_of
from nhm_graph.checks.rendering.sarif import sarif_of
from nhm_graph.checks.rendering.verdict import verdict_text
from nhm_graph.checks.rendering.view import GROUPINGS, Grouping, View
from nhm_graph.checks.report import Comparison, Report
from nhm_graph.language import Language

__all__ = [
    "COLUMNS",
    "FORMATS",
    "GROUPINGS",
    "Format",
    "Grouping",
    "View",
    "as_csv",
    "as_github",
    "as_html",
    "as_json",
    "as_sarif",
    "as_text",
    "as_turtle",
    "html_policy",
    "verdict_text",
]


@dataclass(frozen=True, slots=True)
class Format:
    """A form of the report: its name on the command line, media type, suffix, and who writes it."""

    name: str
    media_type: str
    suffix: str
    render: Callable[[Report, View], str]


def as_text(
    report: Report,
    language: Language,
    width: int = 100,
    by: Grouping = "rule",
    since: Comparison | None = None,
) -> str:
    """The report for a terminal.

    >>> print(as_text(Report((), ("plan.ttl",), b""), "de"), end="")
    plan.ttl: keine Verstöße (Verstöße: 0, Warnungen: 0, Hinweise: 0)
    """
    return text_of(report, View(language, width, by, since))


def as_json(report: Report, language: Language, since: Comparison | None = None) -> str:
    """The report as one JSON object.

    >>> '"conforms": true' in as_json(Report((), ("plan.ttl",), b""), "en")
    True
    """
    return json_of(report, View(language, since=since))


def as_turtle(report: Report) -> str:
    """The standard SHACL report. Its sh:conforms is false for warnings, too (SHACL 3.4.1).

    >>> as_turtle(Report((), (), b"<a:a> <a:b> <a:c> ."))
    '<a:a> <a:b> <a:c> .'
    """
    return report.turtle.decode("utf-8")


def as_html(
    report: Report,
    language: Language,
    by: Grouping = "rule",
    since: Comparison | None = None,
) -> str:
    """The report as one HTML page without script, which loads nothing.

    >>> '<html lang="de">' in as_html(Report((), ("plan.ttl",), b""), "de")
    True
    """
    return html_of(report, View(language, by=by, since=since))


def as_github(report: Report, language: Language, since: Comparison | None = None) -> str:
    """Workflow commands of GitHub, one line for each finding.

    >>> as_github(Report((), (), b""), "en")
    ''
    """
    return github_of(report, View(language, since=since))


def as_sarif(report: Report, language: Language, since: Comparison | None = None) -> str:
    """The report in SARIF 2.1.0.

    >>> '"version": "2.1.0"' in as_sarif(Report((), (), b""), "en")
    True
    """
    return sarif_of(report, View(language, since=since))


def as_csv(report: Report, language: Language, since: Comparison | None = None) -> str:
    """One line for each finding (RFC 4180); the names of the columns are English everywhere.

    >>> as_csv(Report((), (), b""), "de").startswith("severity,rule,ruleName,city,office")
    True
    """
    return csv_of(report, View(language, since=since))


# By name; the first is the default of a command, JSON that of the service.
FORMATS: Mapping[str, Format] = MappingProxyType(
    {
        each.name: each
        for each in (
            Format("text", "text/plain", ".txt", text_of),
            Format("json", "application/json", ".json", json_of),
            Format("turtle", "text/turtle", ".ttl", lambda report, _view: as_turtle(report)),
            Format("html", "text/html", ".html", html_of),
            Format("csv", "text/csv", ".csv", csv_of),
            Format("sarif", "application/sarif+json", ".sarif", sarif_of),
            Format("github", "text/x-github-annotations", ".annotations", github_of),
        )
    }
)
