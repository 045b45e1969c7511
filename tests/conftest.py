"""What every test can ask for, and two promises of the whole suite.

No test leaves this machine (`network_guard`), and with NHM_NO_SKIP=1 a skipped test is a failure.
"""

import os
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from network_guard import NetworkGuard
from real import preflight

if TYPE_CHECKING:
    from click.testing import Result
    from fastapi.testclient import TestClient

    from nhm_graph.graph import Graph

_guard = NetworkGuard()


@pytest.fixture(scope="session")
def repo_root() -> Path:
    """The checkout."""
    return Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def shared() -> Path:
    """Background data that is not part of the project: NHM_SHARED, else ../shared."""
    folder = preflight.shared_folder()
    if folder is None:
        pytest.skip("no background data: set NHM_SHARED or place it in ../shared")
    return folder


@pytest.fixture(scope="session")
def program() -> Callable[[str], Path]:
    """`program("chromium")`: its path; skips where it is absent. Names: `preflight.PROGRAMS`."""

    def find(name: str) -> Path:
        path = preflight.PROGRAMS[name].path()
        if path is None:
            pytest.skip(f"{name} is not installed: {preflight.PROGRAMS[name].how}")
        return path

    return find


@pytest.fixture(scope="session")
def graph() -> "Iterator[Graph]":
    """The example cities in memory, for reading: every test shares them."""
    from nhm_graph.graph import open_graph
    from nhm_graph.settings import Settings

    opened = open_graph(Settings())
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def web(graph: "Graph") -> "Iterator[TestClient]":
    """A client of the service around `graph`, in this process."""
    from fastapi.testclient import TestClient

    from nhm_graph.web.app import create_app

    with TestClient(create_app(graph.settings, graph)) as client:
        yield client


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> "Callable[..., Result]":
    """Runs `nhm-graph` in this process and an empty folder, in English unless told otherwise."""
    from click.testing import CliRunner

    from nhm_graph.cli.main import main

    monkeypatch.chdir(tmp_path)
    for name in ("LC_ALL", "LC_MESSAGES", "NHM_LANG", "NHM_STORE_DIR"):
        monkeypatch.delenv(name, raising=False)

    def invoke(*words: str | Path, lang: str = "en_GB.UTF-8", columns: int = 120) -> "Result":
        environment = {"LANG": lang, "COLUMNS": str(columns)}
        result = CliRunner(env=environment).invoke(main, [str(word) for word in words])
        assert result.exception is None or isinstance(result.exception, SystemExit), result
        return result

    return invoke


@pytest.fixture
def network_guard() -> NetworkGuard:
    """The guard itself, for tests that provoke it on purpose and then clear its `attempts`."""
    return _guard


def pytest_configure(config: pytest.Config) -> None:
    _guard.install()


def pytest_unconfigure(config: pytest.Config) -> None:
    _guard.armed = False


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """A refused connection fails the test even if the code under test swallowed the error."""
    _guard.attempts.clear()
    result = yield
    if _guard.attempts:
        pytest.fail(f"the test tried to leave this machine: {_guard.attempts}", pytrace=False)
    return result


def _forbidden_skips(config: pytest.Config) -> list[pytest.TestReport]:
    if os.environ.get("NHM_NO_SKIP") != "1":
        return []
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    return reporter.stats.get("skipped", []) if reporter else []


def pytest_sessionfinish(session: pytest.Session) -> None:
    if _forbidden_skips(session.config) and session.exitstatus in (0, 5):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    skipped = _forbidden_skips(config)
    if skipped:
        terminalreporter.section("NHM_NO_SKIP=1: skipped, therefore failed", red=True)
        for report in skipped:
            reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
            terminalreporter.line(f"{report.nodeid}: {reason}")
