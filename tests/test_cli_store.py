"""The command nhm-graph with a store on disk: load, ask there, serve, and who may open it."""

import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from click.testing import Result
from pyoxigraph import Literal, NamedNode, Triple

from nhm_graph.graph import open_graph
from nhm_graph.settings import Settings
from nhm_graph.store.embedded import EmbeddedStore, is_store

Run = Callable[..., Result]
ENVIRONMENT = {**os.environ, "LANG": "en_GB.UTF-8", "LC_ALL": "", "LC_MESSAGES": "", "NHM_LANG": ""}
PLAN = "https://w3id.org/nhm/examples/graph/musterstadt/plan"


@pytest.fixture(scope="session")
def musterstadt(repo_root: Path) -> list[Path]:
    return sorted((repo_root / "examples/musterstadt").glob("*.ttl"))


def start(*words: str, **more: Any) -> "subprocess.Popen[str]":
    """The command in a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "nhm_graph", *words],
        env=ENVIRONMENT | more.pop("env", {}),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **more,
    )


def finished(*words: str, **more: Any) -> tuple[int, str, str]:
    process = start(*words, **more)
    said, complained = process.communicate(timeout=30)
    return process.returncode, said, complained


@contextlib.contextmanager
def serving(*words: str) -> Iterator[str]:
    """A running service, by its address; ended as Ctrl+C ends it."""
    process = start("serve", "--port", "0", *words)
    try:
        assert process.stdout
        address = ""
        while not (found := re.search(r"Pages +(http://127\.0\.0\.1:\d+)/", address)):
            line = process.stdout.readline()
            assert line, process.stderr and process.stderr.read()
            address += line
        yield found[1]
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=10)


def fetched(address: str) -> Any:
    return httpx.get(address, timeout=10, trust_env=False).json()


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a service with the example cities in a store on disk."""
    with serving("--store", str(tmp_path_factory.mktemp("served") / "store")) as address:
        yield address


# ----- load -----


def test_what_was_loaded_answers_questions(run: Run, musterstadt: list[Path]) -> None:
    loaded = run("load", *musterstadt, "--store", "store")
    assert loaded.exit_code == 0
    assert re.search(rf"^{PLAN}: \d+ triples$", loaded.stdout, re.MULTILINE)
    answer = run("ask", "goals-without-measures", "--city=musterstadt", "--store", "store")
    assert answer.exit_code == 0
    assert "Z-09" in answer.stdout
    unknown = run("ask", "sdg-gaps", "--city=heilbronn", "--store", "store")
    assert unknown.exit_code == 2
    assert "musterstadt" in unknown.stderr


def test_graph_consists_afterwards_of_exactly_the_file(
    run: Run, musterstadt: list[Path], tmp_path: Path
) -> None:
    run("load", *musterstadt, "--store", "store")
    less = tmp_path / "plan.ttl"
    less.write_text(f"<{PLAN}> a <https://w3id.org/nhm/ns#CityGraph> .", encoding="utf-8")
    assert run("load", less, "--store", "store").stdout == f"{PLAN}: 1 triples\n"
    store = EmbeddedStore(tmp_path / "store")
    assert len(list(store.read_graph(PLAN))) == 1
    store.close()


def test_graph_may_be_named_on_the_command_line(run: Run, tmp_path: Path) -> None:
    (tmp_path / "data.ttl").write_text("<http://e/a> <http://e/b> <http://e/c> .")
    loaded = run("load", "data.ttl", "--graph", "http://e/graph", "--store", "store")
    assert loaded.stdout == "http://e/graph: 1 triples\n"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["nameless.ttl"], "nameless.ttl does not say which graph the data belongs in."),
        (["nameless.ttl"], "Describe the graph as a nhm:CityGraph, or name it with --graph."),
        (["named.ttl", "nameless.ttl"], "nameless.ttl does not say"),
        (["named.ttl", "broken.ttl"], "broken.ttl, line 1"),
        (["missing.ttl"], "There is no such file"),
        (["nameless.ttl", "--graph", "no iri"], "graph"),
    ],
)
def test_file_that_cannot_be_loaded_ends_with_2_and_writes_nothing(
    run: Run, tmp_path: Path, words: list[str], said: str
) -> None:
    (tmp_path / "nameless.ttl").write_text("<http://e/a> <http://e/b> <http://e/c> .")
    (tmp_path / "named.ttl").write_text("<http://e/g> a <https://w3id.org/nhm/ns#CityGraph> .")
    (tmp_path / "broken.ttl").write_text("<http://e/g> a")
    refused = run("load", *words, "--store", "store")
    assert refused.exit_code == 2
    assert said in refused.stderr
    assert not (tmp_path / "store").exists()


