"""Many cities: each seen with its neighbours, the report the same as on all data together."""

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from nhm_graph.catalog.files import find_data_files
from nhm_graph.checks.cities import Group, Rules, grouped, validate_files, validate_groups
from nhm_graph.checks.report import Report
from nhm_graph.checks.sources import survey
from nhm_graph.checks.validation import Run
from nhm_graph.graph import Graph
from nhm_graph.settings import Settings
from nhm_graph.store.embedded import EmbeddedStore

CITY = """@prefix nhm: <https://w3id.org/nhm/ns#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
<http://e/graph/{it}> a nhm:CityGraph ; nhm:municipality <http://e/{it}> .
<http://e/{it}> a nhm:Municipality ; skos:prefLabel "Stadt {it}"@de .
<http://e/{it}/m> a nhm:Measure ; nhm:municipality <http://e/{it}> ;
    nhm:servesGoal <http://e/{other}/g> .
<http://e/{it}/g> a nhm:Goal ; skos:prefLabel "Ziel"@de ; nhm:refines <http://e/{it}/g> .
"""
PEERS = """@prefix nhm: <https://w3id.org/nhm/ns#> .
<http://e/group> a nhm:PeerGroup ; nhm:hasPeer {peers} .
"""


@pytest.fixture
def cities(tmp_path: Path) -> list[str]:
    """Three cities that refer to each other in a circle, and a group of peers that all share."""
    folder = tmp_path / "data"
    folder.mkdir()
    for it, other in ("ab", "bc", "ca"):
        (folder / f"{it}.ttl").write_text(CITY.format(it=it, other=other), "utf-8")
    peers = " , ".join(f"<http://e/{it}>" for it in "abc")
    (folder / "peers.ttl").write_text(PEERS.format(peers=peers), "utf-8")
    return [str(path) for path in sorted(folder.glob("*.ttl"))]


def rules(root: Path) -> Rules:
    return Rules(find_data_files(root), 10**7)


def identities(report: Report) -> list[object]:
    return sorted(each.identity for each in report.findings)


def test_files_are_put_to_the_city_of_their_graph(cities: list[str]) -> None:
    groups, shared = grouped([survey(path, 10**6) for path in cities])
    a, b, c, peers = cities
    assert [[each.name for each in group.own] for group in groups] == [[a], [b], [c]]
    assert [each.name for each in shared] == [peers]
    # b describes the goal that a's measure serves, c's measure serves a's goal.
    assert [each.name for each in groups[0].beside] == [b, c]


def test_file_about_two_cities_joins_them(cities: list[str], tmp_path: Path) -> None:
    text = "\n".join(CITY.format(it=it, other=it) for it in "ac")
    (tmp_path / "both.ttl").write_text(text, "utf-8")
    paths = [*cities, str(tmp_path / "both.ttl")]
    groups, _shared = grouped([survey(path, 10**6) for path in paths])
    assert [group.name for group in groups] == ["http://e/a, http://e/c", "http://e/b"]


def test_city_by_city_finds_what_all_together_find(cities: list[str], repo_root: Path) -> None:
    apart = validate_files(cities, rules(repo_root), Run())
    together = validate_files(cities, rules(repo_root), Run(), together=True)
    assert {each.rule for each in apart.findings} >= {"G08", "M03", "B01"}
    assert apart == together


def test_city_by_city_finds_what_all_examples_together_find(repo_root: Path) -> None:
    paths = [str(path) for path in sorted((repo_root / "examples").rglob("*.ttl"))]
    apart = validate_files(paths, rules(repo_root), Run())
    assert apart == validate_files(paths, rules(repo_root), Run(), together=True)


def test_shared_data_that_no_city_mends_is_found_once(cities: list[str], repo_root: Path) -> None:
    report = validate_files(cities, rules(repo_root), Run())
    assert [each.file for each in report.findings if each.rule == "B01"] == [cities[3]]


