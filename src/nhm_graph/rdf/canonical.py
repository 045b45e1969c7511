"""Triples in one fixed order: canonical N-Triples, and the other formats made from it.

A line is in the canonical form of RDF 1.2 N-Triples (one space, fewest escapes), the lines are in
the order of their code points. The same triples give the same bytes, however they were stored.
"""

import heapq
from collections.abc import Iterable, Iterator, Mapping
from tempfile import TemporaryFile
from typing import IO

import pyoxigraph as ox

from nhm_graph.rdf.formats import N_TRIPLES, DataFormat
from nhm_graph.rdf.statements import Statement

_END = " .\n"


def sorted_lines(triples: Iterable[ox.Triple], most: int) -> Iterator[str]:
    """The triples as lines of canonical N-Triples, each with its line end, in order.

    All triples are read before this returns. At most `most` lines are in memory at a time; what is
    more waits in temporary files. Blank nodes keep the names that they have.

    >>> two = [ox.Triple(ox.NamedNode(f"http://e/{n}"), ox.NamedNode("http://e/p"),
    ...                  ox.Literal("a")) for n in "ba"]
    >>> [line[:12] for line in sorted_lines(two, most=1)]
    ['<http://e/a>', '<http://e/b>']
    """
    held: list[str] = []
    runs: list[IO[str]] = []
    for triple in triples:
        held.append(f"{triple}{_END}")
        if len(held) >= most:
            runs.append(_run(held))
            held = []
    held.sort()
    return _merged(held, runs) if runs else iter(held)


def in_graph(line: str, graph: str) -> str:
    """A line of N-Triples as a line of N-Quads.

    >>> in_graph("<http://e/s> <http://e/p> 'o' .\\n", "http://e/g")
    "<http://e/s> <http://e/p> 'o' <http://e/g> .\\n"
    """
    return f"{line.removesuffix(_END)} <{graph}>{_END}"


def write_as(
    source: IO[bytes], form: DataFormat, prefixes: Mapping[str, str], output: IO[bytes]
) -> None:
    """Writes N-Triples in another format, triple by triple in the order they have.

    >>> import io
    >>> from nhm_graph.rdf.formats import TURTLE
    >>> output = io.BytesIO()
    >>> write_as(io.BytesIO(b'<http://e/s> <http://e/p> "o" .'), TURTLE, {}, output)
    >>> output.getvalue()
    b'<http://e/s> <http://e/p> "o" .\\n'
    """
    quads = ox.parse(input=source, format=N_TRIPLES.oxigraph)
    ox.serialize(
        (quad.triple for quad in quads),
        output=output,
        format=form.oxigraph,
        prefixes=dict(prefixes),
    )


def read_statements(source: IO[bytes]) -> Iterator[Statement]:
    """What N-Triples say, in their order; a blank node is named as `_:name`.

    >>> import io
    >>> [said.subject for said in read_statements(io.BytesIO(b'_:a <http://e/p> "o" .'))]
    ['_:a']
    """
    for quad in ox.parse(input=source, format=N_TRIPLES.oxigraph):
        subject, value = quad.subject, quad.object
        named = subject.value if isinstance(subject, ox.NamedNode) else str(subject)
        if not isinstance(value, (ox.NamedNode, ox.Literal)):
            value = ox.Literal(str(value))
        yield Statement(named, quad.predicate.value, value)


def _run(held: list[str]) -> IO[str]:
    file = TemporaryFile("w+", encoding="utf-8", newline="\n")  # noqa: SIM115 (see _merged)
    file.writelines(sorted(held))
    file.seek(0)
    return file


def _merged(held: list[str], runs: list[IO[str]]) -> Iterator[str]:
    try:
        yield from heapq.merge(*runs, held)
    finally:
        for each in runs:
            each.close()
