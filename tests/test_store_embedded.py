import subprocess
import sys
from pathlib import Path

import pytest
from pyoxigraph import (
    BlankNode,
    CanonicalizationAlgorithm,
    Dataset,
    Literal,
    NamedNode,
    Quad,
    Store,
    Triple,
)

from nhm_graph.errors import BadQuery, StoreLocked, StoreProblem
from nhm_graph.store.embedded import EmbeddedStore


def triple(number: int) -> Triple:
    return Triple(NamedNode("http://e/s"), NamedNode("http://e/p"), Literal(str(number)))


@pytest.fixture(params=["disk", "memory"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> EmbeddedStore:
    return EmbeddedStore(tmp_path / "store" if request.param == "disk" else None)


def test_replacing_a_graph_leaves_exactly_the_new_triples(store: EmbeddedStore) -> None:
    store.replace_graph("http://e/g", [triple(1), triple(2)])
    store.replace_graph("http://e/other", [triple(9)])
    assert store.replace_graph("http://e/g", [triple(2), triple(3)])
    assert set(store.read_graph("http://e/g")) == {triple(2), triple(3)}
    assert set(store.read_graph("http://e/other")) == {triple(9)}


def test_replacing_with_the_same_triples_changes_no_version(store: EmbeddedStore) -> None:
    store.replace_graph("http://e/g", [triple(1)])
    before = store.version
    assert not store.replace_graph("http://e/g", [triple(1)])
    assert store.version == before


def test_literals_with_quotes_and_line_breaks_survive_replacement(store: EmbeddedStore) -> None:
    nasty = Triple(
        NamedNode("http://e/s"), NamedNode("http://e/p"), Literal('a"\n\\} ä', language="de")
    )
    store.replace_graph("http://e/g", [triple(1)])
    store.replace_graph("http://e/g", [triple(1), nasty])
    assert set(store.read_graph("http://e/g")) == {triple(1), nasty}


def test_a_query_sees_only_the_graphs_it_is_given(store: EmbeddedStore) -> None:
    store.replace_graph("http://e/a", [triple(1)])
    store.replace_graph("http://e/b", [triple(2)])
    found = store.query("SELECT ?o { ?s ?p ?o }", ["http://e/b", "http://e/unknown"])
    assert [row["o"].value for row in found] == ["2"]
    assert len(list(store.query("SELECT ?o { ?s ?p ?o }"))) == 2


def test_blank_nodes_are_not_taken(store: EmbeddedStore) -> None:
    with pytest.raises(StoreProblem):
        store.replace_graph(
            "http://e/g", [Triple(BlankNode(), NamedNode("http://e/p"), Literal("1"))]
        )
    assert store.graph_names() == []


def test_a_wrong_query_says_where(store: EmbeddedStore) -> None:
    with pytest.raises(BadQuery) as refusal:
        store.query("SELECT * {\n ?s ?p\n}")
    assert refusal.value.extra["line"] == 3


def test_version_and_triples_survive_a_restart(tmp_path: Path) -> None:
    first = EmbeddedStore(tmp_path)
    first.replace_graph("http://e/g", [triple(1)])
    first.close()
    second = EmbeddedStore(tmp_path)
    assert second.version == 1
    assert set(second.read_graph("http://e/g")) == {triple(1)}


def test_a_second_process_on_the_same_folder_is_refused(tmp_path: Path) -> None:
    store = EmbeddedStore(tmp_path)
    code = (
        "import sys, pathlib\n"
        "from nhm_graph.store.embedded import EmbeddedStore\n"
        "from nhm_graph.errors import StoreLocked\n"
        "try: EmbeddedStore(pathlib.Path(sys.argv[1]))\n"
        "except StoreLocked as error: print(error.message('de'))\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True
    )
    assert "in einem anderen Prozess geöffnet" in run.stdout, run.stderr
    store.close()
    EmbeddedStore(tmp_path).close()


def test_a_second_store_on_the_same_folder_in_this_process_is_refused(tmp_path: Path) -> None:
    store = EmbeddedStore(tmp_path)
    with pytest.raises(StoreLocked):
        EmbeddedStore(tmp_path)
    store.close()


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreProblem) as refusal:
        EmbeddedStore(tmp_path / "file" / "store")
    assert "file" in str(refusal.value)


def test_a_change_is_seen_by_the_next_query_over_the_same_graphs(store: EmbeddedStore) -> None:
    store.replace_graph("http://e/a", [triple(1)])
    asked = "SELECT ?o { ?s ?p ?o }"
    assert len(list(store.query(asked, ["http://e/a"]))) == 1
    store.replace_graph("http://e/a", [triple(1), triple(2)])
    assert len(list(store.query(asked, ["http://e/a"]))) == 2


def test_a_triple_in_two_of_the_graphs_is_found_once(store: EmbeddedStore) -> None:
    store.replace_graph("http://e/a", [triple(1)])
    store.replace_graph("http://e/b", [triple(1)])
    found = store.query("SELECT ?o { ?s ?p ?o }", ["http://e/a", "http://e/b"])
    assert len(list(found)) == 1


def test_no_more_views_are_kept_than_asked_for() -> None:
    store = EmbeddedStore(views=2)
    for name in ("http://e/a", "http://e/b", "http://e/c"):
        store.query("ASK {}", [name])
    assert len(store._views._kept) == 2


def test_a_query_that_tells_graphs_apart_sees_their_names(store: EmbeddedStore) -> None:
    store.replace_graph("http://e/a", [triple(1)])
    store.replace_graph("http://e/b", [triple(2)])
    found = store.query("SELECT ?g { GRAPH ?g { ?s ?p ?o } }", ["http://e/a"])
    assert [row["g"].value for row in found] == ["http://e/a"]


def test_a_number_that_the_engine_writes_differently_is_no_change(store: EmbeddedStore) -> None:
    decimal = NamedNode("http://www.w3.org/2001/XMLSchema#decimal")
    number = Literal("1.50", datatype=decimal)
    given = [Triple(NamedNode("http://e/s"), NamedNode("http://e/p"), number)]
    assert store.replace_graph("http://e/g", given)
    assert not store.replace_graph("http://e/g", given)


def blank(number: int) -> Triple:
    return Triple(BlankNode(f"b{number}"), NamedNode("http://e/p"), Literal(str(number)))


def test_a_graph_put_may_have_blank_nodes_before_and_after(store: EmbeddedStore) -> None:
    link = Triple(BlankNode("b1"), NamedNode("http://e/to"), BlankNode("b2"))
    for wanted in ([blank(1)], [blank(1), blank(2), link], [triple(1), blank(3)], [triple(2)], []):
        store.put_graph("http://e/g", wanted)
        found = list(store.read_graph("http://e/g"))
        assert Dataset(quads(found)) == Dataset(quads(wanted))
    assert store.graph_names() == ["http://e/g"]


def quads(triples: list[Triple]) -> list[Quad]:
    made = Dataset([Quad(*each) for each in triples])
    made.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    return list(made)


def test_a_check_that_raises_leaves_the_graph_as_it_was(store: EmbeddedStore) -> None:
    store.put_graph("http://e/g", [triple(1)])
    told = []

    def refuse(state: str | None) -> None:
        told.append(state)
        raise KeyError

    for change in (store.put_graph, store.add_to_graph):
        with pytest.raises(KeyError):
            change("http://e/g", [triple(2)], refuse)
    with pytest.raises(KeyError):
        store.delete_graph("http://e/other", refuse)
    assert told == [store.state(["http://e/g"])] * 2 + [None]
    assert list(store.read_graph("http://e/g")) == [triple(1)]


def test_the_state_of_a_graph_changes_with_it_and_with_every_update(store: EmbeddedStore) -> None:
    store.put_graph("http://e/g", [triple(1)])
    first = store.state(["http://e/g"])
    store.put_graph("http://e/h", [triple(1)])
    store.add_to_graph(None, [triple(1)])
    assert store.state(["http://e/g"]) == first
    assert store.state(["http://e/g", "http://e/h"]) != first
    store.update("INSERT DATA { GRAPH <http://e/h> { <a:a> <a:b> 1 } }")
    assert store.state(["http://e/g"]) != first


def test_a_backup_has_all_graphs_and_the_default_graph(
    store: EmbeddedStore, tmp_path: Path
) -> None:
    store.put_graph("http://e/g", [triple(1), blank(1)])
    store.put_graph(None, [triple(2)])
    store.backup(tmp_path / "copy")
    assert len(Store.read_only(str(tmp_path / "copy"))) == 3


def test_graph_names_follow_each_change() -> None:
    store = EmbeddedStore()
    triple = Triple(NamedNode("http://e/s"), NamedNode("http://e/p"), Literal("o"))
    assert store.graph_names() == []
    store.replace_graph("http://e/g", [triple])
    assert store.graph_names() == ["http://e/g"]
    store.update("DROP GRAPH <http://e/g>")
    assert store.graph_names() == []
