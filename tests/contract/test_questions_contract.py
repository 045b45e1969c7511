"""Each named question gives its expected answer on every engine, or is listed as one it cannot do.

The answers are those in `kit/conformance/expected` (see tests/test_expected_answers.py); in English
they are those of the embedded store. What an engine gets wrong stands in `differences.py`, with the
trap, and in docs/engines.md.
"""

import pyoxigraph as ox
import pytest

from contract.differences import NO_ANSWER, VIRTUOSO
from nhm_graph.errors import Refusal
from nhm_graph.graph import Graph
from nhm_graph.store.base import Store
from nhm_graph.terminal import answer_text
from test_expected_answers import CASES, EXPECTED, TABLES, given_for, question_of, table


@pytest.fixture(scope="module")
def asked(engine: Store, graph: Graph) -> Graph:
    """The use cases on one engine."""
    return Graph(engine, graph.files, graph.settings)


def name_of(case: str) -> str:
    return case.partition(".")[0]


def trap_of(request: pytest.FixtureRequest, case: str) -> str | None:
    engine = request.node.callspec.params["engine"]
    return VIRTUOSO.get(name_of(case)) if engine == "virtuoso" else None


def is_expected(graph: Graph, case: str) -> bool:
    question, given = question_of(case), given_for(case)
    if question.form == "construct":
        text = graph.ask_graph(question.name, given, "de")
        found = set(ox.parse(text, format=ox.RdfFormat.TURTLE))
        return found == set(ox.parse(path=EXPECTED[case]))
    text = answer_text(graph.ask(question.name, given, "de"), "csv", "de", 0)
    return table(text) == table(EXPECTED[case].read_text(encoding="utf-8"))


def is_the_same_in_english(there: Graph, here: Graph, case: str) -> bool:
    name, given = question_of(case).name, given_for(case)
    return there.ask(name, given, "en").rows == here.ask(name, given, "en").rows


@pytest.mark.parametrize("case", CASES)
def test_engine_gives_the_expected_answer(
    asked: Graph, request: pytest.FixtureRequest, case: str
) -> None:
    if trap_of(request, case) is None:
        assert is_expected(asked, case)


@pytest.mark.parametrize("case", TABLES)
def test_engine_gives_the_words_of_the_reader(
    asked: Graph, graph: Graph, request: pytest.FixtureRequest, case: str
) -> None:
    if trap_of(request, case) is None:
        assert is_the_same_in_english(asked, graph, case)


def test_each_listed_difference_names_a_question_and_its_trap() -> None:
    assert set(VIRTUOSO) <= {name_of(case) for case in CASES}
    assert all(len(trap) > 20 for trap in VIRTUOSO.values())


@pytest.mark.real
def test_no_difference_is_listed_that_is_none(
    asked: Graph, graph: Graph, request: pytest.FixtureRequest
) -> None:
    """A question that was reworded, or an engine that was mended, leaves the list."""
    if request.node.callspec.params["engine"] != "virtuoso":
        return
    right = []
    for name in (name for name, trap in VIRTUOSO.items() if trap != NO_ANSWER):
        try:
            if all(
                is_expected(asked, case) and is_the_same_in_english(asked, graph, case)
                for case in TABLES
                if name_of(case) == name
            ):
                right.append(name)
        except Refusal:
            continue
    assert right == []
