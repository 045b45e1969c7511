"""The pages of the documentation: their blocks and tables, and a terminal that runs their commands.

A block is known by its first line: `console` is executed (`$ nhm-graph …`, `$ curl …`,
`$ echo $?`), `console real` by a shell, with other people's tools; `turtle name.ttl valid` is a
file for these commands. In what a page prints, a line `…` stands for any lines, and `…` within a
line for any text.
"""

import difflib
import re
import shlex
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from glob import glob
from pathlib import Path
from urllib.parse import urlencode

from click.testing import CliRunner
from fastapi.testclient import TestClient

from nhm_graph.cli.main import main

ROOT = Path(__file__).resolve().parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), *(ROOT / "w3id").glob("*.md")])
HOST = "http://127.0.0.1:8000"
ENVIRONMENT = {"NHM_LANG": "en", "COLUMNS": "120"}


@dataclass(frozen=True)
class Block:
    """A fenced block: its page, the language, the words after it, the text."""

    page: Path
    language: str
    words: tuple[str, ...]
    text: str


def page(name: str) -> str:
    return (ROOT / "docs" / name).read_text("utf-8")


def everything() -> str:
    return "\n".join(path.read_text("utf-8") for path in PAGES)


def blocks(language: str, paths: Iterable[Path] = PAGES) -> list[Block]:
    fence = re.compile(r"^```(\w+)([^\n]*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
    return [
        Block(path, match[1], tuple(match[2].split()), match[3])
        for path in paths
        for match in fence.finditer(path.read_text("utf-8"))
        if match[1] == language
    ]


def section(text: str, heading: str) -> str:
    """What stands under a heading, up to the next one of its level or above."""
    level = len(heading) - len(heading.lstrip("#"))
    found = re.search(
        rf"^{re.escape(heading)}$(.*?)(?=^#{{1,{level}}} |\Z)", text, re.DOTALL | re.MULTILINE
    )
    assert found, f"no heading {heading!r}"
    return found[1]


def rows(text: str) -> dict[str, str]:
    """The rows of tables by what stands in code at their beginning."""
    return {match[1]: match[0] for match in re.finditer(r"^\| \[?`([^`]+)`.*$", text, re.MULTILINE)}


def missing(text: str, wanted: Iterable[object]) -> list[str]:
    """Which texts do not occur, however the lines are broken."""
    flat = " ".join(text.split())
    return [str(each) for each in wanted if " ".join(str(each).split()) not in flat]


class Terminal:
    """Executes the commands of a page in the current folder."""

    def __init__(self, client: TestClient) -> None:
        self.client = client
        self.code = 0

    def run(self, line: str) -> str:
        if line == "echo $?":
            return f"{self.code}\n"
        command, *words = shlex.split(line)
        if command == "nhm-graph":
            words = [found for word in words for found in sorted(glob(word)) or [word]]
            done = CliRunner().invoke(main, words, env=ENVIRONMENT, prog_name="nhm-graph")
            if done.exception and not isinstance(done.exception, SystemExit):
                raise done.exception
            self.code = done.exit_code
            return done.output
        assert command == "curl", f"a page may not run {command!r} here: mark the block `real`"
        return self.curl(words)

    def curl(self, words: list[str]) -> str:
        """What curl would print; knows the options that the pages use."""
        method, address, data = "", "", None
        headers: dict[str, str] = {}
        form: list[tuple[str, str]] = []
        rest = iter(words)
        for word in rest:
            if word == "-X":
                method = next(rest)
            elif word == "-H":
                key, _, headers[key] = next(rest).partition(": ")
            elif word == "--data-urlencode":
                key, _, value = next(rest).partition("=")
                form.append((key, value))
            elif word == "--data-binary":
                given = next(rest)
                data = Path(given[1:]).read_bytes() if given.startswith("@") else given.encode()
            elif word not in ("-s", "-G", "-i", "-L"):
                assert word.startswith(HOST), f"curl {word!r} is not known here"
                address = word.removeprefix(HOST)
        if form and "-G" in words:
            address += ("&" if "?" in address else "?") + urlencode(form)
        elif form:
            data = urlencode(form).encode()
            headers.setdefault("Content-Type", "application/x-www-form-urlencoded")
        method = method or ("POST" if data is not None else "GET")
        answer = self.client.request(
            method, address, headers=headers, content=data, follow_redirects="-L" in words
        )
        head = [f"HTTP/1.1 {answer.status_code} {answer.reason_phrase}"]
        head += [f"{name}: {value}" for name, value in answer.headers.items()]
        return "\n".join([*head, "", ""] if "-i" in words else []) + answer.text


def steps(text: str) -> Iterator[tuple[str, str]]:
    """The commands of a console block, each with what is printed below it."""
    for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        command, _, printed = part.partition("\n")
        while command.endswith("\\"):
            more, _, printed = printed.partition("\n")
            command = command[:-1] + more.strip()
        yield command, printed


def agrees(printed: str, actual: str) -> bool:
    pattern = "".join(
        r"(?:[^\n]*\n)*?"
        if line.strip() == "…"
        else re.escape(line).replace("…", r"[^\n]*?") + r"\n"
        for line in _trimmed(printed)
    )
    return re.fullmatch(pattern, "".join(f"{line}\n" for line in _trimmed(actual))) is not None


def disagreement(command: str, printed: str, actual: str) -> str:
    lines = difflib.unified_diff(
        _trimmed(printed), _trimmed(actual), "the page", "the program", lineterm=""
    )
    return "\n".join([f"$ {command}", *lines])


def anchors(path: Path) -> set[str]:
    """The anchors that a page's headings get, as on GitHub."""
    text = re.sub(r"^```.*?^```", "", path.read_text("utf-8"), flags=re.DOTALL | re.MULTILINE)
    headings = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", each.lower()).replace(" ", "-") for each in headings}


def _trimmed(text: str) -> list[str]:
    lines = [line.rstrip() for line in text.splitlines()]
    while lines and not lines[-1]:
        lines.pop()
    return lines
