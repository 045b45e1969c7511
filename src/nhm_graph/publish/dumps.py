"""Dumps: a graph as a file, in several formats, the same bytes for the same data.

Of each graph that the data describes, and of ontology, lists and SDGs. Triples stand in the order
of `rdf.canonical`, packed files carry no time. A table also names what its cells refer to, so that
it depends on the labels in other graphs, too.
"""

import hashlib
import shutil
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from tempfile import SpooledTemporaryFile
from typing import IO

from nhm_graph.errors import StoreProblem, UnknownName
from nhm_graph.graph import PREFIXES, Graph
from nhm_graph.graph.registry import SHARED
from nhm_graph.language import Text
from nhm_graph.publish.addresses import HOUSE, Addresses, decoded
from nhm_graph.publish.export_columns import Tables, read_tables
from nhm_graph.publish.export_tables import write_csv_archive, write_workbook
from nhm_graph.rdf.canonical import in_graph, sorted_lines, write_as
from nhm_graph.rdf.formats import (
    CSV,
    DATA_FORMATS,
    JSON_LD,
    N_QUADS,
    N_TRIPLES,
    RDF_XML,
    TURTLE,
    DataFormat,
)

FOLDER = "/dump/"
WHOLE = "all.nq.gz"
_GZIP, _ZIP = "application/gzip", "application/zip"
_WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_IN_MEMORY = 8_000_000
_CHUNK = 65_536
_FAST = 6
_GZIP_WINDOW = 31  # zlib: a gzip header, in which zlib leaves the time at 0


@dataclass(frozen=True, slots=True)
class DumpFile:
    """A file in which a graph can be fetched; size and checksum where it has been made.

    >>> FORMS[0].name, FORMS[0].sent_as, FORMS[4].sent_as
    ('ttl', 'text/turtle', 'application/gzip')
    """

    path: str
    name: str
    label: Text
    media_type: str
    compressed: str | None = None
    packed: str | None = None
    size: int | None = None
    sha256: str | None = None

    @property
    def rdf(self) -> bool:
        """Whether it holds triples, and not tables.

        >>> [form.name for form in FORMS if not form.rdf]
        ['csv.zip', 'xlsx']
        """
        return any(self.media_type == each.media_type for each in DATA_FORMATS)

    @property
    def sent_as(self) -> str:
        """The media type of the bytes as they are sent."""
        return self.packed or self.compressed or self.media_type


def _plain(form: DataFormat) -> DumpFile:
    return DumpFile("", form.suffix[1:], Text(de=form.label, en=form.label), form.media_type)


_PLAIN: dict[str, DataFormat] = {each.suffix[1:]: each for each in (TURTLE, JSON_LD, RDF_XML)}
_QUADS = DumpFile(
    "", "nq.gz", Text(de="N-Quads, gzip", en="N-Quads, gzip"), N_QUADS.media_type, _GZIP
)
# Every format in which a graph is handed out, without a path: the forms of a DumpFile.
FORMS: Sequence[DumpFile] = (
    *map(_plain, (*_PLAIN.values(), N_TRIPLES)),
    _QUADS,
    DumpFile(
        "",
        "csv.zip",
        Text(de="CSV, eine Tabelle je Klasse, ZIP", en="CSV, a table for each class, ZIP"),
        CSV.media_type,
        packed=_ZIP,
    ),
    DumpFile("", "xlsx", Text(de="Excel-Arbeitsmappe", en="Excel workbook"), _WORKBOOK),
)


def files_of(graph: Graph, iri: str) -> list[DumpFile]:
    """The files of a graph by the IRI of it; none where its IRI has no address here.

    >>> from nhm_graph.graph import open_graph
    >>> from nhm_graph.settings import Settings
    >>> files_of(open_graph(Settings(examples=False)), f"{SHARED}sdg")[0].path
    '/dump/sdg.ttl'
    """
    place = _place(graph, iri)
    return [replace(each, path=f"{place}.{each.name}") for each in FORMS] if place else []


def whole_file(graph: Graph) -> DumpFile:
    """The file that holds all graphs."""
    return replace(_QUADS, path=FOLDER + WHOLE)


def published(graph: Graph, *, fictional: bool = False) -> list[str]:
    """The IRIs of the graphs that are dumped, in order: described ones, and the vocabulary.

    Fictional ones only where they are asked for; a graph that nothing describes is left out.

    >>> from nhm_graph.graph import open_graph
    >>> from nhm_graph.settings import Settings
    >>> [name.removeprefix(SHARED) for name in published(open_graph(Settings(examples=False)))]
    ['lists', 'mappings', 'nhm', 'sdg']
    """
    described: dict[str, bool] = {}
    for each in graph.graphs("de"):
        described[each.iri] = described.get(each.iri, False) or each.fictional
    return [
        name
        for name in graph.store.graph_names()
        if name.startswith(SHARED) or (name in described and (fictional or not described[name]))
    ]


