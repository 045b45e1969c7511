"""GET and POST /sparql: SELECT, ASK, CONSTRUCT and DESCRIBE (SPARQL 1.1 Protocol, 2.1)."""

import traceback

from fastapi import APIRouter, Query, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response
from starlette.datastructures import QueryParams

from nhm_graph.errors import BadParameter, UnsupportedFormat
from nhm_graph.graph import PREFIXES, Graph
from nhm_graph.language import Text
from nhm_graph.rdf.formats import (
    CSV,
    JSON,
    JSON_LD,
    N_TRIPLES,
    RDF_XML,
    TSV,
    TURTLE,
    XML,
    data_format_for_media_type,
    result_format_for_media_type,
)
from nhm_graph.store.rows import graph_bytes, is_graph, result_bytes, variables
from nhm_graph.web.body import read_limited
from nhm_graph.web.reader import graph_of, wanted

router = APIRouter()

TABLES = (JSON.media_type, "application/json", XML.media_type, CSV.media_type, TSV.media_type)
TRUTHS = (JSON.media_type, "application/json", XML.media_type)
GRAPHS = (TURTLE.media_type, N_TRIPLES.media_type, JSON_LD.media_type, RDF_XML.media_type)
_FORM = "application/x-www-form-urlencoded"
_DIRECT = "application/sparql-query"
# Percent-encoding triples a byte at worst.
_FORM_FACTOR = 3
_DATASET = ("default-graph-uri", "named-graph-uri")
_ANSWER = {
    "description": "The table, the truth value or the graph",
    "content": {each: {} for each in dict.fromkeys((*TABLES, *GRAPHS))},
}


@router.get(
    "/sparql",
    summary="SPARQL query in the address / SPARQL-Abfrage in der Adresse",
    description="Evaluates the query over the union of all graphs, or over those that it names "
    "with FROM.\n\nWertet die Abfrage über alle Graphen zusammen aus, oder über die, die sie mit "
    "FROM nennt.",
    responses={200: _ANSWER},
)
@router.head("/sparql", include_in_schema=False)
async def get_sparql(
    request: Request, query: str = Query(description="SPARQL 1.1 query / Abfrage")
) -> Response:
    """Evaluates the query in the address."""
    return await _in_turn(request, _only_query(request.query_params))


@router.post(
    "/sparql",
    summary="SPARQL query in the body / SPARQL-Abfrage im Inhalt",
    description="The same for a query sent as form (query=…) or as application/sparql-query.\n\n"
    "Dasselbe für eine Abfrage als Formular (query=…) oder als application/sparql-query.",
    responses={200: _ANSWER},
    openapi_extra={"requestBody": {"required": True, "content": {_DIRECT: {}, _FORM: {}}}},
)
async def post_sparql(request: Request) -> Response:
    """Evaluates a query sent as form (`query=`) or as application/sparql-query."""
    settings = graph_of(request).settings
    sent = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if sent == _DIRECT:
        _refuse_dataset(request.query_params)
        body = await read_limited(request, settings.max_query_bytes, "SPARQL")
        return await _in_turn(request, _decoded(body))
    if sent != _FORM:
        raise UnsupportedFormat(
            Text(
                de=f"Eine Abfrage als „{sent or '?'}“ wird nicht gelesen.",
                en=f"A query as “{sent or '?'}” is not read.",
            ),
            mend=Text(de=f"Als {_DIRECT} oder {_FORM} senden.", en=f"Send {_DIRECT} or {_FORM}."),
            extra={"known": [_DIRECT, _FORM]},
        )
    body = await read_limited(request, settings.max_query_bytes, "SPARQL", encoded=_FORM_FACTOR)
    form = QueryParams(_decoded(body))
    _refuse_dataset(request.query_params)
    return await _in_turn(request, _only_query(form))


async def _in_turn(request: Request, text: str) -> Response:
    async with request.app.state.query_slots:
        return await run_in_threadpool(_answer, request, text)


def _answer(request: Request, text: str) -> Response:
    try:
        return _evaluated(request, text)
    except Exception as error:
        # A result belongs to the thread that asked: the traceback must not take it elsewhere.
        traceback.clear_frames(error.__traceback__)
        raise


def _evaluated(request: Request, text: str) -> Response:
    graph: Graph = graph_of(request)
    result = graph.run(text)
    if is_graph(result):
        media_type = wanted(request, GRAPHS)
        content = graph_bytes(result, data_format_for_media_type(media_type), PREFIXES)
    else:
        media_type = wanted(request, TABLES if variables(result) else TRUTHS)
        content = result_bytes(result, result_format_for_media_type(media_type))
    return Response(content, media_type=media_type, headers={"Vary": "Accept"})


def _only_query(given: QueryParams) -> str:
    """The one query among the parameters of an address or form (SPARQL 1.1 Protocol, 2.1.4)."""
    _refuse_dataset(given)
    queries = given.getlist("query")
    if len(queries) != 1:
        raise BadParameter(
            Text(
                de=f"Erwartet wird genau ein Parameter query; es sind {len(queries)}.",
                en=f"Exactly one parameter query is expected; there are {len(queries)}.",
            ),
            extra={"name": "query"},
        )
    return queries[0]


def _decoded(body: bytes) -> str:
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadParameter(
            Text(de="Die Abfrage ist kein UTF-8.", en="The query is not UTF-8.")
        ) from error


def _refuse_dataset(given: QueryParams) -> None:
    for name in _DATASET:
        if name in given:
            raise BadParameter(
                Text(
                    de=f"Der Parameter {name} wird noch nicht ausgewertet.",
                    en=f"The parameter {name} is not evaluated yet.",
                ),
                mend=Text(
                    de="Die Graphen in der Abfrage mit FROM oder GRAPH nennen.",
                    en="Name the graphs in the query with FROM or GRAPH.",
                ),
                extra={"name": name},
            )
