"""Some graphs taken together in memory, so that a question about a city costs little.

A query over a list of graphs looks up each pattern once for each graph, on disk besides. Measured
on one city of 12,000 triples in nine graphs: 250 ms from disk, 28 ms in memory, 6 ms from a view.
A view is made at the first question and lasts until the store changes.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import TypeAlias

from pyoxigraph import NamedNode, Quad
from pyoxigraph import Store as Oxigraph

Key: TypeAlias = tuple[str, ...]


class Views:
    """The last views used, at most `most` of them.

    >>> views = Views(most=2)
    >>> len(views.of(["http://e/g"], 1, lambda graphs: merged(Oxigraph(), graphs)))
    0
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: OrderedDict[Key, tuple[int, Future[Oxigraph]]] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, graphs: Sequence[str], version: int, make: Callable[[Key], Oxigraph]) -> Oxigraph:
        """The view that `make` makes of these graphs, sorted, as of this version.

        Who asks for a view that another thread is making waits for it. What `make` raises reaches
        everybody who waits, and the next one tries again.
        """
        key = tuple(sorted(set(graphs)))
        with self._lock:
            known = self._kept.get(key)
            if known and known[0] == version:
                self._kept.move_to_end(key)
                future = known[1]
            else:
                known, future = None, Future()
                self._kept[key] = (version, future)
                self._kept.move_to_end(key)
                while len(self._kept) > self._most:
                    self._kept.popitem(last=False)
        return future.result() if known else self._made(key, future, make)

    def _made(
        self, key: Key, future: Future[Oxigraph], make: Callable[[Key], Oxigraph]
    ) -> Oxigraph:
        try:
            view = make(key)
        except BaseException as error:
            with self._lock:
                if key in self._kept and self._kept[key][1] is future:
                    del self._kept[key]
            future.set_exception(error)
            raise
        future.set_result(view)
        return view


def merged(store: Oxigraph, graphs: Sequence[str]) -> Oxigraph:
    """A store in memory whose default graph is the union of these graphs.

    >>> len(merged(Oxigraph(), []))
    0
    """
    view = Oxigraph()
    for graph in graphs:
        quads = store.quads_for_pattern(None, None, None, NamedNode(graph))
        view.bulk_extend(Quad(quad.subject, quad.predicate, quad.object) for quad in quads)
    return view
