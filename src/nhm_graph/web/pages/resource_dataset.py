"""What a dataset (a graph) holds, counted, and the files in which it is handed out."""

from collections.abc import Sequence
from dataclasses import dataclass

from nhm_graph.graph import Graph
from nhm_graph.language import Language
from nhm_graph.publish.description import Describer, Description
from nhm_graph.publish.description_words import Value, number_text
from nhm_graph.publish.dumps import DumpFile, files_of
from nhm_graph.rdf.terms import to_sparql, typed_term

_COUNTED = """SELECT ?class (COUNT(DISTINCT ?thing) AS ?things)
WHERE {{
  GRAPH {graph} {{ ?thing a ?class }}
}}
GROUP BY ?class
ORDER BY DESC(?things) ?class
"""


@dataclass(frozen=True, slots=True)
class Contents:
    """How many things of each class a graph holds, the query that says so, and its files."""

    classes: Sequence[tuple[Value, str]]
    query: str
    files: Sequence[DumpFile]


def contents(
    graph: Graph, describer: Describer, description: Description, language: Language
) -> Contents | None:
    """What a graph holds; None for what is no graph."""
    if description.iri not in {each.graph for each in description.own}:
        return None
    query = _COUNTED.format(graph=to_sparql(typed_term("iri", description.iri)))
    classes = []
    for row in graph.store.query(query):  # type: ignore[union-attr]
        term = describer.vocabulary.term(row[0].value)
        label = Value(term.label.in_(language), describer.addresses.page(term.iri), iri=term.iri)
        classes.append((label, number_text(row[1].value, language)))
    return Contents(classes, query, files_of(graph, description.iri))