def find(graph: Graph, raw_path: str) -> tuple[str, DumpFile]:
    """The graph and form that the rest of an address behind /dump/ stands for.

    `raw_path` is percent-encoded. Raises UnknownName.

    >>> from nhm_graph.graph import open_graph
    >>> from nhm_graph.settings import Settings
    >>> iri, form = find(open_graph(Settings(examples=False)), "sdg.nq.gz")
    >>> iri.removeprefix(SHARED), form.path
    ('sdg', '/dump/sdg.nq.gz')
    """
    known = published(graph, fictional=True)
    for form in FORMS:
        if raw_path.endswith(f".{form.name}"):
            for iri in _candidates(graph, raw_path.removesuffix(f".{form.name}")):
                place = _place(graph, iri) if iri in known else None
                if place:
                    return iri, replace(form, path=f"{place}.{form.name}")
    what = Text(de="der Abzug", en="the dump")
    places = filter(None, (_place(graph, iri) for iri in known))
    there = [f"{each.removeprefix(FOLDER)}.{form.name}" for each in places for form in FORMS]
    raise UnknownName.among(what, raw_path, [*there, WHOLE])


class Dump:
    """A graph, sorted once, to be written in any form; ends with `close` or `with`.

    >>> import io
    >>> from nhm_graph.graph import open_graph
    >>> from nhm_graph.settings import Settings
    >>> output = io.BytesIO()
    >>> with Dump(open_graph(Settings(examples=False)), f"{SHARED}sdg") as dump:
    ...     dump.write("nt", output)
    >>> output.getvalue().count(b"\\n") > 1000
    True
    """

    def __init__(self, graph: Graph, iri: str) -> None:
        self._graph = graph
        self._iri = iri
        self._lines = SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 (see __exit__)
        self._lines.writelines(line.encode() for line in _lines(graph, iri))

    def __enter__(self) -> "Dump":
        return self

    def __exit__(self, *_: object) -> None:
        self._lines.close()

    def write(self, name: str, output: IO[bytes]) -> None:
        """Writes the graph in the form of that name (`FORMS`)."""
        source = self._source()
        if name in _PLAIN:
            write_as(source, _PLAIN[name], PREFIXES, output)
        elif name == "nt":
            shutil.copyfileobj(source, output)
        elif name == "nq.gz":
            lines = (in_graph(line.decode(), self._iri) for line in source)
            output.writelines(_packed(lines))
        elif name == "csv.zip":
            write_csv_archive(self._tables, output)
        else:
            write_workbook(self._tables, output)

    @cached_property
    def _tables(self) -> Tables:
        return read_tables(self._graph, self._source)

    def _source(self) -> IO[bytes]:
        self._lines.seek(0)
        return self._lines


def whole(graph: Graph, *, fictional: bool = False) -> Iterator[bytes]:
    """All graphs as N-Quads, gzip: graph by graph in the order of their IRIs, one at a time.

    Raises StoreProblem at the end if the store has changed meanwhile, because graphs would be of
    different states.
    """
    return _packed(_all_lines(graph, fictional))


def write_digested(chunks: Iterator[bytes], output: IO[bytes] | None = None) -> tuple[int, str]:
    """The size and SHA-256 of what is written to the output, if there is one.

    >>> write_digested(iter([b"a"]))[1][:8]
    'ca978112'
    """
    size, digest = 0, hashlib.sha256()
    for chunk in chunks:
        size += len(chunk)
        digest.update(chunk)
        if output is not None:
            output.write(chunk)
    return size, digest.hexdigest()


def chunks_of(file: IO[bytes]) -> Iterator[bytes]:
    """A file from its beginning, in chunks of 64 KiB.

    >>> import io
    >>> list(chunks_of(io.BytesIO(b"ab")))
    [b'ab']
    """
    file.seek(0)
    while chunk := file.read(_CHUNK):
        yield chunk


def _lines(graph: Graph, iri: str) -> Iterator[str]:
    return sorted_lines(graph.store.read_graph(iri), graph.settings.max_sorted_triples)


def _all_lines(graph: Graph, fictional: bool) -> Iterator[str]:
    version = graph.store.version
    for iri in published(graph, fictional=fictional):
        for line in _lines(graph, iri):
            yield in_graph(line, iri)
    if graph.store.version != version:
        raise StoreProblem(
            Text(
                de="Der Datenbestand hat sich während des Abzugs geändert.",
                en="The store has changed while it was dumped.",
            ),
            mend=Text(de="Noch einmal versuchen.", en="Try again."),
        )


def _packed(lines: Iterator[str]) -> Iterator[bytes]:
    packer = zlib.compressobj(_FAST, zlib.DEFLATED, _GZIP_WINDOW)
    held: list[bytes] = []
    size = 0
    for line in lines:
        held.append(packer.compress(line.encode()))
        size += len(held[-1])
        if size >= _CHUNK:
            yield b"".join(held)
            held, size = [], 0
    yield b"".join([*held, packer.flush()])


def _place(graph: Graph, iri: str) -> str | None:
    """The path of the dumps of a graph, without the suffix."""
    page = Addresses.read(graph.settings.base_iris).page(iri)
    if page is None or not page.startswith("/graph/"):
        return None
    # Where two bases share a path, it belongs to the first.
    known = _candidates(graph, page.removeprefix("/graph/"))
    first = next(each for each in known if each == iri or _is_there(graph, each))
    return FOLDER + page.removeprefix("/graph/") if first == iri else None


def _candidates(graph: Graph, raw: str) -> list[str]:
    """The IRIs of graphs that a percent-encoded path may stand for."""
    named = Addresses.read(graph.settings.base_iris).named(raw, "graph/")
    return named + [f"{HOUSE}graph/{each}" for each in decoded(raw)]


def _is_there(graph: Graph, iri: str) -> bool:
    return next(iter(graph.store.read_graph(iri)), None) is not None
