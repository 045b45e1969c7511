"""What every test can ask for, and two promises of the whole suite.

No test leaves this machine (`network_guard`), and with NHM_NO_SKIP=1 a skipped test is a failure.
"""

import os
from collections.abc import Callable, Generator
from pathlib import Path

import pytest

from network_guard import NetworkGuard
from real import preflight

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
