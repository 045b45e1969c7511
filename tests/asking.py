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
_MEASURES = {"karlsruhe": "A1.1", "heilbronn": "500-daecher-programm"}
_UNITS = {"karlsruhe": "umwelt-und-arbeitsschutz", "heilbronn": "klimaschutz"}
# What only the fictional city has: indicators with values, two versions of one plan.
_ONLY_FICTIONAL = {"indicator", "from", "to"}


def names(question: NamedQuestion) -> set[str]:
    """The names of a question's parameters."""
    return {parameter.name for parameter in question.parameters}


ABOUT_A_CITY = [name for name, question in TABLES.items() if "city" in names(question)]


def cities_of(name: str) -> tuple[str, ...]:
    """The cities that a question can be asked about."""
    return CITIES[:1] if names(QUESTIONS[name]) & _ONLY_FICTIONAL else CITIES


def given(name: str, city: str) -> dict[str, str]:
    """What a question needs to be asked about a city: the values its file gives as examples."""
    needed = {
        each.name: each.example or ""
        for each in QUESTIONS[name].parameters
        if each.required and each.name != "city"
    }
    if city != "musterstadt":
        needed |= {"measure": _MEASURES[city]} if "measure" in needed else {}
        needed |= {"unit": _UNITS[city]} if "unit" in needed else {}
    if name == "silos":
        needed["least"] = "2"
    return {"city": city, **needed} if "city" in names(QUESTIONS[name]) else needed


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
