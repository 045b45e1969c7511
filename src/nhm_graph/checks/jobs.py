"""Checks as one function each, for a process that is sent nothing but plain values."""

from dataclasses import dataclass

from nhm_graph.checks.cities import Group, Rules, check_group
from nhm_graph.checks.rendering import FORMATS, View
from nhm_graph.checks.report import Report
from nhm_graph.checks.validation import Outcome, Run, outcome, report_of
from nhm_graph.rdf.formats import data_format_for_media_type
from nhm_graph.rdf.reading import read_bytes


@dataclass(frozen=True, slots=True)
class Form:
    """The form in which a report is wanted: name of a format, and view.

    >>> Form("json", View("de")).written(Report((), (), b""))[:1]
    b'{'
    """

    name: str
    view: View

    def written(self, report: Report) -> bytes:
        """The report in this form, as UTF-8."""
        return FORMATS[self.name].render(report, self.view).encode("utf-8")


def upload_report(
    data: bytes, media_type: str, limit: int, name: str, *, rules: Rules, run: Run, form: Form
) -> bytes:
    """The report on RDF that somebody sent, under a name, if it has one. Raises what `read_bytes`
    raises."""
    read = data_format_for_media_type(media_type)
    document = read_bytes(data, read, name or f"data{read.suffix}", limit)
    book = rules.read(run)
    return form.written(report_of(outcome([document], book, run), [document.name], book))


def stored_report(group: Group, graph: str | None, *, rules: Rules, run: Run, form: Form) -> bytes:
    """The report on data of a store: a city's, or what one of the graphs describes."""
    names = [each.name for each in group.own or group.shared]
    if graph is not None:
        sources = (*group.own, *group.shared)
        own = tuple(each for each in sources if each.name == graph)
        rest = tuple(each for each in sources if each.name != graph)
        group, names = Group(graph, own, rest, group.beside), [graph]
    part = check_group(group, rules, run)
    return form.written(report_of(Outcome(part.own, part.notes), names, rules.read(run)))
