"""The rules, compiled to SPARQL, find the same whichever engine holds the data."""

from collections.abc import Collection
from dataclasses import replace

import pyoxigraph as ox
import pytest

from contract.engines import Graphs
from nhm_graph.catalog.files import find_data_files
from nhm_graph.checks.compiled.compiling import Ask, Compiled, compile_shapes
from nhm_graph.checks.compiled.conditions import STANDARD
from nhm_graph.checks.compiled.run import asking, run_checks
from nhm_graph.checks.compiled.targets import Filling
from nhm_graph.errors import StoreProblem
from nhm_graph.store.base import Store

CITY = "https://w3id.org/nhm/examples/graph/musterstadt/"
RULE = "https://w3id.org/nhm/rule/"
# docs/engines.md: Virtuoso refuses some paths with * ("transitive start not given"). There the
# subclasses are looked up in a copy of the data, and these rules cannot be run.
REFUSED = {"virtuoso": {f"{RULE}M09", f"{RULE}M09-draft"}}
# OPTIONAL with FILTER(!BOUND(…)) after it: Virtuoso finds too much.
TOO_MUCH = {"virtuoso": {f"{RULE}P07"}}


@pytest.fixture(scope="module")
def rules() -> Compiled:
    """The rules for an engine of which nothing but SPARQL 1.1 is known."""
    quads = (quad for path in find_data_files().shapes() for quad in ox.parse(path=path))
    return compile_shapes(quads, dialect=STANDARD)


def results(rules: Compiled, ask: Ask, filling: Filling | None = None) -> list[str]:
    return sorted(map(str, run_checks(rules, ask, filling=filling)))


def _of(rules: Compiled, names: Collection[str]) -> Compiled:
    """Of the rules only these."""
    return replace(rules, checks=tuple(c for c in rules.checks if str(c.shape)[1:-1] in names))


@pytest.mark.parametrize("beside", ["vocabulary", "nothing"])
def test_the_rules_find_the_same(
    engine: Store, name_of: str, graphs: Graphs, rules: Compiled, beside: str
) -> None:
    """Without the vocabulary every link to a list is broken, so that much is found."""
    shared = [name for name in graphs if name.startswith("https://w3id.org/nhm/graph/")]
    chosen = [name for name in graphs if name.startswith(CITY)]
    chosen += shared if beside == "vocabulary" else []
    here = ox.Store()
    here.extend(ox.Quad(*triple) for name in chosen for triple in graphs[name])

    def ask(select: str) -> ox.QuerySolutions:
        found = engine.query(select, chosen)
        assert isinstance(found, ox.QuerySolutions)
        return found

    refused = _of(rules, REFUSED.get(name_of, ()))
    too_much = _of(rules, TOO_MUCH.get(name_of, ()))
    left = [each for each in rules.checks if each not in refused.checks + too_much.checks]
    taken = replace(rules, checks=tuple(left))
    expected = results(taken, asking(here))
    assert len(expected) > (3 if beside == "vocabulary" else 100)
    filling = rules.bound(asking(here)) if refused.checks else None
    assert results(taken, ask, filling) == expected
    assert set(results(too_much, ask, filling)) >= set(results(too_much, asking(here)))
    for check in refused.checks:
        with pytest.raises(StoreProblem):
            results(replace(rules, checks=(check,)), ask, filling)
    if filling:
        with pytest.raises(StoreProblem):
            rules.bound(ask)
