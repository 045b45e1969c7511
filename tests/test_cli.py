"""The command nhm-graph: ask and validate."""

import csv
import io
import json
import re
from collections.abc import Callable
from pathlib import Path

import pyoxigraph as ox
import pytest
from click.testing import Result

from nhm_graph.graph import Graph

Run = Callable[..., Result]

BOMB = """<?xml version="1.0"?>
<!DOCTYPE rdf:RDF [ <!ENTITY a "aaaaaaaaaa"> <!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;"> ]>
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">&b;</rdf:RDF>
"""
BROKEN = "@prefix nhm: <https://w3id.org/nhm/ns#> .\n\nnhm:a nhm:b nhm:c\nnhm:d nhm:e nhm:f .\n"
REMOTE = '{"@context": "http://192.0.2.1/context.jsonld", "@id": "http://e/a"}'


@pytest.fixture
def fixtures(repo_root: Path) -> Path:
    return repo_root / "tests/rules/fixtures"


# ----- ask -----


def test_ask_without_a_name_lists_every_question(run: Run, graph: Graph) -> None:
    listed = run("ask")
    assert listed.exit_code == 0
    for question in graph.questions.values():
        assert question.name in listed.output
        assert question.summary.en in listed.output
    assert graph.questions["sdg-gaps"].summary.de in run("ask", lang="de_DE.UTF-8").output


def test_ask_help_says_how_to_ask(run: Run) -> None:
    assert "nhm-graph ask sdg-gaps --city heilbronn" in " ".join(
        run("ask", "--help").output.split()
    )


def test_help_on_a_question_names_parameters_choices_and_defaults(run: Run) -> None:
    said = run("ask", "sdg-gaps", "--help").output
    assert "--city  Municipality (heilbronn, karlsruhe, musterstadt; required)" in said
    assert "--level  Level of the SDGs (goal, target; default goal)" in said
    said = run("ask", "path-of-target", "--help", lang="de_DE").output
    assert "zum Beispiel 7.2; nötig" in said


def test_answer_is_a_table_with_title_city_and_notes(run: Run) -> None:
    said = run("ask", "sdg-gaps", "--city", "heilbronn").output
    assert said.startswith("SDGs without a measure · Heilbronn\n")
    assert "no gap of the city" in " ".join(said.split())
    assert "assessment" in said
    rows = [line for line in said.splitlines() if line.startswith("│")]
    assert [cell.strip() for cell in rows[0].split("│")[1:-1]][:3] == ["No.", "Title", "Coverage"]
    assert len(rows) == 11


@pytest.mark.parametrize("columns", [100, 120, 200])
def test_table_fits_into_the_terminal(run: Run, columns: int) -> None:
    said = run("ask", "unit-workload", "--city", "karlsruhe", columns=columns).output
    assert max(len(line) for line in said.splitlines() if line.startswith("│")) <= columns


def test_answer_too_wide_for_a_table_is_shown_row_by_row(run: Run) -> None:
    said = run("ask", "goal-history", "--city", "heilbronn", columns=80).output
    assert not [line for line in said.splitlines() if line.startswith("│")]
    assert re.search(r"^Kind +claim$", said, re.MULTILINE)
    assert re.search(r"^Date +2022-07$", said, re.MULTILINE)


def test_answer_about_the_fictional_city_says_so(run: Run) -> None:
    assert "all of this data is invented" in run("ask", "sdg-gaps", "--city", "musterstadt").output
    german = run("ask", "sdg-gaps", "--city", "musterstadt", lang="de_DE").output
    assert "Alle Angaben sind erfunden" in german


def test_answer_without_rows_says_so(run: Run) -> None:
    said = run("ask", "measures-without-goal", "--city", "karlsruhe")
    assert said.exit_code == 0
    assert "No row applies." in said.output


def test_csv_is_the_answer_and_nothing_else(run: Run, graph: Graph) -> None:
    said = run("ask", "sdg-gaps", "--city=musterstadt", "--format", "csv", "--lang", "de").output
    read = list(csv.reader(io.StringIO(said)))
    answer = graph.ask("sdg-gaps", {"city": "musterstadt"}, "de")
    assert read[0] == [column.name for column in answer.columns]
    assert [row[1] for row in read[1:]] == [row[1] for row in answer.rows]


def test_json_is_what_the_service_sends(run: Run, web: object) -> None:
    said = run("ask", "sdg-coverage", "--city", "musterstadt", "--format=json", "--lang=de")
    sent = web.get("/queries/sdg-coverage?city=musterstadt&lang=de").json()  # type: ignore[attr-defined]
    assert json.loads(said.output) == sent


def test_answer_that_is_a_graph_is_turtle(run: Run) -> None:
    said = run("ask", "measure-graph", "--city", "musterstadt", "--measure", "M-04")
    triples = list(ox.parse(said.output.encode(), format=ox.RdfFormat.TURTLE))
    assert len({quad.subject for quad in triples}) == 10


