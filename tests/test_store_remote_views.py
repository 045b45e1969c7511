"""Graphs of another engine copied into memory: whole, within the limits, once for all who wait."""

import json
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import pyoxigraph as ox
import pytest

from nhm_graph.errors import Overrun, StoreProblem, TooLarge
from nhm_graph.store.remote import RemoteStore
from nhm_graph.store.remote_http import Limits, Reply
from nhm_graph.store.remote_views import copied
from nhm_graph.store.rows import rows
from nhm_graph.store.views import Views

G, H = "http://e/g", "http://e/h"
COUNT = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"


class Elsewhere:
    """An engine with two graphs; `counts` is what it says about their size."""

    def __init__(self) -> None:
        self.graphs = {G: [f"<urn:s> <urn:p> '{n}' ." for n in range(3)], H: ["_:b0 <urn:p> 'x' ."]}
        self.counts = {G: [3], H: [1]}
        self.asked: list[tuple[str, Sequence[str]]] = []
        self.limits: list[Limits] = []
        self.pause = 0.0

    def __call__(self, text: str, form: str, graphs: Sequence[str], limits: Limits) -> Reply:
        self.asked.append((form, list(graphs)))
        self.limits.append(limits)
        time.sleep(self.pause)
        if form == "select":
            return Reply(self.counted(graphs), framed=True)
        lines = "\n".join(self.graphs[graphs[0]]).replace("'", '"')
        if len(lines) > limits.bytes:
            raise TooLarge.__new__(TooLarge)
        return Reply(lines.encode(), framed=True)

    def counted(self, graphs: Sequence[str]) -> bytes:
        def number(name: str) -> int:
            said = self.counts[name]
            return said.pop(0) if len(said) > 1 else said[0]

        integer = "http://www.w3.org/2001/XMLSchema#integer"
        found = [
            {
                "g": {"type": "uri", "value": name},
                "n": {"type": "literal", "datatype": integer, "value": str(number(name))},
            }
            for name in graphs
        ]
        return json.dumps({"head": {"vars": ["g", "n"]}, "results": {"bindings": found}}).encode()


@pytest.fixture
def elsewhere() -> Elsewhere:
    return Elsewhere()


def copy(elsewhere: Elsewhere, seconds: float = 5, size: int = 10_000) -> ox.Store:
    return copied(elsewhere, [G, H], Limits(seconds, size), apart=False)


def test_graphs_are_counted_once_and_read_one_by_one(elsewhere: Elsewhere) -> None:
    assert list(rows(copy(elsewhere).query(COUNT))) == [(4,)]
    assert elsewhere.asked == [("select", [G, H]), ("construct", [G]), ("construct", [H])]


def test_graphs_stay_apart_where_a_question_tells_them_apart(elsewhere: Elsewhere) -> None:
    store = copied(elsewhere, [G, H], Limits(5, 10_000), apart=True)
    named = "SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g ORDER BY ?g"
    assert list(rows(store.query(named))) == [(G, 3), (H, 1)]
    assert list(rows(store.query(COUNT))) == [(4,)]


def test_blank_nodes_of_two_graphs_are_two(elsewhere: Elsewhere) -> None:
    """Engines number them anew in each answer."""
    elsewhere.graphs[G], elsewhere.counts[G] = elsewhere.graphs[H], [1]
    assert list(rows(copy(elsewhere).query(COUNT))) == [(2,)]


def test_a_graph_cut_by_the_engine_is_noticed(elsewhere: Elsewhere) -> None:
    elsewhere.counts[G] = [4]
    with pytest.raises(StoreProblem, match="cut off or damaged: GRAPH <http://e/g>"):
        copy(elsewhere)
    assert elsewhere.asked.count(("construct", [G])) == 2
    assert elsewhere.asked.count(("construct", [H])) == 1


def test_a_graph_that_changed_meanwhile_is_read_again(elsewhere: Elsewhere) -> None:
    elsewhere.counts[G] = [4, 3]
    assert list(rows(copy(elsewhere).query(COUNT))) == [(4,)]
    elsewhere.counts[G] = [2]
    assert list(rows(copy(elsewhere).query(COUNT))) == [(4,)]


def test_the_deadline_is_one_for_all_graphs(elsewhere: Elsewhere) -> None:
    elsewhere.pause = 0.1
    with pytest.raises(Overrun, match=r"within 0\.15 seconds"):
        copy(elsewhere, seconds=0.15)
    assert elsewhere.limits[1].seconds < elsewhere.limits[0].seconds <= 0.15


def test_the_bytes_are_counted_over_all_graphs_and_the_refusal_names_the_setting(
    elsewhere: Elsewhere,
) -> None:
    size = len(elsewhere.counted([G, H])) + 60
    with pytest.raises(TooLarge, match=f"larger than {size} bytes.*NHM_MAX_ANSWER_BYTES"):
        copy(elsewhere, size=size)
    assert elsewhere.limits[1].bytes == 60


def test_a_copy_is_asked_until_the_next_refresh(
    elsewhere: Elsewhere, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 1_000_000.0
    monkeypatch.setattr(time, "time", lambda: now)
    store = RemoteStore("http://127.0.0.1:9/", refresh_seconds=60)
    monkeypatch.setattr(store, "_reply", elsewhere)
    for _ in range(2):
        assert list(rows(store.query_view(COUNT, [G, H]))) == [(4,)]
    assert len(elsewhere.asked) == 3
    elsewhere.graphs[G].append("<urn:s> <urn:p> 'new' .")
    now += 61
    assert list(rows(store.query_view(COUNT, [H, G]))) == [(5,)]
    store.close()
    with pytest.raises(StoreProblem, match="closed"):
        store.query_view(COUNT, [G, H])


def test_threads_wait_for_one_view_and_for_its_failure() -> None:
    views, made, begun = Views(2), [], threading.Barrier(4, timeout=5)

    def make(graphs: Sequence[str]) -> ox.Store:
        made.append(graphs)
        time.sleep(0.1)
        if len(made) == 1:
            raise StoreProblem.__new__(StoreProblem)
        return ox.Store()

    def ask() -> object:
        begun.wait()
        try:
            return views.of([G], 1, make)
        except StoreProblem as problem:
            return problem

    with ThreadPoolExecutor(4) as pool:
        first = [each.result() for each in [pool.submit(ask) for _ in range(4)]]
        assert [type(each) for each in first] == [StoreProblem] * 4
        second = [each.result() for each in [pool.submit(ask) for _ in range(4)]]
    assert len(made) == 2
    assert len(set(map(id, second))) == 1
