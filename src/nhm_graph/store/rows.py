"""Results of SELECT and ASK as plain values, and results of any kind as bytes."""

from collections.abc import Iterator
from decimal import Decimal
from typing import TypeAlias

from pyoxigraph import (
    BlankNode,
    Literal,
    NamedNode,
    QueryBoolean,
    QuerySolutions,
    QueryTriples,
    Triple,
    serialize,
)

from nhm_graph.rdf.formats import DataFormat, ResultFormat
from nhm_graph.rdf.terms import XSD
from nhm_graph.store.base import Result

Value: TypeAlias = str | int | Decimal | bool | None

_INTEGER = XSD("integer")
_DECIMAL = XSD("decimal")
_BOOLEAN = XSD("boolean")


def variables(result: Result) -> list[str]:
    """The names of a SELECT's columns; none for the other forms.

    >>> from nhm_graph.store.embedded import EmbeddedStore
    >>> variables(EmbeddedStore().query("SELECT ?a ?b {}"))
    ['a', 'b']
    """
    if not isinstance(result, QuerySolutions):
        return []
    return [variable.value for variable in result.variables]


def rows(result: Result) -> Iterator[tuple[Value, ...]]:
    """The rows of a SELECT as Python values; an unbound variable is None.

    Integers, decimals and truth values become such, everything else its text.

    >>> from nhm_graph.store.embedded import EmbeddedStore
    >>> list(rows(EmbeddedStore().query("SELECT (1 AS ?a) ('x'@de AS ?b) ?c {}")))
    [(1, 'x', None)]
    """
    if not isinstance(result, QuerySolutions):
        raise TypeError("only a SELECT has rows")
    for solution in result:
        yield tuple(_value(term) for term in solution)


def is_graph(result: Result) -> bool:
    """Whether the result is a graph (CONSTRUCT, DESCRIBE) and not a table or a truth value.

    >>> from nhm_graph.store.embedded import EmbeddedStore
    >>> is_graph(EmbeddedStore().query("ASK {}"))
    False
    """
    return isinstance(result, QueryTriples)


def result_bytes(result: Result, form: ResultFormat) -> bytes:
    """A table or truth value, serialised. CSV and TSV have no truth values: ValueError.

    >>> from nhm_graph.rdf.formats import CSV
    >>> from nhm_graph.store.embedded import EmbeddedStore
    >>> result_bytes(EmbeddedStore().query("SELECT (1 AS ?a) {}"), CSV)
    b'a\\r\\n1\\r\\n'
    """
    if isinstance(result, QueryTriples):
        raise TypeError("a graph is no table")
    written: bytes | None = result.serialize(format=form.oxigraph)
    return written or b""


def graph_bytes(result: Result, form: DataFormat, prefixes: dict[str, str]) -> bytes:
    """A graph, serialised with the prefixes given where the format knows prefixes.

    >>> from nhm_graph.rdf.formats import N_TRIPLES
    >>> from nhm_graph.store.embedded import EmbeddedStore
    >>> graph_bytes(EmbeddedStore().query("CONSTRUCT { <a:a> <a:b> 1 } {}"), N_TRIPLES, {})
    b'<a:a> <a:b> "1"^^<http://www.w3.org/2001/XMLSchema#integer> .\\n'
    """
    if not isinstance(result, QueryTriples):
        raise TypeError("a table is no graph")
    written: bytes | None = serialize(result, format=form.oxigraph, prefixes=prefixes)
    return written or b""


def truth(result: Result) -> bool:
    """The truth value of an ASK.

    >>> from nhm_graph.store.embedded import EmbeddedStore
    >>> truth(EmbeddedStore().query("ASK {}"))
    True
    """
    if not isinstance(result, QueryBoolean):
        raise TypeError("only an ASK is true or false")
    return bool(result)


def _value(term: NamedNode | BlankNode | Literal | Triple | None) -> Value:
    if term is None:
        return None
    if not isinstance(term, Literal):
        return term.value if isinstance(term, NamedNode) else str(term)
    if term.datatype == _INTEGER:
        return int(term.value)
    if term.datatype == _DECIMAL:
        return Decimal(term.value)
    if term.datatype == _BOOLEAN:
        return term.value in ("true", "1")
    return term.value
