"""What is refused before the parser sees it, because it would hurt: refused, never repaired.

Entity bombs in RDF/XML (a few hundred bytes take gigabytes), JSON-LD that wants a context from
elsewhere (nothing is fetched) or costs quadratic time, and nesting so deep that the parser ends
the process.
"""

import json
import re
from collections.abc import Iterator
from itertools import accumulate
from xml.parsers import expat

from nhm_graph.errors import UnreadableData, shortened
from nhm_graph.language import Text
from nhm_graph.rdf.faults import Fault, fault_of, unreadable
from nhm_graph.rdf.formats import JSON_LD, RDF_XML, DataFormat
from nhm_graph.rdf.tokens import IRI, NAME, STRING

MAX_NESTING = 100
"""Deepest nesting of elements, JSON values and triple terms. JSON-LD at this bound needs half a
megabyte of stack, and a thread of Python has one at least; pyoxigraph 0.5.13 ends the process
where the stack ends (in JSON-LD before 4,000 with 8 MB). In RDF/XML its time is quadratic."""

MAX_CONTEXT_WORK = 50_000_000
"""Most terms in JSON-LD contexts times JSON objects, where there are several contexts: each may
copy all terms at each object (pyoxigraph 0.5.13 takes 6 s at this bound, 30 s at ten times it)."""

