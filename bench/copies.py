"""Stores with many cities in minutes: copies of one synthetic city, loaded in bulk.

Each copy is as large as the first, says the same and has its own name, keys and addresses. Loading
differing cities one by one, as `stores.store_of` does, takes half an hour for a thousand.
"""

import io
import shutil
from collections.abc import Iterator
from pathlib import Path

from pyoxigraph import NamedNode, RdfFormat, Store

from stores import kept, store_of

_FIRST = "stadt-0001"
_AT_ONCE = 50


def copies_of(cities: int) -> Path:
    """The folder of a store that holds so many cities; filled on first use (1,000: minutes)."""
    if cities <= 1:
        return store_of(cities)
    return kept(f"copies-{cities}", lambda folder: _fill(folder, cities))


def copied(city: bytes, number: int) -> bytes:
    """The N-Quads of the first synthetic city as those of another one.

    >>> copied(b'<http://e/stadt-0001> <http://e/ags> "99000001" .', 12)
    b'<http://e/stadt-0012> <http://e/ags> "99000012" .'
    """
    for name in (b"stadt-%04d", b"Stadt %04d", b"City %04d", b"99%06d"):
        city = city.replace(name % 1, name % number)
    return city


def _fill(folder: Path, cities: int) -> int:
    shutil.copytree(store_of(1), folder)
    store = Store(str(folder / "public"))
    city = b"".join(_lines(store))
    for start in range(2, cities + 1, _AT_ONCE):
        numbers = range(start, min(start + _AT_ONCE, cities + 1))
        quads = b"".join(copied(city, number) for number in numbers)
        store.bulk_load(input=io.BytesIO(quads), format=RdfFormat.N_QUADS)
        print(f"  copied {numbers[-1]} of {cities} cities", flush=True)
    # As a store is that has been in use for some time: merged, with little to look through.
    store.optimize()
    store.flush()
    return len(store)


def _lines(store: Store) -> Iterator[bytes]:
    for graph in store.named_graphs():
        if isinstance(graph, NamedNode) and f"/{_FIRST}/" in graph.value:
            for quad in store.quads_for_pattern(None, None, None, graph):
                yield f"{quad} .\n".encode()
