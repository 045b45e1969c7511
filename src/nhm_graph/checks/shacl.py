"""Validation with pySHACL, on Oxigraph data.

On rdflib's own store pySHACL finds violations that are none (it compares words with dates), hence
Oxigraph below it. Shapes are those of shapes/ only, parsed anew for each run, because pySHACL
changes what it is given.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pyoxigraph as ox

from nhm_graph.catalog.rules import TIERS, Tier, rules_above
from nhm_graph.checks.counted import graph_on
from nhm_graph.checks.explanations import explained
from nhm_graph.checks.findings import findings_of, messages_of, placed
from nhm_graph.checks.report import Report, ordered
from nhm_graph.rdf.reading import Document, read_file
from nhm_graph.rdf.terms import NHM, XSD

_LARGEST = 10_000_000
# Where a run records the day that rules with deadlines refer to.
_RUN = ox.NamedNode("https://w3id.org/nhm/validation")


@dataclass(frozen=True, slots=True)
class Run:
    """How a validation is to be run: up to which tier, and as of which day."""

    tier: Tier = TIERS[-1]
    day: date | None = None


def validate(
    documents: Sequence[Document],
    shapes: Iterable[Path],
    shared: Iterable[Path],
    run: Run | None = None,
) -> Report:
    """The report on documents taken together, read with the shared vocabulary beside them.

    The rules see one graph: named graphs are merged, as SHACL knows no others. Without a day in
    the run the data's own nhm:validationDate counts, else today.

    >>> from nhm_graph.catalog.files import find_data_files
    >>> from nhm_graph.rdf.formats import TURTLE
    >>> from nhm_graph.rdf.reading import read_bytes
    >>> files = find_data_files()
    >>> goal = b"<http://e/g> a <https://w3id.org/nhm/ns#Goal> ."
    >>> found = validate([read_bytes(goal, TURTLE, "g.ttl", 99)], files.shapes(), files.ontology())
    >>> found.conforms, found.findings[0].rule, found.findings[0].line
    (False, 'N01', 1)
    """
    # Imported here: rdflib and pySHACL take most of a second, and most commands need neither.
    from pyshacl import validate as pyshacl_validate
    from rdflib import SH, Graph, Literal, URIRef

    run = run or Run()
    rules = list(shapes)
    data = _merged(documents, [*shared, *(path for path in rules if path.stem == "hierarchy")])
    day = _dated(data, run.day)
    shapes_graph = Graph()
    for path in rules:
        shapes_graph.parse(data=path.read_bytes(), format="turtle")
    for iri in rules_above(rules, run.tier):
        shapes_graph.add((URIRef(iri), SH.deactivated, Literal(True)))
    _conforms, report, _text = pyshacl_validate(
        graph_on(data),
        shacl_graph=shapes_graph,
        inplace=True,
        advanced=False,
        do_owl_imports=False,
    )
    found = findings_of(report.serialize(format="nt", encoding="utf-8"), data, messages_of(rules))
    found = explained(placed(found, documents), data, day)
    turtle = report.serialize(format="turtle", encoding="utf-8")
    return Report(ordered(found), tuple(document.name for document in documents), turtle)


def _merged(documents: Sequence[Document], shared: Iterable[Path]) -> ox.Store:
    store = ox.Store()
    for document in documents:
        store.extend(ox.Quad(*quad.triple) for quad in document.quads)
    for path in shared:
        store.extend(ox.Quad(*quad.triple) for quad in read_file(path, _LARGEST).quads)
    return store


def _dated(data: ox.Store, day: date | None) -> date:
    """The day of the run, which the data then states exactly once (nhm:validationDate)."""
    stated = list(data.quads_for_pattern(None, NHM("validationDate"), None, None))
    if day is None and stated:
        said = stated[0].object
        return date.fromisoformat(said.value if isinstance(said, ox.Literal) else "")
    for quad in stated:
        data.remove(quad)
    day = day or date.today()
    literal = ox.Literal(day.isoformat(), datatype=XSD("date"))
    data.add(ox.Quad(_RUN, NHM("validationDate"), literal))
    return day
