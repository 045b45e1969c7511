"""Each rule accepts what it should accept and finds what it should find, and nothing else does.

The name of a fixture is its expectation: `G07-valid….ttl` satisfies every rule, `G07-invalid….ttl`
breaks G07 and no other rule. Checked as a stranger would: plain pySHACL, nothing but the files.
"""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pyoxigraph as ox
import pyshacl
import pytest
from oxrdflib import OxigraphStore
from pyshacl.errors import ReportableRuntimeError
from rdflib import RDFS, SH, SKOS, Graph, Literal, Namespace, URIRef
from rdflib.graph import DATASET_DEFAULT_GRAPH_ID
from rdflib.namespace import DCTERMS

ROOT = Path(__file__).resolve().parents[2]
SHAPES = sorted((ROOT / "shapes").glob("*.ttl"))
FIXTURES = sorted((Path(__file__).parent / "fixtures").glob("*.ttl"))
BESIDE_THE_DATA = (
    ROOT / "ontology/sdg.ttl",
    *sorted((ROOT / "ontology/lists").glob("*.ttl")),
    ROOT / "shapes/hierarchy.ttl",
)
NHM = Namespace("https://w3id.org/nhm/ns#")


class CountedStore(OxigraphStore):
    """OxigraphStore counts its triples by a query, and pySHACL asks for the number all the time."""

    def __init__(self, store: ox.Store) -> None:
        self.size = len(store)
        super().__init__(store=store)

    def __len__(self, context: object = None) -> int:
        return self.size


@cache
def graph_of(*paths: Path) -> Graph:
    graph = Graph()
    for path in paths:
        graph.parse(path, format="turtle")
    return graph


def shapes() -> Graph:
    return graph_of(*SHAPES)


@cache
def quads_of(path: Path) -> list[ox.Quad]:
    return list(ox.parse(path=path))


@cache
def broken_by(fixture: Path) -> frozenset[URIRef]:
    """The shapes that report something. On Oxigraph: rdflib finds a word greater than a date."""
    store = ox.Store()
    for path in (fixture, *BESIDE_THE_DATA):
        store.extend(quads_of(path))
    data = Graph(CountedStore(store), identifier=DATASET_DEFAULT_GRAPH_ID)
    _, report, text = pyshacl.validate(data, shacl_graph=shapes())
    print(text)  # pytest shows it where the test fails
    return frozenset(
        report.value(result, SH.sourceShape) for result in report.objects(None, SH.result)
    )


def rules() -> dict[str, URIRef]:
    return {str(name): rule for rule, name in shapes().subject_objects(DCTERMS.identifier)}


def with_parts(rule: URIRef) -> set[URIRef]:
    return {rule, *shapes().objects(rule, SH.property)}


def rule_of(fixture: Path) -> str:
    return re.split("-(?:in)?valid", fixture.stem)[0]


def invalid_fixtures() -> list[Path]:
    return [path for path in FIXTURES if "-invalid" in path.stem]


@pytest.mark.parametrize("fixture", FIXTURES, ids=lambda path: path.stem)
def test_fixture_breaks_what_its_name_says(fixture: Path) -> None:
    broken = broken_by(fixture)
    if fixture in invalid_fixtures():
        assert broken
        assert broken <= with_parts(rules()[rule_of(fixture)])
    else:
        assert broken == frozenset()


@pytest.mark.parametrize("kind", ["-valid", "-invalid"])
def test_each_rule_has_a_fixture(kind: str) -> None:
    assert {rule_of(path) for path in FIXTURES if kind in path.stem} == set(rules())


def test_each_part_of_a_rule_is_broken_by_a_fixture() -> None:
    parts = set().union(*map(with_parts, rules().values())) - set(rules().values())
    assert parts
    assert parts <= frozenset().union(*map(broken_by, invalid_fixtures()))


