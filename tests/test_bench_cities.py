"""The synthetic cities of bench/: the same each time, and sound enough to measure with."""

import importlib
from collections import Counter
from pathlib import Path
from types import ModuleType

import pytest
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, parse

NHM = "https://w3id.org/nhm/ns#"
SDG = "http://metadata.un.org/sdg/"
OWN = "https://w3id.org/nhm/examples/id/stadt-0003"
TYPE = NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
LABEL = NamedNode("http://www.w3.org/2004/02/skos/core#prefLabel")
IDENTIFIER = NamedNode("http://purl.org/dc/terms/identifier")


@pytest.fixture
def cities(repo_root: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(repo_root / "bench"))
    return importlib.import_module("cities")


@pytest.fixture
def quads(cities: ModuleType, tmp_path: Path) -> list[Quad]:
    files = cities.write_city(3, tmp_path, 1)
    return [quad for file in files for quad in parse(path=str(file), format=RdfFormat.TURTLE)]


def test_the_same_number_and_seed_give_the_same_bytes(cities: ModuleType, tmp_path: Path) -> None:
    written = [
        {path.name: path.read_bytes() for path in cities.write_city(3, tmp_path / name, seed)}
        for name, seed in (("first", 1), ("again", 1), ("other", 2))
    ]
    assert written[0] == written[1]
    assert written[0] != written[2]


def test_a_city_is_as_large_as_said_and_says_nothing_twice(quads: list[Quad]) -> None:
    assert 9_000 < len(quads) < 16_000
    assert len(set(quads)) == len(quads)
    classes = Counter(quad.object.value for quad in quads if quad.predicate == TYPE)
    assert classes[NHM + "Measure"] == 200
    assert classes[NHM + "OrganizationalUnit"] == 30
    assert classes[NHM + "CitizenContribution"] == 50


def test_what_is_referred_to_in_the_city_is_described_there(quads: list[Quad]) -> None:
    described = {quad.subject for quad in quads}
    referred = {quad.object for quad in quads if isinstance(quad.object, NamedNode)}
    assert {each.value for each in referred - described if each.value.startswith(OWN)} == set()


def test_no_identifier_and_no_label_stands_twice(quads: list[Quad]) -> None:
    identifiers = Counter(quad.object.value for quad in quads if quad.predicate == IDENTIFIER)
    assert [each for each, count in identifiers.items() if count > 1] == []
    labels = Counter(
        (quad.subject, quad.object.language)
        for quad in quads
        if quad.predicate == LABEL and isinstance(quad.object, Literal)
    )
    assert [each for each, count in labels.items() if count > 1] == []


def test_every_sdg_that_a_city_names_is_one(repo_root: Path, quads: list[Quad]) -> None:
    listed = parse(path=str(repo_root / "ontology/sdg.ttl"), format=RdfFormat.TURTLE)
    known = {quad.subject for quad in listed if quad.predicate == TYPE}
    named = {quad.object for quad in quads if str(quad.object).startswith(f"<{SDG}")}
    assert len(named) > 50
    assert named - known == set()


def test_a_copy_says_as_much_as_the_first_and_nothing_about_it(
    cities: ModuleType, tmp_path: Path
) -> None:
    copies = importlib.import_module("copies")
    files = cities.write_city(1, tmp_path, 1)
    first = b"".join(path.read_bytes() for path in files)
    copy = copies.copied(first, 42)
    assert copy.count(b"\n") == first.count(b"\n")
    for name in (b"stadt-0001", b"Stadt 0001", b"City 0001", b"99000001"):
        assert name in first
        assert name not in copy
    assert b'"99000042"' in copy
