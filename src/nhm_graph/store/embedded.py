"""The embedded store: Oxigraph in this process, on disk or in memory."""

import json
import os
import re
import secrets
import tempfile
import threading
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO

from pyoxigraph import BlankNode, DefaultGraph, NamedNode, Quad, RdfFormat, Triple
from pyoxigraph import Store as Oxigraph

from nhm_graph.errors import BadQuery, StoreLocked, StoreProblem, shortened
from nhm_graph.language import Text
from nhm_graph.store.base import Result
from nhm_graph.store.edits import (
    Check,
    Edit,
    always,
    as_stored,
    difference,
    has_blank_node,
    without_triple_terms,
)
from nhm_graph.store.guard import names_dataset, names_graphs
from nhm_graph.store.views import Views, merged

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
        # By graph: the version of its last change. Before the opening only the last one is known.
        self._changes: dict[str | None, int] = {}
        # The graphs of one version: listing them takes milliseconds on disk.
        self._names: tuple[int, tuple[str, ...]] = (-1, ())
        self._all_changed = self._version
        self._opening = secrets.token_hex(4)
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
            view = self._views.of(graphs, self._version, lambda key: merged(self._store, key))
            return view.query(text)
        except SyntaxError as error:
            raise _bad_query(error) from error

    def query_view(self, text: str, graphs: Sequence[str]) -> Result:
        """See Store.query_view."""
        return self.query(text, graphs)

    def update(self, text: str) -> None:
        """See Store.update."""
        self.run_update(text)

    def run_update(self, text: str, base: str | None = None) -> None:
        """See WritableStore.run_update."""
        with self._write:
            try:
                self._store.update(text, base_iri=base)
            except SyntaxError as error:
                raise _bad_query(error) from error
            except RuntimeError as error:
                raise _not_carried_out(error) from error
            self._all_changed = self._version + 1
            self._changed()

    def read_graph(self, name: str) -> Iterator[Triple]:
        """See Store.read_graph."""
        return self._triples(name)

    def write_graph(
        self, name: str | None, output: IO[bytes], form: RdfFormat, prefixes: Mapping[str, str]
    ) -> None:
        """Writes the triples of a graph (None: the default graph) to a file, of one moment.

        >>> import io
        >>> file = io.BytesIO()
        >>> EmbeddedStore().write_graph("http://e/g", file, RdfFormat.N_TRIPLES, {})
        >>> file.getvalue()
        b''
        """
        self._store.dump(output, form, from_graph=_graph(name), prefixes=dict(prefixes))

    def replace_graph(self, name: str, triples: Iterable[Triple]) -> bool:
        """See Store.replace_graph. One transaction: a reader sees the old graph or the new one.

        Raises StoreProblem for triples with blank nodes; skolemise them first.
        """
        wanted = list(triples)
        if any(map(has_blank_node, wanted)):
            raise StoreProblem(
                Text(
                    de=f"Der Graph {name} enthält leere Knoten.",
                    en=f"The graph {name} has blank nodes.",
                )
            )
        return bool((wanted or self.has_graph(name)) and self.put_graph(name, wanted).changed)

    # ----- the Graph Store Protocol -----

    def state(self, graphs: Sequence[str | None] | None = None) -> str:
        """See WritableStore.state. Another one after each opening of the store, too.

        >>> EmbeddedStore().state() == EmbeddedStore().state()
        False
        """
        version = self._version
        if graphs is not None:
            changes = (self._changes.get(each, 0) for each in graphs)
            version = max(self._all_changed, *changes, 0)
        return f"{self._opening}.{version}"

    def has_graph(self, name: str | None) -> bool:
        """See WritableStore.has_graph."""
        return name is None or self._store.contains_named_graph(NamedNode(name))

    def put_graph(self, name: str | None, triples: Iterable[Triple], check: Check = always) -> Edit:
        """See WritableStore.put_graph."""
        wanted = without_triple_terms(triples)
        with self._write:
            existed = self._checked(name, check)
            present = set(self._triples(name)) if existed else set()
            if present:
                stored = as_stored(wanted)
                if stored == present:
                    return Edit(made=False, changed=False)
                self._store.update(difference(NamedNode(name) if name else None, present, stored))
            elif existed and not wanted:
                return Edit(made=False, changed=False)
            else:
                self._insert(name, wanted)
            self._changed(name)
        return Edit(made=not existed, changed=True)

    def add_to_graph(
        self, name: str | None, triples: Iterable[Triple], check: Check = always
    ) -> Edit:
        """See WritableStore.add_to_graph."""
        added = without_triple_terms(triples)
        with self._write:
            existed = self._checked(name, check)
            if existed:
                graph = _graph(name)
                added = [each for each in as_stored(added) if _quad(each, graph) not in self._store]
                if not added:
                    return Edit(made=False, changed=False)
            self._insert(name, added)
            self._changed(name)
        return Edit(made=not existed, changed=True)

    def delete_graph(self, name: str | None, check: Check = always) -> bool:
        """See WritableStore.delete_graph."""
        with self._write:
            if not self._checked(name, check):
                return False
            self._store.remove_graph(_graph(name))
            self._changed(name)
        return True

    def graph_names(self) -> list[str]:
        """See Store.graph_names."""
        store, (version, names) = self._store, self._names
        if version != self._version:
            version, named = self._version, store.named_graphs()
            names = tuple(sorted(each.value for each in named if isinstance(each, NamedNode)))
            self._names = (version, names)
        return list(names)

    def count(self) -> int:
        """The number of triples in all graphs.

        >>> EmbeddedStore().count()
        0
        """
        return len(self._store)

    def backup(self, target: Path) -> None:
        """See Store.backup. On the same file system the copy is made of hard links.

        A store in memory is copied triple by triple, while nobody can write.
        """
        if self.folder is not None:
            self._store.backup(str(target))
            return
        with tempfile.NamedTemporaryFile(suffix=".nq") as file:
            with self._write:
                self._store.dump(file.name, RdfFormat.N_QUADS)
            copy = Oxigraph(str(target))
            copy.bulk_load(path=file.name, format=RdfFormat.N_QUADS)
            copy.flush()

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

    def _triples(self, name: str | None) -> Iterator[Triple]:
        for quad in self._store.quads_for_pattern(None, None, None, _graph(name)):
            yield quad.triple

    def _checked(self, name: str | None, check: Check) -> bool:
        """Whether the graph is there, once `check` has let the change pass."""
        existed = self.has_graph(name)
        check(self.state([name]) if existed else None)
        return existed

    def _insert(self, name: str | None, triples: Collection[Triple]) -> None:
        if triples or name is None:
            self._store.extend(_quad(triple, _graph(name)) for triple in triples)
        else:
            self._store.add_graph(NamedNode(name))

    def _changed(self, *graphs: str | None) -> None:
        # After the triples: who reads the version first never takes old triples for new ones.
        for each in graphs:
            self._changes[each] = self._version + 1
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


def _quad(triple: Triple, graph: NamedNode | DefaultGraph) -> Quad:
    return Quad(triple.subject, triple.predicate, triple.object, graph)


def _graph(name: str | None) -> NamedNode | DefaultGraph:
    return DefaultGraph() if name is None else NamedNode(name)


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


def _not_carried_out(error: RuntimeError) -> BadQuery:
    said = shortened(str(error), 200)
    return BadQuery(
        Text(
            de=f"Die Änderung ließ sich nicht ausführen, und nichts wurde geändert: {said}",
            en=f"The update could not be carried out, and nothing was changed: {said}",
        ),
        mend=Text(
            de="Mit SILENT gilt es nicht als Fehler, wenn ein Graph fehlt oder schon da ist.",
            en="With SILENT it is no error that a graph is missing or already there.",
        ),
    )


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