def test_refused_file_leaves_a_store_as_it_was(run: Run, tmp_path: Path) -> None:
    (tmp_path / "named.ttl").write_text("<http://e/g> a <https://w3id.org/nhm/ns#CityGraph> .")
    (tmp_path / "broken.ttl").write_text("<http://e/g> a")
    run("load", "named.ttl", "--store", "store")
    state = (tmp_path / "store/state.json").read_text()
    assert run("load", "named.ttl", "broken.ttl", "--store", "store").exit_code == 2
    assert (tmp_path / "store/state.json").read_text() == state


# ----- one process at a time -----


def test_store_that_another_process_has_open_ends_with_2_and_says_so(tmp_path: Path) -> None:
    folder = tmp_path / "store"
    store = EmbeddedStore(folder)
    for words in (["ask", "sdg-gaps", "--city=x"], ["serve", "--port=0"]):
        code, said, complained = finished(*words, "--store", str(folder))
        assert code == 2
        assert f"The store {folder} is open in another process." in complained
        assert "--store" in complained
        assert "Traceback" not in complained
        assert said == ""
    store.close()
    code, _, complained = finished("ask", "sdg-gaps", "--city=x", "--store", str(folder))
    assert code == 2
    assert "Unknown: the municipality" in complained


@pytest.mark.usefixtures("service")
def test_example_cities_can_be_asked_beside_a_running_service(run: Run) -> None:
    assert "Z-09" in run("ask", "goals-without-measures", "--city", "musterstadt").stdout


# ----- serve -----


def test_taken_port_ends_with_2_and_names_another() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        code, said, complained = finished("serve", "--port", str(port))
    assert code == 2
    assert f"No service can be opened on 127.0.0.1:{port}" in complained
    assert "--port 8123" in complained
    assert "Traceback" not in complained
    assert said == ""


def test_port_that_is_none_ends_with_2(run: Run) -> None:
    refused = run("serve", "--port", "70000")
    assert refused.exit_code == 2
    assert "from 0 to 65535" in refused.stderr


def test_empty_store_is_served_without_cities(tmp_path: Path) -> None:
    folder = tmp_path / "store"
    with serving("--store", str(folder), "--no-examples") as address:
        health = fetched(f"{address}/health")
        assert health["status"] == "ok"
        assert fetched(f"{address}/queries/cities")["rows"] == []
    assert is_store(folder)
    store = EmbeddedStore(folder)  # Ctrl+C set it free
    assert store.version == health["store"]["version"]
    store.close()


def test_service_serves_the_example_cities_and_says_where(service: str) -> None:
    cities = fetched(f"{service}/queries/cities")["rows"]
    assert [city["slug"] for city in cities] == ["heilbronn", "karlsruhe", "musterstadt"]


@pytest.mark.slow
def test_second_start_answers_within_three_seconds(tmp_path: Path) -> None:
    folder = tmp_path / "store"
    with serving("--store", str(folder)) as address:
        first = fetched(f"{address}/health")
    began = time.monotonic()
    with serving("--store", str(folder)) as address:
        assert fetched(f"{address}/queries/sdg-gaps?city=heilbronn")["rows"]
        took = time.monotonic() - began
        assert fetched(f"{address}/health")["store"] == first["store"]  # nothing was rewritten
    assert took < 3


def test_examples_stay_out_of_a_store_with_data_of_its_own(tmp_path: Path) -> None:
    own = Triple(NamedNode("http://e/s"), NamedNode("http://e/p"), Literal("o"))
    store = EmbeddedStore(tmp_path / "store")
    store.replace_graph("http://e/own", [own])
    store.close()
    graph = open_graph(Settings(store_dir=tmp_path / "store"))
    assert graph.cities("de") == []
    graph.close()
