"""What the use cases speak of: municipalities, their graphs, bound questions, answers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from nhm_graph.catalog.questions import Column, NamedQuestion
from nhm_graph.store.rows import Value


@dataclass(frozen=True, slots=True)
class City:
    """A municipality whose data is here."""

    iri: str
    name: str
    slug: str
    fictional: bool
    completeness: str | None
    note: str | None


@dataclass(frozen=True, slots=True)
class CityGraph:
    """A graph that the data describes; `city` is None where all share it."""

    iri: str
    title: str
    city: str | None
    kind: str | None
    fictional: bool
    description: str | None


@dataclass(frozen=True, slots=True)
class Bound:
    """A question with its values: what is sent to the store, and over which graphs."""

    question: NamedQuestion
    given: Mapping[str, str]
    sparql: str
    graphs: Sequence[str] | None
    city: City | None


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to a question that is a table, with what a reader must know beside it."""

    bound: Bound
    columns: tuple[Column, ...]
    rows: list[tuple[Value, ...]]
    notes: list[str]
