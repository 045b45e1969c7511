"""What the questions answer about the example cities: worked out by hand, or by plain counting."""

from collections import defaultdict
from datetime import date
from pathlib import Path

import pyoxigraph as ox
import pytest

from asking import ABOUT_A_CITY, CITIES, ID, QUESTIONS, ask, cells, cities_of, local, names
from nhm_graph.graph import Graph

GAP = "https://w3id.org/nhm/voc/finding/gap"
NONE = "https://w3id.org/nhm/voc/coverage/none"


def by_id(graph: Graph, name: str, **more: str) -> dict[str, str]:
    """Of the fictional city: what was found, by identifier."""
    answer = ask(graph, name, "musterstadt", **more)
    return dict(zip(cells(answer, "id"), local(answer, "finding"), strict=True))


# ----- what is missing -----


def test_goals_without_measures(graph: Graph) -> None:
    assert by_id(graph, "goals-without-measures") == {"Z-09": "gap"}


def test_goals_without_sdg(graph: Graph) -> None:
    assert cells(ask(graph, "goals-without-sdg", "musterstadt"), "id") == ["Z-12"]


def test_measures_without_goal(graph: Graph) -> None:
    assert by_id(graph, "measures-without-goal") == {"M-13": "gap"}


def test_measures_without_lead(graph: Graph) -> None:
    assert by_id(graph, "measures-without-lead") == {"M-07": "to-be-clarified", "M-12": "gap"}
    answer = ask(graph, "measures-without-lead", "musterstadt")
    assert cells(answer, "wording")[0] == "Bildungs- oder Umweltverwaltung, wird noch abgestimmt"


def test_measures_without_lead_on_an_earlier_day(graph: Graph) -> None:
    earlier = set(by_id(graph, "measures-without-lead", at="2020-12-31"))
    assert {"M-01", "M-02", "M-07", "M-12"} <= earlier
    assert earlier.isdisjoint({"M-08", "M-16", "M-11"})  # led already, or rejected


def test_measures_without_budget(graph: Graph) -> None:
    without = ["M-03", "M-05", "M-07", "M-09", "M-12", "M-13", "M-14", "M-15"]
    assert by_id(graph, "measures-without-budget") == dict.fromkeys(without, "gap")


def test_labels_missing_in_karlsruhe_are_the_titles_of_its_papers(graph: Graph) -> None:
    answer = ask(graph, "labels-missing", "karlsruhe")
    assert len(answer.rows) == 69
    assert set(cells(answer, "kind")) == {"Drucksache"}


@pytest.mark.parametrize(
    ("name", "city"),
    [(name, city) for name in ABOUT_A_CITY for city in cities_of(name) if city != "musterstadt"],
)
def test_no_gap_is_claimed_where_the_data_is_partial(graph: Graph, name: str, city: str) -> None:
    levels = [{"level": "goal"}, {"level": "target"}] if "level" in names(QUESTIONS[name]) else [{}]
    for more in levels:
        for row in ask(graph, name, city, **more).rows:
            assert not {GAP, NONE} & set(map(str, row))


# ----- coverage -----

STAGES = {
    "none": {"1", "2", "5", "9", "10", "14", "15", "17"},
    "planned": {"3", "16"},
    "unknown": {"8"},
    "under-way": {"7", "12"},
    "done": {"4", "6", "11", "13"},
}


def stages(graph: Graph, city: str, level: str = "goal") -> dict[str, set[str]]:
    answer = ask(graph, "sdg-coverage", city, level=level)
    found: dict[str, set[str]] = defaultdict(set)
    for stage, number in zip(local(answer, "coverage"), cells(answer, "number"), strict=True):
        found[stage].add(number)
    return dict(found)


def test_coverage_of_the_fictional_city(graph: Graph) -> None:
    assert stages(graph, "musterstadt") == STAGES


