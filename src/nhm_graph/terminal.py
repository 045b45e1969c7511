"""Answers and lists as a terminal shows them."""

import csv
import io
import json
import textwrap

from prettytable import PrettyTable, TableStyle

from nhm_graph.answers import answer_record, json_number
from nhm_graph.catalog.questions import NamedQuestion, shown
from nhm_graph.graph import Answer, Graph
from nhm_graph.language import Language, Text
from nhm_graph.store.rows import Value

_EMPTY = Text(de="Keine Zeile trifft zu.", en="No row applies.")
# A column of words needs about so many characters to be read.
_READABLE = 20
_NUMBERS = ("integer", "decimal")


def answer_text(answer: Answer, form: str, language: Language, width: int) -> str:
    """An answer as `table`, `csv` (RFC 4180) or `json`; a table fits into `width` characters."""
    if form == "json":
        return _json(answer, language)
    if form == "csv":
        return _csv(answer)
    return _table(answer, language, width)


def question_list(graph: Graph, language: Language) -> str:
    """All questions by subject, each with the parameters it needs.

    >>> from nhm_graph.graph import open_graph
    >>> from nhm_graph.settings import Settings
    >>> "sdg-gaps" in question_list(open_graph(Settings(examples=False)), "en")
    True
    """
    longest = max(len(name) for name in graph.questions)
    lines = []
    subject = ""
    for question in graph.questions.values():
        if question.subject != subject:
            subject = question.subject
            lines += ["", f"{subject}/"]
        lines.append(f"  {question.name:<{longest}}  {question.summary.in_(language)}")
    example = "nhm-graph ask sdg-gaps --city heilbronn"
    lines += ["", Text(de=f"Beispiel: {example}", en=f"Example: {example}").in_(language)]
    return "\n".join(lines[1:])


def question_help(graph: Graph, question: NamedQuestion, language: Language) -> str:
    """What a question asks and what its parameters admit."""
    lines = [question.question.in_(language), ""]
    for each in question.parameters:
        choices = graph.choices(each, language)
        known = ", ".join(choices) if choices else each.kind
        hints = [known]
        if each.default:
            hints.append(Text(de="Vorgabe ", en="default ").in_(language) + each.default)
        if each.example:
            hints.append(Text(de="zum Beispiel ", en="for instance ").in_(language) + each.example)
        if each.required:
            hints.append(Text(de="nötig", en="required").in_(language))
        lines.append(f"  --{each.name}  {each.label.in_(language)} ({'; '.join(hints)})")
    return "\n".join(lines)


def plain(value: Value) -> str:
    """A value as text; a missing one is empty, a decimal keeps its point.

    >>> plain(None), plain(True), plain(3)
    ('', 'true', '3')
    """
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _table(answer: Answer, language: Language, width: int) -> str:
    positions = shown(answer.columns)
    title = answer.bound.question.summary.in_(language)
    if answer.bound.city:
        title += f" · {answer.bound.city.name}"
    head = "\n".join([title, *(textwrap.fill(note, width) for note in answer.notes)])
    if not answer.rows:
        return f"{head}\n{_EMPTY.in_(language)}"
    labels = _distinct([answer.columns[each].label.in_(language) for each in positions])
    cells = [[plain(row[each]) for each in positions] for row in answer.rows]
    if _too_narrow(labels, cells, width):
        return f"{head}\n{_records(labels, cells, width)}"
    table = PrettyTable(labels)
    table.set_style(TableStyle.SINGLE_BORDER)
    table.align = "l"
    for label, each in zip(labels, positions, strict=True):
        if answer.columns[each].kind in _NUMBERS:
            table.align[label] = "r"
    table.add_rows(cells)
    table.max_table_width = width
    return f"{head}\n{table.get_string()}"


def _too_narrow(labels: list[str], cells: list[list[str]], width: int) -> bool:
    """Whether columns side by side would be too narrow to read, so that rows become blocks."""
    wanted = [
        min(_READABLE, max(len(row[number]) for row in [labels, *cells]))
        for number in range(len(labels))
    ]
    return sum(wanted) + 3 * len(wanted) + 1 > width


def _records(labels: list[str], cells: list[list[str]], width: int) -> str:
    """Each row as a block of lines, one for each value that there is."""
    longest = max(len(label) for label in labels)
    blocks = []
    for row in cells:
        lines = [
            textwrap.fill(
                value,
                max(width, longest + _READABLE),
                initial_indent=f"{label.strip():<{longest}}  ",
                subsequent_indent=" " * (longest + 2),
                break_long_words=False,
                break_on_hyphens=False,
            )
            for label, value in zip(labels, row, strict=True)
            if value
        ]
        blocks.append("\n".join(lines))
    return "\n" + "\n\n".join(blocks)


def _distinct(names: list[str]) -> list[str]:
    """Headings that differ, as a table demands: spaces tell equal ones apart."""
    return [name + " " * names[:number].count(name) for number, name in enumerate(names)]


def _csv(answer: Answer) -> str:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([column.name for column in answer.columns])
    writer.writerows([plain(value) for value in row] for row in answer.rows)
    return text.getvalue().removesuffix("\r\n")


def _json(answer: Answer, language: Language) -> str:
    return json.dumps(
        answer_record(answer, language), ensure_ascii=False, indent=2, default=json_number
    )
