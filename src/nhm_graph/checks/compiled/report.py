"""Validation reports of SHACL (3.6) from results, and results from reports."""

from collections.abc import Iterable, Iterator
from itertools import count

import pyoxigraph as ox

from nhm_graph.checks.compiled.paths import Path, path_text, path_triples, read_path
from nhm_graph.checks.compiled.run import Result
from nhm_graph.checks.compiled.triples import Term, Triples
from nhm_graph.rdf.terms import RDF, SH


def ordered(results: Iterable[Result]) -> list[Result]:
    """The results in an order that depends on nothing but their terms.

    >>> ordered([])
    []
    """
    return sorted(results, key=_place)


def _place(result: Result) -> tuple[str, ...]:
    path = path_text(result.path) if result.path else ""
    parts = (result.focus, result.shape, result.component, path, result.value, result.constraint)
    return (*map(str, parts), *map(str, result.messages))


def report_graph(results: Iterable[Result]) -> list[ox.Triple]:
    """The sh:ValidationReport. It conforms where there is no result, of whatever severity.

    >>> len(report_graph([]))
    2
    """
    report = ox.BlankNode("report")
    found = ordered(results)
    triples = [
        ox.Triple(report, RDF("type"), SH("ValidationReport")),
        ox.Triple(report, SH("conforms"), ox.Literal(not found)),
    ]
    for at, result in enumerate(found, 1):
        node = ox.BlankNode(f"result{at}")
        triples.append(ox.Triple(report, SH("result"), node))
        triples += _described(node, result, at)
    return triples


def _described(node: ox.BlankNode, result: Result, at: int) -> Iterator[ox.Triple]:
    yield ox.Triple(node, RDF("type"), SH("ValidationResult"))
    yield ox.Triple(node, SH("focusNode"), result.focus)
    below: tuple[ox.Triple, ...] = ()
    if result.path is not None:
        labels = count(1)
        head, below = path_triples(result.path, lambda: ox.BlankNode(f"path{at}step{next(labels)}"))
        yield ox.Triple(node, SH("resultPath"), head)
    if result.value is not None:
        yield ox.Triple(node, SH("value"), result.value)
    yield ox.Triple(node, SH("sourceShape"), result.shape)
    yield ox.Triple(node, SH("sourceConstraintComponent"), result.component)
    if result.constraint is not None:
        yield ox.Triple(node, SH("sourceConstraint"), result.constraint)
    yield ox.Triple(node, SH("resultSeverity"), result.severity)
    for message in sorted(result.messages, key=str):
        yield ox.Triple(node, SH("resultMessage"), message)
    yield from below


def report_turtle(results: Iterable[Result]) -> bytes:
    """The report in Turtle, the same bytes for the same results.

    >>> report_turtle([]).decode().splitlines()[-1].strip()
    'sh:conforms true .'
    """
    prefixes = {"sh": str(SH)}
    text = ox.serialize(report_graph(results), format=ox.RdfFormat.TURTLE, prefixes=prefixes)
    assert text is not None
    return text


def results_of(quads: Iterable[ox.Quad]) -> list[Result]:
    """The results of a report, in no order; not what sh:detail tells beside them.

    >>> results_of(())
    []
    """
    triples = Triples(quads)
    return [
        _read(triples, node)
        for report in triples.subjects(RDF("type"), SH("ValidationReport"))
        for node in triples.objects(report, SH("result"))
    ]


def _read(triples: Triples, node: Term) -> Result:
    def one(name: str) -> Term | None:
        return triples.one(node, SH(name))

    focus, path, shape = one("focusNode"), one("resultPath"), one("sourceShape")
    component, severity = one("sourceConstraintComponent"), one("resultSeverity")
    if focus is None or not isinstance(component, ox.NamedNode):
        raise ValueError(f"an incomplete result: {node}")
    messages = triples.objects(node, SH("resultMessage"))
    return Result(
        focus=focus,
        path=_path(triples, path),
        value=one("value"),
        component=component,
        shape=shape if isinstance(shape, (ox.NamedNode, ox.BlankNode)) else ox.BlankNode(),
        severity=severity if isinstance(severity, ox.NamedNode) else SH("Violation"),
        messages=tuple(
            sorted((each for each in messages if isinstance(each, ox.Literal)), key=str)
        ),
        constraint=one("sourceConstraint"),
    )


def _path(triples: Triples, node: Term | None) -> Path | None:
    return None if node is None else read_path(triples, node)
