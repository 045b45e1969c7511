"""The example cities as data: complete, sourced, honest about what they are, nobody named."""

import os
import re
import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

import pyoxigraph as ox
import pytest

from nhm_graph.checks.report import Report
from nhm_graph.checks.validation import validate
from nhm_graph.rdf.reading import read_file

ROOT = Path(__file__).resolve().parents[1]
FILES = sorted((ROOT / "examples").rglob("*.ttl"))
REAL = ("heilbronn", "karlsruhe", "peers")
FICTIONAL = ("musterstadt",)
ID = "https://w3id.org/nhm/examples/id/"
NHM = "https://w3id.org/nhm/ns#"
VOC = "https://w3id.org/nhm/voc/"
SDG = "http://metadata.un.org/sdg/"
DCT = "http://purl.org/dc/terms/"
SKOS = "http://www.w3.org/2004/02/skos/core#"
OWL = "http://www.w3.org/2002/07/owl#"
TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"

# What needs no source of its own: the assessments are this project's, with author, date and reason,
# and what remains is the source itself and the description of the graph.
UNSOURCED = {"Contribution", "PillarAssessment", "Source", "CityGraph"}
# The whole site is the source: it has one page. Elsewhere a host is no source.
ONE_PAGE_SITES = {"https://sdg.dashboardstr.de/"}
THEMES_OF_HEILBRONN = {
    "Bauen & Wohnen",
    "Familie Gesellschaft & Soziales",
    "Kultur & Freizeit",
    "Mobilität & Verkehr",
    "Schule & Bildung",
    "Stadtplanung & Stadtentwicklung",
    "Umwelt & Klima",
    "Wirtschaft & Arbeit",
}
PERSONAL = re.compile(
    r"[\w.+-]+@[\w-]+\.\w|\b(?:Herrn?|Frau|Dr\.|Prof\.|Dipl\.-\w+\.?) [A-ZÄÖÜ][a-zäöüß]+"
    r"|(?:Ober)?[Bb]ürgermeister(?:in)? [A-ZÄÖÜ][a-zäöüß]+|\b(?:Tel|Fax|Mobil)\b|\+49[ \d]"
    r"|\b0\d{3,4}[ /-]\d{5,}"
)

every_city = pytest.mark.parametrize("city", [*REAL, *FICTIONAL])


@cache
def triples(file: Path) -> tuple[ox.Triple, ...]:
    return tuple(quad.triple for quad in ox.parse(path=file))


@cache
def things(*files: Path) -> dict[str, dict[str, list[ox.NamedNode | ox.Literal]]]:
    """What files say, by address of thing and property."""
    found: dict[str, dict[str, list[ox.NamedNode | ox.Literal]]] = {}
    for file in files:
        for triple in triples(file):
            properties = found.setdefault(triple.subject.value, {})
            properties.setdefault(triple.predicate.value, []).append(triple.object)
    return found


def of_city(city: str) -> dict[str, dict[str, list[ox.NamedNode | ox.Literal]]]:
    return things(*(file for file in FILES if file.parent.name == city))


def values(properties: dict[str, list[ox.NamedNode | ox.Literal]], name: str) -> list[str]:
    return [each.value for each in properties.get(name, [])]


def kinds(properties: dict[str, list[ox.NamedNode | ox.Literal]]) -> set[str]:
    return {each.removeprefix(NHM) for each in values(properties, TYPE)}


def instances(city: str, kind: str) -> list[dict[str, list[ox.NamedNode | ox.Literal]]]:
    return [each for each in of_city(city).values() if kind in kinds(each)]


def ontology(name: str = "nhm") -> dict[str, dict[str, list[ox.NamedNode | ox.Literal]]]:
    return things(ROOT / f"ontology/{name}.ttl")


# ----- form -----


