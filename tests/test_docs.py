"""The documentation names what is there and nothing else, and prints what the program prints."""

import json
import os
import re
import subprocess
import sysconfig
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import click
import pytest
import yaml
from fastapi.testclient import TestClient

from nhm_graph import __version__, errors
from nhm_graph.catalog.files import find_data_files
from nhm_graph.catalog.questions import read_question, read_questions
from nhm_graph.catalog.rules import read_rules
from nhm_graph.cli.main import main
from nhm_graph.cli.speaking import REFUSED, VIOLATIONS
from nhm_graph.graph import open_graph
from nhm_graph.publish.markdown import built, without_built_sections
from nhm_graph.publish.reference import read_reference
from nhm_graph.rdf.formats import TURTLE
from nhm_graph.rdf.reading import Document, read_bytes
from nhm_graph.settings import Setting, Settings
from nhm_graph.web import problems, questions, sparql, validation
from nhm_graph.web.app import create_app
from pages import (
    ENVIRONMENT,
    HOST,
    PAGES,
    ROOT,
    Block,
    Terminal,
    agrees,
    anchors,
    blocks,
    disagreement,
    everything,
    missing,
    page,
    rows,
    section,
    steps,
)

FILES = find_data_files()
QUESTIONS = read_questions(FILES.queries())
RULES = read_rules(FILES.shapes())
REFERENCE = read_reference(FILES)
TERMS = {term.name for term in REFERENCE.terms}
BUILT = [path for path in PAGES if "built by nhm-graph reference: begin" in path.read_text("utf-8")]
TWO_CITIES = ("musterstadt", "heilbronn")


def handwritten() -> str:
    """What is not built: codes and names there have no file that they are taken from."""
    return "\n".join(without_built_sections(path.read_text("utf-8")) for path in PAGES)


# ----- what the pages print -----


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that holds the product's files, as a checkout does, and no variables of ours."""
    for name in ("ontology", "shapes", "queries", "examples", "kit"):
        (tmp_path / name).symlink_to(ROOT / name)
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("NHM_")]:
        monkeypatch.delenv(name)
    return tmp_path


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    with TestClient(create_app(Settings()), base_url=HOST) as client:
        yield client


def write_files(path: Path, folder: Path) -> None:
    for block in (*blocks("turtle", [path]), *blocks("sparql", [path])):
        if block.words:
            (folder / block.words[0]).write_text(block.text, "utf-8")


def pages_with(language: str, real: bool) -> list[Path]:
    return [
        path
        for path in PAGES
        if any(("real" in block.words) == real for block in blocks(language, [path]))
    ]


@pytest.mark.parametrize("path", pages_with("console", False), ids=lambda path: path.stem)
def test_commands_print_what_the_page_says(path: Path, folder: Path, client: TestClient) -> None:
    write_files(path, folder)
    terminal = Terminal(client)
    for block in blocks("console", [path]):
        if "real" in block.words:
            continue
        for command, printed in steps(block.text):
            actual = terminal.run(command)
            assert agrees(printed, actual), disagreement(command, printed, actual)


@pytest.mark.slow
@pytest.mark.parametrize("path", pages_with("console", True), ids=lambda path: path.stem)
def test_commands_of_other_tools_print_what_the_page_says(path: Path, folder: Path) -> None:
    write_files(path, folder)
    scripts = os.pathsep.join([sysconfig.get_path("scripts"), os.environ["PATH"]])
    for block in blocks("console", [path]):
        for command, printed in steps(block.text) if "real" in block.words else ():
            done = subprocess.run(
                ["bash", "-c", command],
                env={**os.environ, **ENVIRONMENT, "PATH": scripts},
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                timeout=120,
            )
            assert agrees(printed, done.stdout), disagreement(command, printed, done.stdout)


@pytest.mark.parametrize(
    ("printed", "actual", "same"),
    [
        ("a\nb\n", "a\nb  \n\n", True),
        ("a\n…\nd\n", "a\nb\nc\nd\n", True),
        ("a … d\n", "a b c d\n", True),
        ("…\n", "", True),
        ("a\n", "a\nb\n", False),
        ("a … d\n", "a b\nc d\n", False),
        ("", "a\n", False),
    ],
)
def test_only_what_is_marked_may_be_left_out(printed: str, actual: str, same: bool) -> None:
    assert agrees(printed, actual) == same


# ----- what the pages show as data -----


def read(block: Block) -> Document:
    return read_bytes(block.text.encode(), TURTLE, block.page.name, 1_000_000)


@pytest.mark.parametrize("path", sorted({block.page for block in blocks("turtle")}), ids=str)
def test_turtle_can_be_read_and_what_is_called_valid_keeps_the_rules(path: Path) -> None:
    documents = [(read(block), "valid" in block.words) for block in blocks("turtle", [path])]
    valid = [document for document, is_valid in documents if is_valid]
    report = open_graph(Settings(examples=False)).validate(valid) if valid else None
    assert report is None or report.findings == ()


