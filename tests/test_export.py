"""nhm-graph export: a folder for any web server, whole or not at all, the same each time."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, parse

from nhm_graph.errors import BadParameter
from nhm_graph.graph import Graph, open_graph
from nhm_graph.publish import export as exporting
from nhm_graph.publish.catalog import Site
from nhm_graph.publish.export import CHECKSUMS, MANIFEST, Exported, export
from nhm_graph.settings import Settings

if TYPE_CHECKING:
    from click.testing import Result

URL = "https://daten.example"
DCAT = "http://www.w3.org/ns/dcat#"
GRAPH = "https://w3id.org/nhm/examples/graph/neudorf/"
TYPE = NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
CITY_GRAPH = NamedNode("https://w3id.org/nhm/ns#CityGraph")
Run = Callable[..., "Result"]


def exported(graph: Graph, target: Path) -> Exported:
    return export(graph, target, Site.of(graph.settings, URL))


def tree(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def put(graph: Graph, kind: str, *labels: str) -> None:
    """Makes a graph of neudorf consist of its description and these labels."""
    iri = NamedNode(GRAPH + kind)
    label = NamedNode("http://www.w3.org/2004/02/skos/core#prefLabel")
    triples = [Triple(iri, label, Literal(text)) for text in labels]
    graph.store.replace_graph(iri.value, [Triple(iri, TYPE, CITY_GRAPH), *triples])


@pytest.fixture
def small() -> Graph:
    """A graph with two small graphs of a city, beside the vocabulary."""
    graph = open_graph(Settings(examples=False))
    put(graph, "plan", "a")
    put(graph, "org", "b")
    return graph


def test_an_export_has_dumps_checksums_catalogue_and_void(run: Run, tmp_path: Path) -> None:
    result = run("export", "site", "--public-url", URL)
    assert result.exit_code == 0, result.output
    files = tree(tmp_path / "site")
    assert {"catalog.ttl", "catalog.jsonld", "catalog.rdf", ".well-known/void"} < set(files)
    assert {"dump/all.nq.gz", "dump/heilbronn/plan.ttl", "dump/karlsruhe/org.xlsx"} < set(files)
    assert not [path for path in files if "musterstadt" in path]
    sums = dict(line.split("  ")[::-1] for line in files[CHECKSUMS].decode().splitlines())
    assert set(sums) == set(files) - {CHECKSUMS, MANIFEST}
    assert all(hashlib.sha256(files[path]).hexdigest() == each for path, each in sums.items())


def test_the_catalogue_names_every_file_with_its_true_size_and_checksum(
    run: Run, tmp_path: Path
) -> None:
    run("export", "site", "--public-url", URL, "--city", "heilbronn")
    files = tree(tmp_path / "site")
    said = list(parse(input=files["catalog.ttl"], format=RdfFormat.TURTLE))
    objects = {(quad.subject.value, quad.predicate.value): quad.object.value for quad in said}
    urls = {quad.subject.value: quad.object.value for quad in said if "downloadURL" in str(quad)}
    listed = {iri: url.removeprefix(f"{URL}/") for iri, url in urls.items() if "/dump/" in url}
    assert set(listed.values()) >= {path for path in files if path.startswith("dump/heilbronn/")}
    for iri, path in listed.items():
        assert int(objects[iri, f"{DCAT}byteSize"]) == len(files[path])
        checksum = objects[iri, "http://spdx.org/rdf/terms#checksum"]
        value = objects[checksum, "http://spdx.org/rdf/terms#checksumValue"]
        assert value == hashlib.sha256(files[path]).hexdigest()


def test_exporting_twice_gives_identical_trees_and_touches_nothing(
    small: Graph, tmp_path: Path
) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    exported(small, one)
    before = {path: path.stat().st_mtime_ns for path in one.rglob("*") if path.is_file()}
    assert exported(small, one).changed == []
    assert {path: path.stat().st_mtime_ns for path in before} == before
    exported(small, two)
    assert tree(one) == tree(two)


def test_only_the_cities_named_are_exported_and_a_fictional_one_if_named(
    run: Run, tmp_path: Path
) -> None:
    run("export", "site", "--public-url", URL, "--city", "musterstadt")
    files = tree(tmp_path / "site")
    cities = {path.split("/")[1] for path in files if path.count("/") == 2}
    assert cities == {"musterstadt", "peers"}
    assert "musterstadt/plan" in files["catalog.ttl"].decode()
    assert "heilbronn/plan" not in files["catalog.ttl"].decode()
    result = run("export", "site", "--public-url", URL, "--city", "musterstad")
    assert result.exit_code == 2
    assert "Meant perhaps: musterstadt" in result.output


def test_fictional_cities_are_exported_if_asked_for(run: Run, tmp_path: Path) -> None:
    run("export", "site", "--public-url", URL, "--fictional", "include")
    assert (tmp_path / "site/dump/musterstadt/plan.ttl").exists()


def test_without_an_address_there_is_no_catalogue(run: Run, tmp_path: Path) -> None:
    result = run("export", "site")
    assert result.exit_code == 2
    assert "--public-url" in result.output
    assert not (tmp_path / "site").exists()


def test_a_removed_graph_disappears_and_files_of_others_stay(small: Graph, tmp_path: Path) -> None:
    exported(small, tmp_path)
    (tmp_path / "index.html").write_text("mine")
    (tmp_path / "dump/neudorf/notes.txt").write_text("mine")
    (tmp_path / "dump/neudorf/org.nt").write_text("changed by hand")
    small.store.replace_graph(f"{GRAPH}org", [])
    done = exported(small, tmp_path)
    assert "dump/neudorf/org.ttl" in done.removed
    left = {path.name for path in (tmp_path / "dump/neudorf").iterdir() if "plan" not in path.name}
    assert left == {"notes.txt", "org.nt"}
    assert (tmp_path / "index.html").read_text() == "mine"
    assert f"{GRAPH}org" not in (tmp_path / "catalog.ttl").read_text("utf-8")


def test_an_empty_folder_is_removed_with_the_last_of_its_files(
    small: Graph, tmp_path: Path
) -> None:
    exported(small, tmp_path)
    for kind in ("org", "plan"):
        small.store.replace_graph(GRAPH + kind, [])
    exported(small, tmp_path)
    assert not (tmp_path / "dump/neudorf").exists()


def test_a_manifest_never_leads_out_of_the_folder(small: Graph, tmp_path: Path) -> None:
    outside = tmp_path / "outside.txt"
    outside.write_text("x")
    digest = hashlib.sha256(b"x").hexdigest()
    target = tmp_path / "site"
    target.mkdir()
    files = {"../outside.txt": digest, str(outside): digest}
    (target / MANIFEST).write_text(json.dumps({"files": files}))
    assert exported(small, target).removed == []
    assert outside.exists()


def test_files_in_the_way_that_are_not_ours_are_refused(small: Graph, tmp_path: Path) -> None:
    (tmp_path / "catalog.ttl").write_text("# mine")
    before = tree(tmp_path)
    with pytest.raises(BadParameter, match=r"catalog\.ttl"):
        exported(small, tmp_path)
    assert tree(tmp_path) == before


def test_an_export_that_fails_leaves_what_was_there(
    small: Graph, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    exported(small, tmp_path)
    before = tree(tmp_path)
    put(small, "plan", "c")

    def broken(*_: object, **__: object) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr(exporting, "void", broken)
    with pytest.raises(OSError, match="No space left"):
        exported(small, tmp_path)
    assert tree(tmp_path) == before


def test_what_an_ended_export_left_behind_is_no_obstacle(small: Graph, tmp_path: Path) -> None:
    (tmp_path / ".nhm-graph-export/dump").mkdir(parents=True)
    (tmp_path / ".nhm-graph-export/dump/half.ttl").write_text("<http")
    exported(small, tmp_path)
    assert "dump/half.ttl" not in tree(tmp_path)
    assert not (tmp_path / ".nhm-graph-export").exists()


def test_a_changed_graph_changes_its_files_and_what_sums_them_up(
    small: Graph, tmp_path: Path
) -> None:
    exported(small, tmp_path)
    put(small, "plan", "a", "c")
    changed = exported(small, tmp_path).changed
    assert changed[-1] == CHECKSUMS
    assert {path for path in changed if path.startswith("dump/")} == {
        "dump/all.nq.gz",
        *(f"dump/neudorf/plan.{name}" for name in ("ttl", "jsonld", "rdf", "nt", "nq.gz")),
        *(f"dump/neudorf/plan.{name}" for name in ("csv.zip", "xlsx")),
    }