def test_each_triple_stands_in_one_file_only() -> None:
    homes: dict[ox.Triple, list[str]] = defaultdict(list)
    for file in FILES:
        for triple in triples(file):
            homes[triple].append(f"{file.parent.name}/{file.name}")
    assert {str(triple): found for triple, found in homes.items() if len(found) > 1} == {}


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parent.name}/{file.name}")
def test_no_blank_nodes(file: Path) -> None:
    for triple in triples(file):
        assert not isinstance(triple.subject, ox.BlankNode)
        assert not isinstance(triple.object, ox.BlankNode)


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parent.name}/{file.name}")
def test_file_describes_the_one_graph_it_belongs_in(file: Path) -> None:
    (graph,) = [name for name, each in things(file).items() if "CityGraph" in kinds(each)]
    assert graph == f"https://w3id.org/nhm/examples/graph/{file.parent.name}/{file.stem}"
    described = things(file)[graph]
    assert values(described, f"{NHM}graphKind") == [f"{VOC}graph-kind/{file.stem}"]
    assert values(described, f"{DCT}license")
    assert values(described, f"{DCT}modified")


def test_terms_of_the_ontology_lists_and_sdgs_exist() -> None:
    files = (ROOT / "ontology/nhm.ttl", ROOT / "ontology/sdg.ttl")
    defined = set(things(*files, *(ROOT / "ontology/lists").glob("*.ttl")))
    used = {
        term.value
        for file in FILES
        for triple in triples(file)
        for term in triple
        if isinstance(term, ox.NamedNode) and term.value.startswith((NHM, VOC, SDG))
    }
    assert len(used) > 100
    assert used - defined == set()


def test_each_thing_that_is_referred_to_is_described() -> None:
    described = set(things(*FILES))
    used = {
        triple.object.value
        for file in FILES
        for triple in triples(file)
        if isinstance(triple.object, ox.NamedNode) and triple.object.value.startswith(ID)
    }
    assert len(used) > 300
    assert used - described == set()


@every_city
def test_each_thing_says_what_it_is_and_whose(city: str) -> None:
    for name, each in of_city(city).items():
        assert kinds(each), name
        if name.startswith(f"{ID}{city}/") and f"{NHM}municipality" in each:
            assert values(each, f"{NHM}municipality") == [f"{ID}{city}"], name


# ----- truth -----


@pytest.mark.parametrize("city", REAL)
def test_each_thing_of_a_real_city_has_a_source_with_address_and_day(city: str) -> None:
    here = of_city(city)
    for name, each in here.items():
        if kinds(each) & UNSOURCED:
            continue
        sources = values(each, f"{DCT}source")
        assert sources, name
        for source in sources:
            (address,) = values(here[source], f"{NHM}address")
            assert urlsplit(address).scheme in ("http", "https")
            assert len(urlsplit(address).path) > 1 or address in ONE_PAGE_SITES, address
            (day,) = values(here[source], f"{NHM}retrievedOn")
            assert re.fullmatch(r"20\d\d-\d\d-\d\d", day)


@pytest.mark.parametrize("city", ["heilbronn", "karlsruhe"])
@pytest.mark.parametrize("kind", ["Contribution", "PillarAssessment"])
def test_assessment_of_a_real_city_is_the_projects_own_with_low_confidence(
    city: str, kind: str
) -> None:
    for each in instances(city, kind):
        assert values(each, f"{NHM}assessedBy") == ["https://w3id.org/nhm"]
        assert values(each, f"{NHM}confidence") == [f"{VOC}confidence/low"]
        assert {term.language for term in each[f"{NHM}rationale"]} == {"de", "en"}
        assert len(values(each, f"{NHM}assessedOn")) == 1


@pytest.mark.parametrize("city", ["heilbronn", "karlsruhe"])
def test_graph_of_assessments_says_that_the_city_did_not_make_them(city: str) -> None:
    (graph,) = [
        each
        for each in instances(city, "CityGraph")
        if values(each, f"{NHM}graphKind") == [f"{VOC}graph-kind/assessment"]
    ]
    german, english = sorted(graph[f"{DCT}description"], key=lambda each: each.language)
    assert re.search(r"stammt nicht von der Stadt|Keine Aussage der Stadt", german.value)
    assert re.search(r"does not come from the city|Not a statement of the City", english.value)