def languages(subject: URIRef, prop: URIRef) -> list[str | None]:
    """Languages of the texts that are not empty; in order, so that a doubled one shows."""
    texts = shapes().objects(subject, prop)
    return sorted(str(t.language) for t in texts if isinstance(t, Literal) and t.strip())


@pytest.mark.parametrize("name", sorted({rule_of(path) for path in FIXTURES}))
def test_rule_says_what_it_is_in_both_languages(name: str) -> None:
    rule = rules()[name]
    assert rule == URIRef(f"https://w3id.org/nhm/rule/{name}")
    assert shapes().value(rule, NHM.ruleTier, any=False) in set(
        graph_of(*BESIDE_THE_DATA).subjects(
            SKOS.inScheme, URIRef("https://w3id.org/nhm/voc/rule-tier")
        )
    )
    for prop in (SKOS.prefLabel, NHM.ruleReason, NHM.appliesTo):
        assert languages(rule, prop) == ["de", "en"], prop
    for shape in with_parts(rule):
        assert shape.startswith(rule)
        assert languages(shape, SH.message) == ["de", "en"], shape
        assert shapes().value(shape, SH.severity, any=False), shape
        assert shapes().value(shape, RDFS.isDefinedBy) == URIRef("https://w3id.org/nhm/shapes")


def test_hierarchy_says_what_the_ontology_says() -> None:
    def within_nhm(graph: Graph) -> Iterator[tuple[object, object]]:
        pairs = graph.subject_objects(RDFS.subClassOf)
        return ((low, high) for low, high in pairs if low in NHM and high in NHM)

    hierarchy = graph_of(ROOT / "shapes/hierarchy.ttl")
    assert set(within_nhm(hierarchy)) == set(within_nhm(graph_of(ROOT / "ontology/nhm.ttl")))
    assert len(hierarchy) == len(set(within_nhm(hierarchy)))


def selects() -> list[str]:
    return [str(text) for text in shapes().objects(None, SH.select)]


def names_used() -> set[str]:
    """The IRIs in the shapes and in their queries; a prefix that is not declared is a KeyError."""
    used = {str(term) for triple in shapes() for term in triple if isinstance(term, URIRef)}
    declared = shapes().subject_objects(SH.prefix)
    namespaces = {str(name): str(shapes().value(node, SH.namespace)) for node, name in declared}
    for text in selects():
        used |= {namespaces[p] + name for p, name in re.findall(r"\b(\w+):([\w-]*)", text) if name}
    return used


@pytest.mark.parametrize("namespace", [NHM, "https://w3id.org/nhm/voc/"])
def test_each_term_that_the_shapes_use_is_defined(namespace: str) -> None:
    used = {name for name in names_used() if name.startswith(namespace)}
    defined = graph_of(ROOT / "ontology/nhm.ttl", *BESIDE_THE_DATA).subjects()
    assert used
    assert used <= set(map(str, defined)) | {str(NHM)}


def test_queries_use_nothing_that_pre_binding_forbids() -> None:
    forbidden = re.compile(r"(?<![?$\w])(MINUS|VALUES|SERVICE|NOW|GRAPH|FROM)\b", re.IGNORECASE)
    assert [text for text in selects() if forbidden.search(text)] == []


def test_shapes_are_well_formed_shacl() -> None:
    """As `pyshacl -m` finds. It gives up on paths that are nested deeper than the shapes are."""
    pyshacl.validate(Graph(), shacl_graph=shapes(), meta_shacl=True)


def test_shapes_that_are_not_well_formed_are_noticed() -> None:
    two_paths = "<urn:x> a sh:PropertyShape ; sh:path <urn:a> , <urn:b> ."
    bad = Graph().parse(data=f"PREFIX sh: <{SH}> {two_paths}", format="turtle")
    with pytest.raises(ReportableRuntimeError, match="does not validate"):
        pyshacl.validate(Graph(), shacl_graph=bad, meta_shacl=True)
