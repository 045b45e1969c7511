"""Incremental validation for every construct that is compiled: tiny graphs, many changes.

The rules of shapes/ use a part of SHACL only. Here each construct stands alone, and the graphs are
so small that most changes hit something.
"""

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nhm_graph.checks.compiled.changes import Known, lookup_in, recheck
from nhm_graph.checks.compiled.changes_plan import Plan, plan_changes
from nhm_graph.checks.compiled.compiling import compile_shapes
from nhm_graph.checks.compiled.run import Result, asking, run_checks

PREFIXES = """
PREFIX sh: <http://www.w3.org/ns/shacl#>
PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>
PREFIX : <x:>
"""
CORE = (
    "sh:class :D",
    "sh:closed true ; sh:property [ sh:path :p ]",
    "sh:property [ sh:path :p ; sh:minCount 2 ]",
    "sh:property [ sh:path :p ; sh:maxCount 1 ]",
    "sh:property [ sh:path :p ; sh:class :D ]",
    "sh:property [ sh:path :p ; sh:nodeKind sh:IRI ]",
    "sh:property [ sh:path :p ; sh:hasValue :b ]",
    "sh:property [ sh:path :p ; sh:in ( :a :b ) ]",
    "sh:property [ sh:path :p ; sh:equals :q ]",
    "sh:property [ sh:path :p ; sh:disjoint :q ]",
    "sh:property [ sh:path :p ; sh:lessThan :q ]",
    "sh:property [ sh:path :p ; sh:minInclusive 2 ]",
    "sh:property [ sh:path [ sh:inversePath :p ] ; sh:maxCount 1 ]",
    "sh:property [ sh:path ( :p :q ) ; sh:minCount 1 ]",
    "sh:property [ sh:path ( :p [ sh:inversePath :p ] ) ; sh:maxCount 1 ]",
    "sh:property [ sh:path [ sh:zeroOrMorePath :p ] ; sh:class :D ]",
    "sh:property [ sh:path [ sh:oneOrMorePath :p ] ; sh:maxCount 2 ]",
    "sh:property [ sh:path [ sh:zeroOrOnePath :p ] ; sh:class :D ]",
    "sh:property [ sh:path ( [ sh:zeroOrMorePath [ sh:alternativePath ( :p :q ) ] ] :q ) ;"
    " sh:maxCount 1 ]",
    "sh:property [ sh:path :p ; sh:node [ sh:path :q ; sh:minCount 1 ] ]",
    "sh:property [ sh:path :p ; sh:not [ sh:path :q ; sh:class :D ] ]",
    "sh:or ( [ sh:path :p ; sh:minCount 1 ] [ sh:path ( :q :q ) ; sh:hasValue :a ] )",
    "sh:xone ( [ sh:path :p ; sh:minCount 1 ] [ sh:path :q ; sh:minCount 1 ] )",
    "sh:and ( [ sh:path :p ; sh:minCount 1 ] [ sh:path :q ; sh:closed true ] )",
    "sh:property [ sh:path :p ; sh:qualifiedValueShape [ sh:class :D ] ;"
    " sh:qualifiedMinCount 1 ; sh:qualifiedMaxCount 1 ]",
    # Alternatives that are told from one link of the node.
    "sh:or ( [ sh:path :p ; sh:hasValue :a ] [ sh:path :q ; sh:minCount 1 ]"
    " [ sh:not [ sh:path [ sh:inversePath :p ] ; sh:minCount 2 ] ] )",
    "sh:or ( [ sh:not [ sh:path :p ; sh:hasValue 2 ] ] [ sh:path :q ; sh:maxCount 1 ] )",
    "sh:or ( [ sh:path ( :p :q ) ; sh:qualifiedValueShape [ sh:in ( :a :b ) ] ;"
    " sh:qualifiedMinCount 1 ] [ sh:not [ sh:path :p ; sh:minCount 2 ] ] )",
    "sh:not [ sh:path :p ; sh:qualifiedValueShape [ sh:hasValue :a ] ; sh:qualifiedMaxCount 0 ;"
    " sh:minCount 1 ]",
    "sh:node [ sh:or ( [ sh:path :p ; sh:in ( :a :b ) ]"
    " [ sh:not [ sh:path :q ; sh:maxCount 0 ] ] ) ]",
    "sh:property [ sh:path :p ; sh:property [ sh:path :q ; sh:minCount 1 ] ]",
    "sh:property [ sh:path [ sh:oneOrMorePath :p ] ; sh:property [ sh:path :q ; sh:class :D ] ]",
)
SELECTS = (
    "$this <x:p> ?v . ?v <x:q> ?value",
    "?value <x:p> $this . ?value <x:q> ?o",
    "$this <x:p> ?same . ?value <x:p> ?same FILTER (!sameTerm($this, ?value))",
    "$this <x:p> ?value OPTIONAL { ?value <x:q> ?o } FILTER (!BOUND(?o))",
    "$this <x:p> ?o OPTIONAL { ?o <x:q> ?r } OPTIONAL { ?r <x:q> ?value }",
    "$this <x:p> ?value FILTER NOT EXISTS { ?value <x:q> ?o FILTER EXISTS { ?o <x:p> $this } }",
    "{ $this <x:p> ?o } UNION { ?o <x:q> $this } ?o <x:p> ?value",
    "$this <x:p> ?value . ?other <x:q> ?number FILTER (?number > 1)",
    "$this <x:p>/<x:q>* ?value . ?value <x:p>|^<x:q> $this",
    "$this <x:p> ?value . ?value a/<http://www.w3.org/2000/01/rdf-schema#subClassOf>* <x:D>",
    "$this ?value ?object FILTER NOT EXISTS { ?value <x:q> ?known }",
    "$this !<x:p> ?value",
    "$this <x:p> ?value FILTER NOT EXISTS { $this <x:q>|^<x:p> ?any }",
    "$this <x:p> ?value FILTER NOT EXISTS { $this <x:q> ?value } FILTER (?value != 3)",
    "$this <x:p> ?value FILTER (NOT EXISTS { $this <x:p>/<x:q>? <x:a> } || ?value = 1)",
    "$this <x:p> ?value FILTER NOT EXISTS { $this <x:p>/<x:q>? <x:a> } BIND (1 AS ?one)",
    "$this <x:p> ?o . ?o <x:q> ?value . ?value <x:p> ?end",
    "$this <x:p> ?value BIND (EXISTS { ?value <x:q> $this } AS ?back) FILTER (?back)",
)
TARGETS = ("sh:targetClass :C", "sh:targetSubjectsOf :q", "sh:targetObjectsOf :p")


