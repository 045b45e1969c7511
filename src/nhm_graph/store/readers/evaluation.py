"""Evaluates one query in the reader process and writes the answer as frames."""

import json
import socket
from collections.abc import Callable, Mapping
from itertools import islice
from typing import IO, cast

from pyoxigraph import NamedNode, QueryBoolean, QueryTriples, serialize
from pyoxigraph import Store as Oxigraph

from nhm_graph.rdf.formats import (
    CSV,
    JSON,
    JSON_LD,
    N_QUADS,
    N_TRIPLES,
    RDF_XML,
    TRIG,
    TSV,
    TURTLE,
    XML,
    data_format_for_media_type,
    negotiate,
    result_format_for_media_type,
)
from nhm_graph.store.base import Result
from nhm_graph.store.guard import names_dataset
from nhm_graph.store.readers.frames import CHUNK, DATA, END, FAILURE, HEAD, packed
from nhm_graph.store.readers.job import ROW_LIMIT_HEADER, Job, Kind, Order
from nhm_graph.store.readers.row_limit import first_rows, say_in_graph, say_in_table

TABLES = (JSON.media_type, "application/json", XML.media_type, CSV.media_type, TSV.media_type)
TRUTHS = (JSON.media_type, "application/json", XML.media_type)
GRAPHS = (
    TURTLE.media_type,
    N_TRIPLES.media_type,
    JSON_LD.media_type,
    RDF_XML.media_type,
    TRIG.media_type,
    N_QUADS.media_type,
)
OFFERED: Mapping[Kind, tuple[str, ...]] = {"table": TABLES, "truth": TRUTHS, "graph": GRAPHS}


class _Failure(Exception):
    """Why there is no answer, as the service is told."""


class Outlet:
    """A file that Oxigraph writes an answer to; it goes to the service in frames.

    The head leaves with the first full chunk or at the end, whichever comes first: what fails
    before is a refusal and not a broken answer. A small answer is one message.
    """

    def __init__(self, control: socket.socket) -> None:
        self._control = control
        self._head = b""
        self._held = bytearray()

    def begin(self, kind: Kind, media_type: str, headers: Mapping[str, str]) -> None:
        """Says what the bytes that follow are."""
        head = {"kind": kind, "media_type": media_type, "headers": headers}
        self._head = packed(HEAD, json.dumps(head).encode())

    def write(self, data: bytes) -> int:
        """Takes all bytes; waits while the service takes none."""
        self._held += data
        if len(self._held) >= CHUNK:
            # Full chunks only: what is left over waits for the next.
            self._control.sendall(self._waiting(len(self._held) // CHUNK * CHUNK))
        return len(data)

    @property
    def file(self) -> IO[bytes]:
        """This, as the only parts of a file that Oxigraph uses."""
        return cast(IO[bytes], self)

    def flush(self) -> None:
        """Nothing: a chunk leaves when it is full."""

    def end(self, said: bytes) -> None:
        """Sends what is left and the mark that the answer is whole."""
        self._control.sendall(self._waiting(len(self._held)) + packed(END, said))

    def fail(self, problem: str, said: str) -> None:
        """Sends why the answer, or the rest of it, does not come."""
        failure = {"problem": problem, "said": said}
        self._control.sendall(packed(FAILURE, json.dumps(failure).encode()))

    def _waiting(self, until: int) -> bytes:
        """Head and data not sent yet, up to so many bytes of it, as frames of at most CHUNK."""
        parts = [self._head]
        parts += [
            packed(DATA, bytes(self._held[start : min(start + CHUNK, until)]))
            for start in range(0, until, CHUNK)
        ]
        self._head = b""
        del self._held[:until]
        return b"".join(parts)


def evaluate(opened: Callable[[], Oxigraph], order: Order, outlet: Outlet) -> bool:
    """Writes the answer, all but its end, to the outlet; False where it failed and said so."""
    try:
        store = opened()
    except OSError as error:
        outlet.fail("store", str(error))
        return False
    try:
        _write(_ask(store, order.job), order, outlet)
    except (BrokenPipeError, ConnectionResetError):
        raise
    except _Failure as failure:
        outlet.fail(*failure.args)
    except SyntaxError as error:
        outlet.fail("query", str(error.msg or error))
    except UnicodeError as error:  # half a character in JSON's spelling of the text
        outlet.fail("query", str(error.reason if isinstance(error, UnicodeEncodeError) else error))
    except MemoryError:
        outlet.fail("memory", "")
    except Exception as error:
        outlet.fail("store", f"{type(error).__name__}: {error}")
    else:
        return True
    return False


def _ask(store: Oxigraph, job: Job) -> Result:
    if job.default_graphs is None and job.named_graphs is None:
        # Asked for the union, Oxigraph would pass over what the query itself names.
        union = not names_dataset(job.text)
        return store.query(job.text, base_iri=job.base, use_default_graph_as_union=union)
    return store.query(
        job.text,
        base_iri=job.base,
        default_graph=[_graph(each) for each in job.default_graphs or ()],
        named_graphs=[_graph(each) for each in job.named_graphs or ()],
    )


def _graph(name: str) -> NamedNode:
    try:
        return NamedNode(name)
    except ValueError as error:
        raise _Failure("graph", name) from error


def _write(result: Result, order: Order, outlet: Outlet) -> None:
    if isinstance(result, QueryTriples):
        _write_graph(result, _chosen("graph", order.job), order, outlet)
    elif isinstance(result, QueryBoolean):
        media_type = _chosen("truth", order.job)
        outlet.begin("truth", media_type, {})
        result.serialize(
            output=outlet.file, format=result_format_for_media_type(media_type).oxigraph
        )
    else:
        media_type = _chosen("table", order.job)
        form = result_format_for_media_type(media_type)
        reached = False
        if order.rows:
            result, reached = first_rows(result, order.rows)
        outlet.begin("table", media_type, _headers(order.rows if reached else 0))
        if reached:
            written = result.serialize(format=form.oxigraph) or b""
            outlet.write(say_in_table(written, form, order.rows))
        else:
            result.serialize(output=outlet.file, format=form.oxigraph)


def _write_graph(result: QueryTriples, media_type: str, order: Order, outlet: Outlet) -> None:
    form = data_format_for_media_type(media_type)
    prefixes = dict(order.job.prefixes)
    if not order.rows:
        outlet.begin("graph", media_type, {})
        serialize(result, output=outlet.file, format=form.oxigraph, prefixes=prefixes)
        return
    triples = list(islice(result, order.rows + 1))
    reached = len(triples) > order.rows
    written = serialize(triples[: order.rows], format=form.oxigraph, prefixes=prefixes) or b""
    outlet.begin("graph", media_type, _headers(order.rows if reached else 0))
    outlet.write(say_in_graph(written, form, order.rows) if reached else written)


def _headers(reached: int) -> dict[str, str]:
    return {ROW_LIMIT_HEADER: str(reached)} if reached else {}


def _chosen(kind: Kind, job: Job) -> str:
    chosen = negotiate(job.accept, OFFERED[kind])
    if chosen is None:
        raise _Failure("format", kind)
    return chosen
