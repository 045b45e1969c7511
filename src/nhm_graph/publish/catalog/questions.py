"""The SELECTs beside this file, which read from the data what the catalogue says."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

from nhm_graph.graph import Graph
from nhm_graph.rdf.terms import to_sparql, typed_term
from nhm_graph.store.rows import Value, rows, variables

_HERE = Path(__file__).parent
_ANY = "VALUES ?graph { UNDEF }"


class Row(NamedTuple):
    """A row of an answer, its values by the names of their variables."""

    values: Mapping[str, Value]

    def text(self, name: str) -> str | None:
        """The value as text; None where there is none.

        >>> Row({"a": 1, "b": None}).text("a"), Row({"a": 1, "b": None}).text("b")
        ('1', None)
        """
        value = self.values.get(name)
        return None if value is None else str(value)


def ask(graph: Graph, name: str, about: Sequence[str] | None = None) -> Iterator[Row]:
    """The rows of `NAME.rq`, asked over all graphs of the store or `about` those of some IRIs.

    >>> from nhm_graph.graph import open_graph
    >>> from nhm_graph.settings import Settings
    >>> graph = open_graph(Settings(examples=False))
    >>> list(ask(graph, "datasets")), [row.text("version") for row in ask(graph, "standards")]
    ([], ['https://w3id.org/nhm/ns/...'])
    """
    text = _text(name)
    if about is not None:
        listed = " ".join(to_sparql(typed_term("iri", each)) for each in about)
        text = text.replace(_ANY, f"VALUES ?graph {{ {listed} }}")
    result = graph.store.query(text)
    names = variables(result)
    for row in rows(result):
        yield Row(dict(zip(names, row, strict=True)))


@cache
def _text(name: str) -> str:
    return (_HERE / f"{name}.rq").read_text("utf-8")