# Wherever it stands: the parser heeds a declaration in the middle of a document, too. That it is
# refused in a comment as well is the price for not depending on how comments are recognised.
_DECLARATION = re.compile(r"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_TRIPLE_TERM = re.compile(rf"(?P<open><<\()|(?P<close>\)>>)|#[^\r\n]*|{IRI}|{STRING}|{NAME}")

# JSON strings, the one that is never closed as well, and all else but brackets: linear in the text.
_NO_BRACKETS = re.compile(
    r'"[^"\\]*"|"(?s:.*?)(?:(?<!\\)(?:\\\\)*"|\Z)|[^"\[\]{}]+',
)


def refuse_unsafe(text: str, fmt: DataFormat, name: str) -> None:
    """Raises UnreadableData for a text that must not be parsed.

    >>> refuse_unsafe("<!DOCTYPE x>", RDF_XML, "x.rdf")
    Traceback (most recent call last):
    ...
    nhm_graph.errors.UnreadableData: x.rdf, line 1, column 1: The XML contains a document type ...
    """
    if fmt is RDF_XML:
        _refuse_declarations(text, name)
        _refuse_malformed_xml(text, name)
    elif fmt is JSON_LD:
        _refuse_hurtful_json_ld(text, name)
    elif text.count("<<(") > MAX_NESTING:
        _refuse_nested_triple_terms(text, name)


def _refuse_declarations(text: str, name: str) -> None:
    match = _DECLARATION.search(text)
    if not match:
        return
    before = text[: match.start()]
    raise unreadable(
        name,
        Fault(
            Text(
                de="Das XML enthält eine Dokumenttyp-Deklaration (DOCTYPE, ENTITY). Sie wird aus "
                "Sicherheitsgründen nicht gelesen, auch nicht in einem Kommentar.",
                en="The XML contains a document type declaration (DOCTYPE, ENTITY). For safety it "
                "is not read, not even in a comment.",
            ),
            Text(
                de="Die Deklaration entfernen und Adressen ausschreiben, oder die Daten als Turtle "
                "speichern.",
                en="Remove the declaration and write IRIs in full, or save the data as Turtle.",
            ),
        ),
        line=1 + before.count("\n"),
        column=len(before) - before.rfind("\n"),
    )


def _refuse_malformed_xml(text: str, name: str) -> None:
    """pyoxigraph takes a file that was cut off for a complete one, and names no line."""
    parser = expat.ParserCreate(encoding="utf-8", namespace_separator=" ")
    depth = 0

    def start(_tag: str, _attributes: object) -> None:
        nonlocal depth
        depth += 1
        if depth > MAX_NESTING:
            raise _too_deep(name, parser.CurrentLineNumber)

    def end(_tag: str) -> None:
        nonlocal depth
        depth -= 1

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    try:
        parser.Parse(text.encode(), True)
    except expat.ExpatError as error:
        fault = fault_of(expat.errors.messages.get(error.code, str(error)))
        raise unreadable(
            name, fault, line=error.lineno, column=error.offset + 1, text=text
        ) from None


class _Object(tuple[tuple[str, object], ...]):
    """A JSON object as its pairs: a key that stands twice keeps both values."""


def _refuse_hurtful_json_ld(text: str, name: str) -> None:
    # Before json sees it, too: CPython 3.13 ends the process in a thread with a megabyte of stack.
    brackets = _NO_BRACKETS.sub("", text)
    if max(accumulate(1 if each in "[{" else -1 for each in brackets), default=0) > MAX_NESTING:
        raise _too_deep(name)
    try:
        # Numbers stay text: a very long one is no error here.
        data = json.loads(text, object_pairs_hook=_Object, parse_int=str, parse_float=str)
    except json.JSONDecodeError as error:
        raise _bad_json(error, text, name) from None
    contexts, terms, objects = 0, 0, 0
    for value in _objects(data):
        objects += 1
        for context in _contexts(value):
            contexts += 1
            if isinstance(context, str):
                raise _remote(context, text, name)
            terms += len(context) if isinstance(context, _Object) else 0
    if contexts > 1 and terms * objects > MAX_CONTEXT_WORK:
        raise _too_many_contexts(name)


def _objects(data: object) -> Iterator[_Object]:
    """All JSON objects at any depth."""
    waiting = [data]
    while waiting:
        value = waiting.pop()
        if isinstance(value, list):
            waiting.extend(value)
        elif isinstance(value, _Object):
            yield value
            waiting.extend(each for _, each in value)


def _contexts(value: _Object) -> Iterator[object]:
    """What stands under `@context` and `@import` (JSON-LD 1.1, Imported Contexts), one by one."""
    for key, part in value:
        if key in ("@context", "@import"):
            yield from part if isinstance(part, list) else [part]


def _remote(address: str, text: str, name: str) -> UnreadableData:
    position = text.find(json.dumps(address, ensure_ascii=False))
    address = shortened(address)
    return unreadable(
        name,
        Fault(
            Text(
                de=f"Der JSON-LD-Kontext „{address}“ liegt außerhalb der Daten. Es wird nichts "
                "nachgeladen.",
                en=f"The JSON-LD context “{address}” lies outside the data. Nothing is fetched.",
            ),
            Text(
                de="Statt der Adresse den Inhalt des Kontexts unter @context einfügen.",
                en="Put the content of the context under @context in place of the address.",
            ),
        ),
        line=1 + text.count("\n", 0, position) if position >= 0 else None,
    )


def _too_many_contexts(name: str) -> UnreadableData:
    return unreadable(
        name,
        Fault(
            Text(
                de="Die Daten enthalten zu viele und zu große JSON-LD-Kontexte.",
                en="The data contain too many and too large JSON-LD contexts.",
            ),
            Text(
                de="Einen einzigen Kontext am Anfang verwenden oder als Turtle speichern.",
                en="Use one context at the top, or save the data as Turtle.",
            ),
        ),
    )


def _bad_json(error: json.JSONDecodeError, text: str, name: str) -> UnreadableData:
    fault = Fault(
        Text(
            de="Das ist kein gültiges JSON.",
            en=f"This is not valid JSON ({error.msg}).",
        ),
        Text(
            de="Kommas, Klammern und Anführungszeichen davor prüfen.",
            en="Check commas, brackets and quotation marks before it.",
        ),
    )
    return unreadable(name, fault, line=error.lineno, column=error.colno, text=text)


def _refuse_nested_triple_terms(text: str, name: str) -> None:
    depth = 0
    for match in _TRIPLE_TERM.finditer(text):
        if match["open"]:
            depth += 1
        elif match["close"]:
            depth -= 1
        if depth > MAX_NESTING:
            raise _too_deep(name, 1 + text.count("\n", 0, match.start()))


def _too_deep(name: str, line: int | None = None) -> UnreadableData:
    return unreadable(
        name,
        Fault(
            Text(
                de=f"Die Daten sind tiefer als {MAX_NESTING} Ebenen geschachtelt.",
                en=f"The data are nested deeper than {MAX_NESTING} levels.",
            ),
            Text(
                de="Verschachtelte Teile einzeln mit eigener Adresse schreiben.",
                en="Write nested parts one by one, each with an IRI of its own.",
            ),
        ),
        line=line,
    )
