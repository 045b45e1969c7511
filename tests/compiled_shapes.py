"""Compiled checks and pySHACL side by side, for the tests that compare them."""

from collections import Counter
from collections.abc import Iterable
from typing import TypeAlias

import pyoxigraph as ox
import pyshacl
from rdflib import Graph

from nhm_graph.checks.compiled.compiling import compile_shapes
from nhm_graph.checks.compiled.paths import path_text
from nhm_graph.checks.compiled.report import results_of
from nhm_graph.checks.compiled.run import Result, run_checks
from nhm_graph.checks.counted import graph_on
from nhm_graph.checks.shacl import reference_results

Found: TypeAlias = tuple[str, ...]


def found(result: Result) -> Found:
    """What a result says without its messages; blank nodes are all alike."""
    path = path_text(result.path) if result.path else "-"
    terms = (result.focus, result.value, result.component, result.shape, result.severity)
    return (path, *("_:" if isinstance(each, ox.BlankNode) else str(each) for each in terms))


def counted(results: Iterable[Result]) -> Counter[Found]:
    return Counter(map(found, results))


def store_of(quads: Iterable[ox.Quad]) -> ox.Store:
    store = ox.Store()
    store.extend(ox.Quad(*quad.triple) for quad in quads)
    return store


def compiled_results(shapes: list[ox.Quad], data: ox.Store) -> list[Result]:
    compiled = compile_shapes(shapes)
    handed = {each.root for each in compiled.handed}
    rest = reference_results(data, shapes, only=handed) if handed else []
    return [*run_checks(compiled, data.query), *rest]


def pyshacl_results(shapes: list[ox.Quad], data: ox.Store) -> list[Result]:
    """pySHACL on Oxigraph data; the shapes are copied, because it changes them."""
    copy = Graph()
    for triple in graph_on(store_of(shapes)):
        copy.add(triple)
    _conforms, report, _text = pyshacl.validate(graph_on(data), shacl_graph=copy, inplace=True)
    text = report.serialize(format="nt", encoding="utf-8")
    return results_of(ox.parse(text, format=ox.RdfFormat.N_TRIPLES))


def turtle(text: str) -> list[ox.Quad]:
    return list(ox.parse(text, format=ox.RdfFormat.TURTLE))
