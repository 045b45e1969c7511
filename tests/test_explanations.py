"""Tiers, the day of a run, and comply or explain."""

from datetime import date
from pathlib import Path

import pytest

from nhm_graph.catalog.files import find_data_files
from nhm_graph.checks.rendering import as_json, as_text
from nhm_graph.checks.report import Report
from nhm_graph.checks.validation import Run, validate
from nhm_graph.rdf.formats import TURTLE
from nhm_graph.rdf.reading import read_bytes

FILES = find_data_files(Path(__file__).resolve().parents[1])
DAY = date(2026, 11, 22)
# A goal that refines itself: a violation of G08.
GOAL = """@prefix nhm: <https://w3id.org/nhm/ns#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
<http://e/g> a nhm:Goal ; skos:prefLabel "Ziel"@de , "goal"@en ; nhm:refines <http://e/g> .
"""
EXPLANATION = """<http://e/x> a nhm:Explanation ; nhm:explainsRule <https://w3id.org/nhm/rule/G08> ;
    nhm:explainsNode <http://e/g> ; nhm:explanation "Wird bereinigt."@de , "Being mended."@en ;
    nhm:authorFunction "Stabsstelle" ; nhm:explainedOn "2026-10-01"^^xsd:date ;
    nhm:validUntil "{until}"^^xsd:date .
"""


def report(text: str, run: Run | None = None) -> Report:
    document = read_bytes(text.encode(), TURTLE, "data.ttl", 100_000)
    return validate([document], FILES.shapes(), FILES.ontology(), run or Run(day=DAY))


def test_an_explained_violation_is_shown_as_explained_and_does_not_conform() -> None:
    found = report(GOAL + EXPLANATION.format(until="2027-06-30"))
    violation = next(each for each in found.findings if each.rule == "G08")
    assert violation.explained is not None
    assert violation.explained.until == "2027-06-30"
    assert not found.conforms
    assert found.explained
    text = as_text(found, "de")
    assert "Erklärt am 2026-10-01 (Stabsstelle, gilt bis 2027-06-30): Wird bereinigt." in text
    assert "1 erklärt" in text
    assert '"explained": true' in as_json(found, "en")


@pytest.mark.parametrize(
    "text",
    [
        EXPLANATION.format(until="2026-11-21"),
        EXPLANATION.format(until="2027-06-30").replace("rule/G08", "rule/P01"),
        EXPLANATION.format(until="2027-06-30").replace("<http://e/g>", "<http://e/other>"),
        EXPLANATION.format(until="2027-06-30").replace('nhm:authorFunction "Stabsstelle" ;', ""),
        EXPLANATION.format(until="2027-06-30").replace("2026-10-01", "2026-12-01"),
    ],
    ids=["expired", "of another rule", "of another node", "by nobody", "from the future"],
)
def test_an_explanation_that_does_not_hold_explains_nothing(text: str) -> None:
    found = report(GOAL + text)
    assert not found.explained
    assert found.explanations == 0


def test_a_lower_tier_asks_for_less() -> None:
    text = GOAL.replace(' , "goal"@en', "")
    assert "N02" in {each.rule for each in report(text).findings}
    assert "N02" not in {each.rule for each in report(text, Run("basis", DAY)).findings}
    assert "G08" in {each.rule for each in report(text, Run("basis", DAY)).findings}


def test_the_day_of_the_run_decides_what_is_overdue() -> None:
    text = """@prefix nhm: <https://w3id.org/nhm/ns#> .
    @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
    <http://e/m> a nhm:Measure ; nhm:plannedEnd "2026-06-30"^^xsd:date ;
        nhm:implementationStatus <https://w3id.org/nhm/voc/implementation-status/under-way> ."""
    assert "M05" in {each.rule for each in report(text, Run(day=date(2026, 7, 1))).findings}
    assert "M05" not in {each.rule for each in report(text, Run(day=date(2026, 6, 30))).findings}


def test_a_day_that_the_data_states_counts_unless_the_run_names_one() -> None:
    text = """@prefix nhm: <https://w3id.org/nhm/ns#> .
    @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
    <https://w3id.org/nhm/validation> nhm:validationDate "2020-01-01"^^xsd:date .
    <http://e/m> a nhm:Measure ; nhm:plannedEnd "2026-06-30"^^xsd:date ;
        nhm:implementationStatus <https://w3id.org/nhm/voc/implementation-status/under-way> ."""
    assert "M05" not in {each.rule for each in report(text, Run()).findings}
    assert "M05" in {each.rule for each in report(text, Run(day=DAY)).findings}
