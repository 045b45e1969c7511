"""The same graphs on four engines; the servers only where tests marked `real` ask for them."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from contract import engines
from nhm_graph.graph import Graph
from nhm_graph.store.base import Store
from nhm_graph.store.remote import RemoteStore
from nhm_graph.store.remote_http import Limits

ENGINES = ["disk", "memory", *engines.SERVERS]


@pytest.fixture(scope="session")
def graphs(graph: Graph) -> engines.Graphs:
    """What every engine holds: the example cities, and a graph of terms that are easily lost."""
    held = {name: list(graph.store.read_graph(name)) for name in graph.store.graph_names()}
    return {**held, engines.ODD: engines.odd_triples()}


@pytest.fixture(scope="session", params=ENGINES)
def engine(
    request: pytest.FixtureRequest,
    program: Callable[[str], Path],
    graphs: engines.Graphs,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Store]:
    """One store after the other, each with the same graphs; for reading only."""
    if request.param in ("disk", "memory"):
        folder = tmp_path_factory.mktemp("disk") if request.param == "disk" else None
        store = engines.embedded(graphs, folder)
        yield store
        store.close()
    elif request.param == "oxigraph":
        with engines.oxigraph_server(program("oxigraph"), graphs) as address:
            yield remote(address)
    else:
        folder = tmp_path_factory.mktemp("virtuoso")
        tools = program("virtuoso"), program("isql")
        with engines.virtuoso(*tools, folder, graphs) as address:
            yield remote(address)


@pytest.fixture
def name_of(request: pytest.FixtureRequest) -> str:
    """Which engine a test is about."""
    return str(request.node.callspec.params["engine"])


def remote(address: str) -> RemoteStore:
    return RemoteStore(address, limits=Limits(20, 50_000_000), refresh_seconds=3600)
