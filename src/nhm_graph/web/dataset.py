"""What a request of the SPARQL 1.1 Protocol brings: its text and the graphs it is about."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from fastapi import Request
from starlette.datastructures import QueryParams

from nhm_graph.errors import BadParameter, UnsupportedFormat
from nhm_graph.language import Text
from nhm_graph.rdf.terms import typed_term
from nhm_graph.web.body import read_limited

FORM = "application/x-www-form-urlencoded"
# Percent-encoding triples a byte at worst, and the names of graphs need room, too.
_FORM_FACTOR = 4


@dataclass(frozen=True, slots=True)
class Operation:
    """Which parameters an operation of the protocol has (2.1 and 2.2)."""

    text: str
    media_type: str
    default: str
    named: str


QUERY = Operation("query", "application/sparql-query", "default-graph-uri", "named-graph-uri")
UPDATE = Operation(
    "update", "application/sparql-update", "using-graph-uri", "using-named-graph-uri"
)


@dataclass(frozen=True, slots=True)
class Asked:
    """A request's text, and the graphs that the request names; None where it names none.

    Where it names graphs of one kind only, there are none of the other (2.1.4).
    """

    text: str
    default: tuple[str, ...] | None = None
    named: tuple[str, ...] | None = None


def from_address(operation: Operation, given: QueryParams) -> Asked:
    """What stands in an address, or a form. Raises BadParameter.

    >>> given = QueryParams("query=ASK {}&default-graph-uri=http://e/g")
    >>> from_address(QUERY, given)
    Asked(text='ASK {}', default=('http://e/g',), named=())
    """
    texts = given.getlist(operation.text)
    if len(texts) != 1:
        name, number = operation.text, len(texts)
        raise BadParameter(
            Text(
                de=f"Erwartet wird genau ein Parameter {name}; es sind {number}.",
                en=f"Exactly one parameter {name} is expected; there are {number}.",
            ),
            extra={"name": name},
        )
    return _asked(operation, texts[0], given)


async def from_body(request: Request, operation: Operation, limit: int) -> Asked:
    """What a POST brings, directly or as a form, with what stands in its address.

    Raises UnsupportedFormat, TooLarge, BadParameter.
    """
    sent, _, parameters = request.headers.get("content-type", "").partition(";")
    sent = sent.strip().lower()
    if sent not in (FORM, operation.media_type) or not _is_utf_8(parameters):
        raise _unsupported(operation, request.headers.get("content-type", ""))
    if sent == operation.media_type:
        text = decoded(await read_limited(request, limit, "SPARQL"))
        return _asked(operation, text, request.query_params)
    body = decoded(await read_limited(request, limit, "SPARQL", encoded=_FORM_FACTOR))
    form = QueryParams([*request.query_params.multi_items(), *QueryParams(body).multi_items()])
    return from_address(operation, form)


def decoded(body: bytes) -> str:
    """The text of a body. Raises BadParameter where it is not UTF-8.

    >>> decoded("ä".encode())
    'ä'
    """
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadParameter(
            Text(de="Der gesendete Text ist kein UTF-8.", en="The text sent is not UTF-8.")
        ) from error


def graph_name(parameter: str, text: str) -> str:
    """The name of a graph, an absolute IRI. Raises BadParameter, which names the parameter.

    >>> graph_name("graph", "http://e/g")
    'http://e/g'
    """
    return str(typed_term("iri", text, name=parameter).value)


def _asked(operation: Operation, text: str, given: QueryParams) -> Asked:
    default = _graphs(operation.default, given.getlist(operation.default))
    named = _graphs(operation.named, given.getlist(operation.named))
    return Asked(text, default, named) if default or named else Asked(text)


def _graphs(parameter: str, names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(graph_name(parameter, each) for each in names))


def _is_utf_8(parameters: str) -> bool:
    charsets: Sequence[str] = [
        value.strip().strip('"').lower()
        for name, _, value in (each.partition("=") for each in parameters.split(";"))
        if name.strip().lower() == "charset"
    ]
    return all(each in ("utf-8", "utf8", "us-ascii") for each in charsets)


def _unsupported(operation: Operation, sent: str) -> UnsupportedFormat:
    known = [operation.media_type, FORM]
    return UnsupportedFormat(
        Text(
            de=f"Was als „{sent or '?'}“ gesendet wird, wird hier nicht gelesen.",
            en=f"What is sent as “{sent or '?'}” is not read here.",
        ),
        mend=Text(
            de=f"Als {known[0]} oder {known[1]} senden, in UTF-8.",
            en=f"Send {known[0]} or {known[1]}, in UTF-8.",
        ),
        extra={"known": known},
    )
