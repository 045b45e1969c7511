"""What is told from a few links of a node: where a check cannot find anything."""

import pyoxigraph as ox
import pytest

from nhm_graph.catalog.files import find_data_files
from nhm_graph.checks.compiled.changes_plan import Plan, plan_changes
from nhm_graph.checks.compiled.compiling import compile_shapes
from nhm_graph.checks.compiled.reach_ways import Sign

PREFIXES = "PREFIX sh: <http://www.w3.org/ns/shacl#> PREFIX : <x:> "


def plan_of(constraint: str) -> Plan:
    text = f"{PREFIXES} :S sh:targetClass :C ; {constraint} ."
    return plan_changes(compile_shapes(ox.parse(text, format=ox.RdfFormat.TURTLE)))


def signs(constraint: str) -> set[tuple[int, int | None, int]]:
    """Least, most and how many goals of the signs of the only check."""
    (found,) = plan_of(constraint).signs
    return {(each.least, each.most, len(each.goals or ())) for each in found}


@pytest.mark.parametrize(
    ("constraint", "expected"),
    [
        ("sh:property [ sh:path :p ; sh:minCount 2 ]", {(0, 1, 0)}),
        ("sh:property [ sh:path :p ; sh:maxCount 1 ]", {(2, None, 0)}),
        ("sh:property [ sh:path :p ; sh:hasValue :a ]", {(0, 0, 1)}),
        ("sh:property [ sh:path :p ; sh:hasValue 1.50 ]", set()),
        ("sh:property [ sh:path :p ; sh:class :D ]", {(1, None, 0)}),
        (
            "sh:or ( [ sh:path :p ; sh:minCount 1 ] [ sh:not [ sh:path :q ; sh:hasValue :a ] ] )",
            {(0, 0, 0), (1, None, 1)},
        ),
        # Of two constraints either may be the one that is broken.
        ("sh:or ( [ sh:path :p ; sh:minCount 1 ; sh:maxCount 1 ] [ sh:class :D ] )", set()),
        ("sh:xone ( [ sh:path :p ; sh:minCount 1 ] )", set()),
        ("sh:property [ sh:path :p ; sh:or ( [ sh:path :q ; sh:minCount 1 ] ) ]", {(1, None, 0)}),
        ("sh:or ( [ sh:path :p ; sh:minCount 1 ; sh:deactivated true ] )", set()),
        (
            'sh:sparql [ sh:select "SELECT $this { $this <x:p> ?v '
            'FILTER NOT EXISTS { $this <x:q> ?w } FILTER (?v > 1) }" ]',
            {(0, 0, 0)},
        ),
        # ?v has a value already: another one is no reason to find nothing.
        (
            'sh:sparql [ sh:select "SELECT $this { $this <x:p> ?v '
            'FILTER NOT EXISTS { $this <x:q> ?v } }" ]',
            set(),
        ),
        (
            'sh:sparql [ sh:select "SELECT $this { $this <x:p> ?v '
            'FILTER (?v = 1 || NOT EXISTS { $this <x:q> ?w }) }" ]',
            set(),
        ),
    ],
)
def test_signs_are_what_a_broken_constraint_cannot_be_without(
    constraint: str, expected: set[tuple[int, int | None, int]]
) -> None:
    assert signs(constraint) == expected


def test_a_sign_counts_goals_only() -> None:
    one, other = ox.NamedNode("x:a"), ox.NamedNode("x:b")
    sign = Sign((), frozenset((one,)), most=0)
    assert sign.holds({other})
    assert not sign.holds({one, other})


def test_most_of_our_own_rules_have_signs() -> None:
    quads = (quad for path in find_data_files().shapes() for quad in ox.parse(path=path))
    found = plan_changes(compile_shapes(quads)).signs
    assert sum(map(bool, found)) > len(found) / 2
