"""Answers for people with a spreadsheet: CSV as German programs read it, and XLSX.

The standard CSV (RFC 4180, SPARQL 1.1 results) has commas and decimal points; Excel and LibreOffice
with German settings keep its `1.5` as text. Hence a second one beside it, with semicolons, decimal
commas and a byte order mark, and a workbook whose cells have types.
"""

import csv
import io
import re
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from nhm_graph.graph import Answer
from nhm_graph.language import Language, Text
from nhm_graph.store.rows import Value

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

_MARK = "\ufeff"
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
# What a spreadsheet would take for a formula, in a text that came from outside.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_WIDEST = 60
_ANSWER, _NOTES = Text(de="Antwort", en="Answer"), Text(de="Hinweise", en="Notes")
_QUESTION = Text(de="Frage", en="Question")
_QUERY = Text(de="Abfrage (SPARQL)", en="Query (SPARQL)")
_TRUTH = {True: Text(de="ja", en="yes"), False: Text(de="nein", en="no")}
# The longest text that a cell of a workbook takes.
_CELL = 32_767


def german_csv(answer: Answer, language: Language) -> bytes:
    """The table with `;`, decimal comma, dates as 31.12.2026, CRLF, UTF-8 with byte order mark.

    The first line has the labels of the columns. A text that a spreadsheet would take for a
    formula gets an apostrophe in front.

    >>> from nhm_graph.answers.spreadsheets import _plain
    >>> _plain(Decimal("1.5"), "de"), _plain("2026-12-31", "de"), _plain("=1+1", "de")
    ('1,5', '31.12.2026', "'=1+1")
    """
    written = io.StringIO()
    writer = csv.writer(written, delimiter=";", lineterminator="\r\n")
    writer.writerow([column.label.in_(language) for column in answer.columns])
    writer.writerows([_plain(value, language) for value in row] for row in answer.rows)
    return (_MARK + written.getvalue()).encode("utf-8")


def workbook(answer: Answer, language: Language) -> bytes:
    """The table as XLSX: numbers, dates and truth values as such, labels in the first row.

    A second sheet has the question, what must be known beside the answer (such as that data is
    fictional) and the query. The same answer gives the same bytes.
    """
    # Imported here: only this needs it.
    from xlsxwriter import Workbook

    written = io.BytesIO()
    book = Workbook(written, {"in_memory": True, "strings_to_formulas": False})
    book.set_properties(
        {"created": datetime(2000, 1, 1), "title": answer.bound.question.summary.in_(language)}
    )
    bold = book.add_format({"bold": True, "bottom": 1})
    day = book.add_format({"num_format": "dd.mm.yyyy" if language == "de" else "yyyy-mm-dd"})
    sheet = book.add_worksheet(_ANSWER.in_(language))
    sheet.freeze_panes(1, 0)
    widths = []
    for number, column in enumerate(answer.columns):
        label = column.label.in_(language)
        sheet.write_string(0, number, label, bold)
        widths.append(len(label))
    for line, row in enumerate(answer.rows, start=1):
        for number, value in enumerate(row):
            _write(sheet, line, number, value, day)
            widths[number] = max(widths[number], len(str(value or "")))
    for number, width in enumerate(widths):
        sheet.set_column(number, number, min(width, _WIDEST) + 2)
    if answer.rows:
        sheet.autofilter(0, 0, len(answer.rows), len(answer.columns) - 1)
    _beside(book, answer, language, bold)
    book.close()
    return written.getvalue()


def file_name(answer: Answer, suffix: str) -> str:
    """What the download is called; invented data says so in the name of its file."""
    city = answer.bound.city
    parts = [answer.bound.question.name]
    if city:
        parts.append(city.slug)
        parts += ["fiktiv"] if city.fictional else []
    return "-".join(parts) + suffix


def _plain(value: Value, language: Language) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return _TRUTH[value].in_(language)
    if isinstance(value, (int, Decimal)):
        return f"{value:f}".replace(".", ",") if isinstance(value, Decimal) else str(value)
    if _day(value):
        return ".".join(reversed(value.split("-")))
    return "'" + value if value.startswith(_FORMULA) else value


def _day(text: str) -> date | None:
    """The day that a text names; a workbook knows none before 1900."""
    try:
        day = date.fromisoformat(text) if _DAY.fullmatch(text) else None
    except ValueError:
        return None
    return day if day and day.year >= 1900 else None


def _write(sheet: "Worksheet", line: int, number: int, value: Value, day: "Format") -> None:
    if value is None:
        return
    if isinstance(value, bool):
        sheet.write_boolean(line, number, value)
    elif isinstance(value, (int, Decimal)):
        sheet.write_number(line, number, value)
    elif (known := _day(value)) is not None:
        sheet.write_datetime(line, number, known, day)
    else:
        sheet.write_string(line, number, value[:_CELL])


def _beside(book: "Workbook", answer: Answer, language: Language, bold: "Format") -> None:
    sheet = book.add_worksheet(_NOTES.in_(language))
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 1, 100)
    lines = [(_QUESTION, answer.bound.question.question.in_(language))]
    lines += [(_NOTES, note) for note in answer.notes]
    lines += [(_QUERY, answer.bound.sparql)]
    for number, (label, text) in enumerate(lines):
        sheet.write_string(number, 0, label.in_(language), bold)
        sheet.write_string(number, 1, text[:_CELL])
