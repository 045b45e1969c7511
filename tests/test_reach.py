"""How far a rule looks is derived from its shape, and nothing it reads is overlooked."""

from pathlib import Path

import pyoxigraph as ox
import pytest

from nhm_graph.catalog.files import find_data_files
from nhm_graph.checks.compiled.compiling import Compiled, compile_shapes
from nhm_graph.checks.compiled.reach import Reach, reaches, watched

PREFIXES = """
PREFIX sh: <http://www.w3.org/ns/shacl#>
PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>
PREFIX : <x:>
"""


def compiled(turtle: str) -> Compiled:
    found = compile_shapes(ox.parse(PREFIXES + turtle, format=ox.RdfFormat.TURTLE))
    assert not found.handed
    return found


def reach_of(constraints: str) -> Reach:
    return reaches(compiled(f":S sh:targetClass :C ; {constraints} ."))[ox.NamedNode("x:S")]


def select(where: str) -> str:
    return f'sh:sparql [ sh:select "SELECT $this ?value {{ {where} }}" ]'


@pytest.mark.parametrize(
    ("constraints", "expected"),
    [
        ("sh:nodeKind sh:IRI", Reach.NODE),
        ("sh:property [ sh:path :p ; sh:minCount 1 ]", Reach.NODE),
        ("sh:property [ sh:path [ sh:inversePath :p ] ; sh:minCount 1 ]", Reach.NODE),
        ("sh:property [ sh:path :p ; sh:lessThan :q ]", Reach.NODE),
        ("sh:closed true", Reach.NODE),
        ("sh:property [ sh:path :p ; sh:class :D ]", Reach.NEIGHBOURS),
        ("sh:property [ sh:path ( :p :q ) ; sh:minCount 1 ]", Reach.NEIGHBOURS),
        ("sh:not [ sh:path :p ; sh:node [ sh:path :q ; sh:minCount 1 ] ]", Reach.NEIGHBOURS),
        ("sh:property [ sh:path [ sh:oneOrMorePath :p ] ; sh:maxCount 1 ]", Reach.CITY),
        ("sh:property [ sh:path ( :p [ sh:inversePath :p ] ) ; sh:maxCount 1 ]", Reach.ALL),
        (select("$this <x:p> ?value"), Reach.NODE),
        (select("?o <x:p> $this . ?o <x:q> ?value"), Reach.NEIGHBOURS),
        (select("$this <x:p> ?o OPTIONAL { ?o <x:q> ?value }"), Reach.NEIGHBOURS),
        (select("$this <x:p> ?o FILTER NOT EXISTS { ?o <x:q> ?value }"), Reach.NEIGHBOURS),
        (select("$this <x:p>* ?value"), Reach.CITY),
        (select("$this <x:p> ?o . ?value <x:q> ?d FILTER (?d > ?o)"), Reach.CITY),
        (select("$this <x:p> ?same . ?value <x:p> ?same"), Reach.ALL),
    ],
)
def test_the_reach_follows_from_what_a_shape_reads(constraints: str, expected: Reach) -> None:
    assert reach_of(constraints) is expected


def test_what_is_not_understood_counts_as_anything() -> None:
    shape = select("$this !<x:p> ?value")
    found = next(watched(compiled(f":S sh:targetClass :C ; {shape} .")))
    assert any(sight.fixed == (None, None, None) and not sight.ways for sight in found.sights)


def test_a_union_ties_a_pattern_beside_it_to_the_focus_node() -> None:
    shape = select("{ $this <x:a> ?o } UNION { ?o <x:b> $this } ?o <x:p> ?value")
    found = next(watched(compiled(f":S sh:targetClass :C ; {shape} .")))
    assert all(sight.ways for sight in found.sights)


def test_an_optional_pattern_does_not_tie_what_stands_beside_it() -> None:
    """Where the first group has no match, the second still counts: no way leads through it."""
    shape = select("$this <x:p> ?o OPTIONAL { ?o <x:q> ?r } OPTIONAL { ?r <x:s> ?value }")
    found = next(watched(compiled(f":S sh:targetClass :C ; {shape} .")))
    loose = [sight.fixed[1] for sight in found.sights if not sight.ways]
    assert loose == [ox.NamedNode("x:s")]


def test_every_predicate_of_a_select_is_watched() -> None:
    quads = [quad for path in find_data_files().shapes() for quad in ox.parse(path=path)]
    found = compile_shapes(quads)
    assert found.checks
    assert not found.handed
    for each in watched(found):
        seen = {str(sight.fixed[1]) for sight in each.sights if sight.fixed[1] is not None}
        read = {str(iri) for iri in predicates_in(each.check.select)}
        assert read <= seen, each.check.shape


def predicates_in(select: str) -> set[ox.NamedNode]:
    """The IRIs that stand as predicates, or in paths, in rdflib's reading of a query."""
    from rdflib.plugins.sparql.algebra import translateQuery
    from rdflib.plugins.sparql.parser import parseQuery

    found: set[ox.NamedNode] = set()

    def collect(part: object) -> None:
        if isinstance(part, dict):
            for name, each in part.items():
                if name == "triples":
                    flat = each if isinstance(each[0], tuple) else _threes(each)
                    for _start, predicate, _end in flat:
                        found.update(_iris(predicate))
                elif name != "_vars":
                    collect(each)
        elif isinstance(part, (list, tuple)):
            for each in part:
                collect(each)

    collect(translateQuery(parseQuery(select)).algebra)
    return found


def _threes(parts: list[list[object]]) -> list[tuple[object, object, object]]:
    flat = [term for part in parts for term in part]
    return [(flat[at], flat[at + 1], flat[at + 2]) for at in range(0, len(flat), 3)]


def _iris(predicate: object) -> set[ox.NamedNode]:
    from rdflib import URIRef

    if isinstance(predicate, URIRef):
        return {ox.NamedNode(str(predicate))}
    inner = getattr(predicate, "args", None) or [
        getattr(predicate, name) for name in ("arg", "path") if hasattr(predicate, name)
    ]
    return set().union(*map(_iris, inner)) if inner else set()


def test_the_page_says_how_far_each_rule_looks(repo_root: Path) -> None:
    quads = (quad for path in find_data_files().shapes() for quad in ox.parse(path=path))
    found = reaches(compile_shapes(quads))
    page = (repo_root / "docs/incremental-validation.md").read_text(encoding="utf-8")
    for reach in Reach:
        names = sorted(str(term)[1:-1].rpartition("/")[2] for term in found if found[term] is reach)
        assert f"| {reach.name.lower()} | {', '.join(names)} |" in page
