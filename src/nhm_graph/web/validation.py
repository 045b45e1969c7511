"""POST /validate: whether data keeps the rules."""

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response

from nhm_graph.checks.rendering import as_json, as_text, as_turtle
from nhm_graph.rdf.formats import DATA_FORMATS, TURTLE, data_format_for_media_type
from nhm_graph.rdf.reading import read_bytes
from nhm_graph.web.body import read_limited
from nhm_graph.web.reader import graph_of, language_of, wanted

router = APIRouter()

REPORTS = ("application/json", "text/plain", TURTLE.media_type)


@router.post(
    "/validate",
    summary="Check data against the rules / Daten nach den Regeln prüfen",
    description="Checks the RDF in the body; its Content-Type says the format. The status is 200 "
    "whether the data conforms or not: the report says so. Nothing is stored.\n\n"
    "Prüft das RDF im Inhalt; Content-Type nennt das Format. Der Status ist 200, ob die Daten die "
    "Regeln einhalten oder nicht: Das sagt der Bericht. Nichts wird gespeichert.",
    responses={
        200: {"description": "The report", "content": {each: {} for each in REPORTS}},
    },
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {each.media_type: {} for each in DATA_FORMATS},
        }
    },
)
async def validate(request: Request) -> Response:
    """Checks the RDF in the body and returns the report."""
    media_type = wanted(request, REPORTS)
    form = data_format_for_media_type(request.headers.get("content-type", ""))
    limit = graph_of(request).settings.max_validation_bytes
    body = await read_limited(request, limit, "RDF")

    def report() -> str:
        graph, language = graph_of(request), language_of(request)
        document = read_bytes(body, form, f"data{form.suffix}", limit)
        found = graph.validate([document])
        if media_type == TURTLE.media_type:
            return as_turtle(found)
        if media_type == "text/plain":
            return as_text(found, language)
        return as_json(found, language)

    content = await run_in_threadpool(report)
    headers = {"Vary": "Accept, Accept-Language", "Content-Language": language_of(request)}
    return Response(content, media_type=media_type, headers=headers)
