"""Whether the answer to a named question is the expected one."""

import pyoxigraph as ox

from nhm_graph.graph import Graph
from nhm_graph.graph.model import Bound
from nhm_graph.store.base import Result
from nhm_graph.terminal import answer_text
from test_expected_answers import EXPECTED, given_for, question_of, table


class Unaided(Graph):
    """The use cases, but each question is sent to the engine as another tool would send it."""

    def evaluate(self, bound: Bound) -> Result:
        return self.store.query(bound.sparql, bound.graphs)


def is_expected(graph: Graph, case: str) -> bool:
    """Whether a case has the answer in `kit/conformance/expected`, in German."""
    question, given = question_of(case), given_for(case)
    if question.form == "construct":
        text = graph.ask_graph(question.name, given, "de")
        found = set(ox.parse(text, format=ox.RdfFormat.TURTLE))
        return found == set(ox.parse(path=EXPECTED[case]))
    text = answer_text(graph.ask(question.name, given, "de"), "csv", "de", 0)
    return table(text) == table(EXPECTED[case].read_text(encoding="utf-8"))


def is_the_same_in_english(there: Graph, here: Graph, case: str) -> bool:
    """Whether a case has the same rows in English; true where no language is asked for."""
    question, given = question_of(case), given_for(case)
    if question.form == "construct" or "lang" not in {each.name for each in question.parameters}:
        return True
    return there.ask(question.name, given, "en").rows == here.ask(question.name, given, "en").rows
