"""The run as a whole: two engines with one report, other people's shapes, what is not imported."""

import json
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pyoxigraph as ox
import pytest
from click.testing import Result

from nhm_graph.catalog.files import find_data_files
from nhm_graph.checks import rulebook as rulebooks
from nhm_graph.checks.engines import ENGINES
from nhm_graph.checks.rulebook import Rulebook, foreign_rules, own_rules
from nhm_graph.checks.validation import Run, merged, outcome, report_of, validate
from nhm_graph.errors import UnreadableData
from nhm_graph.rdf.formats import TURTLE
from nhm_graph.rdf.reading import Document, read_bytes, read_file

ROOT = Path(__file__).resolve().parents[1]
FILES = find_data_files(ROOT)
DAY = date(2026, 11, 22)
PREFIXES = """@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix e: <http://e/> .
"""
# One shape that is compiled, and one that refers to itself and so is handed to pySHACL.
BOTH = """e:Plain a sh:NodeShape ; sh:targetClass e:Thing ;
    sh:property [ sh:path e:name ; sh:minCount 1 ; sh:message "Name fehlt."@de ] .
e:Chain a sh:NodeShape ; sh:targetClass e:Link ; sh:property e:Next .
e:Next a sh:PropertyShape ; sh:path e:next ; sh:node e:Chain ; sh:maxCount 1 .
"""
DATA = "e:a a e:Thing . e:b a e:Link ; e:next e:c , e:d ."


def document(text: str, name: str = "data.ttl") -> Document:
    return read_bytes((PREFIXES + text).encode(), TURTLE, name, 100_000)


def foreign(tmp_path: Path, text: str, **more: object) -> Rulebook:
    (tmp_path / "shapes.ttl").write_text(PREFIXES + text, "utf-8")
    return foreign_rules([tmp_path / "shapes.ttl"], 100_000, **more)  # type: ignore[arg-type]


# ----- two engines -----


@pytest.mark.parametrize("rule", ["G07", "M03", "B03"])
def test_engines_give_the_same_report_on_a_fixture(rule: str) -> None:
    path = min((ROOT / "tests/rules/fixtures").glob(f"{rule}-invalid*"))
    documents = [read_file(path, 100_000)]
    compiled, reference = (
        validate(documents, FILES.shapes(), FILES.ontology(), Run(day=DAY, engine=engine))
        for engine in ENGINES
    )
    assert compiled.findings
    assert compiled == reference


@pytest.mark.slow
@pytest.mark.parametrize("city", ["heilbronn", "karlsruhe", "musterstadt", "peers"])
def test_engines_give_the_same_report_on_an_example(city: str) -> None:
    documents = [read_file(path, 10**7) for path in sorted((ROOT / "examples" / city).glob("*"))]
    compiled, reference = (
        validate(documents, FILES.shapes(), FILES.ontology(), Run(day=DAY, engine=engine))
        for engine in ENGINES
    )
    assert compiled == reference


def test_shape_that_cannot_be_compiled_is_run_by_pyshacl_beside_the_others(tmp_path: Path) -> None:
    rules = foreign(tmp_path, BOTH)
    assert [str(each.root) for each in rules.compiled.handed] == ["<http://e/Chain>"]
    data = merged([document(DATA)], rules)
    compiled, reference = (engine(data, rules) for engine in ENGINES.values())
    assert sorted(map(str, compiled)) == sorted(map(str, reference))
    assert {each.focus.value for each in compiled} == {"http://e/a", "http://e/b"}


