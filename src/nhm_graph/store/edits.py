"""How the triples of a graph become others in one step."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeAlias

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Triple
from pyoxigraph import Store as Oxigraph

from nhm_graph.errors import UnreadableData
from nhm_graph.language import Text
from nhm_graph.rdf.terms import RDF, XSD

# Texts are written as they stand.
_AS_THEY_ARE = frozenset((XSD("string"), RDF("langString")))

# Told the state of a graph (None: there is no such graph) while nobody else can write; raises where
# the graph must not be changed.
Check: TypeAlias = Callable[[str | None], None]


@dataclass(frozen=True, slots=True)
class Edit:
    """What a change of a graph came to: whether it made the graph, and whether anything changed."""

    made: bool
    changed: bool


def always(state: str | None) -> None:
    """The check that lets every change pass.

    >>> always(None)
    """


def has_blank_node(triple: Triple) -> bool:
    """Whether a triple is about a node without address.

    >>> has_blank_node(Triple(BlankNode(), NamedNode("a:p"), Literal("o")))
    True
    """
    return isinstance(triple.subject, BlankNode) or isinstance(triple.object, BlankNode)


def as_stored(triples: Iterable[Triple]) -> set[Triple]:
    """The triples as Oxigraph writes them: it turns 1.50 into 1.5; only then do they compare.

    >>> decimal = NamedNode("http://www.w3.org/2001/XMLSchema#decimal")
    >>> triple = Triple(NamedNode("a:s"), NamedNode("a:p"), Literal("1.50", datatype=decimal))
    >>> [each.object.value for each in as_stored([triple])]
    ['1.5']
    """
    stored, rewritten = set(), []
    for each in triples:
        if isinstance(each.object, Literal) and each.object.datatype not in _AS_THEY_ARE:
            rewritten.append(Quad(each.subject, each.predicate, each.object))
        else:
            stored.add(each)
    passed = Oxigraph()
    passed.extend(rewritten)
    return stored.union(quad.triple for quad in passed)


def no_triple_terms() -> UnreadableData:
    """What is said to data with terms of RDF 1.2, which are not stored.

    >>> no_triple_terms().detail.en
    'RDF 1.2 triple terms are not stored.'
    """
    return UnreadableData(
        Text(
            de="RDF-1.2-Tripelterme werden nicht gespeichert.",
            en="RDF 1.2 triple terms are not stored.",
        ),
        mend=Text(
            de="Die Aussage als nhm:Claim festhalten.",
            en="Record the statement as a nhm:Claim.",
        ),
    )


def without_triple_terms(triples: Iterable[Triple]) -> list[Triple]:
    """The triples; raises UnreadableData for terms of RDF 1.2, which are not stored.

    >>> without_triple_terms([])
    []
    """
    taken = list(triples)
    if any(not isinstance(each.object, (NamedNode, BlankNode, Literal)) for each in taken):
        raise no_triple_terms()
    return taken


def difference(graph: NamedNode | None, present: set[Triple], wanted: set[Triple]) -> str:
    """The update, one transaction, that makes a graph (None: the default graph) of one set another.

    A blank node cannot be named in an update. Triples with blank nodes are all taken out and those
    wanted put in anew.

    >>> triple = Triple(NamedNode("a:s"), NamedNode("a:p"), NamedNode("a:o"))
    >>> difference(NamedNode("a:g"), {triple}, set())
    'DELETE DATA { GRAPH <a:g> {\\n<a:s> <a:p> <a:o> .\\n} }'
    """
    gone, new = present - wanted, wanted - present
    steps = []
    named = {each for each in gone if not has_blank_node(each)}
    if named:
        steps.append(f"DELETE DATA {{ {_in(graph, _lines(named))} }}")
    if any(map(has_blank_node, gone | new)):
        pattern = _in(graph, "?s ?p ?o")
        blank = _in(graph, "?s ?p ?o FILTER(isBlank(?s) || isBlank(?o))")
        steps.append(f"DELETE {{ {pattern} }} WHERE {{ {blank} }}")
        new |= {each for each in wanted if has_blank_node(each)}
    if new:
        steps.append(f"INSERT DATA {{ {_in(graph, _lines(new))} }}")
    return " ;\n".join(steps)


def _in(graph: NamedNode | None, pattern: str) -> str:
    return f"GRAPH {graph} {{{pattern}}}" if graph else pattern


def _lines(triples: set[Triple]) -> str:
    # str() of a triple is its N-Triples form: serialised, never pasted text.
    return "\n" + "\n".join(f"{triple} ." for triple in sorted(map(str, triples))) + "\n"
