"""POST /validate: whether data keeps the rules."""

from datetime import date

from fastapi import APIRouter, Query, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response

from nhm_graph.catalog.rules import TIERS, Tier
from nhm_graph.checks.jobs import Form
from nhm_graph.checks.rendering import FORMATS, GROUPINGS, Grouping, View, html_policy
from nhm_graph.checks.validation import Run
from nhm_graph.errors import BadParameter
from nhm_graph.language import Text
from nhm_graph.rdf.formats import DATA_FORMATS, data_format_for_media_type
from nhm_graph.web.body import read_limited
from nhm_graph.web.reader import graph_of, language_of, wanted

router = APIRouter()

# By media type, JSON first. Annotations are for the log of a workflow and nothing to ask for here.
_FORMS = {FORMATS["json"].media_type: "json"} | {
    form.media_type: name for name, form in FORMATS.items() if name != "github"
}
REPORTS = tuple(_FORMS)


@router.post(
    "/validate",
    summary="Check data against the rules / Daten nach den Regeln prüfen",
    description="Checks the RDF in the body, whose Content-Type says the format, or without a body "
    "a graph (`graph`) or the data of a municipality (`city`) of this service. The status is 200 "
    "whether the data conforms or not: the report says so. Nothing is stored.\n\n"
    "Prüft das RDF im Inhalt, dessen Format Content-Type nennt, oder ohne Inhalt einen Graphen "
    "(`graph`) oder die Daten einer Kommune (`city`) dieses Dienstes. Der Status ist 200, ob die "
    "Daten die Regeln einhalten oder nicht: Das sagt der Bericht. Nichts wird gespeichert.",
    responses={
        200: {"description": "The report", "content": {each: {} for each in REPORTS}},
    },
    openapi_extra={
        "requestBody": {
            "required": False,
            "content": {each.media_type: {} for each in DATA_FORMATS},
        }
    },
)
async def validate(
    request: Request,
    city: str = Query("", description="municipality in the store / Kommune im Bestand"),
    graph: str = Query("", description="graph in the store / Graph im Bestand"),
    tier: str = Query(TIERS[-1], description="rules up to this tier / Regeln bis zu dieser Stufe"),
    date: str = Query("", description="day for deadlines / Prüfdatum für Fristen"),
    by: str = Query(GROUPINGS[0], description="grouping of text and HTML / Gliederung"),
) -> Response:
    """Checks the RDF in the body, or data of the store, and returns the report."""
    media_type = wanted(request, REPORTS)
    language = language_of(request)
    run = Run(_tier(tier), _day(date))
    form = Form(_FORMS[media_type], View(language, by=_grouping(by)))
    here = graph_of(request)
    limit = here.settings.max_validation_bytes
    stored = bool(city or graph)
    if not stored:
        data_format_for_media_type(request.headers.get("content-type", ""))
    body = await read_limited(request, limit, "RDF")
    if (stored and body) or (city and graph):
        raise _only_one()

    def report() -> bytes:
        if stored:
            return here.check_stored(run, form, city=city or None, graph=graph or None)
        return here.check_upload(body, request.headers.get("content-type", ""), run, form)

    content = await run_in_threadpool(report)
    headers = {"Vary": "Accept, Accept-Language", "Content-Language": language}
    if form.name == "html":
        headers["Content-Security-Policy"] = html_policy()
    return Response(content, media_type=media_type, headers=headers)


def _tier(given: str) -> Tier:
    for tier in TIERS:
        if given == tier:
            return tier
    raise _unfitting("tier", given, TIERS)


def _grouping(given: str) -> Grouping:
    for grouping in GROUPINGS:
        if given == grouping:
            return grouping
    raise _unfitting("by", given, GROUPINGS)


def _day(given: str) -> date | None:
    if not given:
        return None
    try:
        if len(given) == len("2026-11-22"):
            return date.fromisoformat(given)
    except ValueError:
        pass
    expected = Text(de="ein Tag wie 2026-11-22", en="a day such as 2026-11-22")
    raise BadParameter.value("date", given, expected)


def _unfitting(name: str, given: str, choices: tuple[str, ...]) -> BadParameter:
    return BadParameter.value(name, given, Text(de=" oder ".join(choices), en=" or ".join(choices)))


def _only_one() -> BadParameter:
    return BadParameter(
        Text(
            de="Geprüft wird entweder der Inhalt oder ein Graph (graph) oder eine Kommune (city).",
            en="What is checked is either the body, or a graph (graph), or a municipality (city).",
        ),
        mend=Text(de="Nur eines davon angeben.", en="Give only one of them."),
    )