def test_coverage_tells_six_stages_apart_over_the_example_cities(graph: Graph) -> None:
    assert set(stages(graph, "musterstadt")) == {"none", "planned", "unknown", "under-way", "done"}
    assert set(stages(graph, "karlsruhe")) == {"unknown", "outside"}
    assert set(stages(graph, "heilbronn")) == {"unknown", "outside", "under-way", "done"}


def test_coverage_counts_measures_and_goals(graph: Graph) -> None:
    answer = ask(graph, "sdg-coverage", "musterstadt")
    counts = {row[0]: row[1:] for row in cells(answer, "number", "measures", "goals")}
    assert counts["11"] == (6, 7)
    assert counts["13"] == (2, 3)
    assert counts["10"] == (0, 0)  # its one measure was rejected
    assert counts["9"] == (0, 0)  # a neutral contribution
    assert counts["15"] == (0, 0)  # a negative contribution


@pytest.mark.parametrize(("level", "number"), [("goal", 17), ("target", 169)])
def test_coverage_lists_the_agenda_in_its_official_order(
    graph: Graph, level: str, number: int
) -> None:
    numbers = cells(ask(graph, "sdg-coverage", "musterstadt", level=level), "number")
    assert len(numbers) == number

    def official(text: str) -> tuple[int, bool, int, str]:
        goal, _, target = text.partition(".")
        return int(goal), target.isalpha(), int(target) if target.isdigit() else 0, target

    assert numbers == sorted(numbers, key=official)


@pytest.mark.parametrize("level", ["goal", "target"])
@pytest.mark.parametrize("city", CITIES)
def test_gaps_are_what_coverage_calls_none_or_outside(graph: Graph, city: str, level: str) -> None:
    whole = stages(graph, city, level)
    gaps = ask(graph, "sdg-gaps", city, level=level)
    assert set(cells(gaps, "number")) == whole.get("none", set()) | whole.get("outside", set())


# The same worked out without SPARQL, from the triples of the files.

Objects = dict[str, dict[str, list[str]]]
NHM = "https://w3id.org/nhm/ns#"
SKOS = "http://www.w3.org/2004/02/skos/core#"
TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"


def objects(*paths: Path) -> Objects:
    found: Objects = defaultdict(lambda: defaultdict(list))
    for path in paths:
        for quad in ox.parse(path=path):
            value = quad.object.value if hasattr(quad.object, "value") else ""
            found[str(quad.subject)[1:-1]][quad.predicate.value].append(value)
    return found


def counted(city: Objects, lists: Objects) -> dict[str, set[str]]:
    """The measures of a city by SDG or target, each with the rank of its stage."""
    serving = defaultdict(set)
    rank = {}
    for thing, values in city.items():
        if f"{NHM}Measure" not in values[TYPE]:
            continue
        status = values[f"{NHM}implementationStatus"][0]
        rank[thing] = int(lists[lists[status][f"{NHM}coverageStage"][0]][f"{NHM}rank"][0])
        serving[thing].add(thing)
        for goal in values[f"{NHM}servesGoal"]:
            serving[goal].add(thing)
    found: dict[str, set[str]] = defaultdict(set)
    for values in city.values():
        for target in values[f"{NHM}contributesTo"]:
            if lists[values[f"{NHM}direction"][0]][f"{NHM}countsAsCoverage"] != ["true"]:
                continue
            measures = {each for each in serving[values[f"{NHM}contributor"][0]] if rank[each] > 0}
            for sdg in (target, *lists[target][f"{SKOS}broader"]):
                found[sdg] |= {f"{rank[each]} {each}" for each in measures}
    return found


