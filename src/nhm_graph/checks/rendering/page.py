"""A report as one HTML page: no script, nothing loaded, fit for print and for screen readers."""

import base64
import hashlib
from functools import cache
from typing import TYPE_CHECKING

from nhm_graph import __version__
from nhm_graph.checks.rendering import phrases
from nhm_graph.checks.rendering.grouping import Group, blocks, groups
from nhm_graph.checks.rendering.view import View
from nhm_graph.checks.report import SEVERITY_NAMES, Finding, Report
from nhm_graph.language import Text

if TYPE_CHECKING:
    from jinja2 import Environment


def html_of(report: Report, view: View) -> str:
    """The report as a page that stands alone, in the reader's language."""
    open_ = [finding for finding in report.findings if not finding.explained]
    answered = [finding for finding in report.findings if finding.explained]
    gone = view.since.gone if view.since else ()
    return (
        _environment()
        .get_template("report.html")
        .render(
            report=report,
            view=view,
            language=view.language,
            version=__version__,
            style=_style(),
            verdict=phrases.verdict(report),
            counts=phrases.counts(report),
            compared=phrases.compared(view.since) if view.since else None,
            new=frozenset(view.since.new) if view.since else frozenset[Finding](),
            rules=blocks(report.findings),
            reasons={rule.id: rule.reason for rule in report.rules},
            sections=_sections(groups(open_, view.by), answered, gone, view),
            tally=phrases.tally,
            severity_names=SEVERITY_NAMES,
            place=phrases.place,
            explanation=phrases.explanation,
            say=lambda de, en: Text(de=de, en=en).in_(view.language),
        )
    )


def html_policy() -> str:
    """The Content-Security-Policy under which the page looks as it should: its own style only.

    >>> html_policy().startswith("default-src 'none'; style-src 'sha256-")
    True
    """
    digest = base64.b64encode(hashlib.sha256(_style().encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


def _sections(
    open_: tuple[Group, ...],
    answered: list[Finding],
    gone: tuple[Finding, ...],
    view: View,
) -> list[tuple[str, Text, tuple[Group, ...]]]:
    """Anchor, title and groups of each part of the page that is not empty."""
    parts = (
        ("open", Text(de="Befunde", en="Findings"), open_),
        ("explained", Text(de="Erklärt", en="Explained"), groups(answered, view.by)),
        ("gone", Text(de="Nicht mehr gefunden", en="No longer found"), groups(gone, view.by)),
    )
    return [part for part in parts if part[2]]


@cache
def _environment() -> "Environment":
    # Imported here: most reports are text, and Jinja takes longer to load than to write one.
    from jinja2 import Environment, PackageLoader, StrictUndefined

    return Environment(
        loader=PackageLoader("nhm_graph.checks.rendering"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@cache
def _style() -> str:
    loader = _environment().loader
    assert loader is not None
    return loader.get_source(_environment(), "report.css")[0]
