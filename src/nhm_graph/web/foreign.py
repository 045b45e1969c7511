"""Who answers foreign queries: reader processes, or another engine itself."""

from collections.abc import AsyncIterator, Sequence
from typing import Protocol

from fastapi.concurrency import run_in_threadpool

from nhm_graph.errors import BadParameter
from nhm_graph.language import Text
from nhm_graph.rdf.formats import data_format_for_media_type, result_format_for_media_type
from nhm_graph.settings import Settings
from nhm_graph.store.base import Store
from nhm_graph.store.embedded import EmbeddedStore
from nhm_graph.store.guard import names_graphs
from nhm_graph.store.readers.evaluation import OFFERED
from nhm_graph.store.readers.job import Answer, Job, Kind
from nhm_graph.store.readers.limits import Limits
from nhm_graph.store.readers.pool import Readers
from nhm_graph.store.rows import graph_bytes, is_graph, result_bytes, variables
from nhm_graph.web.reader import chosen


class Foreign(Protocol):
    """Answers foreign queries that have passed the guard."""

    async def answer(self, job: Job) -> Answer:
        """The answer, as soon as its first bytes are there. Raises what is wrong as a Refusal."""
        ...

    async def close(self) -> None:
        """Gives up what is being worked on."""
        ...


def foreign_queries(store: Store, settings: Settings) -> Foreign:
    """Reader processes for the embedded store; any other engine is asked itself.

    >>> type(foreign_queries(EmbeddedStore(), Settings())).__name__
    'Readers'
    """
    if isinstance(store, EmbeddedStore):
        return Readers(store, Limits.of(settings))
    return InThreads(store)


class InThreads:
    """Answers in a thread what another process evaluates: the engine keeps the deadline."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def answer(self, job: Job) -> Answer:
        """See Foreign.answer. Raises BadParameter for a dataset that the store cannot be given."""
        return await run_in_threadpool(self._answered, job)

    async def close(self) -> None:
        """See Foreign.close."""

    def _answered(self, job: Job) -> Answer:
        result = self._store.query(job.text, _one_list(job))
        kind: Kind = "graph" if is_graph(result) else "table" if variables(result) else "truth"
        media_type = chosen(job.accept, OFFERED[kind])
        if kind == "graph":
            form = data_format_for_media_type(media_type)
            body = graph_bytes(result, form, dict(job.prefixes))
        else:
            body = result_bytes(result, result_format_for_media_type(media_type))
        return Answer(kind, media_type, {}, _Whole(body))


class _Whole:
    """An answer that is there already."""

    def __init__(self, body: bytes) -> None:
        self._body = [body]

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self

    async def __anext__(self) -> bytes:
        if not self._body:
            raise StopAsyncIteration
        return self._body.pop()

    async def aclose(self) -> None:
        self._body.clear()


def _one_list(job: Job) -> Sequence[str] | None:
    """The graphs whose union the query is about; another engine is given one list of graphs."""
    if job.named_graphs or (job.default_graphs is not None and names_graphs(job.text)):
        raise BadParameter(
            Text(
                de="Über eine andere SPARQL-Datenbank lassen sich mit der Anfrage keine benannten "
                "Graphen nennen.",
                en="With another SPARQL engine, a request cannot name named graphs.",
            ),
            mend=Text(
                de="Die Graphen in der Abfrage mit FROM und FROM NAMED nennen.",
                en="Name the graphs in the query with FROM and FROM NAMED.",
            ),
            extra={"name": "named-graph-uri"},
        )
    return job.default_graphs
