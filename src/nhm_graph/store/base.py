"""What every store can do, whichever engine keeps the triples."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Protocol, TypeAlias

from pyoxigraph import QueryBoolean, QuerySolutions, QueryTriples
from pyoxigraph import Triple as Triple

Result: TypeAlias = QuerySolutions | QueryBoolean | QueryTriples


class Store(Protocol):
    """Named graphs that can be asked (SPARQL 1.1 Query) and replaced whole.

    A graph is named by its IRI as text. Each published triple stands in exactly one graph,
    because engines count a triple twice that stands in two.
    """

    def query(self, text: str, graphs: Sequence[str] | None = None) -> Result:
        """The answer to a query over the union of these graphs; None: of those it names with FROM,
        of all graphs where it names none.

        The result belongs to the thread that asked and is read while the store stays open.
        Raises BadQuery for text that is not SPARQL.
        """
        ...

    def update(self, text: str) -> None:
        """Carries out a SPARQL 1.1 update as one transaction. Raises BadQuery."""
        ...

    def read_graph(self, name: str) -> Iterator[Triple]:
        """The triples of one graph; none where there is no such graph."""
        ...

    def replace_graph(self, name: str, triples: Iterable[Triple]) -> bool:
        """Makes a graph consist of exactly these triples; True where that changed it."""
        ...

    def graph_names(self) -> list[str]:
        """The IRIs of all graphs, sorted."""
        ...

    @property
    def version(self) -> int:
        """A number that grows with each change."""
        ...

    def backup(self, target: Path) -> None:
        """A copy of the whole store at a place that does not exist yet."""
        ...

    def close(self) -> None:
        """Ends the use of the store and frees its folder."""
        ...
