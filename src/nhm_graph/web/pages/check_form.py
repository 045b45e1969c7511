"""The page to check a file: a form, and the report on the file that it sends."""

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response

from nhm_graph.catalog.rules import TIERS
from nhm_graph.checks.jobs import Form
from nhm_graph.checks.rendering import FORMATS, View, html_policy
from nhm_graph.checks.validation import Run
from nhm_graph.errors import BadParameter, Refusal
from nhm_graph.language import Text
from nhm_graph.rdf.formats import DATA_FORMATS, data_format_for_path
from nhm_graph.web.body import read_limited
from nhm_graph.web.pages.rendering import page
from nhm_graph.web.problems import status_of
from nhm_graph.web.reader import graph_of, language_of
from nhm_graph.web.uploads import parts_of

router = APIRouter()

PATH = "/check"
# What a form adds to the file: boundaries and the head of the part.
_AROUND = 2_000


@router.api_route(PATH, methods=["GET", "HEAD"], include_in_schema=False)
def check_page(request: Request) -> Response:
    """The form."""
    return _form(request)


@router.post(PATH, include_in_schema=False)
async def check(request: Request) -> Response:
    """The report on the file of the form, or the form with what is wrong with the file."""
    language = language_of(request)
    try:
        name, data = await _file(request)
        media_type = data_format_for_path(name).media_type

        def report() -> bytes:
            form = Form("html", View(language))
            run = Run(TIERS[-1], None)
            return graph_of(request).check_upload(data, media_type, run, form, name=name)

        content = await run_in_threadpool(report)
    except Refusal as refusal:
        return await run_in_threadpool(_form, request, refusal)
    headers = {"Content-Language": language, "Content-Security-Policy": html_policy()}
    return Response(content, media_type=FORMATS["html"].media_type, headers=headers)


async def _file(request: Request) -> tuple[str, bytes]:
    """Name and content of the one file that was sent."""
    limit = graph_of(request).settings.max_validation_bytes
    body = await read_limited(request, limit + _AROUND, "RDF")
    files = [(name, data) for _, name, data in await parts_of(request.headers, body) if data]
    if len(files) != 1:
        raise BadParameter(
            Text(de="Es wurde keine Datei gewählt.", en="No file was chosen."),
            mend=Text(de="Eine Datei wählen.", en="Choose a file."),
        )
    return files[0]


def _form(request: Request, refusal: Refusal | None = None) -> Response:
    return page(
        request,
        "check.html",
        status=status_of(refusal) if refusal else 200,
        wrong=refusal.message(language_of(request)) if refusal else "",
        formats=DATA_FORMATS,
        limit=graph_of(request).settings.max_validation_bytes,
    )
