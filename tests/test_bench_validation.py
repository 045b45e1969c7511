"""The bench of validation: sound data, known mistakes, and a fair comparison of results."""

import importlib
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pyoxigraph as ox
import pytest

SHACL = "http://www.w3.org/ns/shacl#"
RULE = "https://w3id.org/nhm/rule/"
TARGETS = ("targetClass", "targetSubjectsOf", "targetObjectsOf")
# What has the properties that Q02 looks for violates it; there is no sound target.
WITHOUT_TARGET = {RULE + "Q02"}


@pytest.fixture
def bench(repo_root: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], ModuleType]:
    monkeypatch.syspath_prepend(str(repo_root / "bench"))
    return importlib.import_module


@pytest.fixture
def city(
    bench: Callable[[str], ModuleType], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> ox.Store:
    """City 7 with the vocabulary, made without the kept files of earlier runs."""
    data = bench("validation_data")
    monkeypatch.setattr(bench("stores"), "CACHE", tmp_path)
    store = ox.Store()
    for path in data.vocabulary():
        data.add_file(store, path)
    data.add_city(store, 7)
    return store


def text_of(store: ox.Store) -> list[str]:
    return sorted(str(quad) for quad in store)


def test_every_rule_has_a_target_in_the_city(
    bench: Callable[[str], ModuleType], city: ox.Store, tmp_path: Path
) -> None:
    shapes = ox.Store()
    shapes.bulk_load(
        path=str(bench("validation_data").write_shapes(tmp_path)), format=ox.RdfFormat.TURTLE
    )
    aimed: Counter[str] = Counter()
    for kind in TARGETS:
        for quad in shapes.quads_for_pattern(None, ox.NamedNode(SHACL + kind), None, None):
            term = f"<{quad.object.value}>"
            pattern = {
                "targetClass": f"?x a/<http://www.w3.org/2000/01/rdf-schema#subClassOf>* {term}",
                "targetSubjectsOf": f"?x {term} ?y",
                "targetObjectsOf": f"?y {term} ?x",
            }[kind]
            aimed[quad.subject.value] += bool(city.query(f"ASK {{ {pattern} }}"))
    assert {rule for rule, targets in aimed.items() if not targets} == WITHOUT_TARGET


def test_the_same_seed_gives_the_same_damage_and_another_seed_another(
    bench: Callable[[str], ModuleType], city: ox.Store
) -> None:
    damage = bench("damage")
    done = []
    for seed in (1, 1, 2):
        store = ox.Store()
        store.extend(city)
        done.append((damage.damage(store, 10, seed), text_of(store)))
    assert done[0] == done[1]
    assert done[0] != done[2]


def test_two_hundred_mistakes_of_twenty_kinds_hit_as_many_nodes(
    bench: Callable[[str], ModuleType], city: ox.Store
) -> None:
    expected = bench("damage").damage(city, 10, 2026)
    kinds = Counter((shape, component) for _focus, shape, component in expected)
    assert set(kinds.values()) == {10}
    assert len(kinds) == 20
    assert len({component for _shape, component in kinds}) >= 12
    assert len({focus for focus, _shape, _component in expected}) == 200


def test_too_few_places_for_a_kind_are_refused(bench: Callable[[str], ModuleType]) -> None:
    with pytest.raises(ValueError, match="status-missing: 0 places"):
        bench("damage").damage(ox.Store(), 1, 1)


def test_the_compiled_engine_finds_each_mistake_and_says_little_of_the_sound_city(
    bench: Callable[[str], ModuleType], city: ox.Store, tmp_path: Path
) -> None:
    ours = bench("validation_ours")
    shapes = bench("validation_data").write_shapes(tmp_path)
    expected = set(bench("damage").damage(city, 2, 2026))
    engine = ours.Ours()
    path = tmp_path / "city.nt"
    path.write_bytes(ox.serialize((q.triple for q in city), format=ox.RdfFormat.N_TRIPLES) or b"")
    engine.prepare(shapes, path)
    found = engine.results(engine.validate())
    assert expected - found == set()
    rules = {shape for _focus, shape, _component in found - expected}
    assert rules <= {RULE + each for each in ("C05", "C07", "G06", "M02", "M09", "N02", "N03")} | {
        shape for _focus, shape, _component in expected
    }


def test_engines_are_compared_only_by_what_they_name(
    bench: Callable[[str], ModuleType], tmp_path: Path
) -> None:
    same, engines = bench("validation_same"), bench("validation_engines")
    shapes = bench("validation_data").write_shapes(tmp_path)
    sparql, datatype = (f"{SHACL}{each}ConstraintComponent" for each in ("SPARQL", "Datatype"))
    expected = {("x:m", RULE + "M04-end", datatype), ("x:g", RULE + "G08", sparql)}
    shape_level = {("x:m", RULE + "M04", ""), ("x:g", RULE + "G08", "")}
    less = {("x:m", RULE + "M04-end", datatype)}

    def said(engine: str, found: set[tuple[str, str, str]]) -> str:
        answer: str = same.difference(shapes, getattr(engines, engine), found, expected)
        return answer

    assert said("PySHACL", expected) == "all"
    assert said("PyShifty", shape_level) == "all, by shape"
    assert said("PyShiftySession", {("x:m", "", ""), ("x:g", "", "")}) == "all, by focus"
    assert said("PyRudof", less) == "1 missing, 0 more, NOT THE SAME WORK: no SPARQL"
    assert said("PySHACL", expected | {("x:n", RULE + "G08", sparql)}) == "0 missing, 1 more"


def test_a_part_belongs_to_its_top_level_shape(
    bench: Callable[[str], ModuleType], tmp_path: Path
) -> None:
    roots = bench("validation_same").roots_of(bench("validation_data").write_shapes(tmp_path))
    assert roots[RULE + "M04-end"] == RULE + "M04"
    assert RULE + "M03" not in roots


def test_jena_is_said_to_be_absent_where_it_is(
    bench: Callable[[str], ModuleType], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    jena = bench("validation_jena")
    monkeypatch.setattr(jena.shutil, "which", lambda _name: None)
    with pytest.raises(bench("validation_engines").Absent, match="development kit"):
        jena.Jena().prepare(tmp_path, tmp_path)
