"""What every store can do, whichever engine keeps the triples."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Protocol, TypeAlias, runtime_checkable

from pyoxigraph import QueryBoolean, QuerySolutions, QueryTriples
from pyoxigraph import Triple as Triple

from nhm_graph.store.edits import Check, Edit, always

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

    def query_view(self, text: str, graphs: Sequence[str]) -> Result:
        """As query over these graphs, evaluated in this process on a copy of them in memory.

        For questions of this program about one city: right whatever the engine gets wrong, and
        quick once the copy is made. Not for foreign text, because it has no deadline.
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


@runtime_checkable
class WritableStore(Store, Protocol):
    """A store whose graphs can be changed over the network, one change at a time.

    Beside the named graphs there is a default graph (None), which only the Graph Store Protocol
    and updates know: it is the one without name that these specifications speak of.
    """

    def state(self, graphs: Sequence[str | None] | None = None) -> str:
        """A word that is another one as soon as one of these graphs (None: any) has changed.

        Read it before the graphs: it may then be older than what is read, never newer.
        """
        ...

    def has_graph(self, name: str | None) -> bool:
        """Whether there is such a graph; the default graph always is."""
        ...

    def put_graph(self, name: str | None, triples: Iterable[Triple], check: Check = always) -> Edit:
        """Makes a graph consist of these triples, if `check` lets it pass. One transaction.

        Blank nodes stay blank nodes. `check` is told the state of the graph while nobody else can
        write, and what it raises is passed on. Raises UnreadableData for RDF 1.2 terms.
        """
        ...

    def add_to_graph(
        self, name: str | None, triples: Iterable[Triple], check: Check = always
    ) -> Edit:
        """Adds triples to a graph, which is made where missing. Otherwise as put_graph."""
        ...

    def delete_graph(self, name: str | None, check: Check = always) -> bool:
        """Deletes a graph; the default graph is emptied. False where there is none."""
        ...

    def run_update(self, text: str, base: str | None = None) -> None:
        """Carries out an update as one transaction; `base` is for relative IRIs in it.

        Its patterns outside GRAPH are about the default graph, not about the union of all graphs.
        Raises BadQuery. SERVICE and LOAD are not guarded here.
        """
        ...
