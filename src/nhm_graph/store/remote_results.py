"""What another SPARQL engine answered, read as results or triples, or refused as damaged."""

from collections.abc import Iterator

import pyoxigraph as ox

from nhm_graph.store.base import Result
from nhm_graph.store.remote_http import Reply, incomplete

# Virtuoso 7 answers an ASK with a table that has this column, and a row where it is true.
_OTHER_TRUTH = "__ASK_RETVAL"


def table(body: bytes, form: str) -> Result:
    """The rows, or the truth value of an "ask", of results in JSON (SPARQL 1.1 Query Results JSON).

    Written once more in between: the parser reads row by row, so that damage at the end would be
    met only after the first rows were used. Raises StoreProblem.

    >>> bool(table(b'{"head": {}, "boolean": true}', "ask"))
    True
    """
    try:
        result = ox.parse_query_results(body, format=ox.QueryResultsFormat.JSON)
        if form == "ask":
            return result if isinstance(result, ox.QueryBoolean) else _other_truth(result)
        if isinstance(result, ox.QueryBoolean):
            raise incomplete("SELECT: boolean")
        whole = result.serialize(format=ox.QueryResultsFormat.JSON)
        assert whole is not None
        return ox.parse_query_results(whole, format=ox.QueryResultsFormat.JSON)
    except (SyntaxError, ValueError) as error:
        raise incomplete("JSON") from error


def _other_truth(table: ox.QuerySolutions) -> Result:
    if [each.value for each in table.variables] != [_OTHER_TRUTH]:
        raise incomplete("ASK: table")
    said = "true" if list(table) else "false"
    written = f'{{"head":{{}},"boolean":{said}}}'
    return ox.parse_query_results(written, format=ox.QueryResultsFormat.JSON)


def quads(reply: Reply) -> Iterator[ox.Quad]:
    """The triples of a graph in N-Triples, in the default graph; blank nodes get new labels,
    because engines number them anew in each answer.

    N-Triples do not show by themselves whether their end is missing. Raises StoreProblem.

    >>> len(list(quads(Reply(b"<http://e/s> <http://e/p> 'o' .".replace(b"'", b'"'), framed=True))))
    1
    """
    if not reply.framed:
        raise incomplete("Content-Length")
    form = ox.RdfFormat.N_TRIPLES
    try:
        yield from ox.parse(reply.body, format=form, rename_blank_nodes=True)
    except SyntaxError as error:
        raise incomplete("N-Triples") from error
