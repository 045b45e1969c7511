"""Formats of RDF data and of query results: names, media types, suffixes, and the choice of one.

A format is never guessed from content: it is declared by media type, name or file suffix.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePath, PurePosixPath
from typing import NamedTuple, TypeVar

from pyoxigraph import QueryResultsFormat, RdfFormat

from nhm_graph.errors import UnsupportedFormat, shortened
from nhm_graph.language import Text, quality


@dataclass(frozen=True, slots=True)
class DataFormat:
    """A serialisation of RDF. The first media type and suffix are the ones to write.

    >>> TURTLE.media_type, TURTLE.suffix, TURTLE.supports_graphs
    ('text/turtle', '.ttl', False)
    """

    name: str
    label: str
    media_types: tuple[str, ...]
    suffixes: tuple[str, ...]
    supports_graphs: bool
    oxigraph: RdfFormat

    @property
    def media_type(self) -> str:
        """The registered media type."""
        return self.media_types[0]

    @property
    def suffix(self) -> str:
        """The registered file suffix, with its dot."""
        return self.suffixes[0]


@dataclass(frozen=True, slots=True)
class ResultFormat:
    """A serialisation of the results of SELECT and ASK (SPARQL 1.1 Query Results, W3C 2013).

    >>> CSV.media_type, JSON.suffixes
    ('text/csv', ('.srj', '.json'))
    """

    name: str
    label: str
    media_types: tuple[str, ...]
    suffixes: tuple[str, ...]
    oxigraph: QueryResultsFormat

    @property
    def media_type(self) -> str:
        """The registered media type."""
        return self.media_types[0]

    @property
    def suffix(self) -> str:
        """The registered file suffix, with its dot."""
        return self.suffixes[0]


TURTLE = DataFormat(
    "turtle",
    "Turtle",
    ("text/turtle", "application/x-turtle"),
    (".ttl", ".turtle"),
    False,
    RdfFormat.TURTLE,
)
TRIG = DataFormat(
    "trig", "TriG", ("application/trig", "application/x-trig"), (".trig",), True, RdfFormat.TRIG
)
N_TRIPLES = DataFormat(
    "n-triples", "N-Triples", ("application/n-triples",), (".nt",), False, RdfFormat.N_TRIPLES
)
N_QUADS = DataFormat(
    "n-quads",
    "N-Quads",
    ("application/n-quads", "text/x-nquads"),
    (".nq",),
    True,
    RdfFormat.N_QUADS,
)
JSON_LD = DataFormat(
    "json-ld", "JSON-LD", ("application/ld+json",), (".jsonld",), True, RdfFormat.JSON_LD
)
RDF_XML = DataFormat(
    "rdf/xml", "RDF/XML", ("application/rdf+xml",), (".rdf", ".owl"), False, RdfFormat.RDF_XML
)
DATA_FORMATS = (TURTLE, TRIG, N_TRIPLES, N_QUADS, JSON_LD, RDF_XML)

JSON = ResultFormat(
    "json",
    "JSON",
    ("application/sparql-results+json", "application/json"),
    (".srj", ".json"),
    QueryResultsFormat.JSON,
)
XML = ResultFormat(
    "xml",
    "XML",
    ("application/sparql-results+xml", "application/xml"),
    (".srx", ".xml"),
    QueryResultsFormat.XML,
)
CSV = ResultFormat("csv", "CSV", ("text/csv",), (".csv",), QueryResultsFormat.CSV)
TSV = ResultFormat("tsv", "TSV", ("text/tab-separated-values",), (".tsv",), QueryResultsFormat.TSV)
RESULT_FORMATS = (JSON, XML, CSV, TSV)
_Form = TypeVar("_Form", DataFormat, ResultFormat)

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# No formats of data, but a suffix may ask for them.
_SUFFIXES = {
    "text/html": (".html", ".htm"),
    "application/xhtml+xml": (".html", ".htm"),
    XLSX: (".xlsx",),
}


def data_format_for_path(path: str | PurePath) -> DataFormat:
    """The format that a file's suffix declares, in any case.

    Raises UnsupportedFormat, which lists the suffixes that are read.

    >>> data_format_for_path("plan.TTL").name
    'turtle'
    """
    suffix = PurePath(path).suffix.lower()
    for each in DATA_FORMATS:
        if suffix in each.suffixes:
            return each
    name = shortened(PurePath(path).name)
    raise _unsupported(
        Text(
            de=f"{name}: An der Endung {_quoted_de(suffix)} ist kein RDF-Format zu erkennen.",
            en=f"{name}: the suffix {_quoted_en(suffix)} stands for no RDF format.",
        ),
        [suffix for each in DATA_FORMATS for suffix in each.suffixes],
    )


def data_format_named(name: str) -> DataFormat:
    """The data format of a name, label or suffix without dot, in any case and spelling.

    Raises UnsupportedFormat, which lists the names.

    >>> data_format_named("ttl").name, data_format_named("RDF-XML").name
    ('turtle', 'rdf/xml')
    """
    return _named(name, DATA_FORMATS)


def result_format_named(name: str) -> ResultFormat:
    """The result format of a name or suffix without dot. Raises UnsupportedFormat.

    >>> result_format_named("srj").name
    'json'
    """
    return _named(name, RESULT_FORMATS)


def data_format_for_media_type(media_type: str) -> DataFormat:
    """The data format that a Content-Type declares; `charset` may only be UTF-8.

    Raises UnsupportedFormat, which lists the media types that are read.

    >>> data_format_for_media_type("Text/Turtle; charset=utf-8").name
    'turtle'
    """
    return _for_media_type(media_type, DATA_FORMATS)


def result_format_for_media_type(media_type: str) -> ResultFormat:
    """The result format of a media type. Raises UnsupportedFormat.

    >>> result_format_for_media_type("text/csv").name
    'csv'
    """
    return _for_media_type(media_type, RESULT_FORMATS)


def negotiate(
    accept: str | None, offered: Sequence[str], override: str | None = None
) -> str | None:
    """The media type to answer with (RFC 9110, 12.5.1), None where none offered is acceptable.

    `offered` is in the server's order, which decides between equal weights. `override` is what the
    address asked for: a suffix (`.ttl`) or a format name (`turtle`). It beats `accept`; where
    nothing offered goes by it the answer is None. A malformed media range is ignored; a field with
    no other asks for nothing.

    >>> negotiate("text/*;q=0.5, text/csv", ["text/html", "text/csv"])
    'text/csv'
    >>> negotiate("text/html", ["text/html", "text/turtle"], override=".ttl")
    'text/turtle'
    """
    if override:
        return media_type_for(override, offered)
    if accept is None or not accept.strip():
        return offered[0] if offered else None
    ranges = list(_media_ranges(accept)) or [_ANYTHING]
    best, best_weight = None, 0.0
    for each in offered:
        weight = _weight_of(each, ranges)
        if weight > best_weight:
            best, best_weight = each, weight
    return best


def media_type_for(override: str, offered: Sequence[str]) -> str | None:
    """The first media type offered that goes by a suffix (with or without dot) or a format name.

    >>> media_type_for(".json", ["text/html", "application/sparql-results+json"])
    'application/sparql-results+json'
    """
    wanted = _plain(override)
    for each in offered:
        if wanted in _names_of_media_type(_split_media_type(each).media_type):
            return each
    return None


def split_suffix(path: str, offered: Sequence[str]) -> tuple[str, str | None]:
    """An address without the suffix that asks for a format, and that suffix for `negotiate`.

    A suffix that names none of the media types offered belongs to the address.

    >>> split_suffix("/id/musterstadt/goal/1.ttl", ["text/html", "text/turtle"])
    ('/id/musterstadt/goal/1', '.ttl')
    >>> split_suffix("/id/musterstadt/goal/1.5", ["text/html", "text/turtle"])
    ('/id/musterstadt/goal/1.5', None)
    """
    suffix = PurePosixPath(path).suffix
    if not suffix or not path.endswith(suffix) or media_type_for(suffix, offered) is None:
        return path, None
    return path.removesuffix(suffix), suffix


class _MediaType(NamedTuple):
    """A media type or range with its parameters (without weight and charset=utf-8)."""

    media_type: str
    parameters: frozenset[tuple[str, str]]
    weight: float | None
    charset: str


_ANYTHING = _MediaType("*/*", frozenset(), 1.0, "")
# Without quoted pairs (\\"): nobody sends them, and a pattern with them is quadratic.
_MEMBER = re.compile(r'(?:[^,"]|"[^"]*"|")+')
_PARAMETER = re.compile(r'(?:[^;"]|"[^"]*"|")+')
_TYPE = re.compile(r"(?:\*/\*|[\w!#$&^.+-]+/(?:\*|[\w!#$&^.+-]+))", re.ASCII)


def _media_ranges(accept: str) -> Iterator[_MediaType]:
    for member in _MEMBER.findall(accept):
        parsed = _split_media_type(member)
        # Old Java clients send `*` for `*/*`.
        if parsed.media_type == "*":
            parsed = parsed._replace(media_type="*/*")
        if parsed.weight is not None and _TYPE.fullmatch(parsed.media_type):
            yield parsed


def _split_media_type(text: str) -> _MediaType:
    media_type, *rest = (part.strip() for part in _PARAMETER.findall(text) or [""])
    weight: float | None = 1.0
    charset = ""
    parameters = set()
    for part in rest:
        key, _, value = (piece.strip() for piece in part.partition("="))
        key, value = key.lower(), re.sub(r'^"(.*)"$', r"\1", value, flags=re.DOTALL)
        if key == "q":
            weight = quality(value)
        elif key == "charset":
            charset = value.lower()
        elif key:
            parameters.add((key, value))
    # Everything is sent as UTF-8: asking for that asks for nothing more.
    if charset not in ("", "utf-8", "utf8"):
        parameters.add(("charset", charset))
    return _MediaType(media_type.lower(), frozenset(parameters), weight, charset)


def _weight_of(offered: str, ranges: Iterable[_MediaType]) -> float:
    """The weight of the most specific range that the offered media type falls in, 0 if none."""
    own = _split_media_type(offered)
    kind = own.media_type.partition("/")[0]
    found = (-1, 0.0)
    for each in ranges:
        if each.media_type == own.media_type and each.parameters <= own.parameters:
            specificity = 2 + len(each.parameters)
        elif each.media_type == f"{kind}/*":
            specificity = 1
        elif each.media_type == "*/*":
            specificity = 0
        else:
            continue
        found = max(found, (specificity, each.weight or 0.0))
    return found[1]


def _plain(name: str) -> str:
    return re.sub(r"[\s./_+-]", "", name).lower()


def _names(form: DataFormat | ResultFormat) -> set[str]:
    return {_plain(each) for each in (form.name, form.label, *form.suffixes)}


def _names_of_media_type(media_type: str) -> set[str]:
    names = {_plain(each) for each in _SUFFIXES.get(media_type, ())}
    for each in (*DATA_FORMATS, *RESULT_FORMATS):
        if media_type in each.media_types:
            names |= _names(each)
    return names


def _named(name: str, known: Sequence[_Form]) -> _Form:
    for each in known:
        if _plain(name) in _names(each):
            return each
    raise _unsupported(
        Text(
            de=f"Ein Format {_quoted_de(name)} gibt es hier nicht.",
            en=f"There is no format {_quoted_en(name)} here.",
        ),
        [each.name for each in known],
    )


def _for_media_type(media_type: str, known: Sequence[_Form]) -> _Form:
    parsed = _split_media_type(media_type)
    if parsed.charset not in ("", "utf-8", "utf8", "us-ascii"):
        raise UnsupportedFormat(
            Text(
                de=f"Die Zeichenkodierung {_quoted_de(parsed.charset)} wird nicht gelesen.",
                en=f"The character encoding {_quoted_en(parsed.charset)} is not read.",
            ),
            mend=Text(de="Bitte als UTF-8 senden.", en="Send the data as UTF-8."),
            extra={"known": ["utf-8"]},
        )
    for each in known:
        if parsed.media_type in each.media_types:
            return each
    raise _unsupported(
        Text(
            de=f"Der Medientyp {_quoted_de(media_type)} wird hier nicht unterstützt.",
            en=f"The media type {_quoted_en(media_type)} is not supported here.",
        ),
        [each.media_type for each in known],
    )


def _unsupported(detail: Text, known: list[str]) -> UnsupportedFormat:
    listed = ", ".join(known)
    mend = Text(de=f"Unterstützt werden: {listed}.", en=f"Supported are: {listed}.")
    return UnsupportedFormat(detail, mend=mend, extra={"known": known})


def _quoted_de(text: str) -> str:
    return f"„{shortened(text)}“"


def _quoted_en(text: str) -> str:
    return f"“{shortened(text)}”"