def test_questions_shown_are_questions_that_have_an_answer(tmp_path: Path) -> None:
    graph = open_graph(Settings())
    shown = blocks("sparql")
    assert shown
    for block in shown:
        (tmp_path / block.words[0]).write_text(block.text, "utf-8")
        question = read_question(tmp_path / block.words[0])
        graph.questions[question.name] = question
        answers = [graph.ask(question.name, {"city": city}, "de").rows for city in TWO_CITIES]
        assert any(answers)
        assert answers[0] != answers[1]


def test_json_can_be_read() -> None:
    for block in blocks("json"):
        json.loads(block.text)


# ----- the reference pages are complete and name nothing else -----


@pytest.mark.parametrize("setting", list(Settings.describe()), ids=lambda setting: setting.name)
def test_setting_is_described(setting: Setting) -> None:
    row = rows(section(page("settings.md"), "## Settings"))[setting.name]
    default = {"None": "(none)", "True": "yes", "False": "no"}.get(
        str(setting.default), str(setting.default)
    )
    unit = [setting.unit.de, setting.unit.en] if setting.unit else []
    says = [setting.allowed.en, setting.help.en, setting.help.de, *unit]
    assert missing(row, [f"`{setting.environment}`", f"`{default}`", *says]) == []


def test_no_other_setting_is_described() -> None:
    described = set(rows(section(page("settings.md"), "## Settings")))
    assert described == {setting.name for setting in Settings.describe()}


def test_variables_of_the_environment_are_those_that_something_reads() -> None:
    readers = [*ROOT.glob("src/**/*.py"), *ROOT.glob("tests/**/*.py"), ROOT / "Makefile"]
    text = "\n".join(path.read_text("utf-8") for path in [*readers, ROOT / ".ci/run"])
    read_somewhere = set(re.findall(r"\bNHM_[A-Z_]+[A-Z]\b", text))
    assert set(re.findall(r"\bNHM_[A-Z_]+[A-Z]\b", everything())) == read_somewhere


def options(command: click.Command) -> dict[str, tuple[str, ...]]:
    """The options of a command, each with its choices."""
    return {
        name: tuple(getattr(each.type, "choices", ()))
        for each in command.params
        if isinstance(each, click.Option)
        for name in (*each.opts, *each.secondary_opts)
    }


@pytest.mark.parametrize("name", main.commands)
def test_command_is_described_with_its_options(name: str) -> None:
    text = section(page("cli.md"), f"## `nhm-graph {name}`")
    described = rows(text)
    known = options(main.commands[name]) | {"--help": ()}
    assert set(described) == set(known)
    for option, choices in known.items():
        assert missing(described[option], [f"`{choice}`" for choice in choices]) == []


def test_no_other_command_is_named() -> None:
    named = re.findall(r"(?:`|\$ |^)nhm-graph ([a-z]\S*?)[`\s]", everything(), re.MULTILINE)
    assert set(named) == set(main.commands)
    headings = re.findall(r"^## `nhm-graph (\w+)`", page("cli.md"), re.MULTILINE)
    assert sorted(headings) == sorted(main.commands)


def test_exit_codes_are_described() -> None:
    described = rows(section(page("cli.md"), "## Exit codes"))
    assert set(described) == {"0", str(VIOLATIONS), str(REFUSED)}


def test_targets_of_make_exist() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    targets = set(re.findall(r"^([a-z-]+):[^=]", makefile, re.MULTILINE))
    named = set(re.findall(r"(?:`|\$ |^)make ([a-z-]+)", everything(), re.MULTILINE))
    assert {"run", "test"} <= named <= targets


def routes(found: Iterable[Any]) -> Iterator[tuple[str, str]]:
    for each in found:
        if hasattr(each, "original_router"):
            yield from routes(each.original_router.routes)
        elif getattr(each, "methods", None):
            yield from ((method, each.path) for method in each.methods - {"HEAD"})


def test_routes_described_are_the_routes_there_are() -> None:
    headings = re.findall(r"^### (.*)$", page("api.md"), re.MULTILINE)
    described = [pair for each in headings for pair in re.findall(r"`([A-Z]+) (/[^`]*)`", each)]
    there_are = set(routes(create_app(Settings(examples=False)).routes))
    assert sorted(described) == sorted(there_are)


def test_each_page_and_answer_without_parameters_can_be_opened(client: TestClient) -> None:
    for address in ("/", "/docs", "/openapi.json", "/health", "/queries", "/queries/cities"):
        assert client.get(address).status_code == 200, address


def test_media_types_offered_are_described() -> None:
    text = page("api.md")
    offered = [*questions.TABLES, *questions.GRAPHS]
    assert missing(section(text, "### `GET /queries/{name}`"), offered) == []
    offered = [*sparql.TABLES, *sparql.TRUTHS, *sparql.GRAPHS]
    assert missing(section(text, "### `GET /sparql`, `POST /sparql`"), offered) == []
    assert missing(section(text, "### `POST /validate`"), validation.REPORTS) == []