@pytest.mark.parametrize("city", CITIES)
def test_coverage_is_what_counting_by_hand_gives(graph: Graph, repo_root: Path, city: str) -> None:
    lists = objects(repo_root / "ontology/sdg.ttl", *(repo_root / "ontology/lists").glob("*.ttl"))
    expected = counted(objects(*(repo_root / "examples" / city).glob("*.ttl")), lists)
    missing = 0 if city == "musterstadt" else -1
    for level in ("goal", "target"):
        answer = ask(graph, "sdg-coverage", city, level=level)
        for sdg, stage, measures in cells(answer, "sdg", "coverage", "measures"):
            ranks = [int(each.split()[0]) for each in expected[sdg]]
            assert int(lists[stage][f"{NHM}rank"][0]) == max(ranks, default=missing), sdg
            assert measures == len(ranks), sdg


# ----- paths and responsibilities -----


def test_path_of_a_target_leads_from_measure_to_lead(graph: Graph) -> None:
    answer = ask(graph, "path-of-target", "musterstadt", target="7.3")
    wanted = ("measureId", "goalTitle", "principleTitle", "leadTitle", "assessor", "confidence")
    assert set(cells(answer, *wanted)) == {
        (
            "M-02",
            "Die städtischen Gebäude brauchen bis 2030 ein Drittel weniger Wärme als 2020",
            "Musterstadt lebt und wirtschaftet innerhalb der natürlichen Grenzen.",
            "Gebäudemanagement",
            "Musterstadt (fiktiv)",
            confidence,
        )
        for confidence in ("hoch", "mittel")
    }
    assert set(cells(answer, "via")) == {"Maßnahme", "Ziel"}


def test_path_leaves_the_missing_hop_empty(graph: Graph) -> None:
    answer = ask(graph, "path-of-target", "musterstadt", target="6.1")
    assert cells(answer, "measureId", "goal", "principle", "leadTitle") == [
        ("M-13", None, None, "Stadtwerke Musterstadt (fiktiv)")
    ]


@pytest.mark.parametrize("language", ["de", "en"])
def test_path_does_not_take_a_former_lead_for_the_lead(graph: Graph, language: str) -> None:
    answer = ask(graph, "path-of-target", "musterstadt", target="10.2", lang=language)
    assert set(cells(answer, "measureId", "lead", "leadTitle")) == {("M-11", None, None)}


def test_responsibility_depends_on_the_day(graph: Graph) -> None:
    def agents(**at: str) -> set[tuple[str, str]]:
        return set(
            cells(
                ask(graph, "responsibility-of-measure", "musterstadt", **at), "agentTitle", "role"
            )
        )

    role = "https://w3id.org/nhm/voc/role/"
    today = {("Amt für Klima, Umwelt und Stadtgrün", f"{role}lead")}
    earlier = {("Umweltamt", f"{role}lead"), ("Grünflächenamt", f"{role}involved")}
    assert agents() == agents(at=date.today().isoformat()) == agents(at="2025-01-01") == today
    assert agents(at="2024-06-01") == agents(at="2024-12-31") == earlier
    assert agents(at="2021-12-31") == set()


def test_responsibility_keeps_the_wording_of_the_source(graph: Graph) -> None:
    answer = ask(graph, "responsibility-of-measure", "karlsruhe", measure="A3.1")
    wording = "Im Bestand: KEK In Neubauquartieren: Stadtwerke Karlsruhe"
    assert set(cells(answer, "wording")) == {wording}
    assert local(answer, "agent") == ["ns#toBeClarified"]


def test_workload_counts_sub_units_for_the_unit_above(graph: Graph) -> None:
    answer = ask(graph, "unit-workload", "musterstadt")
    counts = {
        row[0]: row[1:] for row in cells(answer, "title", "lead", "involved", "leadWithSubunits")
    }
    assert counts["Dezernat II: Bauen, Umwelt und Mobilität"] == (0, 1, 8)
    assert counts["Amt für Klima, Umwelt und Stadtgrün"] == (3, 0, 3)
    assert counts["Gebäudemanagement"] == (1, 1, 1)
    assert "Umweltamt" not in counts
    assert "zu klären" not in counts


# ----- process, participation, claims, comparison -----


