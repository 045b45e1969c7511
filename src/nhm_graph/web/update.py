"""POST /update: SPARQL 1.1 Update over the protocol (SPARQL 1.1 Protocol, 2.2)."""

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response

from nhm_graph.settings import Settings
from nhm_graph.store.base import WritableStore
from nhm_graph.store.guard import check_update, with_dataset
from nhm_graph.web.authorization import writable_store
from nhm_graph.web.dataset import FORM, UPDATE, Asked, from_body
from nhm_graph.web.methods import address_of
from nhm_graph.web.reader import graph_of

router = APIRouter()

PATH = "/update"
METHODS = ("POST", "OPTIONS")
# Says after a change which version of the store it made.
VERSION = "NHM-Store-Version"


@router.post(
    PATH,
    status_code=204,
    summary="SPARQL update / SPARQL-Änderung",
    description="Carries out a SPARQL 1.1 update as one transaction. Needs the token of the "
    "service.\n\nFührt eine Änderung in SPARQL 1.1 als eine Transaktion aus. Nötig ist der "
    "Schlüssel des Dienstes.",
    openapi_extra={
        "requestBody": {"required": True, "content": {UPDATE.media_type: {}, FORM: {}}},
        "security": [{"token": []}],
    },
)
async def post_update(request: Request) -> Response:
    """Carries out the update in the body."""
    store = writable_store(request)
    settings = graph_of(request).settings
    asked = await from_body(request, UPDATE, settings.max_update_bytes)
    await run_in_threadpool(_carry_out, store, settings, asked, address_of(request, PATH))
    headers = {VERSION: str(store.version), "Cache-Control": "no-store"}
    return Response(status_code=204, headers=headers)


def _carry_out(store: WritableStore, settings: Settings, asked: Asked, base: str) -> None:
    text = asked.text
    check_update(text, max_bytes=settings.max_update_bytes, max_depth=settings.max_query_depth)
    if asked.default is not None or asked.named is not None:
        text = with_dataset(text, asked.default or (), asked.named or ())
    store.run_update(text, base)
