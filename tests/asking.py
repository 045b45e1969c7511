"""Asking the named questions in tests."""

from functools import cache
from typing import Any

from nhm_graph.catalog.files import find_data_files
from nhm_graph.catalog.questions import NamedQuestion, read_questions
from nhm_graph.graph import Answer, Graph
from nhm_graph.language import Language

QUESTIONS = read_questions(find_data_files().queries())
TABLES = {name: each for name, each in QUESTIONS.items() if each.form == "select"}
CITIES = ("musterstadt", "karlsruhe", "heilbronn")
ID = "https://w3id.org/nhm/examples/id/"
_MEASURES = {"musterstadt": "M-04", "karlsruhe": "A1.1", "heilbronn": "500-daecher-programm"}


def names(question: NamedQuestion) -> set[str]:
    """The names of a question's parameters."""
    return {parameter.name for parameter in question.parameters}


ABOUT_A_CITY = [name for name, question in TABLES.items() if "city" in names(question)]


def given(name: str, city: str) -> dict[str, str]:
    """What a question needs to be asked about a city."""
    fitting = {"city": city, "target": "7.2", "measure": _MEASURES[city]}
    return {key: value for key, value in fitting.items() if key in names(QUESTIONS[name])}


@cache
def ask(graph: Graph, name: str, city: str, language: Language = "de", **more: str) -> Answer:
    """The answer to a question about a city; asked once, for the data of a test stays as it is."""
    return graph.ask(name, given(name, city) | more, language)


def cells(answer: Answer, *columns: str) -> list[Any]:
    """The rows with the named columns only; one column without a tuple around it."""
    positions = [[each.name for each in answer.columns].index(column) for column in columns]
    rows = [tuple(row[position] for position in positions) for row in answer.rows]
    return [row[0] for row in rows] if len(columns) == 1 else rows


def local(answer: Answer, column: str) -> list[str]:
    """The ends of the addresses in a column."""
    return [str(value).rpartition("/")[2] for value in cells(answer, column)]
