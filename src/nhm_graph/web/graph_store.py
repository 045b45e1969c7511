"""/store: whole graphs over HTTP (SPARQL 1.1 Graph Store HTTP Protocol, W3C 2013).

A graph is named by `?graph=` or by its own address below /store/; `?default` is the default graph.
Reading is for everyone, writing needs the token.
"""

import secrets
from collections.abc import AsyncIterator
from typing import IO

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response, StreamingResponse
from starlette.background import BackgroundTask

from nhm_graph.errors import BadParameter, UnknownName, shortened
from nhm_graph.graph import PREFIXES
from nhm_graph.language import Text
from nhm_graph.rdf.formats import DATA_FORMATS, data_format_for_media_type
from nhm_graph.rdf.reading import Document
from nhm_graph.store.base import Store, Triple, WritableStore
from nhm_graph.store.edits import Edit
from nhm_graph.store.readers.evaluation import GRAPHS
from nhm_graph.store.serving import graph_file, triples_of
from nhm_graph.web.authorization import writable_store
from nhm_graph.web.conditional import check_of, etag, is_known, not_modified
from nhm_graph.web.dataset import graph_name
from nhm_graph.web.encoding import WORTH_PACKING, packed, takes_gzip
from nhm_graph.web.methods import address_of
from nhm_graph.web.reader import graph_of, wanted
from nhm_graph.web.streaming import file_chunks
from nhm_graph.web.update import VERSION
from nhm_graph.web.uploads import read_documents

router = APIRouter()

PATH = "/store"
BELOW = "/store/{name:path}"
METHODS = ("GET", "HEAD", "PUT", "POST", "DELETE", "OPTIONS")
_VARY = "Accept, Accept-Encoding"
_PARAMETERS = [
    {
        "name": "graph",
        "in": "query",
        "required": False,
        "description": "IRI of the graph / IRI des Graphen",
        "schema": {"type": "string"},
    },
    {
        "name": "default",
        "in": "query",
        "required": False,
        "allowEmptyValue": True,
        "description": "the default graph / der Default-Graph",
        "schema": {"type": "string"},
    },
]
_BODY = {"required": True, "content": {each.media_type: {} for each in DATA_FORMATS}}
_READING = {"parameters": _PARAMETERS}
_DELETING = _READING | {"security": [{"token": []}]}
_WRITING = _DELETING | {"requestBody": _BODY}
_CONTENT = {200: {"description": "The graph", "content": {each: {} for each in GRAPHS}}}


@router.get(
    PATH,
    summary="Read a graph / Einen Graphen lesen",
    description="The triples of one graph.\n\nDie Tripel eines Graphen.",
    responses=_CONTENT,  # type: ignore[arg-type]
    openapi_extra=_READING,
)
@router.head(PATH, include_in_schema=False)
@router.get(BELOW, include_in_schema=False)
@router.head(BELOW, include_in_schema=False)
async def read(request: Request) -> Response:
    """The graph in the format that Accept asks for. Raises UnknownName, NotAcceptable."""
    store = graph_of(request).store
    name = _named(request)
    media_type = wanted(request, GRAPHS)
    # Before the graph: it may then be older than what is read, never newer.
    state = store.state([name]) if isinstance(store, WritableStore) else None
    if not await run_in_threadpool(_is_here, store, name):
        raise _unknown(name)
    gzip = takes_gzip(request)
    headers = {"Vary": _VARY, "Cache-Control": "no-cache"}
    if state is not None:
        headers["ETag"] = etag(state, name, media_type, gzip)
        if is_known(request, headers["ETag"]):
            return not_modified(headers["ETag"], _VARY)
    form = data_format_for_media_type(media_type)
    file = await run_in_threadpool(graph_file, store, name, form, PREFIXES)
    return _sent(file, media_type, headers, gzip)


@router.put(
    PATH,
    summary="Replace a graph / Einen Graphen ersetzen",
    description="Makes the graph consist of the triples in the body. Needs the token.\n\n"
    "Danach besteht der Graph aus den Tripeln im Inhalt. Nötig ist der Schlüssel des Dienstes.",
    openapi_extra=_WRITING,
)
@router.put(BELOW, include_in_schema=False)
async def put(request: Request) -> Response:
    """Makes the graph consist of the body: 201 where that made it, else 204."""
    store = writable_store(request)
    name = _named(request)
    triples = await _triples(request, name)
    edit = await run_in_threadpool(store.put_graph, name, triples, check_of(request))
    return _written(request, store, name, edit)