def test_answer_that_is_a_graph_has_no_other_format(run: Run) -> None:
    asked = ("ask", "measure-graph", "--city", "musterstadt", "--measure", "M-04")
    refused = run(*asked, "--format", "csv")
    assert refused.exit_code == 2
    assert "Turtle" in refused.stderr
    assert refused.stdout == ""


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("sdg-gap", "--city", "heilbronn"), "Unknown: the question “sdg-gap”"),
        (("sdg-gap", "--city", "heilbronn"), "Meant perhaps: sdg-gaps"),
        (("sdg-gaps", "--cty", "heilbronn"), "Meant perhaps: city"),
        (("sdg-gaps", "--city", "heilbron"), "Meant perhaps: heilbronn"),
        (("sdg-gaps", "--city=heilbronn", "--level=targets"), "Meant perhaps: target"),
        (("sdg-gaps",), "The parameter city (Municipality) is missing"),
        (("path-of-target", "--city", "heilbronn"), "for instance target=7.2"),
        (("sdg-gaps", "heilbronn"), "The value “heilbronn” does not fit. Expected: --name value"),
        (("sdg-gaps", "--city"), "Expected: --name value"),
        (("sdg-gaps", "--", "x"), "Expected: --name value"),
        (("unit-workload", "--city", "heilbronn", "--at", "soon"), "a date such as 2030-12-31"),
        (("sdg-gaps", "--city", "heilbronn", "--format", "xml"), "'table', 'csv', 'json'"),
    ],
)
def test_wrong_question_ends_with_2_and_the_nearest_right_ones(
    run: Run, words: tuple[str, ...], said: str
) -> None:
    refused = run("ask", *words)
    assert refused.exit_code == 2
    assert said in refused.stderr
    assert refused.stdout == ""


def test_refusal_speaks_the_language_asked_for(run: Run) -> None:
    for refused in (
        run("ask", "sdg-gap", "--lang", "de"),
        run("validate", "--lang", "de", "missing.ttl"),
        run("ask", "sdg-gap", lang="de_DE"),
    ):
        assert refused.exit_code == 2
        assert any(word in refused.stderr for word in ("Unbekannt", "Eine solche Datei", "gibt"))
    assert "Unknown" in run("ask", "sdg-gap", "--lang", "en", lang="de_DE").stderr


def test_asking_leaves_nothing_behind(run: Run, tmp_path: Path) -> None:
    run("ask", "sdg-gaps", "--city", "heilbronn")
    run("ask", "nothing")
    refused = run("ask", "sdg-gaps", "--city", "heilbronn", "--store", "no-such-folder")
    assert refused.exit_code == 2
    assert "There is no store in no-such-folder" in refused.stderr
    assert list(tmp_path.iterdir()) == []


# ----- validate: the three exit codes -----


def test_valid_file_ends_with_0(run: Run, fixtures: Path) -> None:
    result = run("validate", fixtures / "M03-valid.ttl")
    assert result.exit_code == 0
    assert "no violations (violations: 0, warnings: 0, infos: 0)" in result.stdout


def test_warnings_alone_end_with_0(run: Run, fixtures: Path) -> None:
    result = run("validate", fixtures / "G07-invalid-none.ttl")
    assert result.exit_code == 0
    assert "Warning G07" in result.stdout


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("de", ["Verstoß M03", "Zeile 14", "Tempo 30 auf Hauptstraßen", "braucht genau einen"]),
        ("en", ["Violation M03", "line 14", "30 km/h on main roads", "needs exactly one"]),
    ],
)
def test_violation_ends_with_1_and_names_the_line_and_the_remedy(
    run: Run, fixtures: Path, lang: str, words: list[str]
) -> None:
    file = fixtures / "M03-invalid-unknown.ttl"
    for result in (run("validate", "--lang", lang, file), run("validate", file, lang=lang)):
        assert result.exit_code == 1
        assert file.name in result.stdout
        for word in words:
            assert word in result.stdout


