"""Reading RDF from files and bytes: what comes in is declared, bounded, checked, then parsed.

Nothing is fetched and no format is guessed. pyoxigraph does the parsing; what must not reach it is
refused in `nhm_graph.rdf.safety` before.
"""

import io
import os
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from nhm_graph.errors import TooLarge, UnreadableData, shortened
from nhm_graph.language import Text
from nhm_graph.rdf.faults import Fault, explained, unreadable
from nhm_graph.rdf.formats import RDF_XML, DataFormat, data_format_for_path
from nhm_graph.rdf.safety import refuse_unsafe

_WIDE_MARKS = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True, slots=True)
class Document:
    """RDF that was read: its name, its format, its text and what the text says.

    `base` is the IRI against which relative IRIs were resolved. Blank nodes got names of their own,
    so that documents can be put together.

    >>> from nhm_graph.rdf.formats import TURTLE
    >>> len(read_bytes(b"<x:goal> <x:p> 1, 2 .", TURTLE, "goals.ttl", 1_000).quads)
    2
    """

    name: str
    format: DataFormat
    text: str
    quads: list[ox.Quad]
    base: str | None = None


def read_file(
    path: str | Path, max_bytes: int, *, name: str | None = None, base: str | None = None
) -> Document:
    """The document in a file, whose suffix says the format; `name` is what messages call it.

    Relative IRIs are an error, unless `base` says against what they are resolved.
    Raises UnreadableData (no such file, a folder, not UTF-8, an error in the syntax, unsafe),
    UnsupportedFormat (suffix), TooLarge (more than `max_bytes`).

    >>> read_file("no/such/plan.ttl", 1_000)
    Traceback (most recent call last):
    ...
    nhm_graph.errors.UnreadableData: no/such/plan.ttl: There is no such file. Check the ...
    """
    shown = os.fspath(path) if name is None else name
    if not os.fspath(path).strip():
        raise _nameless()
    _refuse_other_than_file(Path(path), shown)
    form = data_format_for_path(path)
    try:
        with Path(path).open("rb") as file:
            data = file.read(max_bytes + 1)
    except OSError as error:
        raise _not_opened(shown, error) from error
    return read_bytes(data, form, shown, max_bytes, base=base)


def read_bytes(
    data: bytes, fmt: DataFormat, name: str, max_bytes: int, *, base: str | None = None
) -> Document:
    """The document that bytes hold, in UTF-8 with or without a byte order mark.

    Relative IRIs are an error, unless `base`, a full IRI, says against what they are resolved.
    Raises UnreadableData, with line and column where they are known, and TooLarge.

    >>> from nhm_graph.rdf.formats import TURTLE
    >>> read_bytes(b"<x:goal> <x:p> .", TURTLE, "goals.ttl", 1_000)
    Traceback (most recent call last):
    ...
    nhm_graph.errors.UnreadableData: goals.ttl, line 1, column 16: “.” stands where an object ...
    """
    if not name.strip():
        raise _nameless()
    name = shortened(name, 300)
    if len(data) > max_bytes:
        raise TooLarge.than(name, max_bytes)
    text = _decoded(data, name)
    refuse_unsafe(text, fmt, name)
    try:
        quads = list(
            ox.parse(input=text, format=fmt.oxigraph, base_iri=base, rename_blank_nodes=True)
        )
    except SyntaxError as error:
        raise explained(error, text, name, _line_of_fault(error, text, fmt, base)) from error
    return Document(name, fmt, text, quads, base)


def _decoded(data: bytes, name: str) -> str:
    """The text, without byte order mark."""
    if data.startswith(_WIDE_MARKS) or b"\0" in data:
        offset = 0 if data.startswith(_WIDE_MARKS) else data.index(b"\0")
        detail = Text(
            de="Die Daten enthalten Nullbytes oder sind in UTF-16 gespeichert.",
            en="The data contain NUL bytes or are stored as UTF-16.",
        )
        raise unreadable(name, Fault(detail, _SAVE_AS_UTF_8), line=1 + data.count(b"\n", 0, offset))
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = error.object[: error.start]
        line_start = before.rfind(b"\n") + 1
        byte = error.object[error.start]
        detail = Text(
            de=f"Die Daten sind nicht in UTF-8 gespeichert (Byte 0x{byte:02X}).",
            en=f"The data are not stored as UTF-8 (byte 0x{byte:02X}).",
        )
        raise unreadable(
            name,
            Fault(detail, _SAVE_AS_UTF_8),
            line=1 + before.count(b"\n"),
            column=1 + len(before[line_start:].decode("utf-8", "replace")),
        ) from None


_SAVE_AS_UTF_8 = Text(
    de="Die Datei im Editor als UTF-8 speichern.", en="Save the file as UTF-8 in your editor."
)


class _LineByLine(io.BytesIO):
    """Hands out at most one line at a time and counts them."""

    lines = 0

    def read(self, size: int | None = -1, /) -> bytes:
        part = self.readline(size)
        self.lines += part.endswith(b"\n")
        return part


def _line_of_fault(error: SyntaxError, text: str, fmt: DataFormat, base: str | None) -> int | None:
    """The line, where the parser does not say it: in RDF/XML the line on which it gave up."""
    if error.lineno is not None or fmt is not RDF_XML:
        return error.lineno
    source = _LineByLine(text.encode())
    try:
        for _ in ox.parse(input=source, format=fmt.oxigraph, base_iri=base):
            pass
    except SyntaxError:
        return max(source.lines, 1)
    return None


def _refuse_other_than_file(path: Path, name: str) -> None:
    try:
        is_folder, is_file, exists = path.is_dir(), path.is_file(), path.exists()
    except (OSError, ValueError) as error:  # ValueError: NUL in the name
        raise _not_opened(name, error) from error
    if is_folder:
        fault = Fault(
            Text(de="Das ist ein Ordner, keine Datei.", en="This is a folder, not a file."),
            Text(de="Eine Datei darin angeben.", en="Name a file in it."),
        )
    elif not exists:
        fault = Fault(
            Text(de="Diese Datei gibt es nicht.", en="There is no such file."),
            Text(de="Pfad und Schreibweise prüfen.", en="Check the path and its spelling."),
        )
    elif not is_file:
        fault = Fault(
            Text(de="Das ist keine gewöhnliche Datei.", en="This is not a regular file."),
            Text(de="Die Daten als Datei speichern.", en="Save the data as a file."),
        )
    else:
        return
    raise unreadable(name, fault)


def _not_opened(name: str, error: Exception) -> UnreadableData:
    reason = getattr(error, "strerror", None) or str(error)
    fault = Fault(
        Text(
            de=f"Die Datei lässt sich nicht öffnen (Systemmeldung: {reason}).",
            en=f"The file cannot be opened ({reason}).",
        ),
        Text(de="Pfad und Leserechte prüfen.", en="Check the path and the right to read it."),
    )
    return unreadable(shortened(name, 300), fault)


def _nameless() -> UnreadableData:
    return UnreadableData(
        Text(de="Der Name der Daten ist leer.", en="The name of the data is empty."),
        mend=Text(de="Eine Datei angeben.", en="Name a file."),
    )
