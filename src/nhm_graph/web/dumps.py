"""GET /dump/…: graphs as files, with their digest (RFC 9530) and an ETag made without the file."""

import base64
from collections.abc import Iterator
from tempfile import SpooledTemporaryFile

from fastapi import APIRouter, Query, Request
from fastapi.responses import PlainTextResponse, Response, StreamingResponse

from nhm_graph import __version__
from nhm_graph.errors import BadParameter
from nhm_graph.graph import Graph
from nhm_graph.language import Text
from nhm_graph.publish import dumps
from nhm_graph.publish.dumps import DumpFile
from nhm_graph.store.base import WritableStore
from nhm_graph.web.conditional import etag, is_known
from nhm_graph.web.linked_data import raw_rest
from nhm_graph.web.reader import graph_of

router = APIRouter()
_IN_MEMORY = 4_000_000
_CHECKSUM = ".sha256"
_INCLUDED = ("include", "exclude")
_BINARY = {"type": "string", "format": "binary"}
_ANSWER = {
    "description": "The file; with .sha256 behind the address its checksum",
    "content": {each.sent_as: {"schema": _BINARY} for each in dumps.FORMS},
}


@router.get(
    "/dump/{path:path}",
    summary="A graph as a file / Ein Graph als Datei",
    description="For instance /dump/heilbronn/plan.ttl: one graph as .ttl, .jsonld, .rdf, .nt, "
    ".nq.gz, .csv.zip or .xlsx. /dump/all.nq.gz holds all graphs, fictional ones only with "
    "fictional=include. With .sha256 behind the address: the checksum of the file."
    "\n\nZum Beispiel /dump/heilbronn/plan.ttl: ein Graph als .ttl, .jsonld, .rdf, .nt, .nq.gz, "
    ".csv.zip oder .xlsx. /dump/all.nq.gz enthält alle Graphen, erfundene nur mit "
    "fictional=include. Mit .sha256 hinter der Adresse: die Prüfsumme der Datei.",
    responses={200: _ANSWER},
)
@router.head("/dump/{path:path}", include_in_schema=False)
def dump(
    request: Request,
    path: str,
    fictional: str | None = Query(
        None, description="all.nq.gz; include: with fictional cities / mit erfundenen"
    ),
) -> Response:
    """A graph, or all of them, as a file; or the checksum of that file."""
    if fictional not in (None, *_INCLUDED):
        expected = Text(de=" oder ".join(_INCLUDED), en=" or ".join(_INCLUDED))
        raise BadParameter.value("fictional", fictional, expected)
    graph, raw = graph_of(request), raw_rest(request, dumps.FOLDER)
    is_checksum = raw.endswith(_CHECKSUM)
    raw = raw.removesuffix(_CHECKSUM)
    if raw == dumps.WHOLE:
        iri, file = None, dumps.whole_file(graph)
    else:
        iri, file = dumps.find(graph, raw)
    by_default = fictional is None and graph.settings.publish_fictional
    with_fictional = by_default or fictional == _INCLUDED[0]
    headers = _fields(graph, iri, file, is_checksum, with_fictional)
    if "ETag" in headers and is_known(request, headers["ETag"]):
        return Response(status_code=304, headers=headers)
    if is_checksum:
        return _checksum(graph, iri, file, with_fictional, headers)
    headers["Content-Disposition"] = f'attachment; filename="{_name(file)}"'
    if request.method == "HEAD":
        # What is known only when the file is made is left out (RFC 9110, 9.3.2).
        answer = Response(media_type=file.sent_as, headers=headers)
        del answer.headers["content-length"]
        return answer
    if iri is None:
        chunks = dumps.whole(graph, fictional=with_fictional)
        return StreamingResponse(chunks, media_type=file.sent_as, headers=headers)
    return _made(graph, iri, file, headers)


def _made(graph: Graph, iri: str, file: DumpFile, headers: dict[str, str]) -> Response:
    output = SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 (closed when sent)
    with dumps.Dump(graph, iri) as made:
        made.write(file.name, output)
    size, digest = dumps.write_digested(dumps.chunks_of(output))
    headers["Content-Length"] = str(size)
    encoded = base64.b64encode(bytes.fromhex(digest)).decode()
    headers["Repr-Digest"] = f"sha-256=:{encoded}:"
    return StreamingResponse(_sent(output), media_type=file.sent_as, headers=headers)


def _sent(output: SpooledTemporaryFile[bytes]) -> Iterator[bytes]:
    with output:
        yield from dumps.chunks_of(output)


def _checksum(
    graph: Graph, iri: str | None, file: DumpFile, fictional: bool, headers: dict[str, str]
) -> Response:
    if iri is None:
        digest = dumps.write_digested(dumps.whole(graph, fictional=fictional))[1]
    else:
        with SpooledTemporaryFile(max_size=_IN_MEMORY) as output, dumps.Dump(graph, iri) as made:
            made.write(file.name, output)
            digest = dumps.write_digested(dumps.chunks_of(output))[1]
    # As sha256sum --check reads it beside the file.
    return PlainTextResponse(f"{digest}  {_name(file)}\n", headers=headers)


def _name(file: DumpFile) -> str:
    """The name under which a file is kept: heilbronn-plan.ttl. The path is ASCII, encoded."""
    return file.path.removeprefix(dumps.FOLDER).replace("/", "-")


def _fields(graph: Graph, iri: str | None, file: DumpFile, *parts: object) -> dict[str, str]:
    """What is said about a file before it is made.

    The ETag is of the state of what it is made from; a store that knows no states has none.
    """
    headers = {"Cache-Control": "no-cache"}
    if isinstance(graph.store, WritableStore):
        state = graph.store.state([iri] if iri and file.rdf else None)
        headers["ETag"] = etag(state, __version__, file.path, *parts)
    return headers
