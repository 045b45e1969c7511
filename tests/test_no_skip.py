"""With NHM_NO_SKIP=1 a skipped test is a failure, in a session of its own."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SKIPPING = 'import pytest\n\ndef test_absent():\n    pytest.skip("the engine is absent")\n'
PASSING = "def test_present():\n    pass\n"
LEAVING = """import contextlib, socket

def test_leaves():
    with contextlib.suppress(Exception):
        socket.getaddrinfo("www.example.org", 80)
"""


@pytest.fixture
def project(tmp_path: Path, repo_root: Path) -> Path:
    tests = tmp_path / "tests"
    (tests / "real").mkdir(parents=True)
    for name in ("conftest.py", "network_guard.py", "real/preflight.py"):
        shutil.copy(repo_root / "tests" / name, tests / name)
    (tmp_path / "pytest.ini").write_text("[pytest]\ntestpaths = tests\npythonpath = tests\n")
    (tests / "test_present.py").write_text(PASSING)
    return tmp_path


def run_pytest(project: Path, no_skip: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"],
        cwd=project,
        env={**os.environ, "NHM_NO_SKIP": no_skip, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_a_skip_fails_the_session_and_is_listed_with_its_reason(project: Path) -> None:
    (project / "tests" / "test_absent.py").write_text(SKIPPING)
    done = run_pytest(project, no_skip="1")
    assert done.returncode == 1, done.stdout
    assert "test_absent.py::test_absent: Skipped: the engine is absent" in done.stdout


def test_a_skip_is_allowed_otherwise(project: Path) -> None:
    (project / "tests" / "test_absent.py").write_text(SKIPPING)
    assert run_pytest(project, no_skip="").returncode == 0


def test_a_session_without_skips_passes(project: Path) -> None:
    assert run_pytest(project, no_skip="1").returncode == 0


def test_a_swallowed_connection_attempt_fails_the_test(project: Path) -> None:
    (project / "tests" / "test_leaves.py").write_text(LEAVING)
    done = run_pytest(project, no_skip="")
    assert done.returncode == 1
    assert "tried to leave this machine" in done.stdout
