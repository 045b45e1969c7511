"""The text of each named question, sent to another engine as any tool would send it.

What an engine gets wrong stands in `differences.py` and in docs/engines.md. Nothing is left out: a
listed case fails as soon as it is answered.
"""

import re
from pathlib import Path

import pytest
from rdflib import RDFS, URIRef
from rdflib import Graph as Triples

from contract.answers import Unaided, is_expected, is_the_same_in_english
from contract.differences import VIRTUOSO
from contract.engines import SERVERS
from nhm_graph.errors import Overrun, StoreProblem
from nhm_graph.graph import Graph
from nhm_graph.store.remote import RemoteStore
from nhm_graph.store.remote_http import Limits
from test_expected_answers import CASES, QUESTIONS, given_for, question_of


def is_listed(case: str) -> bool:
    return question_of(case).name in VIRTUOSO


# What is not answered comes last: some of it keeps the engine busy after its deadline.
ORDERED = sorted(CASES, key=is_listed)
SECONDS = 3


@pytest.fixture(scope="module")
def sent(engine: RemoteStore, graph: Graph) -> Unaided:
    """The use cases, with the questions evaluated by the engine itself."""
    return Unaided(engine, graph.files, graph.settings)


@pytest.mark.parametrize("case", ORDERED)
@pytest.mark.parametrize("engine", SERVERS, indirect=True)
def test_text_of_a_question_is_answered_as_expected_or_listed(
    engine: RemoteStore, name_of: str, sent: Unaided, graph: Graph, case: str
) -> None:
    if name_of == "virtuoso" and is_listed(case):
        bound = sent.bind(question_of(case).name, given_for(case), "de")
        hurried = RemoteStore(engine.address, limits=Limits(SECONDS, 50_000_000))
        with pytest.raises((Overrun, StoreProblem), match=r"HTTP 500|within 3 seconds"):
            hurried.query(bound.sparql, bound.graphs)
    else:
        assert is_expected(sent, case)
        assert is_the_same_in_english(sent, graph, case)


def test_the_differences_are_those_of_the_documentation(repo_root: Path) -> None:
    said = (repo_root / "docs/engines.md").read_text(encoding="utf-8")
    table = said.partition("## Questions that Virtuoso 7.2.5 does not answer\n")[2]
    assert dict(re.findall(r"^\| `([a-z-]+)` \| (.+?) \|$", table, re.MULTILINE)) == VIRTUOSO
    assert set(VIRTUOSO) <= set(QUESTIONS)


def test_no_kind_of_goal_lies_deeper_than_the_questions_look(repo_root: Path) -> None:
    """They say `a|a/rdfs:subClassOf nhm:Goal`: with rdfs:subClassOf* Virtuoso loses rows."""
    ontology = Triples().parse(repo_root / "ontology/nhm.ttl")
    goal = URIRef("https://w3id.org/nhm/ns#Goal")
    kinds = set(ontology.subjects(RDFS.subClassOf, goal))
    assert kinds
    assert set(ontology.transitive_subjects(RDFS.subClassOf, goal)) - {goal} == kinds