def test_processes_change_nothing_about_the_report(
    tmp_path: Path, repo_root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = []
    for number in range(9):
        (tmp_path / f"{number}.ttl").write_text(CITY.format(it=number, other=number + 1), "utf-8")
        paths.append(str(tmp_path / f"{number}.ttl"))
    seen: list[tuple[str, int, int]] = []
    run, ours = Run(), rules(repo_root)
    alone = validate_files(paths, ours, run, progress=lambda *said: seen.append(said))
    assert validate_files(paths, ours, run, jobs=2) == alone
    assert seen == [(f"http://e/{number}", number + 1, 9) for number in range(9)]


@pytest.mark.parametrize(("jobs", "most"), [(1, 1), (2, 9)])
def test_cities_are_read_when_their_turn_comes_and_not_kept(
    repo_root: Path, jobs: int, most: int
) -> None:
    read: list[int] = []
    done: list[str] = []
    held: list[int] = []

    def groups() -> Iterator[Group]:
        for number in range(20):
            read.append(number)
            held.append(len(read) - len(done))
            yield Group(f"{number:02}", ())

    validate_groups(groups(), (), rules(repo_root), Run(), jobs=jobs, progress=done.append)
    assert len(done) == 20
    assert max(held) <= most


def test_unreadable_file_in_another_process_is_refused_as_here(
    run: Callable[..., Result], tmp_path: Path
) -> None:
    for number in range(50):
        (tmp_path / f"{number:02}.ttl").write_text(CITY.format(it=number, other=0), "utf-8")
    (tmp_path / "30.ttl").write_text("<a:a> <a:b>", "utf-8")
    refused = run("validate", *sorted(tmp_path.glob("*.ttl")), "--jobs", "2")
    assert refused.exit_code == 2
    assert "30.ttl, line 1" in refused.stderr
    assert refused.stdout == ""


# ----- a store -----


@pytest.fixture
def stored(cities: list[str], repo_root: Path) -> Graph:
    """The three cities and their peers in a store."""
    graph = Graph(EmbeddedStore(), find_data_files(repo_root), Settings(examples=False))
    graph.load_vocabulary()
    graph.load([Path(path) for path in cities[:3]])
    graph.load([Path(cities[3])], graph="http://e/graph/peers")
    return graph


def test_store_gives_the_findings_of_its_files(
    stored: Graph, cities: list[str], repo_root: Path
) -> None:
    report = stored.validate_graphs()
    assert identities(report) == identities(validate_files(cities, rules(repo_root), Run()))
    places = {each.rule: each.file for each in report.findings}
    assert places["B01"] == "http://e/graph/peers"
    assert report.documents == tuple(f"http://e/graph/{it}" for it in ("a", "b", "c", "peers"))


def test_checking_a_store_changes_nothing_in_it(stored: Graph) -> None:
    version, names = stored.store.version, stored.store.graph_names()
    stored.validate_graphs()
    assert (stored.store.version, stored.store.graph_names()) == (version, names)


def test_one_city_of_a_store_is_checked_by_its_name(
    run: Callable[..., Result], repo_root: Path
) -> None:
    files = sorted((repo_root / "examples").glob("[hm]*/*.ttl"))
    assert run("load", *files, "--store", "store").exit_code == 0
    asked = ("validate", "--store", "store", "--date", "2026-11-22", "--format", "json")
    whole = json.loads(run(*asked).stdout)
    city = json.loads(run(*asked, "--city", "musterstadt").stdout)
    assert city["findings"] == whole["findings"] != []
    assert json.loads(run(*asked, "--city", "heilbronn").stdout)["findings"] == []
    refused = run(*asked, "--city", "heilbron")
    assert refused.exit_code == 2
    assert "Meant perhaps: heilbronn" in refused.stderr


def test_store_that_another_process_has_open_is_refused(
    run: Callable[..., Result], tmp_path: Path
) -> None:
    held = EmbeddedStore(tmp_path / "store")
    refused = run("validate", "--store", tmp_path / "store")
    held.close()
    assert refused.exit_code == 2
    assert "open in another process" in refused.stderr


# ----- the same over the network -----


def checked(web: Any, **parameters: str) -> Any:
    return web.post("/validate", params={"date": "2026-11-22", **parameters})


def test_city_of_the_store_is_checked_over_the_network(web: Any) -> None:
    report = checked(web, city="musterstadt", tier="basis").json()
    assert report["counts"]["violation"] == 0
    assert {each["rule"] for each in report["findings"]} >= {"G07"}
    assert checked(web, city="heilbronn").json()["findings"] == []


def test_graph_is_checked_with_its_city_and_reports_its_own_things(web: Any) -> None:
    plan = "https://w3id.org/nhm/examples/graph/musterstadt/plan"
    whole = checked(web, city="musterstadt").json()["findings"]
    report = checked(web, graph=plan).json()
    assert report["documents"] == [plan]
    assert report["findings"] == [each for each in whole if each["file"] == plan] != []


def test_shared_graph_is_checked_by_itself(web: Any) -> None:
    peers = "https://w3id.org/nhm/examples/graph/peers/benchmark"
    assert checked(web, graph=peers).json()["documents"] == [peers]


@pytest.mark.parametrize(
    ("parameters", "status", "kind"),
    [
        ({"city": "heilbron"}, 404, "unknown-name"),
        ({"graph": "http://e/none"}, 404, "unknown-name"),
        ({"city": "heilbronn", "graph": "http://e/none"}, 400, "bad-parameter"),
        ({"city": "heilbronn", "tier": "gold"}, 400, "bad-parameter"),
        ({"city": "heilbronn", "date": "soon"}, 400, "bad-parameter"),
        ({"city": "heilbronn", "by": "person"}, 400, "bad-parameter"),
    ],
)
def test_parameters_that_do_not_fit_are_refused(
    web: Any, parameters: dict[str, str], status: int, kind: str
) -> None:
    refused = web.post("/validate", params=parameters)
    assert refused.status_code == status
    assert refused.json()["type"].endswith(f"/{kind}")


def test_data_and_the_name_of_a_city_at_once_are_refused(web: Any) -> None:
    refused = web.post("/validate?city=heilbronn", content=b"<a:a> <a:b> <a:c> .")
    assert refused.status_code == 400


@pytest.mark.parametrize(
    ("accept", "begins"),
    [
        ("text/html", "<!doctype html>"),
        ("text/csv", "severity,rule"),
        ("application/sarif+json", "{"),
    ],
)
def test_report_can_be_had_in_each_form(web: Any, accept: str, begins: str) -> None:
    response = web.post("/validate?city=musterstadt&by=office&lang=de", headers={"Accept": accept})
    assert response.headers["content-type"].partition(";")[0] == accept
    assert response.text.lower().startswith(begins)
    if accept == "text/html":
        assert "style-src 'sha256-" in response.headers["content-security-policy"]


def test_shapes_are_not_taken_from_the_network(web: Any) -> None:
    described = web.get("/openapi.json").json()["paths"]["/validate"]["post"]["parameters"]
    assert {each["name"] for each in described} == {"city", "graph", "tier", "date", "by"}


def test_progress_is_silent_where_there_is_no_terminal(
    run: Callable[..., Result], cities: list[str]
) -> None:
    result = run("validate", *cities)
    assert result.stderr == ""
    assert os.path.basename(cities[0]) in result.stdout


def test_what_another_city_says_about_the_same_thing_is_seen(
    cities: list[str], tmp_path: Path, repo_root: Path
) -> None:
    other = tmp_path / "other.ttl"
    text = CITY.format(it="d", other="d") + ('<http://e/a/g> skos:prefLabel "Anderes Ziel"@de .\n')
    other.write_text(text, "utf-8")
    paths = [*cities, str(other)]
    apart = validate_files(paths, rules(repo_root), Run())
    labels = [each.focus for each in apart.findings if each.rule == "N01"]
    assert labels.count("http://e/a/g") == 1
    together = validate_files(paths, rules(repo_root), Run(), together=True)
    assert identities(apart) == identities(together)


def test_things_without_address_are_found_once_and_called_the_same_in_every_run(
    cities: list[str], repo_root: Path
) -> None:
    nameless = (
        "@prefix nhm: <https://w3id.org/nhm/ns#> .\n[] a nhm:PeerGroup . [] a nhm:PeerGroup ."
    )
    for path in (cities[0], cities[3]):
        with open(path, "a", encoding="utf-8") as file:
            file.write(nameless)
    first, second = (validate_files(cities, rules(repo_root), Run()) for _ in range(2))
    found = [each for each in first.findings if each.rule == "B01"]
    assert len([each for each in found if each.focus.startswith("_:")]) == 4
    assert first == second
    assert first == validate_files(cities, rules(repo_root), Run(), together=True)