def test_real_cities_are_recorded_in_part_and_say_so() -> None:
    for city in ("heilbronn", "karlsruhe"):
        for kind in ("Municipality", "SustainabilityPlan"):
            for each in instances(city, kind):
                assert values(each, f"{NHM}dataCompleteness") == [f"{VOC}data-completeness/partial"]
                assert {term.language for term in each[f"{NHM}scopeNote"]} == {"de", "en"}


def test_nobody_is_named_and_nobody_can_be_called() -> None:
    found = [
        triple.object.value
        for file in FILES
        for triple in triples(file)
        if isinstance(triple.object, ox.Literal) and PERSONAL.search(triple.object.value)
    ]
    assert found == []
    vocabulary = ("http://xmlns.com/foaf/", "http://www.w3.org/2006/vcard/", "http://schema.org/")
    terms = {
        term.value for file in FILES for t in triples(file) for term in t if hasattr(term, "value")
    }
    assert [term for term in terms if term.startswith(vocabulary)] == []


@pytest.mark.parametrize(
    "text",
    ["ada" + "@stadt.de", "Frau Müller", "Dr. Ada", "Oberbürgermeister Adam", "0711 123456"],
)
def test_personal_data_would_be_recognised(text: str) -> None:
    assert PERSONAL.search(text)


# ----- Karlsruhe -----


def test_karlsruhe_has_73_measures_whose_status_is_not_published() -> None:
    measures = instances("karlsruhe", "Measure")
    assert len(measures) == 73
    for each in measures:
        assert values(each, f"{NHM}implementationStatus") == [
            f"{VOC}implementation-status/not-published"
        ]
        assert len(values(each, f"{DCT}identifier")) == 1


def test_karlsruhe_has_two_goals_and_every_measure_a_stated_responsibility() -> None:
    assert len(instances("karlsruhe", "Goal")) == 2
    measures = {name for name, each in of_city("karlsruhe").items() if "Measure" in kinds(each)}
    led = {
        values(each, f"{NHM}responsibleFor")[0]
        for each in instances("karlsruhe", "Responsibility")
        if values(each, f"{NHM}role") == [f"{VOC}role/lead"]
    }
    assert led == measures


def test_motions_to_amend_are_papers_and_no_decisions() -> None:
    papers = instances("karlsruhe", "CouncilPaper")
    motions = [each for each in papers if "nderungs" in values(each, f"{NHM}paperType")[0]]
    assert (len(papers), len(motions)) == (69, 19)
    assert len(instances("karlsruhe", "CouncilDecision")) == 2
    for each in motions:
        assert kinds(each) == {"CouncilPaper"}
    decided = {
        paper
        for each in instances("karlsruhe", "CouncilDecision")
        for paper in values(each, f"{NHM}onPaper")
    }
    assert not decided & {n for n, each in of_city("karlsruhe").items() if each in motions}


# ----- Heilbronn -----


def test_heilbronn_has_the_eight_themes_of_the_older_project_page_word_for_word() -> None:
    themes = {
        label.value
        for name, each in of_city("heilbronn").items()
        if name.startswith(f"{ID}heilbronn/field/thema-")
        for label in each[f"{SKOS}prefLabel"]
        if label.language == "de"
    }
    assert themes == THEMES_OF_HEILBRONN


def test_heilbronn_has_four_strategy_fields_and_eight_action_fields() -> None:
    names = [name for name, each in of_city("heilbronn").items() if "ActionField" in kinds(each)]
    for prefix, number in (("strategiefeld", 4), ("handlungsfeld", 8), ("thema", 8)):
        assert sum(name.startswith(f"{ID}heilbronn/field/{prefix}-") for name in names) == number


def test_statement_of_2022_is_a_claim_beside_the_goals() -> None:
    said = of_city("heilbronn")[f"{ID}heilbronn/claim/climate-neutral-2040"]
    assert kinds(said) == {"Claim"}
    goals = {values(each, f"{NHM}dueDate")[0][:4] for each in instances("heilbronn", "Goal")}
    assert "2035" in goals
    assert "2040" not in goals


# ----- Musterstadt -----


