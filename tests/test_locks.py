"""The locks fit together: the Makefile installs them into one environment, in any order."""

import ast
import re
import sys
import tomllib
from collections import defaultdict
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

# A pin: its name, version and marker up to the line's end, then its hashes.
PIN = re.compile(
    r"^(?P<name>[a-z0-9.-]+)==(?P<rest>[^\\\n]+?) \\\n(?P<hashes>(?:    --hash=\S+.*\n)+)", re.M
)


def pins(repo_root: Path, name: str) -> dict[str, list[tuple[str, tuple[str, ...]]]]:
    """Each package with its pins: several where another version is for another Python."""
    text = (repo_root / "requirements" / f"{name}.txt").read_text("utf-8")
    found: dict[str, list[tuple[str, tuple[str, ...]]]] = defaultdict(list)
    for m in PIN.finditer(text):
        hashes = tuple(sorted(re.findall(r"sha256:[0-9a-f]{64}", m["hashes"])))
        found[m["name"]].append((m["rest"], hashes))
    lines = len(re.findall(r"^[^\s#]", text, re.MULTILINE))
    assert sum(map(len, found.values())) == lines, "a line is not a pin with hashes"
    assert all(len(each) == 1 or all(";" in rest for rest, _ in each) for each in found.values())
    return dict(found)


@pytest.mark.parametrize(
    ("smaller", "larger"), [("build", "run"), ("run", "test"), ("test", "all"), ("test", "bench")]
)
def test_a_larger_lock_holds_the_smaller_one_unchanged(
    repo_root: Path, smaller: str, larger: str
) -> None:
    small, large = pins(repo_root, smaller), pins(repo_root, larger)
    assert small
    assert {name: large.get(name) for name in small} == small


def test_the_largest_locks_agree_where_they_meet(repo_root: Path) -> None:
    everything, bench = pins(repo_root, "all"), pins(repo_root, "bench")
    shared = everything.keys() & bench.keys()
    assert {name: everything[name] for name in shared} == {name: bench[name] for name in shared}


@pytest.mark.parametrize("name", ["build", "run", "test", "all", "bench"])
def test_a_lock_names_no_host(repo_root: Path, name: str) -> None:
    text = (repo_root / "requirements" / f"{name}.txt").read_text("utf-8")
    assert "://" not in text
    assert "index" not in text
    assert "find-links" not in text


def declared(repo_root: Path) -> set[str]:
    project = tomllib.loads((repo_root / "pyproject.toml").read_text("utf-8"))["project"]
    return {re.match(r"[\w-]+", line)[0].lower() for line in project["dependencies"]}


def imported(source: str) -> set[str]:
    """The packages outside the standard library that a module imports."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
            names.add(node.module)
    return {name.partition(".")[0] for name in names} - sys.stdlib_module_names - {"nhm_graph"}


def test_every_dependency_is_locked(repo_root: Path) -> None:
    assert declared(repo_root) <= pins(repo_root, "run").keys()


def test_every_imported_package_is_declared_not_borrowed_from_another(repo_root: Path) -> None:
    distributions = packages_distributions()
    modules = (repo_root / "src").rglob("*.py")
    packages = set().union(*(imported(path.read_text("utf-8")) for path in modules))
    names = {p: {d.lower().replace("_", "-") for d in distributions.get(p, [p])} for p in packages}
    assert {p: n for p, n in names.items() if not n & declared(repo_root)} == {}
