"""A foreign query and its answer."""

import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Literal, Protocol, Self, TypeAlias

Kind: TypeAlias = Literal["table", "truth", "graph"]

ROW_LIMIT_HEADER = "NHM-Row-Limit-Reached"


@dataclass(frozen=True, slots=True)
class Job:
    """A query that has passed the guard, and what the protocol says beside it.

    The graphs are those of the SPARQL 1.1 Protocol (2.1.4) and beat FROM in the query. Where both
    are None the query's own FROM counts, and without one all graphs together are the default graph.
    `accept` is the header field of that name, `prefixes` shorten the names in a graph, `base` is
    what relative IRIs in the text are resolved against (None: they are an error).

    >>> Job("ASK {}").accept is None
    True
    """

    text: str
    default_graphs: tuple[str, ...] | None = None
    named_graphs: tuple[str, ...] | None = None
    accept: str | None = None
    prefixes: Mapping[str, str] = field(default_factory=dict)
    base: str | None = None


@dataclass(frozen=True, slots=True)
class Order:
    """A job as a reader gets it: on which checkpoint, within what limits.

    `seconds` is processor time, `rows` (0: any number) the most rows or triples of an answer.

    >>> order = Order(Job("ASK {}", named_graphs=("http://e/g",)), "/checkpoint", 30, 0)
    >>> Order.unpacked(order.packed()) == order
    True
    """

    job: Job
    checkpoint: str
    seconds: float
    rows: int

    def packed(self) -> bytes:
        """The order as bytes."""
        return json.dumps(asdict(self)).encode()

    @classmethod
    def unpacked(cls, sent: bytes) -> Self:
        """The order that was packed."""
        known = json.loads(sent)
        job = known.pop("job")
        for name in ("default_graphs", "named_graphs"):
            job[name] = None if job[name] is None else tuple(job[name])
        return cls(job=Job(**job), **known)


class Chunks(Protocol):
    """The bytes of an answer, in order. Raises BrokenAnswer where they do not come to their end."""

    def __aiter__(self) -> AsyncIterator[bytes]: ...

    async def __anext__(self) -> bytes: ...

    async def aclose(self) -> None:
        """Gives up what has not come yet; the reader that still works on it is killed at once."""
        ...


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer whose first bytes are there. `chunks` must be read to its end or closed."""

    kind: Kind
    media_type: str
    headers: Mapping[str, str]
    chunks: Chunks


class BrokenAnswer(Exception):
    """The rest of an answer will not come. Its cause is the refusal that says why.

    Bytes have gone out already, so that no refusal can be sent any more: the connection has to be
    aborted, or the answer would look complete.
    """
