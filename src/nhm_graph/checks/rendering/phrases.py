"""What every format for people says in the same words."""

from collections.abc import Sequence

from nhm_graph.checks.rendering.grouping import Block
from nhm_graph.checks.report import SEVERITIES, Comparison, Finding, Report
from nhm_graph.language import Text

_HEADS = {
    True: Text(de="{what}: keine Verstöße", en="{what}: no violations"),
    False: Text(de="{what}: Verstöße gefunden", en="{what}: violations found"),
}
_COUNTS = Text(
    de="Verstöße: {v}, Warnungen: {w}, Hinweise: {i}",
    en="violations: {v}, warnings: {w}, infos: {i}",
)
_FILES = Text(de="{n} Dateien", en="{n} files")
_NOTHING = Text(de="Prüfung", en="Check")
_EXPLAINED_COUNT = Text(de="{said}, davon {n} erklärt", en="{said}, {n} of them explained")
_EXPLAINED = Text(
    de="Erklärt am {on} ({function}{until}): {text}",
    en="Explained on {on} ({function}{until}): {text}",
)
_UNTIL = Text(de=", gilt bis {day}", en=", valid until {day}")
_LINE = Text(de="{file}, Zeile {line}", en="{file}, line {line}")
_COMPARED = Text(
    de="Gegenüber dem früheren Bericht: {new} neu, {gone} nicht mehr gefunden, {stayed} geblieben.",
    en="Since the earlier report: {new} new, {gone} no longer found, {stayed} stayed.",
)
_TALLY = {
    "Violation": Text(de="Verstöße: {n}", en="violations: {n}"),
    "Warning": Text(de="Warnungen: {n}", en="warnings: {n}"),
    "Info": Text(de="Hinweise: {n}", en="infos: {n}"),
}
_MANY = 4


def verdict(report: Report) -> Text:
    """Whether there are violations, in words: what was checked, and the answer.

    >>> verdict(Report((), ("plan.ttl",), b"")).en
    'plan.ttl: no violations'
    """
    names = report.documents
    what: object = ", ".join(names) or _NOTHING
    if len(names) > _MANY:
        what = _FILES.format(n=len(names))
    return _HEADS[report.conforms].format(what=what)


def counts(report: Report) -> Text:
    """How many findings of each severity there are, and how many of all are explained.

    >>> counts(Report((), (), b"")).en
    'violations: 0, warnings: 0, infos: 0'
    """
    said = _COUNTS.format(
        v=report.count("Violation"), w=report.count("Warning"), i=report.count("Info")
    )
    if report.explanations:
        return _EXPLAINED_COUNT.format(said=said, n=report.explanations)
    return said


def tally(blocks: Sequence[Block]) -> Text:
    """How many findings of each severity some blocks have; nothing of severities without any.

    >>> tally(())
    Text(de='', en='')
    """
    said = [
        _TALLY[severity].format(n=n)
        for severity in SEVERITIES
        if (n := sum(len(each.findings) for each in blocks if each.severity == severity))
    ]
    return Text(de=", ".join(each.de for each in said), en=", ".join(each.en for each in said))


def compared(since: Comparison) -> Text:
    """How many findings are new, gone, and still there."""
    return _COMPARED.format(new=len(since.new), gone=len(since.gone), stayed=len(since.stayed))


def place(finding: Finding) -> Text | None:
    """The file and line that describe the node, as far as they are known."""
    if finding.file is None:
        return None
    if finding.line is None:
        return Text(de=finding.file, en=finding.file)
    return _LINE.format(file=finding.file, line=finding.line)


def explanation(finding: Finding) -> Text | None:
    """The explanation of a finding as a sentence."""
    said = finding.explained
    if said is None:
        return None
    until = _UNTIL.format(day=said.until) if said.until else Text(de="", en="")
    return _EXPLAINED.format(on=said.on, function=said.function, until=until, text=said.text)
