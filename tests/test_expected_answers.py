"""Each named question about a city gives the answer on Musterstadt that was worked out by reading.

`kit/conformance/expected/<question>.csv` is what `nhm-graph ask` prints as CSV, in German, for
Musterstadt on 22 November 2026; what a question needs beyond that is the `example:` of the
parameter. A question whose answer is a graph has a `.ttl`. Further cases name what they ask for in
the file name:
`explain-target.target=1.2.csv`, several with a comma between.
"""

import csv
import io
from collections import Counter
from functools import cache
from pathlib import Path

import pyoxigraph as ox
import pytest

from nhm_graph.catalog.files import find_data_files
from nhm_graph.catalog.questions import NamedQuestion, read_questions
from nhm_graph.graph import Answer, Graph, open_graph
from nhm_graph.language import Language
from nhm_graph.settings import Settings
from nhm_graph.terminal import answer_text, plain

ALWAYS = {"city": "musterstadt", "at": "2026-11-22"}
QUESTIONS = read_questions(find_data_files().queries())
EXPECTED = {
    path.stem: path
    for path in sorted((Path(__file__).parents[1] / "kit/conformance/expected").iterdir())
    if not path.name.startswith(".")
}
ABOUT_A_CITY = [
    name
    for name, question in QUESTIONS.items()
    if any(parameter.name == "city" for parameter in question.parameters)
]


@cache
def graph() -> Graph:
    return open_graph(Settings())


def question_of(case: str) -> NamedQuestion:
    return QUESTIONS[case.partition(".")[0]]


def given_for(case: str) -> dict[str, str]:
    """The values for the question's parameters: from the case's name, fixed ones, examples."""
    _, _, said = case.partition(".")
    named = dict(pair.split("=", 1) for pair in said.split(",")) if said else {}
    given = dict(named)
    for parameter in question_of(case).parameters:
        if parameter.name in ALWAYS:
            given.setdefault(parameter.name, ALWAYS[parameter.name])
        elif parameter.required and parameter.name not in named:
            assert parameter.example, f"{parameter.name} is required and has no example:"
            given[parameter.name] = parameter.example
    return given


def asked(case: str, language: Language) -> Answer:
    return graph().ask(question_of(case).name, given_for(case), language)


def table(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text)))


CASES = [case for case in EXPECTED if case.partition(".")[0] in QUESTIONS]
TABLES = [case for case in CASES if question_of(case).form == "select"]


def test_each_file_belongs_to_a_question() -> None:
    assert [case for case in EXPECTED if case not in CASES] == []


@pytest.mark.parametrize("name", ABOUT_A_CITY)
def test_question_about_a_city_has_an_expected_answer(name: str) -> None:
    assert name in EXPECTED


@pytest.mark.parametrize("case", CASES)
def test_answer_is_the_expected_one(case: str) -> None:
    if question_of(case).form == "construct":
        text = graph().ask_graph(question_of(case).name, given_for(case), "de")
        found = set(ox.parse(text, format=ox.RdfFormat.TURTLE))
        assert found == set(ox.parse(path=EXPECTED[case]))
        return
    found_rows = table(answer_text(asked(case, "de"), "csv", "de", 0))
    assert found_rows == table(EXPECTED[case].read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", TABLES)
def test_english_answer_differs_in_words_only(case: str) -> None:
    """A filter on the language in a group that does not know it would silently lose rows."""

    def without_words(answer: Answer) -> Counter[tuple[str, ...]]:
        kept = [number for number, column in enumerate(answer.columns) if column.kind != "text"]
        return Counter(tuple(plain(row[number]) for number in kept) for row in answer.rows)

    assert without_words(asked(case, "en")) == without_words(asked(case, "de"))
