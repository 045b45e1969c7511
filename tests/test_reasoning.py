from collections.abc import Callable, Sequence
from pathlib import Path
from time import monotonic

import pytest

from nhm_graph.checks.axioms import read_axioms
from nhm_graph.checks.reasoner import smallest
from nhm_graph.checks.reasoning import reason
from nhm_graph.errors import JavaMissing
from nhm_graph.rdf.formats import TURTLE
from nhm_graph.rdf.reading import Document, read_bytes, read_file

Program = Callable[[str], Path]
ONTOLOGY = Path(__file__).resolve().parents[1] / "ontology" / "nhm.ttl"
PREFIXES = (
    "@prefix nhm: <https://w3id.org/nhm/ns#> . @prefix owl: <http://www.w3.org/2002/07/owl#> . "
    "@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . @prefix e: <http://e/> . "
    "@prefix xsd: <http://www.w3.org/2001/XMLSchema#> . "
)


def document(text: str) -> Document:
    return read_bytes((PREFIXES + text).encode(), TURTLE, "data.ttl", 100_000)


@pytest.mark.real
def test_the_ontology_is_sound(program: Program) -> None:
    program("java")
    verdict = reason([read_file(ONTOLOGY, 10_000_000)])
    assert verdict.sound
    assert verdict.axioms > 200


@pytest.mark.real
def test_a_class_below_two_disjoint_ones_is_explained_by_exactly_the_axioms_at_fault(
    program: Program,
) -> None:
    program("java")
    bad = document("e:Both a owl:Class ; rdfs:subClassOf nhm:OperationalGoal , nhm:Measure .")
    verdict = reason([read_file(ONTOLOGY, 10_000_000), bad])
    assert verdict.consistent
    assert verdict.unsatisfiable == ("http://e/Both",)
    assert verdict.minimal
    assert len(verdict.clash) == 4
    assert sum("disjointWith" in axiom for axiom in verdict.clash) == 1


@pytest.mark.real
def test_data_that_contradicts_the_ontology_is_explained(program: Program) -> None:
    program("java")
    bad = document("e:x a nhm:Measure . e:y nhm:servesGoal e:x .")
    verdict = reason([read_file(ONTOLOGY, 10_000_000), bad])
    assert not verdict.consistent
    assert verdict.minimal
    assert {"http://e/x" in axiom or "ns#Goal" in axiom for axiom in verdict.clash} == {True}


def test_without_java_the_refusal_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(JavaMissing) as refusal:
        reason([document("e:x a nhm:Goal .")])
    assert "default-jre-headless" in refusal.value.message("de")


def test_dates_are_left_out_and_counted() -> None:
    quads = document('e:g nhm:dueDate "2030-12-31"^^xsd:date ; nhm:refines e:h .').quads
    declarations, axioms, left_out = read_axioms(quads)
    assert (len(declarations), len(axioms), left_out) == (0, 1, 1)


def test_an_expression_of_blank_nodes_is_one_axiom() -> None:
    text = (
        "e:A rdfs:subClassOf [ a owl:Restriction ; owl:onProperty e:p ; owl:someValuesFrom e:B ] ."
    )
    _, axioms, _ = read_axioms(document(text).quads)
    assert [len(axiom.triples) for axiom in axioms] == [4]


def test_a_statement_that_is_a_blank_node_itself_is_one_axiom() -> None:
    text = "[] a owl:AllDisjointClasses ; owl:members ( e:A e:B ) ."
    _, axioms, _ = read_axioms(document(text).quads)
    assert [len(axiom.triples) for axiom in axioms] == [6]


@pytest.mark.parametrize("needed", [{"a"}, {"b", "y"}, {"a", "m", "z"}, set("aeiou")])
def test_the_smallest_part_is_found(needed: set[str]) -> None:
    def broken(part: Sequence[str]) -> bool:
        return needed <= set(part)

    found, minimal = smallest(broken, "abcdefghijklmnopqrstuvwxyz", monotonic() + 10)
    assert set(found) == needed
    assert minimal


def test_out_of_time_the_part_is_still_broken_but_said_not_to_be_minimal() -> None:
    found, minimal = smallest(lambda part: "c" in part, list("abcdef"), monotonic() - 1)
    assert "c" in found
    assert not minimal
