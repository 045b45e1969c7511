"""Answers cut at a number of rows or triples, which say so in their body."""

import json
from typing import IO, cast

from pyoxigraph import QueryResultsFormat, QuerySolutions, parse_query_results

from nhm_graph.rdf.formats import CSV, JSON, JSON_LD, RDF_XML, TSV, XML, DataFormat, ResultFormat
from nhm_graph.store.readers.job import ROW_LIMIT_HEADER


class _Enough(Exception):
    """As many rows are there as are looked at."""


class _Lines:
    """A file that takes lines up to a number; TSV has one line for each row and one before."""

    def __init__(self, most: int) -> None:
        self.held = bytearray()
        self._most = most
        self._lines = 0

    def write(self, data: bytes) -> int:
        self.held += data
        self._lines += data.count(b"\n")
        if self._lines > self._most:
            raise _Enough
        return len(data)

    def flush(self) -> None:
        """Nothing is held back."""


def first_rows(result: QuerySolutions, most: int) -> tuple[QuerySolutions, bool]:
    """The first rows of a table, at most so many, and whether there are more.

    They are kept as TSV, which says each term exactly and has one line for each row.

    >>> from pyoxigraph import Store
    >>> few, more = first_rows(Store().query("SELECT ?a { VALUES ?a { 1 2 UNDEF } }"), 2)
    >>> len(list(few)), more
    (2, True)
    """
    lines = _Lines(most + 1)
    more = False
    try:
        result.serialize(output=cast(IO[bytes], lines), format=QueryResultsFormat.TSV)
    except _Enough:
        more = True
    rows = bytes(lines.held).split(b"\n", most + 1)
    table = b"\n".join(rows[: most + 1]) + b"\n"
    kept = parse_query_results(table, format=QueryResultsFormat.TSV)
    assert isinstance(kept, QuerySolutions)
    return kept, more


def say_in_table(written: bytes, form: ResultFormat, most: int) -> bytes:
    """A table that says in its body that there are more rows.

    JSON and XML say it as a `link` of their head (SPARQL 1.1 Query Results JSON, 3.1.2; XML, 2.2),
    CSV and TSV, which know nothing but rows, as a last line.

    >>> say_in_table(b"a\\r\\n1\\r\\n", CSV, 1)
    b'a\\r\\n1\\r\\nNHM-Row-Limit-Reached: 1\\r\\n'
    """
    said = f"{ROW_LIMIT_HEADER}: {most}"
    link = f"urn:{ROW_LIMIT_HEADER.lower()}:{most}"
    if form == JSON:
        table = json.loads(written)
        table["head"]["link"] = [link]
        return json.dumps(table, ensure_ascii=False, separators=(",", ":")).encode()
    if form == XML:
        return written.replace(b"</head>", f'<link href="{link}"/></head>'.encode(), 1)
    assert form in (CSV, TSV)
    return written + said.encode() + (b"\r\n" if form == CSV else b"\n")


def say_in_graph(written: bytes, form: DataFormat, most: int) -> bytes:
    """A graph that says in its body that there are more triples, without a triple about it.

    A comment; in JSON-LD, which has none, an object with a key that stands for no property.

    >>> from nhm_graph.rdf.formats import N_TRIPLES
    >>> say_in_graph(b"<a:a> <a:b> 1 .\\n", N_TRIPLES, 1)
    b'<a:a> <a:b> 1 .\\n# NHM-Row-Limit-Reached: 1\\n'
    """
    said = f"{ROW_LIMIT_HEADER}: {most}"
    if form == JSON_LD:
        return json.dumps(_told_in_json_ld(json.loads(written), most), ensure_ascii=False).encode()
    if form == RDF_XML:
        return written + f"\n<!-- {said} -->\n".encode()
    return written + f"# {said}\n".encode()


def _told_in_json_ld(document: object, most: int) -> object:
    told = {ROW_LIMIT_HEADER: most}
    if isinstance(document, list):
        return [*document, told]
    if isinstance(document, dict) and isinstance(document.get("@graph"), list):
        return document | {"@graph": [*document["@graph"], told]}
    return [document, told]
