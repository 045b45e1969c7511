"""Answers for spreadsheets: CSV as German programs read it, and a workbook with typed cells."""

import csv
import io
from datetime import datetime
from typing import Any

import pytest
from fastapi.testclient import TestClient
from openpyxl import load_workbook

from nhm_graph.rdf.formats import XLSX

MONEY = "/queries/measures-over-time"
COVERAGE = "/queries/sdg-coverage.csv?city=musterstadt"


def german(web: TestClient, path: str, **headers: str) -> list[list[str]]:
    response = web.get(path, headers=headers)
    assert response.status_code == 200, response.text
    assert response.headers["content-type"].startswith("text/csv")
    assert response.content.startswith(b"\xef\xbb\xbf"), "a byte order mark, or umlauts break"
    assert b"\r\n" in response.content
    return list(csv.reader(io.StringIO(response.content.decode("utf-8-sig")), delimiter=";"))


def workbook(web: TestClient, path: str) -> Any:
    response = web.get(path)
    assert response.headers["content-type"] == XLSX
    return load_workbook(io.BytesIO(response.content))


def test_german_csv_has_semicolons_and_german_labels(web: TestClient) -> None:
    head, *rows = german(web, f"{COVERAGE}&locale=de")
    assert head == ["SDG", "Nr.", "Titel", "Stufe", "Abdeckung", "Maßnahmen", "Ziele"]
    assert len(rows) == 17
    assert {len(row) for row in rows} == {7}


def test_german_csv_has_decimal_commas_and_german_dates(web: TestClient) -> None:
    _head, *rows = german(web, "/queries/indicator-status.csv?city=musterstadt&locale=de")
    cells = {cell for row in rows for cell in row}
    assert "4,5" in cells
    assert "4.5" not in cells


def test_standard_csv_stays_standard(web: TestClient) -> None:
    response = web.get(COVERAGE)
    assert response.content.startswith(b"sdg,number,title,")


def test_a_download_of_invented_data_says_so_in_its_name(web: TestClient) -> None:
    for path in (f"{COVERAGE}&locale=de", "/queries/sdg-coverage.xlsx?city=musterstadt"):
        assert "sdg-coverage-musterstadt-fiktiv." in web.get(path).headers["content-disposition"]
    real = web.get("/queries/sdg-coverage.xlsx?city=heilbronn")
    assert 'filename="sdg-coverage-heilbronn.xlsx"' in real.headers["content-disposition"]


@pytest.mark.parametrize(
    "path",
    [
        "/queries/sdg-coverage.csv?city=musterstadt&locale=fr",
        "/queries/sdg-coverage.json?city=musterstadt&locale=de",
        "/queries/sdg-coverage?city=musterstadt&locale=de",
    ],
)
def test_a_locale_that_does_not_exist_or_apply_is_refused(web: TestClient, path: str) -> None:
    refused = web.get(path)
    assert refused.status_code == 400
    assert "locale" in refused.json()["detail"]


def test_a_workbook_has_typed_cells_under_labels(web: TestClient) -> None:
    book = workbook(web, "/queries/indicator-status.xlsx?city=musterstadt&lang=de")
    head, *rows = book.worksheets[0].iter_rows(values_only=True)
    assert "Indikator" in head
    assert 4.5 in {cell for row in rows for cell in row}
    assert book.worksheets[0].freeze_panes == "A2"


def test_dates_of_a_workbook_are_dates(web: TestClient) -> None:
    book = workbook(web, "/queries/process-status.xlsx?city=musterstadt")
    cells = {cell for row in book.worksheets[0].iter_rows(values_only=True) for cell in row}
    assert any(isinstance(cell, datetime) for cell in cells)


def test_a_workbook_carries_question_notes_and_query(web: TestClient) -> None:
    book = workbook(web, "/queries/sdg-coverage.xlsx?city=musterstadt&lang=de")
    assert book.sheetnames == ["Antwort", "Hinweise"]
    said = "\n".join(
        str(cell) for row in book["Hinweise"].iter_rows(values_only=True) for cell in row
    )
    assert "Alle Angaben sind erfunden" in said
    assert "SELECT ?sdg" in said


def test_the_same_answer_gives_the_same_workbook(web: TestClient) -> None:
    path = "/queries/sdg-coverage.xlsx?city=musterstadt"
    assert web.get(path).content == web.get(path, headers={"Cookie": "a=b"}).content


def test_no_text_becomes_a_formula(web: TestClient) -> None:
    from nhm_graph.answers.spreadsheets import _plain

    for text in ("=1+1", "+49", "-2", "@SUM(A1)", "\t=1"):
        assert _plain(text, "de") == f"'{text}"
    assert _plain(-2, "de") == "-2"


def test_a_graph_has_no_workbook(web: TestClient) -> None:
    assert web.get("/queries/measure-graph.xlsx?city=musterstadt&measure=M-04").status_code == 406
