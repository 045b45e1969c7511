"""What the lists in `ontology/lists/` promise, their mappings, and the alignments beside them."""

from collections import Counter
from pathlib import Path

import pyoxigraph as ox
import pytest

from nhm_graph.catalog.files import find_data_files
from vocabulary import (
    DCT,
    NHM,
    ONTOLOGY,
    OWL,
    RDF,
    SKOS,
    VOC,
    Facts,
    data_files,
    facts_of,
    kinds,
    languages,
    lists,
    parsed,
    terms,
    triples_of,
)

EMPTY = {"bnk-aspect"}
LISTS = [pytest.param(path, id=path.stem) for path in lists()]
FILLED = [pytest.param(path, id=path.stem) for path in lists() if path.stem not in EMPTY]
MAPPINGS = [SKOS + name for name in ("closeMatch", "broadMatch", "narrowMatch", "relatedMatch")]
# QUDT 3.2.1 was searched for the units of the list, and has these.
QUDT = {
    "CCY_EUR",
    "CCY_EUR-PER-M2",
    "KiloGM-PER-HA",
    "KiloW-HR",
    "M",
    "M2",
    "MicroGM-PER-M3",
    "NUM",
    "PERCENT",
    "PERMILLE",
    "TONNE",
}


def entries(path: Path) -> Facts:
    return {
        iri: about for iri, about in facts_of(path).items() if iri.startswith(f"{VOC}{path.stem}/")
    }


def values(about: dict[str, list[ox.NamedNode | ox.Literal]], predicate: str) -> list[str]:
    return [each.value for each in about.get(predicate, [])]


# ----- Each list -----


@pytest.mark.parametrize("path", LISTS)
def test_a_file_holds_one_scheme_named_like_it(path: Path) -> None:
    schemes = [iri for iri, about in facts_of(path).items() if "ConceptScheme" in kinds(about)]
    assert schemes == [VOC + path.stem]
    about = facts_of(path)[VOC + path.stem]
    for predicate in (SKOS + "prefLabel", SKOS + "definition"):
        assert languages(about, predicate) == ["de", "en"]
    assert values(about, DCT + "license") == ["https://creativecommons.org/licenses/by/4.0/"]


@pytest.mark.parametrize("path", LISTS)
def test_a_file_speaks_of_its_own_entries_only(path: Path) -> None:
    assert facts_of(path).keys() - entries(path).keys() == {VOC + path.stem}


def test_an_empty_list_says_that_it_is_empty_and_why() -> None:
    assert {path.stem for path in lists() if not entries(path)} == EMPTY
    for name in EMPTY:
        (about,) = facts_of(ONTOLOGY / "lists" / f"{name}.ttl").values()
        assert [v[:10] for v in values(about, SKOS + "definition")] == ["Noch leer:", "Still empt"]


@pytest.mark.parametrize("path", FILLED)
def test_each_entry_is_labelled_and_defined_once_in_each_language(path: Path) -> None:
    for iri, about in entries(path).items():
        for predicate in (SKOS + "prefLabel", SKOS + "definition"):
            assert languages(about, predicate) == ["de", "en"], (iri, predicate)


@pytest.mark.parametrize("path", FILLED)
def test_each_entry_is_a_concept_of_the_scheme_with_its_code(path: Path) -> None:
    for iri, about in entries(path).items():
        assert "Concept" in kinds(about), iri
        assert values(about, SKOS + "inScheme") == [VOC + path.stem], iri
        assert values(about, SKOS + "notation") == [iri.rpartition("/")[2]], iri


@pytest.mark.parametrize("path", FILLED)
def test_the_positions_are_the_numbers_from_one_on(path: Path) -> None:
    positions = [
        int(v) for about in entries(path).values() for v in values(about, NHM + "position")
    ]
    assert sorted(positions) == list(range(1, len(entries(path)) + 1))


def named_alike(known: Facts) -> list[tuple[str, str]]:
    """Labels that several entries have, and other names that are the name."""
    count = Counter(
        (label.language or "", label.value)
        for about in known.values()
        for predicate in ("prefLabel", "altLabel")
        for label in about.get(SKOS + predicate, [])
        if isinstance(label, ox.Literal)
    )
    return [label for label, number in count.items() if number > 1]


@pytest.mark.parametrize("path", FILLED)
def test_no_two_entries_of_a_list_have_the_same_label(path: Path) -> None:
    assert named_alike(entries(path)) == []


def test_labels_that_are_alike_are_noticed() -> None:
    same = 'e:a skos:prefLabel "x"@de . e:b skos:prefLabel "x"@de , "x"@en .'
    assert named_alike(parsed(same)) == [("de", "x")]
    assert named_alike(parsed('e:a skos:prefLabel "x"@de ; skos:altLabel "x"@de .')) == [
        ("de", "x")
    ]


# ----- What single lists promise -----


