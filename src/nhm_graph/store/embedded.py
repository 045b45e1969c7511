"""The embedded store: Oxigraph in this process, on disk or in memory."""

import json
import os
import re
import threading
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from pyoxigraph import BlankNode, DefaultGraph, NamedNode, Quad, Triple
from pyoxigraph import Store as Oxigraph

from nhm_graph.errors import BadQuery, StoreLocked, StoreProblem, shortened
from nhm_graph.language import Text
from nhm_graph.store.base import Result
from nhm_graph.store.guard import names_dataset, names_graphs
from nhm_graph.store.views import Views

_QUADS = "public"
_STATE = "state.json"
# Oxigraph says where a query is wrong only within its message.
_PLACE = re.compile(r"error at (\d+):(\d+)")


class EmbeddedStore:
    """Oxigraph in this process.

    On disk one process may have the folder open; a second one gets StoreLocked.

    >>> from pyoxigraph import NamedNode, Literal, Triple
    >>> store = EmbeddedStore()
    >>> triple = Triple(NamedNode("http://e/s"), NamedNode("http://e/p"), Literal("o"))
    >>> store.replace_graph("http://e/g", [triple])
    True
    >>> bool(store.query("ASK { <http://e/s> ?p ?o }"))
    True
    >>> store.graph_names(), store.version
    (['http://e/g'], 1)
    """

    def __init__(self, folder: Path | None = None, views: int = 64) -> None:
        """Opens the store in a folder (made where missing), or in memory without one.

        `views` is how many lists of graphs, and so cities, are kept ready in memory.

        Raises StoreLocked where another process has it, StoreProblem where it cannot be opened.
        """
        self.folder = folder
        self._write = threading.Lock()
        self._quads: Oxigraph | None = _open(folder)
        self._version = _read_version(folder)
        self._views = Views(views)

    @property
    def version(self) -> int:
        """A number that grows with each change and survives a restart."""
        return self._version

    def query(self, text: str, graphs: Sequence[str] | None = None) -> Result:
        """See Store.query. SERVICE is not guarded here: foreign text passes the guard first.

        >>> EmbeddedStore().query("SELECT * {")
        Traceback (most recent call last):
        ...
        nhm_graph.errors.BadQuery: The query is not valid SPARQL: ...
        """
        try:
            if graphs is None:
                # Asked for the union, Oxigraph would pass over what the query itself names.
                return self._store.query(text, use_default_graph_as_union=not names_dataset(text))
            if names_graphs(text):
                default: list[NamedNode | BlankNode | DefaultGraph] = [*map(NamedNode, graphs)]
                named: list[NamedNode | BlankNode] = [*map(NamedNode, graphs)]
                return self._store.query(text, default_graph=default, named_graphs=named)
            return self._views.of(self._store, graphs, self._version).query(text)
        except SyntaxError as error:
            raise _bad_query(error) from error

    def update(self, text: str) -> None:
        """See Store.update."""
        with self._write:
            try:
                self._store.update(text)
            except SyntaxError as error:
                raise _bad_query(error) from error
            self._changed()

    def read_graph(self, name: str) -> Iterator[Triple]:
        """See Store.read_graph."""
        for quad in self._store.quads_for_pattern(None, None, None, NamedNode(name)):
            yield quad.triple

    def replace_graph(self, name: str, triples: Iterable[Triple]) -> bool:
        """See Store.replace_graph. One transaction: a reader sees the old graph or the new one.

        Raises StoreProblem for triples with blank nodes; skolemise them first.
        """
        wanted = set(triples)
        if any(isinstance(term, BlankNode) for triple in wanted for term in triple):
            raise StoreProblem(
                Text(
                    de=f"Der Graph {name} enthält leere Knoten.",
                    en=f"The graph {name} has blank nodes.",
                )
            )
        wanted = _as_stored(wanted)
        with self._write:
            present = set(self.read_graph(name))
            if wanted == present:
                return False
            graph = NamedNode(name)
            if not present:
                self._store.extend(_quad(triple, graph) for triple in wanted)
            else:
                self._store.update(_difference(graph, present - wanted, wanted - present))
            self._changed()
        return True

    def graph_names(self) -> list[str]:
        """See Store.graph_names."""
        return sorted(
            graph.value for graph in self._store.named_graphs() if isinstance(graph, NamedNode)
        )

    def count(self) -> int:
        """The number of triples in all graphs.

        >>> EmbeddedStore().count()
        0
        """
        return len(self._store)

    def backup(self, target: Path) -> None:
        """See Store.backup. On the same file system the copy is made of hard links."""
        self._store.backup(str(target))

    def close(self) -> None:
        """See Store.close."""
        if self._quads is not None and self.folder is not None:
            self._quads.flush()
        # Oxigraph gives the folder free when the last reference to the store is gone.
        self._quads = None

    @property
    def _store(self) -> Oxigraph:
        if self._quads is None:
            raise StoreProblem(
                Text(de="Der Datenbestand ist geschlossen.", en="The store is closed.")
            )
        return self._quads

    def _changed(self) -> None:
        self._version += 1
        if self.folder is not None:
            temporary = self.folder / f"{_STATE}.new"
            temporary.write_text(json.dumps({"version": self._version}) + "\n", encoding="utf-8")
            os.replace(temporary, self.folder / _STATE)


