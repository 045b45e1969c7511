"""A graph as tables: one for each class, a row for each thing, a column for each property.

As CSV (RFC 4180) in an archive, described by CSV on the Web (W3C Recommendation, 2015), and as a
workbook (ISO/IEC 29500) with a sheet for each class.
"""

import csv
import json
import re
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import datetime
from decimal import Decimal
from tempfile import SpooledTemporaryFile
from typing import IO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import xlsxwriter

from nhm_graph.publish.export_columns import SEPARATOR, Cell, Table, Tables

METADATA = "csv-metadata.json"
_FIRST_DAY = (1980, 1, 1, 0, 0, 0)  # the earliest that ZIP knows; the archive says no other time
_UNIX = 3
_LONGEST_CELL = 32_767  # what a cell of a workbook holds
_MOST_ROWS = 1_048_575
_LONGEST_NAME = 31
_FORBIDDEN = re.compile(r"[\[\]:*?/\\']")
_WIDTH = 24
_IN_MEMORY = 1_000_000
_PART = 65_536


def write_csv_archive(tables: Tables, output: IO[bytes]) -> None:
    """Writes a ZIP archive with CLASS.csv for each class, and csv-metadata.json.

    >>> import io
    >>> from nhm_graph.graph import open_graph
    >>> from nhm_graph.publish.export_columns import read_tables
    >>> from nhm_graph.settings import Settings
    >>> graph, output = open_graph(Settings(examples=False)), io.BytesIO()
    >>> line = b"<http://e/s> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <http://e/C> ."
    >>> write_csv_archive(read_tables(graph, lambda: io.BytesIO(line)), output)
    >>> ZipFile(output).namelist()
    ['C.csv', 'csv-metadata.json']
    """
    with ExitStack() as open_, ZipFile(output, "w", ZIP_DEFLATED) as archive:
        texts = {each: open_.enter_context(_text_file()) for each in tables.all}
        writers = {each: csv.writer(text) for each, text in texts.items()}
        for table, writer in writers.items():
            writer.writerow([column.heading for column in table.columns])
        for table, row in tables.rows():
            writers[table].writerow([_text(cell) for cell in row])
        for table, text in texts.items():
            text.seek(0)
            with archive.open(_member(f"{table.name}.csv"), "w") as member:
                while part := text.read(_PART):
                    member.write(part.encode())
        archive.writestr(_member(METADATA), _metadata(tables))


def write_workbook(tables: Tables, output: IO[bytes]) -> None:
    """Writes a workbook (XLSX) with a sheet for each class.

    A single number is a number there, everything else is text. What is longer than a cell holds,
    ends with “…”; rows beyond the last that a sheet has are left out, which that one says.
    """
    book = xlsxwriter.Workbook(output, {"constant_memory": True})
    book.set_properties({"created": datetime(*_FIRST_DAY)})
    heading = book.add_format({"bold": True})
    names: set[str] = set()
    sheets = {each: book.add_worksheet(_sheet_name(each, names)) for each in tables.all}
    filled = dict.fromkeys(tables.all, 0)
    for table, sheet in sheets.items():
        sheet.freeze_panes(1, 1)
        sheet.set_column(0, len(table.columns) - 1, _WIDTH)
        for place, column in enumerate(table.columns):
            sheet.write_string(0, place, _shortened(column.heading), heading)
    for table, row in tables.rows():
        filled[table] += 1
        if filled[table] < _MOST_ROWS:
            _write_row(sheets[table], filled[table], row)
        elif filled[table] == _MOST_ROWS:
            _write_row(sheets[table], filled[table], [["…"]])
    if not sheets:
        book.add_worksheet()
    book.close()


def _write_row(sheet: xlsxwriter.worksheet.Worksheet, number: int, row: list[Cell]) -> None:
    for place, cell in enumerate(row):
        if len(cell) == 1 and isinstance(cell[0], Decimal):
            sheet.write_number(number, place, cell[0])
        elif cell:
            sheet.write_string(number, place, _shortened(_text(cell)))


def _text_file() -> IO[str]:
    return SpooledTemporaryFile(_IN_MEMORY, "w+", encoding="utf-8", newline="")


def _text(cell: Cell) -> str:
    return SEPARATOR.join(str(each) for each in cell)


def _shortened(text: str) -> str:
    return text if len(text) <= _LONGEST_CELL else text[: _LONGEST_CELL - 1] + "…"


def _member(name: str) -> ZipInfo:
    member = ZipInfo(name, _FIRST_DAY)
    member.compress_type = ZIP_DEFLATED
    member.create_system = _UNIX
    member.external_attr = 0o644 << 16
    return member


def _sheet_name(table: Table, taken: set[str]) -> str:
    """A name that a workbook allows: short, without brackets, unlike the others in any case."""
    plain = _FORBIDDEN.sub(" ", table.title).strip() or table.name
    for name in _numbered(plain):
        if name.lower() not in taken:
            taken.add(name.lower())
            return name
    raise AssertionError("numbers do not end")


def _numbered(plain: str) -> Iterator[str]:
    yield plain[:_LONGEST_NAME]
    number = 2
    while True:
        yield f"{plain[: _LONGEST_NAME - 5]} ({number})"
        number += 1


def _metadata(tables: Tables) -> str:
    described = {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": tables.language}],
        "tables": [_described(table) for table in tables.all],
    }
    return json.dumps(described, ensure_ascii=False, indent=1) + "\n"


def _described(table: Table) -> dict[str, object]:
    columns: list[dict[str, object]] = []
    for number, column in enumerate(table.columns, 1):
        said: dict[str, object] = {"name": f"c{number}", "titles": column.heading}
        if column.language:
            said["lang"] = column.language
        if column.property is None:
            said["suppressOutput"] = True
        else:
            said |= {"propertyUrl": column.property, "separator": SEPARATOR}
        columns.append(said)
    schema: dict[str, object] = {"aboutUrl": "{+c1}", "columns": columns}
    titled: dict[str, object] = {"url": f"{table.name}.csv", "dc:title": table.title}
    if table.iri:
        titled["dc:type"] = {"@id": table.iri}
    return titled | {"tableSchema": schema}