def test_vocabulary_and_rules_are_read_once_for_each_state_of_the_files(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    own_rules(FILES)
    monkeypatch.setattr(rulebooks, "read_file", None)
    assert own_rules(FILES).compiled is own_rules(FILES).compiled


def test_day_in_the_data_that_is_none_is_refused() -> None:
    stated = "<https://w3id.org/nhm/validation> <https://w3id.org/nhm/ns#validationDate> 'soon' ."
    with pytest.raises(UnreadableData, match="nhm:validationDate is no day: soon"):
        validate([document(stated)], FILES.shapes(), FILES.ontology())


def test_small_file_is_checked_without_rdflib_pyshacl_and_web_framework() -> None:
    program = (
        "import sys; from nhm_graph.cli.main import main\n"
        f"main(['validate', {str(ROOT / 'tests/rules/fixtures/M03-valid.ttl')!r}],"
        " standalone_mode=False)"
    )
    wrapped = f"try:\n    {program.replace(chr(10), chr(10) + '    ')}\nexcept SystemExit: pass\n"
    said = subprocess.run(
        [sys.executable, "-c", wrapped + "print(*sorted(sys.modules))"],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    ).stdout.splitlines()
    loaded = set(said[-1].split())
    assert "nhm_graph.checks.compiled.run" in loaded
    assert loaded & {"rdflib", "pyshacl", "oxrdflib", "fastapi", "owlready2"} == set()


def test_check_over_the_network_loads_rdflib_and_pyshacl_only_if_needed() -> None:
    program = (
        "import sys, nhm_graph.web.app, nhm_graph.checks.jobs\n"
        "print(*sorted({'rdflib', 'pyshacl', 'oxrdflib', 'owlready2'} & set(sys.modules)))"
    )
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert said.stdout.strip() == b""


# ----- shapes of others -----


def test_shapes_of_others_take_the_place_of_ours_and_name_their_findings(tmp_path: Path) -> None:
    rules = foreign(tmp_path, BOTH)
    found = outcome([document(DATA)], rules, Run())
    report = report_of(found, ["data.ttl"], rules)
    assert {each.rule for each in report.findings} == {"Plain", "Next"}
    assert report.rules == ()
    (plain,) = [each for each in report.findings if each.rule == "Plain"]
    assert (plain.message.de, plain.shape, plain.line) == ("Name fehlt.", "http://e/Plain", 5)
    triples = ox.parse(report.turtle, format=ox.RdfFormat.TURTLE)
    assert sum(each.predicate.value.endswith("#result") for each in triples) == 2


def test_shapes_of_others_see_the_vocabulary_and_the_day_only_if_asked(tmp_path: Path) -> None:
    text = "e:S a sh:NodeShape ; sh:targetClass owl:Class ; sh:maxCount 1 ."
    alone = foreign(tmp_path, text)
    beside = foreign(tmp_path, text, vocabulary=FILES.ontology())
    assert len(merged([document("")], alone)) == 0
    assert len(merged([document("")], beside)) > 1_000
    assert (alone.dated, beside.dated) == (False, True)


def test_owl_imports_in_shapes_of_others_are_not_fetched(tmp_path: Path) -> None:
    elsewhere = "e: a owl:Ontology ; owl:imports <http://192.0.2.1/more.ttl> .\n"
    rules = foreign(tmp_path, elsewhere + BOTH)
    for engine in ENGINES.values():
        assert len(engine(merged([document(DATA)], rules), rules)) == 2


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("e:a a e:b .", "There is no SHACL shape in it"),
        ("e:a e:b", "shapes.ttl, line 5"),
        (
            "e:S a sh:NodeShape ; sh:targetClass e:C ; sh:property [ sh:minCount 1 ] .",
            "not valid SHACL",
        ),
    ],
)
def test_file_that_holds_no_valid_shapes_is_refused(
    run: Callable[..., Result], tmp_path: Path, text: str, said: str
) -> None:
    (tmp_path / "shapes.ttl").write_text(PREFIXES + text, "utf-8")
    (tmp_path / "data.ttl").write_text(PREFIXES + "e:x a e:C .", "utf-8")
    refused = run("validate", "--shapes", "shapes.ttl", "data.ttl")
    assert refused.exit_code == 2
    assert said in refused.stderr
    assert refused.stdout == ""


# ----- options of the command -----


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "Give either files, or a store"),
        (("a.ttl", "--store", "b"), "Give either files, or a store"),
        (("a.ttl", "--city", "heilbronn"), "--store is missing"),
        (("a.ttl", "--only-new"), "--since is missing"),
        (("a.ttl", "--with-vocabulary"), "belongs to --shapes"),
        (("a.ttl", "--shapes", "s.ttl", "--tier", "basis"), "leave out --tier"),
        (("--store", "b", "--shapes", "s.ttl"), "not a store"),
        (("--store", "nowhere"), "There is no store in nowhere"),
        (("a.ttl", "--since", "nowhere.json"), "nowhere.json"),
    ],
)
def test_options_that_do_not_go_together_end_with_2(
    run: Callable[..., Result], words: tuple[str, ...], said: str
) -> None:
    refused = run("validate", *words)
    assert refused.exit_code == 2
    assert said in refused.stderr


def test_only_new_violations_count_where_that_is_asked(
    run: Callable[..., Result], tmp_path: Path
) -> None:
    file = ROOT / "tests/rules/fixtures/M03-invalid-unknown.ttl"
    (tmp_path / "old.json").write_text(run("validate", file, "--format", "json").stdout)
    assert run("validate", file, "--since", "old.json").exit_code == 1
    assert run("validate", file, "--since", "old.json", "--only-new").exit_code == 0
    (tmp_path / "old.json").write_text('{"conforms": true, "findings": []}')
    assert run("validate", file, "--since", "old.json", "--only-new").exit_code == 1


@pytest.mark.parametrize("form", ["html", "csv", "sarif", "turtle", "json", "text", "github"])
def test_each_format_can_be_had_from_the_command(run: Callable[..., Result], form: str) -> None:
    file = ROOT / "tests/rules/fixtures/M03-invalid-unknown.ttl"
    result = run("validate", file, "--format", form, "--by", "office", "--lang", "de")
    assert result.exit_code == 1
    assert "M03" in result.stdout
    if form in ("json", "sarif"):
        assert json.loads(result.stdout)