@pytest.mark.parametrize("city", FICTIONAL)
def test_each_graph_of_a_fictional_city_says_so_in_both_languages(city: str) -> None:
    for each in instances(city, "CityGraph"):
        assert values(each, f"{NHM}fictional") == ["true"]
        for name in ("title", "description"):
            said = {term.language: term.value.lower() for term in each[f"{DCT}{name}"]}
            assert "fiktiv" in said["de"]
            assert "fictional" in said["en"]


@pytest.mark.parametrize("city", REAL)
def test_no_graph_of_a_real_city_says_so(city: str) -> None:
    for each in instances(city, "CityGraph"):
        assert values(each, f"{NHM}fictional") == ["false"]


@pytest.mark.parametrize("city", FICTIONAL)
def test_sources_of_a_fictional_city_lead_nowhere(city: str) -> None:
    for each in instances(city, "Source"):
        assert urlsplit(values(each, f"{NHM}address")[0]).hostname == f"{city}.example"
    for each in instances(city, "Municipality"):
        assert values(each, f"{NHM}ags")[0].startswith("99")  # no state has this number
        assert all("fikti" in v or "fictional" in v for v in values(each, f"{SKOS}prefLabel"))


def test_every_class_of_the_ontology_has_an_instance_in_musterstadt() -> None:
    classes = {
        name.removeprefix(NHM)
        for name, each in ontology().items()
        if name.startswith(NHM) and f"{OWL}Class" in values(each, TYPE)
    }
    assert len(classes) > 20
    there = set().union(*map(kinds, of_city("musterstadt").values()))
    assert classes - there == set()


# ----- the rules, and other people's tools -----


@cache
def report(city: str) -> Report:
    documents = [read_file(f, 10_000_000) for f in FILES if f.parent.name in (city, "peers")]
    shared = sorted((ROOT / "ontology").rglob("*.ttl"))
    return validate(documents, sorted((ROOT / "shapes").glob("*.ttl")), shared)


def found(city: str, severity: str) -> set[tuple[str, str]]:
    return {
        (each.rule, each.focus.rpartition("/")[2])
        for each in report(city).findings
        if each.severity == severity
    }


def test_musterstadt_has_no_violation_and_exactly_the_gaps_it_is_meant_to_have() -> None:
    assert report("musterstadt").conforms
    without_budget = {("M09", f"M-{number:02}") for number in (3, 5, 7, 9, 12, 14, 15)}
    assert found("musterstadt", "Warning") == without_budget | {
        ("B03", "mittelstaedte"),
        ("G07", "Z-09"),
        ("I04", "abfall-2019"),
        ("K02", "Z-04-Z-10"),
        ("M01", "M-13"),
        ("M02", "M-12"),
        ("M05", "M-02"),
        ("M07", "M-05"),
        ("P06", "M-15"),
        ("P07", "Z-16"),
    }


@pytest.mark.slow
@pytest.mark.parametrize("city", ["heilbronn", "karlsruhe"])
def test_rules_find_nothing_wrong_with_a_real_city(city: str) -> None:
    assert found(city, "Violation") == found(city, "Warning") == set()


@pytest.mark.real
def test_terms_of_other_vocabularies_exist_there(shared: Path, repo_root: Path) -> None:
    rdf = [*FILES, *(repo_root / "ontology").rglob("*.ttl"), *(repo_root / "shapes").glob("*.ttl")]
    tool = [sys.executable, str(shared / "tools/check_terms.py"), *map(str, rdf)]
    done = subprocess.run(tool, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.slow
@pytest.mark.real
def test_ontology_is_owl_2_dl_and_every_class_can_have_members(
    shared: Path, repo_root: Path, program: Callable[[str], Path]
) -> None:
    places = os.pathsep.join([str(program("java").parent), os.environ["PATH"]])
    done = subprocess.run(
        ["bash", str(shared / "tools/owl_profile.sh"), str(repo_root / "ontology/nhm.ttl")],
        env={**os.environ, "PYTHON": sys.executable, "PATH": places},
        capture_output=True,
        text=True,
        timeout=180,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "OWL 2 DL: IN" in done.stdout