def test_problems_described_are_the_problems_there_are() -> None:
    described = rows(section(page("api.md"), "## Problems"))
    refusals = errors.Refusal.__subclasses__()
    kinds = {each.kind: each for each in refusals if each.__module__ == errors.__name__}
    others = re.findall(r'problem\([^,()]*,\s*"([a-z-]+)"', Path(problems.__file__).read_text())
    assert set(described) == {*kinds, *others}
    for kind, refusal in kinds.items():
        assert f"| {problems._STATUS[refusal]} |" in described[kind]


@pytest.mark.parametrize("path", BUILT, ids=lambda path: path.stem)
def test_built_sections_are_current(path: Path) -> None:
    text = path.read_text("utf-8")
    assert built(REFERENCE, text) == text, "run: nhm-graph reference docs/reference --docs docs"


def test_each_section_that_can_be_built_stands_on_one_page() -> None:
    begun = re.findall(r"built by nhm-graph reference: begin (\S+) -->", everything())
    assert sorted(begun) == ["competency", "lists", "questions", "rules", "terms"]


def test_built_sections_hold_each_question_rule_term_and_list() -> None:
    assert set(re.findall(r"^### `(.+)`", page("questions.md"), re.MULTILINE)) == set(QUESTIONS)
    rules = re.findall(r"^### (\S+)", section(page("rules.md"), "## The rules"), re.MULTILINE)
    assert rules == list(RULES)
    assert set(rows(section(page("ontology.md"), "## Terms"))) == {f"nhm:{each}" for each in TERMS}
    lists = {each.name for each in REFERENCE.lists}
    assert set(rows(section(page("ontology.md"), "## Lists"))) == lists


def test_each_competency_question_is_answered_by_a_query() -> None:
    table = section(page("questions.md"), "## Competency questions")
    found = re.findall(r"^\| ([A-I]\d+) \| [^|]+ \|(.*)\|$", table, re.MULTILINE)
    assert len(found) == 60
    assert [number for number, queries in found if "`" not in queries] == []
    assert dict(found).keys() == dict(REFERENCE.competency()).keys()


def test_no_other_question_is_named() -> None:
    example = {Path(block.words[0]).stem for block in blocks("sparql")}
    named = re.findall(r"(?:nhm-graph ask |/queries/)([a-z][a-z-]*[a-z])", everything())
    folders = {question.subject for question in QUESTIONS.values()}
    refused = set(re.findall("the question “([a-z-]+)”", everything()))
    assert set(named) <= set(QUESTIONS) | example | folders | refused


def test_each_key_of_a_header_is_described() -> None:
    keys: set[str] = set()
    for path in FILES.queries():
        lines = path.read_text("utf-8").splitlines()
        header = yaml.safe_load("\n".join(line[2:] for line in lines if line.startswith("#+")))
        parts = [*header.get("parameters", {}).values(), *header.get("columns", {}).values()]
        keys |= {*header, *(key for part in parts for key in part)}
    described = set(rows(section(page("questions.md"), "## How to write a new question")))
    assert keys <= described


def test_no_other_rule_is_named() -> None:
    named = set(re.findall(r"\b[BCGIKMNOPQRST]\d\d\b", handwritten()))
    assert named <= {name.partition("-")[0] for name in RULES}


def test_the_readme_counts_the_rules_right() -> None:
    counted = re.findall(r"(\d+) rules", (ROOT / "README.md").read_text("utf-8"))
    assert counted == [str(len({name.partition("-")[0] for name in RULES}))]


def test_no_other_term_of_the_ontology_is_named() -> None:
    assert set(re.findall(r"\bnhm:([A-Za-z]\w*)", handwritten())) <= TERMS


# ----- links, pictures, versions -----


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_relative_links_lead_somewhere(path: Path) -> None:
    for link in re.findall(r"\]\((?!https?://)([^)\s]*)\)", path.read_text("utf-8")):
        name, _, anchor = link.partition("#")
        target = (path.parent / name).resolve() if name else path
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link


def test_pictures_say_in_words_what_they_show() -> None:
    pictures = list((ROOT / "docs").glob("*.svg"))
    assert pictures
    for picture in pictures:
        svg = ElementTree.parse(picture).getroot()
        assert svg.get("role") == "img"
        for name in ("title", "desc"):
            assert (svg.findtext(f"{{http://www.w3.org/2000/svg}}{name}") or "").strip()


def test_the_changelog_begins_with_this_version_and_says_whom_it_is_for() -> None:
    text = (ROOT / "CHANGELOG.md").read_text("utf-8")
    versions = re.findall(r"^## \[?(\d[\w.]*)", text, re.MULTILINE)
    assert versions[0] == __version__
    entries = re.findall(r"^- (.*)$", text, re.MULTILINE)
    assert [entry for entry in entries if not entry.startswith("**For ")] == []