def plan_for(constraint: str, target: str) -> Plan:
    text = f"{PREFIXES} :S {target} ; {constraint} ."
    plan = plan_changes(compile_shapes(ox.parse(text, format=ox.RdfFormat.TURTLE)))
    assert not plan.compiled.handed, plan.compiled.handed
    return plan


_RDF, _RDFS = "http://www.w3.org/1999/02/22-rdf-syntax-ns#", "http://www.w3.org/2000/01/rdf-schema#"
_NODES = [ox.NamedNode(f"x:{each}") for each in "abcd"]
_LINKS = [*(ox.NamedNode(f"x:{each}") for each in "pq")]
_VALUES = [*_NODES, *(ox.Literal(each) for each in (1, 2, 3))]
_KINDS = [ox.NamedNode(f"x:{each}") for each in "CDE"]
_TRIPLES = st.one_of(
    st.builds(
        ox.Triple, st.sampled_from(_NODES), st.sampled_from(_LINKS), st.sampled_from(_VALUES)
    ),
    st.builds(
        ox.Triple,
        st.sampled_from(_NODES),
        st.just(ox.NamedNode(f"{_RDF}type")),
        st.sampled_from(_KINDS),
    ),
    st.builds(
        ox.Triple,
        st.sampled_from(_KINDS),
        st.just(ox.NamedNode(f"{_RDFS}subClassOf")),
        st.sampled_from(_KINDS),
    ),
    # A property that is itself described, as the vocabulary does.
    st.builds(ox.Triple, st.sampled_from(_LINKS), st.just(_LINKS[1]), st.sampled_from(_VALUES)),
)
_GRAPHS = st.lists(_TRIPLES, max_size=14, unique=True)
_FEW = st.lists(_TRIPLES, max_size=2)


def found_in(plan: Plan, store: ox.Store) -> frozenset[Result]:
    return frozenset(run_checks(plan.compiled, asking(store)))


def compare(plan: Plan, examples: int) -> None:
    @settings(max_examples=examples, deadline=None, database=None)
    @given(graph=_GRAPHS, added=_FEW, places=st.lists(st.integers(0, 13), max_size=2))
    def same(graph: list[ox.Triple], added: list[ox.Triple], places: list[int]) -> None:
        removed = [graph[place] for place in places if place < len(graph)]
        store = ox.Store()
        store.extend(ox.Quad(*triple) for triple in graph)
        before = found_in(plan, store)
        change = recheck(plan, Known(before), added, removed, lookup_in(store))
        for triple in removed:
            store.remove(ox.Quad(*triple))
        store.extend(ox.Quad(*triple) for triple in added)
        assert (before - change.gone) | change.new == found_in(plan, store)

    same()


CASES = [
    *CORE,
    *(f'sh:sparql [ sh:select "SELECT $this ?value {{ {where} }}" ]' for where in SELECTS),
]


@pytest.mark.parametrize("constraint", CASES)
def test_a_construct_is_rechecked_as_by_a_whole_run(constraint: str) -> None:
    compare(plan_for(constraint, TARGETS[0]), 25)


@pytest.mark.slow
@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("constraint", CASES)
def test_a_construct_is_rechecked_as_by_a_whole_run_in_many_cases(
    constraint: str, target: str
) -> None:
    compare(plan_for(constraint, target), 100)
