"""What there is to be listed: the graphs as datasets, the versions of plans, the ontology."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol, TypeAlias

from nhm_graph.graph import Graph
from nhm_graph.language import Text
from nhm_graph.publish.catalog.questions import Row, ask


class File(Protocol):
    """A file in which a graph can be fetched: a dump."""

    @property
    def path(self) -> str:
        """Its path on this service, such as /dump/heilbronn/plan.ttl."""
        ...

    @property
    def name(self) -> str:
        """A short name that stays, such as ttl or nq.gz."""
        ...

    @property
    def media_type(self) -> str:
        """The media type of the content, unpacked."""
        ...

    @property
    def compressed(self) -> str | None:
        """The media type of the compression (dcat:compressFormat), such as application/gzip."""
        ...

    @property
    def packed(self) -> str | None:
        """The media type of the package (dcat:packageFormat), such as application/zip."""
        ...

    @property
    def label(self) -> Text:
        """The format as people call it."""
        ...

    @property
    def size(self) -> int | None:
        """Bytes; None where they are not known."""
        ...

    @property
    def sha256(self) -> str | None:
        """The checksum, in hexadecimal digits; None where it is not known."""
        ...


Files: TypeAlias = Callable[[str], Sequence[File]]


@dataclass(frozen=True, slots=True)
class Place:
    """A municipality by its official keys."""

    ags: str
    ars: str | None
    name: str | None


@dataclass(frozen=True, slots=True)
class Version:
    """A version of a plan, and the graph in which it stands."""

    iri: str
    plan: str
    graph: str
    title: Text
    plan_title: Text
    number: str | None
    place: Place | None
    start: str | None
    end: str | None


@dataclass(frozen=True, slots=True)
class Dataset:
    """A graph as a dataset, as the data describes it; dates as text (YYYY-MM-DD)."""

    iri: str
    city: str | None
    city_name: Text | None
    kind: str | None
    kind_name: Text | None
    fictional: bool
    title: Text
    description: Text | None
    licence: str | None
    issued: str | None
    modified: str | None
    creators: Sequence[str]
    frequency: str | None
    months: str | None
    places: Sequence[Place]
    sources: Sequence[str]
    start: str | None
    end: str | None


@dataclass(frozen=True, slots=True)
class Holdings:
    """All that is listed, each part in the order of IRIs."""

    datasets: Sequence[Dataset]
    versions: Sequence[Version]
    standards: Sequence[tuple[str, str, Text]] = field(default_factory=list)

    @property
    def issued(self) -> str | None:
        """The first day on which any of it was published."""
        return min((each.issued for each in self.datasets if each.issued), default=None)

    @property
    def modified(self) -> str | None:
        """The last day on which any of it changed."""
        return max((each.modified for each in self.datasets if each.modified), default=None)


def read_holdings(
    graph: Graph, *, fictional: bool = False, only: Sequence[str] | None = None
) -> Holdings:
    """What the store holds, or `only` what is in graphs of some IRIs, at a cost that does not grow
    with the store; fictional graphs where they are asked for.

    >>> from nhm_graph.graph import open_graph
    >>> from nhm_graph.settings import Settings
    >>> graph = open_graph(Settings())
    >>> any(dataset.fictional for dataset in read_holdings(graph).datasets)
    False
    >>> len(read_holdings(graph, fictional=True).datasets) > len(read_holdings(graph).datasets)
    True
    """
    found: dict[str, list[Row]] = defaultdict(list)
    for row in ask(graph, "datasets", only):
        iri = row.text("graph") or ""
        if fictional or not row.values["fictional"]:
            found[iri].append(row)
    # Nothing is read in the graphs that are left out.
    listed = sorted(found)
    places, sources, spans, months = _beside(graph, listed)
    datasets = [
        _dataset(iri, rows, places[iri], sources[iri], spans.get(iri, (None, None)), months)
        for iri, rows in sorted(found.items())
    ]
    versions = [_version(row) for row in ask(graph, "versions", listed)]
    unique = {each.iri: each for each in reversed(versions)}
    standards = [
        (row.text("ontology") or "", row.text("version") or "", _text(row, "title", "ontology"))
        for row in ask(graph, "standards")
    ]
    return Holdings(datasets, list(reversed(unique.values())), standards)


def _beside(
    graph: Graph, only: Sequence[str]
) -> tuple[
    dict[str, list[Place]],
    dict[str, list[str]],
    dict[str, tuple[str | None, str | None]],
    dict[str, str | None],
]:
    places: dict[str, list[Place]] = defaultdict(list)
    for row in ask(graph, "places", only):
        if place := _place(row):
            places[row.text("graph") or ""].append(place)
    sources: dict[str, list[str]] = defaultdict(list)
    for row in ask(graph, "sources", only):
        sources[row.text("graph") or ""].append(row.text("source") or "")
    spans = {
        row.text("graph") or "": (row.text("start"), row.text("end"))
        for row in ask(graph, "periods", only)
    }
    months = {row.text("graph") or "": row.text("months") for row in ask(graph, "intervals", only)}
    return places, sources, spans, months


def _dataset(
    iri: str,
    rows: list[Row],
    places: list[Place],
    sources: list[str],
    span: tuple[str | None, str | None],
    months: dict[str, str | None],
) -> Dataset:
    row = rows[0]
    has_name = row.text("nameDe") or row.text("nameEn")
    has_kind = row.text("kindDe") or row.text("kindEn")
    # What names no date describes how things were on the day of its edition.
    start, end = span if any(span) else (row.text("modified"), row.text("modified"))
    has_description = row.text("descriptionDe") or row.text("descriptionEn")
    return Dataset(
        iri=iri,
        city=row.text("city"),
        city_name=_text(row, "name", "city") if has_name else None,
        kind=row.text("kind"),
        kind_name=_text(row, "kind", "kind") if has_kind else None,
        fictional=bool(row.values["fictional"]),
        title=_text(row, "title", "graph"),
        description=_text(row, "description", "graph") if has_description else None,
        licence=row.text("licence"),
        issued=row.text("issued"),
        modified=row.text("modified"),
        creators=sorted({found for each in rows if (found := each.text("creator"))}),
        frequency=row.text("frequency"),
        months=months.get(iri),
        places=places,
        sources=sources,
        start=start,
        end=end,
    )


def _version(row: Row) -> Version:
    return Version(
        iri=row.text("version") or "",
        plan=row.text("plan") or "",
        graph=row.text("graph") or "",
        title=_text(row, "version", "version"),
        plan_title=_text(row, "plan", "plan"),
        number=row.text("number"),
        place=_place(row),
        start=row.text("start"),
        end=row.text("end"),
    )


def _place(row: Row) -> Place | None:
    ags = row.text("ags")
    return Place(ags, row.text("ars"), row.text("name")) if ags else None


def _text(row: Row, name: str, otherwise: str) -> Text:
    """A text in both languages; where one is missing, the other, else the IRI."""
    german, english = row.text(f"{name}De"), row.text(f"{name}En")
    iri = row.text(otherwise) or ""
    return Text(de=german or english or iri, en=english or german or iri)