def is_store(folder: Path) -> bool:
    """Whether a store was made in the folder.

    >>> is_store(Path("/nowhere"))
    False
    """
    return (folder / _QUADS).is_dir()


def _as_stored(triples: set[Triple]) -> set[Triple]:
    """The triples as Oxigraph writes them: it turns 1.50 into 1.5; only then do they compare."""
    passed = Oxigraph()
    graph = NamedNode("urn:x")
    passed.extend(_quad(triple, graph) for triple in triples)
    return {quad.triple for quad in passed}


def _quad(triple: Triple, graph: NamedNode) -> Quad:
    return Quad(triple.subject, triple.predicate, triple.object, graph)


def _open(folder: Path | None) -> Oxigraph:
    if folder is None:
        return Oxigraph()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return Oxigraph(str(folder / _QUADS))
    except OSError as error:
        if "lock" in str(error).lower():
            raise StoreLocked(
                Text(
                    de=f"Der Datenbestand {folder} ist in einem anderen Prozess geöffnet.",
                    en=f"The store {folder} is open in another process.",
                ),
                mend=Text(
                    de="Den anderen Prozess beenden oder mit --store einen anderen Ordner wählen.",
                    en="Stop the other process, or choose another folder with --store.",
                ),
            ) from error
        raise StoreProblem(
            Text(
                de=f"Der Datenbestand {folder} lässt sich nicht öffnen: {error}.",
                en=f"The store {folder} cannot be opened: {error}.",
            ),
            mend=Text(
                de="Einen Ordner wählen, der beschreibbar ist und nichts anderes enthält.",
                en="Choose a folder that is writable and holds nothing else.",
            ),
        ) from error


def _read_version(folder: Path | None) -> int:
    if folder is None:
        return 0
    try:
        return int(json.loads((folder / _STATE).read_text(encoding="utf-8"))["version"])
    except (OSError, ValueError, KeyError, TypeError):
        return 0


def _difference(graph: NamedNode, gone: set[Triple], new: set[Triple]) -> str:
    """One update string, and so one transaction, instead of clearing and filling."""
    blocks = []
    for verb, triples in (("DELETE DATA", gone), ("INSERT DATA", new)):
        if triples:
            # str() of a term or triple is its N-Triples form: serialised, never pasted text.
            lines = "\n".join(f"{triple} ." for triple in sorted(map(str, triples)))
            blocks.append(f"{verb} {{ GRAPH {graph} {{\n{lines}\n}} }}")
    return " ;\n".join(blocks)


def _bad_query(error: SyntaxError) -> BadQuery:
    said = str(error.msg or error)
    place = _PLACE.search(said)
    # The engine lists every character that could follow: one line of it is enough.
    said = "a prefix is not declared" if "Prefix not found" in said else shortened(said, 200)
    at = f"line {place[1]}, column {place[2]}: " if place else ""
    said = at + _PLACE.sub("", said).lstrip(": ")
    return BadQuery(
        Text(
            de=f"Die Abfrage ist kein gültiges SPARQL: {said}",
            en=f"The query is not valid SPARQL: {said}",
        ),
        mend=Text(
            de="Die genannte Stelle berichtigen; oft fehlt ein PREFIX oder eine Klammer.",
            en="Correct the place named; often a PREFIX or a bracket is missing.",
        ),
        extra={"line": int(place[1]), "column": int(place[2])} if place else {},
    )