@router.post(
    PATH,
    summary="Add to a graph / Einen Graphen ergänzen",
    description="Adds the triples in the body to the graph, or to a new one where none is named. "
    "Needs the token.\n\nErgänzt den Graphen um die Tripel im Inhalt; ohne Angabe eines Graphen "
    "entsteht ein neuer. Nötig ist der Schlüssel des Dienstes.",
    openapi_extra=_WRITING,
)
@router.post(BELOW, include_in_schema=False)
async def post(request: Request) -> Response:
    """Adds the body to the graph: 201 where that made it, else 204."""
    store = writable_store(request)
    name = _new(request) if _names_none(request) else _named(request)
    triples = await _triples(request, name)
    edit = await run_in_threadpool(store.add_to_graph, name, triples, check_of(request))
    return _written(request, store, name, edit)


@router.delete(
    PATH,
    status_code=204,
    summary="Delete a graph / Einen Graphen löschen",
    description="Deletes the graph. Needs the token.\n\nLöscht den Graphen. Nötig ist der "
    "Schlüssel des Dienstes.",
    openapi_extra=_DELETING,
)
@router.delete(BELOW, include_in_schema=False)
async def delete(request: Request) -> Response:
    """Deletes the graph; raises UnknownName where there is none."""
    store = writable_store(request)
    name = _named(request)
    if not await run_in_threadpool(store.delete_graph, name, check_of(request)):
        raise _unknown(name)
    return _written(request, store, name, Edit(made=False, changed=True))


def _names_none(request: Request) -> bool:
    given = request.query_params
    return request.url.path == PATH and "graph" not in given and "default" not in given


def _named(request: Request) -> str | None:
    """The graph that the request is about, None: the default graph. Raises BadParameter."""
    given = request.query_params
    graphs, default = given.getlist("graph"), "default" in given
    below = _below(request)
    if len(graphs) + default + (below is not None) != 1:
        raise BadParameter(
            Text(
                de="Genau ein Graph ist zu nennen, mit graph=IRI, mit default oder mit seiner "
                "Adresse unter /store/.",
                en="Exactly one graph is to be named, with graph=IRI, with default or with its "
                "address below /store/.",
            ),
            extra={"name": "graph"},
        )
    if below is not None:
        return graph_name("graph", below)
    return None if default else graph_name("graph", graphs[0])


def _below(request: Request) -> str | None:
    """The address of a graph that is named by it, as it was sent: nothing in it is decoded."""
    path = request.scope.get("raw_path", request.url.path.encode()).decode("ascii", "replace")
    path = path.partition("?")[0]
    return address_of(request, path) if path.startswith(f"{PATH}/") else None


def _new(request: Request) -> str:
    return address_of(request, f"{PATH}/{secrets.token_hex(12)}")


async def _triples(request: Request, name: str | None) -> list[Triple]:
    limit = graph_of(request).settings.max_upload_bytes
    # Relative IRIs are relative to the graph (2013, 4.1).
    base = name or address_of(request, PATH)
    documents: list[Document] = await read_documents(request, limit, base)
    return triples_of(documents)


def _is_here(store: Store, name: str | None) -> bool:
    if isinstance(store, WritableStore):
        return store.has_graph(name)
    return name is None or name in store.graph_names()


def _written(request: Request, store: WritableStore, name: str | None, edit: Edit) -> Response:
    headers = {VERSION: str(store.version), "Cache-Control": "no-store"}
    if edit.made and name is not None:
        own = name.startswith(address_of(request, f"{PATH}/"))
        query = request.url.include_query_params(graph=name)
        headers["Location"] = name if own else str(query)
    return Response(status_code=201 if edit.made else 204, headers=headers)


def _sent(file: IO[bytes], media_type: str, headers: dict[str, str], gzip: bool) -> Response:
    length = file.seek(0, 2)
    chunks: AsyncIterator[bytes] = file_chunks(file)
    if gzip and length >= WORTH_PACKING:
        chunks, headers = packed(chunks), headers | {"Content-Encoding": "gzip"}
    else:
        headers = headers | {"Content-Length": str(length)}
    closing = BackgroundTask(file.close)
    return StreamingResponse(chunks, headers=headers, media_type=media_type, background=closing)


def _unknown(name: str | None) -> UnknownName:
    shown = shortened(name or "", 200)
    return UnknownName(
        Text(de=f"Den Graphen „{shown}“ gibt es nicht.", en=f"There is no graph “{shown}”."),
        mend=Text(
            de="Welche es gibt, sagt GET /sparql ohne Abfrage.",
            en="GET /sparql without a query says which there are.",
        ),
        extra={"name": shown, "nearest": []},
    )