@pytest.mark.parametrize(
    ("suffix", "form"),
    [
        (".trig", ox.RdfFormat.TRIG),
        (".nt", ox.RdfFormat.N_TRIPLES),
        (".nq", ox.RdfFormat.N_QUADS),
        (".jsonld", ox.RdfFormat.JSON_LD),
        (".rdf", ox.RdfFormat.RDF_XML),
    ],
)
def test_violation_is_found_in_each_rdf_format(
    run: Run, fixtures: Path, tmp_path: Path, suffix: str, form: ox.RdfFormat
) -> None:
    quads = ox.parse(path=fixtures / "M03-invalid-unknown.ttl")
    (tmp_path / f"data{suffix}").write_bytes(ox.serialize(quads, format=form) or b"")
    result = run("validate", f"data{suffix}")
    assert result.exit_code == 1
    assert "Violation M03" in result.stdout
    assert f"data{suffix}" in result.stdout.splitlines()[-1]
    has_lines = form in (ox.RdfFormat.TRIG, ox.RdfFormat.N_TRIPLES, ox.RdfFormat.N_QUADS)
    assert (", line " in result.stdout) == has_lines


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("missing.ttl", None, "There is no such file"),
        ("table.csv", "a,b\n", "“.csv” stands for no RDF format. Supported are: .ttl"),
        ("noname", "", "Supported are: .ttl"),
        ("broken.ttl", BROKEN, "broken.ttl, line 4"),
        ("bomb.rdf", BOMB, "bomb.rdf, line 2, column 1: The XML contains a document type"),
        ("remote.jsonld", REMOTE, "http://192.0.2.1/context.jsonld"),
        ("binary.ttl", b"\xff\xfe\x00", "binary.ttl"),
    ],
)
def test_file_that_cannot_be_read_ends_with_2_and_leaves_nothing_behind(
    run: Run, tmp_path: Path, name: str, content: str | bytes | None, said: str
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content.encode() if isinstance(content, str) else content)
    before = sorted(tmp_path.iterdir())
    for form in ("text", "json", "turtle", "github"):
        result = run("validate", name, "--format", form)
        assert result.exit_code == 2
        assert said in result.stderr
        assert result.stdout == ""
    assert sorted(tmp_path.iterdir()) == before


def test_folder_is_no_file(run: Run, tmp_path: Path) -> None:
    (tmp_path / "folder.ttl").mkdir()
    result = run("validate", "folder.ttl")
    assert result.exit_code == 2
    assert "folder" in result.stderr


def test_one_unreadable_file_of_several_ends_with_2(run: Run, fixtures: Path) -> None:
    result = run("validate", fixtures / "M03-invalid-unknown.ttl", "missing.ttl")
    assert result.exit_code == 2
    assert result.stdout == ""


def test_no_file_ends_with_2(run: Run) -> None:
    assert run("validate").exit_code == 2


def test_report_leaves_nothing_behind(run: Run, fixtures: Path, tmp_path: Path) -> None:
    run("validate", fixtures / "M03-invalid-unknown.ttl")
    assert list(tmp_path.iterdir()) == []


# ----- validate: several files, and the forms of the report -----


def test_files_are_checked_together_and_each_finding_names_its_own(
    run: Run, tmp_path: Path, fixtures: Path
) -> None:
    (tmp_path / "cut.nt").write_text(
        "<https://w3id.org/nhm/examples/id/musterstadt/goal/b> "
        "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <https://w3id.org/nhm/ns#Goal> .\n"
    )
    first = fixtures / "M03-invalid-unknown.ttl"
    result = run("validate", first, "cut.nt")
    assert result.exit_code == 1
    blocks = result.stdout.split("\n\n")
    assert any("Violation M03" in block and f"{first}, line 14" in block for block in blocks)
    assert any("Violation N01" in block and "cut.nt, line 1" in block for block in blocks)


def test_what_one_file_refers_to_may_stand_in_another(
    run: Run, repo_root: Path, tmp_path: Path
) -> None:
    whole = (repo_root / "tests/rules/fixtures/G07-valid.ttl").read_text(encoding="utf-8")
    *prefixes, _ = [line for line in whole.splitlines() if line.startswith("@prefix")] + [""]
    blocks = [block for block in whole.split("\n\n") if " a nhm:" in block]
    assert len(blocks) > 2
    for number, block in enumerate(blocks):
        (tmp_path / f"{number}.ttl").write_text("\n".join([*prefixes, block]), encoding="utf-8")
    assert run("validate", *sorted(tmp_path.glob("*.ttl"))).exit_code == 0


def test_report_as_json(run: Run, fixtures: Path) -> None:
    result = run("validate", fixtures / "M03-invalid-unknown.ttl", "--format", "json")
    report = json.loads(result.stdout)
    assert result.exit_code == 1
    assert report["conforms"] is False
    assert [(each["rule"], each["line"]) for each in report["findings"]] == [("M03", 14)]


def test_report_as_turtle(run: Run, fixtures: Path) -> None:
    result = run("validate", fixtures / "M03-invalid-unknown.ttl", "--format", "turtle")
    kinds = [
        quad.object.value
        for quad in ox.parse(result.stdout.encode(), format=ox.RdfFormat.TURTLE)
        if quad.predicate.value.endswith("#type")
    ]
    assert "http://www.w3.org/ns/shacl#ValidationReport" in kinds


def test_report_for_github_is_one_line_for_each_finding(run: Run, fixtures: Path) -> None:
    file = fixtures / "M03-invalid-unknown.ttl"
    (line,) = run("validate", file, "--format", "github").stdout.splitlines()
    assert line.startswith(f"::error file={file},line=14,title=M03::30 km/h on")
    file = fixtures / "G07-invalid-none.ttl"
    assert run("validate", file, "--format", "github").stdout.startswith("::warning file=")
    assert run("validate", fixtures / "M03-valid.ttl", "--format", "github").stdout == ""