def test_process_of_heilbronn_as_its_project_page_tells_it(graph: Graph) -> None:
    answer = ask(graph, "process-status", "heilbronn")
    status = dict(zip(cells(answer, "stepTitle"), local(answer, "status"), strict=True))
    assert status["Systematische Bestandsaufnahme"] == "done"
    assert "announced" in status.values()
    for source, retrieved in cells(answer, "source", "retrieved"):
        assert source.startswith("https://")
        assert date.fromisoformat(retrieved)


def test_process_is_in_the_order_of_cycles_and_steps(graph: Graph) -> None:
    steps = local(ask(graph, "process-status", "musterstadt"), "step")
    assert steps == [f"{cycle}-{step}" for cycle in (1, 2) for step in range(1, 8)]


@pytest.mark.parametrize(
    ("city", "years"), [("karlsruhe", ["2020", "2021"]), ("musterstadt", ["2018", "2019"])]
)
def test_history_is_in_the_order_of_time(graph: Graph, city: str, years: list[str]) -> None:
    dates = cells(ask(graph, "goal-history", city), "date")
    assert [each[-4:] if each[2] == "." else each[:4] for each in dates][:2] == years


def test_history_shows_what_replaced_what_and_claims_beside_it(graph: Graph) -> None:
    answer = ask(graph, "goal-history", "musterstadt", "en")
    rows = cells(answer, "title", "decisionKind", "body", "replacedTitle")
    assert (
        "Musterstadt is climate-neutral by 2038",
        "adopted with amendments",
        "City council",
        "Musterstadt is climate-neutral by 2050",
    ) in rows
    assert ("Newspaper: climate-neutral by 2035", None, None, None) in rows
    assert set(cells(answer, "kind")) == {"goal", "claim"}


def test_statement_of_2022_is_no_goal_of_heilbronn(graph: Graph) -> None:
    answer = ask(graph, "goal-history", "heilbronn")
    by_date = {row[1]: row[0] for row in cells(answer, "kind", "date")}
    assert {each: by_date[each] for each in ("2010", "2021-05", "2022-07")} == {
        "2010": "Ziel",
        "2021-05": "Ziel",
        "2022-07": "Aussage",
    }


def test_contributions_of_citizens_became_goals_and_measures(graph: Graph) -> None:
    answer = ask(graph, "citizen-contributions", "musterstadt")
    found = list(
        zip(
            local(answer, "contribution"),
            cells(answer, "outcome"),
            local(answer, "result"),
            strict=True,
        )
    )
    assert found == [
        ("B-01", "übernommen", "Z-07"),
        ("B-01", "übernommen", "M-07"),
        ("B-02", "teilweise übernommen", "M-10"),
        ("B-03", "abgelehnt", "None"),
        ("B-04", "in Prüfung", "None"),
        ("B-05", None, "None"),
    ]


def test_sources_that_disagree_stay_side_by_side(graph: Graph) -> None:
    answer = ask(graph, "conflicting-claims", "musterstadt")
    assert cells(answer, "value", "otherValue") == [("61842", "60975"), ("2035", "2038")]


def test_benchmark_names_criterion_population_and_its_day(graph: Graph) -> None:
    answer = ask(graph, "benchmark-cities", "musterstadt")
    assert cells(answer, "name", "population", "populationDate") == [
        ("Beispielstadt (fiktiv)", 58120, "2025-12-31"),
        ("Neustadt-Beispiel (fiktiv)", 63410, "2025-12-31"),
    ]
    peers = set(local(ask(graph, "benchmark-cities", "heilbronn"), "peer"))
    assert peers == {"ulm", "pforzheim", "freiburg", "mannheim"}


def test_cities_lists_those_with_a_plan_real_ones_first(graph: Graph) -> None:
    rows = graph.ask("cities", {}, "de").rows
    assert [(row[0], row[4]) for row in rows] == [
        (f"{ID}heilbronn", False),
        (f"{ID}karlsruhe", False),
        (f"{ID}musterstadt", True),
    ]
