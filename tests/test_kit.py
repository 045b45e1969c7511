"""What other municipalities take with them: built files are current, the extension conforms."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from nhm_graph.catalog.files import find_data_files
from nhm_graph.catalog.rules import read_rules
from nhm_graph.checks.validation import Run, validate
from nhm_graph.cli.main import main
from nhm_graph.publish.kit import kit_files
from nhm_graph.rdf.formats import TURTLE
from nhm_graph.rdf.reading import read_bytes, read_file

ROOT = Path(__file__).resolve().parents[1]
KIT = ROOT / "kit"
FILES = find_data_files(ROOT)
LARGEST = 10_000_000


@pytest.mark.parametrize("name", ["basis.ttl", "standard.ttl", "vocabulary.ttl"])
def test_a_built_file_is_what_the_sources_give(name: str) -> None:
    """Otherwise: `nhm-graph kit DIR`, and take the file from there."""
    assert (KIT / name).read_text(encoding="utf-8") == kit_files(FILES)[name]


@pytest.mark.parametrize(("name", "tiers"), [("basis.ttl", 1), ("standard.ttl", 2)])
def test_a_tier_holds_exactly_its_rules(name: str, tiers: int) -> None:
    wanted = {
        rule.id
        for rule in read_rules(FILES.shapes()).values()
        if rule.tier in ("basis", "standard")[:tiers]
    }
    assert set(read_rules([KIT / name])) == wanted


def test_the_basis_rules_stand_on_their_own() -> None:
    """With nothing but the two built files they find what all files find."""
    text = b"""@prefix nhm: <https://w3id.org/nhm/ns#> .
        <http://e/m> a nhm:Measure .
        <http://e/g> a nhm:StrategicGoal ; nhm:refines <http://e/g> ."""
    document = read_bytes(text, TURTLE, "data.ttl", LARGEST)
    alone = validate([document], [KIT / "basis.ttl"], [KIT / "vocabulary.ttl"])
    whole = validate([document], FILES.shapes(), FILES.ontology(), Run("basis"))
    found = [(each.rule, each.focus) for each in alone.findings]
    assert ("M03", "http://e/m") in found
    assert ("G08", "http://e/g") in found
    assert found == [(each.rule, each.focus) for each in whole.findings]


def test_the_extension_passes_all_rules() -> None:
    documents = [read_file(path, LARGEST) for path in sorted((KIT / "extension").glob("*.ttl"))]
    report = validate(documents, FILES.shapes(), FILES.ontology())
    assert [(each.rule, each.focus) for each in report.findings] == []


def test_the_extension_defines_nothing_in_the_namespace_of_nhm() -> None:
    subjects = {quad.subject for quad in read_file(KIT / "extension/terms.ttl", LARGEST).quads}
    assert not [each for each in subjects if "w3id.org/nhm/ns#" in str(each)]


def test_the_profile_names_files_that_exist() -> None:
    text = (KIT / "profile.ttl").read_text(encoding="utf-8")
    named = {part.split(">")[0] for part in text.split("<https://w3id.org/nhm/kit/")[1:]}
    assert named
    assert [name for name in named if not (KIT / name).is_file()] == []


def test_the_command_writes_rules_vocabulary_and_the_conformance_kit(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["kit", str(tmp_path / "kit")])
    assert result.exit_code == 0, result.output
    assert (tmp_path / "kit/basis.ttl").is_file()
    assert (tmp_path / "kit/conformance/data.nq").stat().st_size > 100_000
    assert (tmp_path / "kit/conformance/queries/sdg-gaps.rq").is_file()
