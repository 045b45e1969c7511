"""Triples as OWL axioms: what stands or falls together when a contradiction is narrowed down."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import pyoxigraph as ox

from nhm_graph.rdf.terms import OWL, RDF, RDFS, XSD

# Datatypes that OWL 2 does not know (5.2 of its structural specification); HermiT stops at them.
_FOREIGN = frozenset(
    XSD(name)
    for name in ("date", "time", "gYear", "gYearMonth", "gMonth", "gMonthDay", "gDay", "duration")
)
_DECLARATIONS = frozenset(
    OWL(name)
    for name in (
        "Class",
        "ObjectProperty",
        "DatatypeProperty",
        "AnnotationProperty",
        "NamedIndividual",
        "Ontology",
    )
)
_ANNOTATIONS = frozenset((RDFS("label"), RDFS("comment"), RDFS("isDefinedBy"), RDFS("seeAlso")))


@dataclass(frozen=True, slots=True)
class Axiom:
    """A statement with all that hangs on it by blank nodes."""

    triples: tuple[ox.Triple, ...]

    @property
    def head(self) -> ox.Triple:
        """The triple that the others hang on."""
        return self.triples[0]

    def names(self) -> set[str]:
        """The IRIs that the axiom speaks of, without those of OWL and RDF themselves.

        >>> triple = ox.Triple(ox.NamedNode("http://e/A"), RDFS("subClassOf"), ox.NamedNode("http://e/B"))
        >>> sorted(Axiom((triple,)).names())
        ['http://e/A', 'http://e/B']
        """
        found = {
            term.value
            for triple in self.triples
            for term in (triple.subject, triple.predicate, triple.object)
            if isinstance(term, ox.NamedNode)
        }
        return {name for name in found if not name.startswith(_OWN)}

    def text(self) -> str:
        """The axiom as N-Triples, one line for each triple."""
        return "\n".join(f"{triple} ." for triple in self.triples)


_OWN = (str(OWL), str(RDF), str(RDFS), str(XSD))


def read_axioms(quads: Iterable[ox.Quad]) -> tuple[list[Axiom], list[Axiom], int]:
    """Declarations, all other axioms, and how many statements were left out.

    Left out are annotations, imports, and statements with literals of datatypes that OWL 2 does
    not know: they have no meaning for a reasoner, or it stops at them.

    >>> read_axioms([])
    ([], [], 0)
    """
    triples = {quad.triple for quad in quads}
    annotations = _ANNOTATIONS | {
        triple.subject
        for triple in triples
        if triple.predicate == RDF("type") and triple.object == OWL("AnnotationProperty")
    }
    hanging = defaultdict(list)
    for triple in triples:
        if isinstance(triple.subject, ox.BlankNode):
            hanging[triple.subject].append(triple)
    declarations, others, left_out = [], [], 0
    hung = {triple.object for triple in triples if isinstance(triple.object, ox.BlankNode)}
    for triple in sorted(triples, key=str):
        if triple.subject in hung:
            continue
        if isinstance(triple.subject, ox.BlankNode) and triple != min(
            hanging[triple.subject], key=str
        ):
            continue
        axiom = Axiom((triple, *_beside(triple, hanging), *_below(triple, hanging, set())))
        if triple.predicate in annotations or triple.predicate == OWL("imports"):
            continue
        if any(_is_foreign(each) for each in axiom.triples):
            left_out += 1
        elif triple.predicate == RDF("type") and triple.object in _DECLARATIONS:
            declarations.append(axiom)
        else:
            others.append(axiom)
    return declarations, others, left_out


def around(axioms: Iterable[Axiom], names: set[str]) -> list[list[Axiom]]:
    """Axioms in rings around some names: those that speak of them, then their neighbours, …

    >>> around([], {"http://e/A"})
    []
    """
    left, rings = list(axioms), []
    reached = set(names)
    while left:
        ring = [axiom for axiom in left if axiom.names() & reached]
        if not ring:
            break
        taken = set(ring)
        left = [axiom for axiom in left if axiom not in taken]
        reached |= {name for axiom in ring for name in axiom.names()}
        rings.append(ring)
    return rings


def _beside(head: ox.Triple, hanging: dict[ox.BlankNode, list[ox.Triple]]) -> Iterator[ox.Triple]:
    """The rest of an axiom that is a blank node itself, such as owl:AllDisjointClasses."""
    if isinstance(head.subject, ox.BlankNode):
        for each in sorted(hanging[head.subject], key=str):
            if each != head:
                yield each
                yield from _below(each, hanging, set())


def _below(
    triple: ox.Triple, hanging: dict[ox.BlankNode, list[ox.Triple]], seen: set[ox.BlankNode]
) -> Iterator[ox.Triple]:
    node = triple.object
    if isinstance(node, ox.BlankNode) and node not in seen:
        seen.add(node)
        for each in sorted(hanging[node], key=str):
            yield each
            yield from _below(each, hanging, seen)


def _is_foreign(triple: ox.Triple) -> bool:
    term = triple.object
    return (isinstance(term, ox.Literal) and term.datatype in _FOREIGN) or term in _FOREIGN
