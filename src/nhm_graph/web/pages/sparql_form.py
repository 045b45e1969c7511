"""The query page: a plain form, examples from the named questions, the result as a table."""

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response

from nhm_graph.errors import BadParameter, Refusal
from nhm_graph.graph import PREFIXES
from nhm_graph.language import Text
from nhm_graph.rdf.formats import CSV, JSON, JSON_LD, TSV, TURTLE, XML, DataFormat, ResultFormat
from nhm_graph.store.guard import check_query
from nhm_graph.store.readers.job import Answer, BrokenAnswer, Job
from nhm_graph.web.encoding import takes_gzip
from nhm_graph.web.foreign import Foreign
from nhm_graph.web.methods import address_of
from nhm_graph.web.pages.query_result import Result, read_result
from nhm_graph.web.pages.rendering import page
from nhm_graph.web.problems import status_of
from nhm_graph.web.reader import graph_of, language_of
from nhm_graph.web.streaming import ClientGone, StreamedAnswer, while_connected

router = APIRouter()

PATH = "/sparql/form"
FIRST_QUERY = """PREFIX nhm: <https://w3id.org/nhm/ns#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>

SELECT ?measure ?title
WHERE {
  GRAPH ?graph { ?measure a nhm:Measure ; skos:prefLabel ?title }
  FILTER(lang(?title) = "de")
}
ORDER BY ?title
LIMIT 20
"""
_FOR_THE_PAGE = f"{TSV.media_type}, {JSON.media_type};q=0.9, {TURTLE.media_type};q=0.8"
# So many graphs the page lists; the description of the service has all of them.
_MOST_GRAPHS = 100
_FILES: dict[str, ResultFormat | DataFormat] = {
    "csv": CSV,
    "json": JSON,
    "xml": XML,
    "tsv": TSV,
    "ttl": TURTLE,
    "jsonld": JSON_LD,
}
_CLIENT_GONE = 499


@router.api_route(PATH, methods=["GET", "HEAD"], include_in_schema=False)
async def form(request: Request, query: str = "", example: str = "", save: str = "") -> Response:
    """The form: `?example=` (a question) fills it, `?query=` is run, `&save=csv` gives a file.

    Raises UnknownName for an example, BadParameter for a format that there is not.
    """
    if not query:
        text = graph_of(request).question(example).text if example else FIRST_QUERY
        return await run_in_threadpool(sparql_page, request, text)
    if save and save not in _FILES:
        raise BadParameter.value("save", save, Text(de=_listed("oder"), en=_listed("or")))
    try:
        answer = await _asked(request, query, _FILES[save].media_type if save else _FOR_THE_PAGE)
        if save:
            return _file(request, answer, save)
        result = await read_result(answer, PREFIXES)
    except ClientGone:
        return Response(status_code=_CLIENT_GONE)
    except (Refusal, BrokenAnswer) as error:
        why = error if isinstance(error, Refusal) else error.__cause__
        if save or not isinstance(why, Refusal):
            raise
        return await run_in_threadpool(
            sparql_page, request, query, wrong=why.message(language_of(request)), refusal=why
        )
    return await run_in_threadpool(sparql_page, request, query, result)


async def _asked(request: Request, text: str, accept: str) -> Answer:
    settings = graph_of(request).settings

    def check() -> None:
        check_query(text, max_bytes=settings.max_query_bytes, max_depth=settings.max_query_depth)

    await run_in_threadpool(check)
    job = Job(text, accept=accept, prefixes=PREFIXES, base=address_of(request, PATH))
    foreign: Foreign = request.app.state.foreign
    return await while_connected(request.receive, foreign.answer(job))


def _file(request: Request, answer: Answer, name: str) -> Response:
    said = {"Content-Disposition": f'attachment; filename="result.{name}"'}
    headers = {**answer.headers, **said, "Cache-Control": "no-cache"}
    return StreamedAnswer(answer.chunks, answer.media_type, headers, takes_gzip(request))


def sparql_page(
    request: Request,
    query: str,
    result: Result | None = None,
    wrong: str | None = None,
    refusal: Refusal | None = None,
) -> Response:
    """The form with the query, and its result or what is wrong with it."""
    names = ("ttl", "jsonld") if result and result.written is not None else ("csv", "json", "xml")
    return page(
        request,
        "sparql.html",
        status=status_of(refusal) if refusal else 200,
        query=query,
        result=result,
        wrong=wrong,
        files={} if result and result.truth is not None else {n: _FILES[n].label for n in names},
        limit=graph_of(request).settings.max_query_bytes,
        graphs=graph_of(request).store.graph_names(),
        most_graphs=_MOST_GRAPHS,
    )


def _listed(last: str) -> str:
    *names, end = _FILES
    return f"{', '.join(names)} {last} {end}"
