"""The migrations in `ontology/migration/`: what the reports find and what the actions change."""

from pathlib import Path

import pyoxigraph as ox
import pytest

from vocabulary import NHM, ONTOLOGY, OWL, VOC, facts_of

FOLDER = ONTOLOGY / "migration" / "0.2"
LAYOUTS = ("default", "ngraphs")
IDS = "https://w3id.org/nhm/examples/id/"


def store_of(name: str, layout: str) -> ox.Store:
    """A file of the test data, in its graphs or all in the default graph."""
    store = ox.Store()
    for quad in ox.parse(path=FOLDER / "test-data" / name):
        store.add(quad if layout == "ngraphs" else ox.Quad(*quad.triple))
    return store


def with_ontology(store: ox.Store, layout: str) -> ox.Store:
    graph = ox.NamedNode("urn:ontology") if layout == "ngraphs" else ox.DefaultGraph()
    store.bulk_load(path=ONTOLOGY / "nhm.ttl", format=ox.RdfFormat.TURTLE, to_graph=graph)
    return store


def report(store: ox.Store, layout: str, name: str) -> list[dict[str, str]]:
    text = (FOLDER / "queries/report" / layout / f"{name}.rq").read_text("utf-8")
    found = store.query(text)
    assert isinstance(found, ox.QuerySolutions)
    names = [v.value for v in found.variables]
    return [{n: row[n].value for n in names if row[n] is not None} for row in found]


def act(store: ox.Store, layout: str, name: str) -> None:
    store.update((FOLDER / "queries/action" / layout / f"{name}.ru").read_text("utf-8"))


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_report_names_who_gets_which_territorial_status(layout: str) -> None:
    rows = report(store_of("before.trig", layout), layout, "territorial-status")
    assert [(row["city"].removeprefix(IDS), row["status"].rpartition("/")[2]) for row in rows] == [
        ("kreisangehoerig-beispiel", "within-district"),
        ("kreisfrei-beispiel", "urban-district"),
    ]


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_action_makes_the_data_before_the_data_after(layout: str) -> None:
    store = store_of("before.trig", layout)
    act(store, layout, "territorial-status")
    assert set(store) == set(store_of("after.trig", layout))


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_second_run_changes_nothing_and_nothing_is_left_to_report(layout: str) -> None:
    store = store_of("after.trig", layout)
    act(store, layout, "territorial-status")
    assert set(store) == set(store_of("after.trig", layout))
    assert report(store, layout, "territorial-status") == []


def test_the_action_gives_statuses_of_the_list() -> None:
    after = {quad.triple for quad in ox.parse(path=FOLDER / "test-data/after.trig")}
    given = {t.object.value for t in after if t.predicate.value == NHM + "territorialStatus"}
    assert given <= facts_of(ONTOLOGY / "lists/territorial-status.ttl").keys()
    assert len(given) == 2
    assert all(iri.startswith(VOC) for iri in given)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_report_names_what_is_two_things_at_once_by_type_or_by_domain(layout: str) -> None:
    store = with_ontology(store_of("clash.trig", layout), layout)
    rows = report(store, layout, "clashing-classes")
    found = {
        (row["thing"].removeprefix(IDS), frozenset({row["one"], row["other"]})) for row in rows
    }
    assert found == {
        ("migration/goal/Z-1", frozenset({NHM + "Goal", NHM + "GuidingPrinciple"})),
        ("migration/step/1-1", frozenset({NHM + "Measure", NHM + "ProcessStep"})),
    }


@pytest.mark.parametrize("layout", LAYOUTS)
def test_sound_data_has_no_clash(layout: str) -> None:
    store = with_ontology(store_of("after.trig", layout), layout)
    assert report(store, layout, "clashing-classes") == []


def test_each_query_is_there_for_both_layouts_and_each_action_has_its_report() -> None:
    def names(kind: str, layout: str) -> set[str]:
        return {path.stem for path in (FOLDER / "queries" / kind / layout).iterdir()}

    for kind in ("report", "action"):
        assert names(kind, "default") == names(kind, "ngraphs") != set()
    assert names("action", "default") <= names("report", "default")


def test_each_migration_leads_to_a_version_and_is_told_in_both_languages() -> None:
    (now,) = facts_of(ONTOLOGY / "nhm.ttl")["https://w3id.org/nhm/ns"][OWL + "versionInfo"]
    folders = sorted((ONTOLOGY / "migration").iterdir())
    assert folders
    for folder in folders:
        reached = [int(number) for number in folder.name.split(".")]
        assert reached <= [int(number) for number in now.value.split(".")]
        assert {path.name for path in folder.glob("*.md")} == {"README.md", "README.de.md"}


def test_the_policy_stands_in_both_languages() -> None:
    texts = [(ONTOLOGY / name).read_text("utf-8") for name in ("POLICY.md", "POLICY.de.md")]
    assert texts[0].count("\n#") == texts[1].count("\n#") > 3


def test_the_paths_in_the_texts_exist() -> None:
    for folder in (ONTOLOGY, FOLDER):
        for path in folder.glob("*.md"):
            for target in linked(path):
                assert target.exists(), (path.name, target)


def linked(path: Path) -> list[Path]:
    parts = path.read_text("utf-8").split("](")[1:]
    return [path.parent / part.partition(")")[0] for part in parts]
