"""Whole graphs as bytes, for whoever fetches one."""

import tempfile
from collections.abc import Iterable, Mapping
from typing import IO, cast

from pyoxigraph import Triple, serialize

from nhm_graph.rdf.formats import DataFormat
from nhm_graph.rdf.reading import Document
from nhm_graph.store.base import Store
from nhm_graph.store.embedded import EmbeddedStore

# A larger graph waits on disk until it is fetched.
_IN_MEMORY = 4_000_000


def graph_file(
    store: Store, name: str | None, form: DataFormat, prefixes: Mapping[str, str]
) -> IO[bytes]:
    """A graph (None: the default graph), serialised into a temporary file, read from its start.

    It is whole before the first byte of it is sent, and its length is known.

    >>> from nhm_graph.rdf.formats import N_TRIPLES
    >>> with graph_file(EmbeddedStore(), "http://e/g", N_TRIPLES, {}) as file:
    ...     file.read()
    b''
    """
    file = cast(IO[bytes], tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY))  # noqa: SIM115
    try:
        if isinstance(store, EmbeddedStore):
            store.write_graph(name, file, form.oxigraph, prefixes)
        else:
            triples = store.read_graph(name) if name is not None else ()
            serialize(triples, file, form.oxigraph, prefixes=dict(prefixes))
        file.seek(0)
    except BaseException:
        file.close()
        raise
    return file


def triples_of(documents: Iterable[Document]) -> list[Triple]:
    """The triples of documents, in whichever of their graphs they stand.

    >>> triples_of([])
    []
    """
    return [quad.triple for document in documents for quad in document.quads]


def document_bytes(document: Document, form: DataFormat, prefixes: Mapping[str, str]) -> bytes:
    """The triples of a document in another format.

    >>> from nhm_graph.rdf.formats import N_TRIPLES, TURTLE
    >>> from nhm_graph.rdf.reading import read_bytes
    >>> document_bytes(read_bytes(b"<x:s> <x:p> <x:o> .", TURTLE, "a.ttl", 100), N_TRIPLES, {})
    b'<x:s> <x:p> <x:o> .\\n'
    """
    written: bytes | None = serialize(
        triples_of([document]), format=form.oxigraph, prefixes=dict(prefixes)
    )
    return written or b""