def list_of(name: str) -> Facts:
    return entries(ONTOLOGY / "lists" / f"{name}.ttl")


@pytest.mark.parametrize(("name", "number"), [("bnk-2021", 18), ("bnk-2024", 11), ("pillar", 3)])
def test_a_list_is_complete(name: str, number: int) -> None:
    assert len(list_of(name)) == number


def test_the_criteria_of_2021_keep_their_numbers_and_only_fields_are_fields() -> None:
    fields = {
        iri[-2:] for iri, about in list_of("bnk-2021").items() if "ActionField" in kinds(about)
    }
    assert [iri[-2:] for iri in list_of("bnk-2021")] == [f"{n:02}" for n in range(1, 19)]
    assert fields == {f"{n:02}" for n in range(10, 19)}


def test_each_shared_field_is_the_field_of_2024_of_that_name() -> None:
    for iri, about in list_of("action-field").items():
        (match,) = values(about, SKOS + "exactMatch")
        assert match == iri.replace("/action-field/", "/bnk-2024/")
        for predicate in (SKOS + "prefLabel", SKOS + "definition"):
            assert set(about[predicate]) == set(list_of("bnk-2024")[match][predicate])


def test_units_lead_to_units_that_qudt_has() -> None:
    found = [v for about in list_of("unit").values() for v in values(about, SKOS + "exactMatch")]
    assert {iri.removeprefix("http://qudt.org/vocab/unit/") for iri in found} == QUDT


def test_each_indicator_names_its_sdg_and_a_unit_of_the_list() -> None:
    goals = facts_of(ONTOLOGY / "sdg.ttl")
    indicators = list_of("sdg-indicator")
    assert len(indicators) == 50
    for iri, about in indicators.items():
        assert "Indicator" in kinds(about), iri
        (goal,) = values(about, NHM + "relatesToSdg")
        assert "Goal" in kinds(goals[goal]), iri
        assert set(values(about, NHM + "unit")) <= list_of("unit").keys(), iri


def test_each_kind_of_resource_has_a_unit_of_the_list() -> None:
    for iri, about in list_of("resource-kind").items():
        (unit,) = values(about, NHM + "unit")
        assert unit in list_of("unit"), iri


# ----- Mappings and alignments -----


def test_mappings_join_entries_of_two_lists_and_say_one_thing_of_each_pair() -> None:
    known = {iri for path in lists() for iri in entries(path)}
    seen = set()
    for path in data_files("ontology/mappings"):
        for triple in triples_of(path):
            pair = (str(triple.subject).strip("<>"), str(triple.object).strip("<>"))
            assert triple.predicate.value in MAPPINGS
            assert set(pair) <= known
            assert pair[0].rpartition("/")[0] != pair[1].rpartition("/")[0]
            assert pair not in seen
            seen.add(pair)
    assert seen


ALIGNMENTS = [pytest.param(p, id=p.stem) for p in data_files("ontology/alignments")]


@pytest.mark.parametrize("path", ALIGNMENTS)
def test_an_alignment_names_known_terms_and_the_version(path: Path) -> None:
    known = facts_of(ONTOLOGY / "nhm.ttl", ONTOLOGY / "sdg.ttl")
    header = facts_of(path)[f"https://w3id.org/nhm/alignment/{path.stem}"]
    version = values(known["https://w3id.org/nhm/ns"], OWL + "versionInfo")
    assert values(header, OWL + "versionInfo") == version
    aligned = [iri for iri in facts_of(path) if iri.startswith((NHM, "http://metadata.un.org/"))]
    assert aligned
    assert [iri for iri in aligned if iri not in known] == []
    assert not [iri for iri in aligned if RDF + "type" in facts_of(path)[iri]]


def test_each_sdg_goal_and_target_has_one_equivalent_in_sdgio() -> None:
    sdgs = {i for i, a in facts_of(ONTOLOGY / "sdg.ttl").items() if kinds(a) & {"Goal", "Target"}}
    matches = facts_of(ONTOLOGY / "alignments/sdgio.ttl")
    found = {iri: values(about, SKOS + "exactMatch") for iri, about in matches.items()}
    assert {iri for iri, has in found.items() if len(has) == 1} == sdgs
    assert len({has[0] for iri, has in found.items() if iri in sdgs}) == len(sdgs)


def test_only_ontology_sdgs_lists_and_mappings_are_read_with_the_data() -> None:
    read = {path.relative_to(ONTOLOGY).parts[0] for path in find_data_files().ontology()}
    assert read == {"nhm.ttl", "sdg.ttl", "lists", "mappings"}
    assert {path.name for path in data_files("ontology/alignments")} >= {"oparl.ttl", "cpov.ttl"}


def test_no_term_of_ours_is_defined_outside_the_ontology() -> None:
    others = [p for p in data_files("ontology", "examples", "shapes") if p.name != "nhm.ttl"]
    assert {str(p): list(found) for p in others if (found := terms(facts_of(p)))} == {}
