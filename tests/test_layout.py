"""What the checkout promises about its own files."""

import re
from pathlib import Path

import pytest

from checkout import files_to_be

MOST_LINES = 400
PRODUCT = ("ontology", "shapes", "queries", "examples")

# One letter of each stands in brackets, so that this file does not name what it forbids.
REGISTRY = re.compile(
    r"\bpyp[i]\.(?:org|python)|pythonhoste[d]\.|registry\.npmj[s]|--(?:extra-)?index-ur[l]"
    r"|https?://\S*/(?:simple/|packages/[0-9a-f]{2}/)"
)
MACHINE_PATH = re.compile(
    r"(?:^|[^\w.:/<>-])(?:/(?:roo[t]|wor[k]|home/[a-z]\w*|Users/[A-Za-z]\w*)/|[A-Z]:\\User[s]\\)"
)
CONTACT = re.compile(
    r"(?P<mail>[\w.+-]+@(?P<host>[\w-]+(?:\.[\w-]+)*\.[A-Za-z]{2,}))(?![\w/])"
    r"|\btel:\+?\d|\b(?:Tel|Telefon|Fon|Mobil|Phone)\b\W{0,3}\(?[+0][\d ()/-]{5,}"
    r"|(?<![\w+])\+49[ (\d][\d ()/-]{6,}"
)
RESERVED = re.compile(r"(?:^|\.)example(?:\.(?:com|net|org))?$|\.(?:test|invalid|localhost)$")


def texts(root: Path) -> list[tuple[Path, str]]:
    found = []
    for path in files_to_be(root):
        data = (root / path).read_bytes()
        if b"\0" not in data and path.parts[0] not in ("LICENSE", "LICENSES"):
            found.append((path, data.decode("utf-8")))
    return found


def lines_with(root: Path, pattern: re.Pattern[str]) -> list[str]:
    return [
        f"{path}:{number}: {line.strip()[:100]}"
        for path, text in texts(root)
        for number, line in enumerate(text.splitlines(), 1)
        if pattern.search(line)
    ]


def contacts_in(line: str) -> list[str]:
    return [
        match[0]
        for match in CONTACT.finditer(line)
        if not (match["host"] and RESERVED.search(match["host"].lower()))
    ]


def folders_named_in(text: str) -> list[str]:
    """The folders at the start of a line in the fenced blocks of a Markdown text."""
    fenced = "\n".join(re.findall(r"^```[^\n]*\n(.*?)^```", text, re.DOTALL | re.MULTILINE))
    return re.findall(r"^(\.?[a-z][\w.-]*(?:/[\w.-]+)*)/(?=\s|$)", fenced, re.MULTILINE)


def test_no_python_file_is_longer_than_400_lines(repo_root: Path) -> None:
    python = [p for p in files_to_be(repo_root, "src", "tests") if p.suffix == ".py"]
    lengths = {str(p): len((repo_root / p).read_text("utf-8").splitlines()) for p in python}
    assert {name: n for name, n in lengths.items() if n > MOST_LINES} == {}


def test_no_module_is_a_drawer_for_everything(repo_root: Path) -> None:
    drawers = {"utils", "util", "helpers", "helper", "misc"}
    assert [p for p in files_to_be(repo_root) if drawers & {p.stem, *p.parts}] == []


def test_no_file_names_a_package_registry(repo_root: Path) -> None:
    assert lines_with(repo_root, REGISTRY) == []


def test_no_file_names_a_path_of_a_machine(repo_root: Path) -> None:
    assert lines_with(repo_root, MACHINE_PATH) == []


def test_no_file_holds_an_address_or_telephone_number_of_a_person(repo_root: Path) -> None:
    found = [
        f"{path}:{number}: {contact}"
        for path, text in texts(repo_root)
        for number, line in enumerate(text.splitlines(), 1)
        for contact in contacts_in(line)
    ]
    assert found == []


@pytest.mark.parametrize("folder", ["src/nhm_graph", "tests", "requirements", *PRODUCT])
def test_the_rooms_of_the_house_exist(repo_root: Path, folder: str) -> None:
    assert files_to_be(repo_root, folder)


def test_every_folder_that_the_readme_names_exists(repo_root: Path) -> None:
    readme = repo_root / "README.md"
    named = folders_named_in(readme.read_text("utf-8")) if readme.exists() else []
    assert [name for name in named if not (repo_root / name).is_dir()] == []


# The patterns find what they are for, and only that.


@pytest.mark.parametrize(
    "line",
    [
        "Index: https://pypi" + ".org/simple/",
        "files.python" + "hosted.org/x",
        "pip install --index-" + "url x",
    ],
)
def test_a_registry_is_recognised(line: str) -> None:
    assert REGISTRY.search(line)


@pytest.mark.parametrize("line", ["cd /roo" + "t/x", '"/home/' + 'ada/x"', "see /wor" + "k/main"])
def test_a_machine_path_is_recognised(line: str) -> None:
    assert MACHINE_PATH.search(line)


@pytest.mark.parametrize("line", ["http://example.org/work/1", "tests/root/x", "</home/>"])
def test_other_paths_are_not_taken_for_a_machine_path(line: str) -> None:
    assert not MACHINE_PATH.search(line)


@pytest.mark.parametrize(
    "line",
    [
        "ada.byron" + "@stadt.de",
        "Tel" + ".: 0711 123456",
        "<tel" + ":+49" + "71112345>",
        "+49" + " 711 12345-0",
    ],
)
def test_a_contact_is_recognised(line: str) -> None:
    assert contacts_in(line)


@pytest.mark.parametrize(
    "line", ['"Ziel"@de .', "klima@musterstadt.example", "a@b.example.org", "2030-2049 100 000"]
)
def test_other_text_is_not_taken_for_a_contact(line: str) -> None:
    assert not contacts_in(line)


def test_folders_are_read_from_fenced_blocks_only() -> None:
    text = "docs/ no\n```\nontology/   what exists\nsrc/nhm_graph/\nREADME.md\n  inner/ no\n```\n"
    assert folders_named_in(text) == ["ontology", "src/nhm_graph"]
