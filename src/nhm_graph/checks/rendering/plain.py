"""A report as text for a terminal."""

import textwrap
from collections.abc import Iterator, Sequence

from nhm_graph.checks.rendering import phrases
from nhm_graph.checks.rendering.grouping import Block, Group, blocks, groups
from nhm_graph.checks.rendering.view import View
from nhm_graph.checks.report import SEVERITY_NAMES, Finding, Report
from nhm_graph.errors import shortened
from nhm_graph.language import Text

_SUMMARY = Text(de="Nach Regeln:", en="By rule:")
_OPEN = Text(de="davon erklärt: {n}", en="explained: {n}")
_EXPLAINED = Text(de="Erklärt: {n}", en="Explained: {n}")
_GONE = Text(de="Nicht mehr gefunden: {n}", en="No longer found: {n}")
_NEW = Text(de="[neu] ", en="[new] ")
_TITLE = Text(de="{title} ({tally})", en="{title} ({tally})")
_VALUE = Text(de="Wert: {value}", en="value: {value}")
_LONGEST = 300


def text_of(report: Report, view: View) -> str:
    """The report for a terminal: verdict, counts, each group, what is explained, what is gone."""
    return "\n".join(_Page(report, view).lines()) + "\n"


class _Page:
    def __init__(self, report: Report, view: View) -> None:
        self.report = report
        self.view = view
        self.new = frozenset(view.since.new) if view.since else frozenset[Finding]()

    def say(self, text: Text) -> str:
        return text.in_(self.view.language)

    def lines(self) -> Iterator[str]:
        report = self.report
        yield f"{self.say(phrases.verdict(report))} ({self.say(phrases.counts(report))})"
        yield from map(self.say, report.notes)
        if self.view.since:
            yield self.say(phrases.compared(self.view.since))
        yield from self.summary()
        open_, answered = _apart(report.findings)
        yield from self.groups(groups(open_, self.view.by))
        if answered:
            yield from self.title(_EXPLAINED.format(n=len(answered)))
            yield from self.groups(groups(answered, self.view.by))
        if self.view.since and self.view.since.gone:
            gone = self.view.since.gone
            yield from self.title(_GONE.format(n=len(gone)))
            yield from self.groups(groups(gone, self.view.by))

    def summary(self) -> Iterator[str]:
        """How often each rule finds something; one rule alone says it itself."""
        listed = blocks(self.report.findings)
        if len(listed) < 2:
            return
        yield ""
        yield self.say(_SUMMARY)
        rows = [(self.head(block), str(len(block.findings)), self.open(block)) for block in listed]
        number = max(len(count) for _, count, _ in rows)
        for head, count, said in rows:
            yield f"  {count.rjust(number)}  {head}{said}"

    def open(self, block: Block) -> str:
        answered = sum(1 for finding in block.findings if finding.explained)
        return f" ({self.say(_OPEN.format(n=answered))})" if answered else ""

    def groups(self, listed: Sequence[Group]) -> Iterator[str]:
        for group in listed:
            if group.title:
                tally = phrases.tally(group.blocks)
                title = Text(de=_line(group.title.de), en=_line(group.title.en))
                title = _TITLE.format(title=title, tally=tally)
                yield from self.title(title)
            for block in group.blocks:
                yield ""
                yield f"{self.head(block)}: {len(block.findings)}"
                yield from self.parts(block)

    def title(self, title: Text) -> Iterator[str]:
        said = self.say(title)
        yield from ("", said, "=" * min(len(said), self.view.width))

    def head(self, block: Block) -> str:
        name = f"  {_line(self.say(block.name))}" if block.name else ""
        return f"{self.say(SEVERITY_NAMES[block.severity])} {_line(block.rule)}{name}"

    def parts(self, block: Block) -> Iterator[str]:
        for part in block.parts:
            yield from self.wrapped(self.say(part.message), 2)
            for finding in part.findings:
                yield from self.item(finding)

    def item(self, finding: Finding) -> Iterator[str]:
        mark = self.say(_NEW) if finding in self.new else ""
        name = f"{_line(self.say(finding.label))}  " if finding.label else ""
        yield f"  - {mark}{name}<{_line(finding.focus)}>"
        said = [
            self.say(each) for each in (phrases.place(finding), *self.concerned(finding)) if each
        ]
        if finding.value is not None and finding.value != finding.focus:
            said.append(self.say(_VALUE.format(value=_line(finding.value))))
        if said:
            yield "    " + " · ".join(map(_line, said))
        answer = phrases.explanation(finding)
        if answer:
            yield from self.wrapped(self.say(answer), 4)

    def concerned(self, finding: Finding) -> Iterator[Text | None]:
        """City and office, where the title of the group does not say it."""
        if self.view.by == "rule":
            yield finding.city
        if self.view.by != "office":
            yield finding.office

    def wrapped(self, text: str, indent: int) -> list[str]:
        space = " " * indent
        clean = "".join(each if each.isprintable() else " " for each in text)
        return textwrap.wrap(
            clean, max(self.view.width, 20), initial_indent=space, subsequent_indent=space
        )


def _apart(findings: Sequence[Finding]) -> tuple[list[Finding], list[Finding]]:
    open_ = [finding for finding in findings if not finding.explained]
    return open_, [finding for finding in findings if finding.explained]


def _line(text: str) -> str:
    """Foreign text on one line, without what would steer a terminal."""
    return shortened(text, _LONGEST)
