"""The documentation names what is there and nothing else, and prints what the program prints."""

import json
import os
import re
import subprocess
import sysconfig
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import click
import pytest
import yaml
from fastapi.testclient import TestClient

from nhm_graph import __version__, cli, errors
from nhm_graph.catalog.files import find_data_files
from nhm_graph.catalog.questions import NamedQuestion, read_question, read_questions
from nhm_graph.catalog.rules import Rule, read_rules
from nhm_graph.graph import open_graph
from nhm_graph.rdf.formats import TURTLE
from nhm_graph.rdf.reading import Document, read_bytes, read_file
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
NHM, VOC = "https://w3id.org/nhm/ns#", "https://w3id.org/nhm/voc/"
TWO_CITIES = ("musterstadt", "heilbronn")

# ----- what the pages print -----


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that holds the product's files, as a checkout does, and no variables of ours."""
    for name in ("ontology", "shapes", "queries", "examples"):
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
    default = {None: "(none)", True: "yes", False: "no"}.get(setting.default, str(setting.default))
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


@pytest.mark.parametrize("name", cli.main.commands)
def test_command_is_described_with_its_options(name: str) -> None:
    text = section(page("cli.md"), f"## `nhm-graph {name}`")
    described = rows(text)
    known = options(cli.main.commands[name]) | {"--help": ()}
    assert set(described) == set(known)
    for option, choices in known.items():
        assert missing(described[option], [f"`{choice}`" for choice in choices]) == []


def test_no_other_command_is_named() -> None:
    named = re.findall(r"(?:`|\$ |^)nhm-graph ([a-z]\S*?)[`\s]", everything(), re.MULTILINE)
    assert set(named) == set(cli.main.commands)
    headings = re.findall(r"^## `nhm-graph (\w+)`", page("cli.md"), re.MULTILINE)
    assert sorted(headings) == sorted(cli.main.commands)


def test_exit_codes_are_described() -> None:
    described = rows(section(page("cli.md"), "## Exit codes"))
    assert set(described) == {"0", str(cli.VIOLATIONS), str(cli.REFUSED)}


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
    kinds = {each.kind: each for each in errors.Refusal.__subclasses__()}
    others = re.findall(r'problem\([^,()]*,\s*"([a-z-]+)"', Path(problems.__file__).read_text())
    assert set(described) == {*kinds, *others}
    for kind, refusal in kinds.items():
        assert f"| {problems._STATUS[refusal]} |" in described[kind]


@pytest.mark.parametrize("question", QUESTIONS.values(), ids=lambda question: question.name)
def test_question_is_described(question: NamedQuestion) -> None:
    text = section(page("questions.md"), f"### `{question.name}`")
    assert missing(text, [question.question.en, question.question.de]) == []
    assert list(rows(text)) == [parameter.name for parameter in question.parameters]
    for parameter in question.parameters:
        row = rows(text)[parameter.name]
        assert ("(required)" in row) == parameter.required
        known = [*parameter.choices, *([parameter.default] if parameter.choices else [])]
        assert missing(row, [parameter.label.en, *(f"`{each}`" for each in known)]) == []
    columns = re.findall(
        r"`(\w+)` ([^,]*?)(?: \(address\))?[,.](?=\s)", text.partition("Columns: ")[2]
    )
    assert columns == [(column.name, column.label.en) for column in question.columns]


def test_no_other_question_is_named() -> None:
    headings = re.findall(r"^### `(.+)`", page("questions.md"), re.MULTILINE)
    assert sorted(headings) == sorted(QUESTIONS)
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


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.id)
def test_rule_is_described(rule: Rule) -> None:
    text = section(page("rules.md"), f"### {rule.id} {rule.name.en}")
    says = [rule.reason, rule.applies_to, *rule.messages]
    both = [spoken for each in says for spoken in (each.de, each.en)]
    assert missing(text, [rule.name.de, rule.severity.lower(), *both]) == []


def test_no_other_rule_is_named() -> None:
    headings = re.findall(r"^### (\S+)", section(page("rules.md"), "## The rules"), re.MULTILINE)
    assert headings == list(RULES)
    other_numbers = section(page("questions.md"), "## Competency questions")
    text = everything().replace(other_numbers, "")
    assert set(re.findall(r"\b[NGMCRB]\d\d(?:-adopted)?\b", text)) <= set(RULES)


def test_terms_of_the_ontology_are_described_and_no_others() -> None:
    says: dict[str, list[str]] = defaultdict(list)
    for quad in read_file(ROOT / "ontology/nhm.ttl", 10_000_000).quads:
        name, what = str(quad.subject).strip("<>"), quad.predicate.value.rpartition("#")[2]
        is_told = what == "label" or (what == "definition" and quad.object.language == "en")
        if name.startswith(NHM) and is_told:
            says[name.removeprefix(NHM)].append(quad.object.value)
    described = rows(page("ontology.md"))
    for name, texts in says.items():
        assert missing(described[f"nhm:{name}"], texts) == []
    assert set(re.findall(r"\bnhm:([A-Za-z]\w*)", everything())) == set(says)


def test_lists_are_described_with_their_entries_and_no_others() -> None:
    described = rows(section(page("ontology.md"), "## Lists"))
    paths = sorted((ROOT / "ontology/lists").glob("*.ttl"))
    assert sorted(described) == [path.stem for path in paths]
    for path in paths:
        below = {q.subject.value for q in read_file(path, 1_000_000).quads} - {VOC + path.stem}
        entries = {each.rpartition("/")[2] for each in below}
        assert set(re.findall(r"`([^`]+)` ", described[path.stem].split("|", 3)[3])) == entries


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
