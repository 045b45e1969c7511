"""The reference: pySHACL on Oxigraph data.

On rdflib's own store pySHACL finds violations that are none (it compares words with dates), hence
Oxigraph below it. The shapes are made anew for each run, because pySHACL changes what it is given.
rdflib and pySHACL take most of a second to import and are imported only where they run.
"""

from collections.abc import Collection, Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

import pyoxigraph as ox

from nhm_graph.checks.compiled.model import SPARQL
from nhm_graph.checks.compiled.report import results_of
from nhm_graph.checks.compiled.run import Result
from nhm_graph.checks.counted import graph_on
from nhm_graph.errors import UnreadableData, shortened
from nhm_graph.language import Text
from nhm_graph.rdf.terms import OWL, RDF, RDFS, SH

if TYPE_CHECKING:
    from rdflib import Graph
    from rdflib.term import Node

_TARGETS = tuple(
    SH(name) for name in ("targetNode", "targetClass", "targetSubjectsOf", "targetObjectsOf")
)
_CLASSES: tuple[object, ...] = (RDFS("Class"), OWL("Class"))


def reference_results(
    data: ox.Store,
    shapes: Iterable[ox.Quad],
    off: Collection[str] = (),
    only: Collection[ox.NamedNode | ox.BlankNode] | None = None,
) -> list[Result]:
    """What pySHACL finds in the default graph of a store.

    `off` are addresses of shapes to be left out, `only` the shapes whose targets are looked at
    (None: all). Raises UnreadableData where the shapes are not what SHACL asks for.

    >>> reference_results(ox.Store(), ())
    []
    """
    from pyshacl import validate
    from pyshacl.errors import ReportableRuntimeError

    shapes = tuple(shapes)
    quads = _targeting(shapes, only)
    if not quads:
        return []
    quads += [
        ox.Quad(ox.NamedNode(iri), SH("deactivated"), ox.Literal(True)) for iri in sorted(off)
    ]
    try:
        _conforms, report, _text = validate(
            graph_on(data),
            shacl_graph=_graph(quads),
            inplace=True,
            advanced=False,
            do_owl_imports=False,
            meta_shacl=False,
        )
    except ReportableRuntimeError as error:
        raise _not_shacl(error) from error
    if not hasattr(report, "serialize"):
        raise _not_shacl(report)
    said = [q for q in shapes if q.predicate == SH("message")]
    return [_worded(each, said) for each in results_of(_quads(report))]


def _worded(result: Result, said: Iterable[ox.Quad]) -> Result:
    """The result with messages as the shapes have them: of SPARQL pySHACL drops the language."""
    if result.component != SPARQL:
        return result
    known = {
        quad.object.value: quad.object
        for quad in said
        if quad.subject in (result.constraint, result.shape) and isinstance(quad.object, ox.Literal)
    }
    worded = {known.get(each.value, each) for each in result.messages}
    return replace(result, messages=tuple(sorted(worded, key=str)))


def _targeting(
    shapes: Iterable[ox.Quad], only: Collection[ox.NamedNode | ox.BlankNode] | None
) -> list[ox.Quad]:
    """The shapes, with the targets of the chosen ones only. A shape that is a class is a target."""
    quads = list(shapes)
    if only is None:
        return quads
    classes = set(_CLASSES)
    below = [q for q in quads if q.predicate == RDFS("subClassOf")]
    while found := {q.subject for q in below if q.object in classes} - classes:
        classes |= found
    return [
        quad
        for quad in quads
        if quad.subject in only
        or not (
            quad.predicate in _TARGETS or (quad.predicate == RDF("type") and quad.object in classes)
        )
    ]


def _graph(quads: Iterable[ox.Quad]) -> "Graph":
    """The quads for rdflib, term by term, so that nodes without address keep their names."""
    from rdflib import Graph

    graph = Graph()
    for quad in quads:
        graph.add((_term(quad.subject), _term(quad.predicate), _term(quad.object)))
    return graph


def _term(term: object) -> "Node":
    from rdflib import BNode, Literal, URIRef

    if isinstance(term, ox.NamedNode):
        return URIRef(term.value)
    if isinstance(term, ox.BlankNode):
        return BNode(term.value)
    if not isinstance(term, ox.Literal):
        raise UnreadableData(
            Text(
                de="Die Regeln enthalten RDF-1.2-Tripelterme; SHACL kennt keine.",
                en="The shapes have RDF 1.2 triple terms, which SHACL does not know.",
            )
        )
    datatype = None if term.language else URIRef(term.datatype.value)
    return Literal(term.value, lang=term.language, datatype=datatype, normalize=False)


def _quads(report: "Graph") -> list[ox.Quad]:
    """The report, term by term, for the same reason."""
    return [ox.Quad(*(_own(term) for term in triple)) for triple in report]  # type: ignore[arg-type]


def _own(term: object) -> ox.NamedNode | ox.BlankNode | ox.Literal:
    from rdflib import BNode, Literal

    if isinstance(term, Literal):
        if term.language:
            return ox.Literal(str(term), language=str(term.language))
        datatype = ox.NamedNode(str(term.datatype)) if term.datatype else None
        return ox.Literal(str(term), datatype=datatype)
    return ox.BlankNode(str(term)) if isinstance(term, BNode) else ox.NamedNode(str(term))


def _not_shacl(error: object) -> UnreadableData:
    said = shortened(str(error), 300)
    return UnreadableData(
        Text(
            de=f"Die Regeln sind kein gültiges SHACL: {said}",
            en=f"The shapes are not valid SHACL: {said}",
        ),
        mend=Text(
            de="Die genannte Form berichtigen.", en="Correct the shape that the message names."
        ),
    )
