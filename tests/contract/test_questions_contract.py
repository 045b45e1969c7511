"""Each named question, asked through the program, gives its expected answer on every engine.

The answers are those in `kit/conformance/expected` (see tests/test_expected_answers.py); in English
they are those of the embedded store.
"""

import pytest

from contract.answers import is_expected, is_the_same_in_english
from nhm_graph.graph import Graph
from nhm_graph.store.base import Store
from test_expected_answers import CASES


@pytest.fixture(scope="module")
def asked(engine: Store, graph: Graph) -> Graph:
    """The use cases on one engine."""
    return Graph(engine, graph.files, graph.settings)


@pytest.mark.parametrize("case", CASES)
def test_question_has_its_expected_answer_on_every_engine(
    asked: Graph, graph: Graph, case: str
) -> None:
    assert is_expected(asked, case)
    assert is_the_same_in_english(asked, graph, case)
