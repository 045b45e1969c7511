"""GET and POST /sparql: SELECT, ASK, CONSTRUCT and DESCRIBE (SPARQL 1.1 Protocol, 2.1)."""

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response

from nhm_graph.graph import PREFIXES
from nhm_graph.store.embedded import EmbeddedStore
from nhm_graph.store.guard import check_query, form_of, is_repeatable
from nhm_graph.store.readers.evaluation import GRAPHS, OFFERED, TABLES, TRUTHS
from nhm_graph.store.readers.job import Job, Kind
from nhm_graph.web.conditional import etag, is_known, not_modified
from nhm_graph.web.dataset import FORM, QUERY, UPDATE, Asked, from_address, from_body
from nhm_graph.web.encoding import takes_gzip
from nhm_graph.web.foreign import Foreign
from nhm_graph.web.methods import address_of
from nhm_graph.web.reader import chosen, graph_of
from nhm_graph.web.service_description import describe
from nhm_graph.web.streaming import ClientGone, StreamedAnswer, while_connected

router = APIRouter()

PATH = "/sparql"
METHODS = ("GET", "HEAD", "POST", "OPTIONS")
_VARY = "Accept, Accept-Encoding"
_KINDS: dict[str, Kind] = {
    "select": "table",
    "ask": "truth",
    "construct": "graph",
    "describe": "graph",
}
# A request with one of these is no request for the description of the service.
_OF_PROTOCOL = (QUERY.text, QUERY.default, QUERY.named, UPDATE.text)
# A longer text is looked through in a thread of its own, beside other requests.
_LONG = 4_000
_CLIENT_GONE = 499
_ANSWER = {
    "description": "The table, the truth value or the graph",
    "content": {each: {} for each in dict.fromkeys((*TABLES, *TRUTHS, *GRAPHS))},
}
_GRAPH_LIST = "graphs instead of those in FROM / Graphen statt der in FROM genannten"
_PARAMETERS = [
    {
        "name": QUERY.text,
        "in": "query",
        "required": False,
        "description": "SPARQL 1.1 query / Abfrage",
        "schema": {"type": "string"},
    },
    *(
        {
            "name": name,
            "in": "query",
            "required": False,
            "description": _GRAPH_LIST,
            "schema": {"type": "array", "items": {"type": "string"}},
        }
        for name in (QUERY.default, QUERY.named)
    ),
]


@router.get(
    PATH,
    summary="SPARQL query in the address / SPARQL-Abfrage in der Adresse",
    description="Evaluates the query over the union of all graphs, or over those that the request "
    "or FROM in the query names. Without a query: the description of the service.\n\nWertet die "
    "Abfrage über alle Graphen zusammen aus, oder über die, die die Anfrage oder FROM in der "
    "Abfrage nennt. Ohne Abfrage: die Beschreibung des Dienstes.",
    responses={200: _ANSWER},
    openapi_extra={"parameters": _PARAMETERS},
)
@router.head(PATH, include_in_schema=False)
async def get_sparql(request: Request) -> Response:
    """Evaluates the query in the address, or describes the service."""
    given = request.query_params
    if not any(name in given for name in _OF_PROTOCOL):
        return await run_in_threadpool(describe, request)
    return await _answered(request, from_address(QUERY, given))


@router.post(
    PATH,
    summary="SPARQL query in the body / SPARQL-Abfrage im Inhalt",
    description="The same for a query sent as form (query=…) or as application/sparql-query.\n\n"
    "Dasselbe für eine Abfrage als Formular (query=…) oder als application/sparql-query.",
    responses={200: _ANSWER},
    openapi_extra={"requestBody": {"required": True, "content": {QUERY.media_type: {}, FORM: {}}}},
)
async def post_sparql(request: Request) -> Response:
    """Evaluates a query sent as form (`query=`) or as application/sparql-query."""
    limit = graph_of(request).settings.max_query_bytes
    return await _answered(request, await from_body(request, QUERY, limit))


async def _answered(request: Request, asked: Asked) -> Response:
    await _guarded(request, asked.text)
    accept = _accept(request, asked.text)
    gzip = takes_gzip(request)
    headers = {"Vary": _VARY, "Cache-Control": "no-cache"}
    tag = _tag(request, asked, accept, gzip)
    if tag:
        headers["ETag"] = tag
        if request.method != "POST" and is_known(request, tag):
            return not_modified(tag, _VARY)
    job = Job(
        asked.text, asked.default, asked.named, accept, PREFIXES, base=address_of(request, PATH)
    )
    foreign: Foreign = request.app.state.foreign
    try:
        answer = await while_connected(request.receive, foreign.answer(job))
    except ClientGone:
        return Response(status_code=_CLIENT_GONE)
    headers |= answer.headers
    return StreamedAnswer(answer.chunks, answer.media_type, headers, gzip)


async def _guarded(request: Request, text: str) -> None:
    settings = graph_of(request).settings

    def check() -> None:
        check_query(text, max_bytes=settings.max_query_bytes, max_depth=settings.max_query_depth)

    if len(text) > _LONG:
        await run_in_threadpool(check)
    else:
        check()


def _accept(request: Request, text: str) -> str | None:
    """The media type to answer with, known by the form of the query before it is evaluated.

    Of a text with no such form the reader says what is wrong with it. Raises NotAcceptable.
    """
    accept = ", ".join(request.headers.getlist("accept")) or None
    kind = _KINDS.get(form_of(text))
    return chosen(accept, OFFERED[kind]) if kind else accept


def _tag(request: Request, asked: Asked, media_type: str | None, gzip: bool) -> str | None:
    """The ETag of the answer; None where it may be another one next time, with the same data, or
    the engine does not tell when its data changes."""
    graph = graph_of(request)
    # Asked of the protocol WritableStore, this would take a tenth of a small query's time.
    if not isinstance(graph.store, EmbeddedStore) or not is_repeatable(asked.text):
        return None
    limits = graph.settings.max_rows
    return etag(graph.store.state(), asked, media_type, gzip, limits, address_of(request, PATH))
