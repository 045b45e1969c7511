"""The result of a foreign query as the query page shows it: its first rows, and no more read."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from nhm_graph.store.readers.job import ROW_LIMIT_HEADER, Answer

MOST_ROWS = 500
MOST_BYTES = 200_000
# A term in a table of SPARQL 1.1 Query Results TSV.
_LITERAL = re.compile(r'"((?:[^"\\]|\\.)*)"(?:@([A-Za-z0-9-]+)|\^\^<[^>]*>)?', re.DOTALL)
_ESCAPED = re.compile(r"\\(u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|.)", re.DOTALL)
_CHARACTERS = {"t": "\t", "n": "\n", "r": "\r", "b": "\b", "f": "\f"}
_LOCAL = re.compile(r"[\w.-]*\w")
_NUMBER = re.compile(r"[+-]?[0-9.]+([eE][+-]?[0-9]+)?")


@dataclass(frozen=True, slots=True)
class Cell:
    """A term of a result: its text, its address where it is an IRI, its language."""

    text: str
    iri: str | None = None
    language: str | None = None
    number: bool = False


@dataclass(frozen=True, slots=True)
class Result:
    """What a query found: a table, a graph as Turtle, or yes or no.

    `cut_off`: there is more than is shown.
    """

    columns: Sequence[str] = ()
    rows: Sequence[Sequence[Cell | None]] = ()
    written: str | None = None
    truth: bool | None = None
    cut_off: bool = False


async def read_result(answer: Answer, prefixes: Mapping[str, str]) -> Result:
    """The result of an answer in TSV, JSON (of ASK) or Turtle; it is closed in any case.

    Raises BrokenAnswer.
    """
    text, whole = await _beginning(answer)
    whole = whole and ROW_LIMIT_HEADER not in answer.headers
    if answer.kind == "truth":
        return Result(truth=bool(json.loads(text)["boolean"]))
    if answer.kind == "graph":
        return Result(written=text, cut_off=not whole)
    head, *lines = text.split("\n")
    lines = lines[:-1]  # after the last line break there is nothing, or a part of a row
    return Result(
        columns=[name.removeprefix("?") for name in head.split("\t")] if head else [],
        rows=[[cell_of(term, prefixes) for term in line.split("\t")] for line in lines[:MOST_ROWS]],
        cut_off=not whole or len(lines) > MOST_ROWS,
    )


async def _beginning(answer: Answer) -> tuple[str, bool]:
    """The first bytes of an answer, whole characters only, and whether they are all."""
    held = bytearray()
    try:
        async for chunk in answer.chunks:
            held += chunk
            if len(held) > MOST_BYTES:
                return bytes(held[:MOST_BYTES]).decode("utf-8", "ignore"), False
    finally:
        await answer.chunks.aclose()
    return held.decode("utf-8"), True


def cell_of(term: str, prefixes: Mapping[str, str]) -> Cell | None:
    r"""A term of a TSV table; None where there is none.

    >>> cell_of("<https://w3id.org/nhm/ns#Goal>", {"nhm": "https://w3id.org/nhm/ns#"}).text
    'nhm:Goal'
    >>> cell_of('"Ein \\"Ziel\\""@de', {})
    Cell(text='Ein "Ziel"', iri=None, language='de', number=False)
    """
    if not term:
        return None
    if term.startswith("<"):
        iri = term[1:-1]
        return Cell(_short(iri, prefixes), iri=iri)
    literal = _LITERAL.fullmatch(term)
    if literal:
        return Cell(_ESCAPED.sub(_character, literal[1]), language=literal[2])
    return Cell(term, number=bool(_NUMBER.fullmatch(term)))


def _character(escaped: re.Match[str]) -> str:
    code = escaped[1]
    if len(code) > 1:
        return chr(int(code[1:], 16))
    return _CHARACTERS.get(code, code)


def _short(iri: str, prefixes: Mapping[str, str]) -> str:
    for prefix, namespace in prefixes.items():
        if iri.startswith(namespace) and _LOCAL.fullmatch(iri[len(namespace) :]):
            return f"{prefix}:{iri[len(namespace) :]}"
    return iri
