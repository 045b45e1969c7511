"""RDF in the body of a request, as it is or in the parts of a form."""

from collections.abc import AsyncGenerator

from fastapi import Request
from fastapi.concurrency import run_in_threadpool
from starlette.datastructures import Headers, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from nhm_graph.errors import BadParameter, UnsupportedFormat
from nhm_graph.language import Text
from nhm_graph.rdf.formats import data_format_for_media_type
from nhm_graph.rdf.reading import Document, read_bytes
from nhm_graph.web.body import read_limited

_MULTIPART = "multipart/form-data"
_MOST_PARTS = 100


async def read_documents(request: Request, limit: int, base: str) -> list[Document]:
    """The documents in the body: one, or with multipart/form-data one for each file.

    `base` is for relative IRIs. Raises UnsupportedFormat, TooLarge, UnreadableData, BadParameter.
    """
    sent = request.headers.get("content-type", "")
    is_multipart = sent.partition(";")[0].strip().lower() == _MULTIPART
    if not is_multipart:
        data_format_for_media_type(sent)
    body = await read_limited(request, limit, "RDF")
    parts = await parts_of(request.headers, body) if is_multipart else [(sent, "data", body)]

    def documents() -> list[Document]:
        return [_document(*each, limit, base) for each in parts]

    return await run_in_threadpool(documents)


def _document(sent: str, name: str, data: bytes, limit: int, base: str) -> Document:
    form = data_format_for_media_type(sent)
    return read_bytes(data, form, name if "." in name else f"{name}{form.suffix}", limit, base=base)


async def parts_of(headers: Headers, body: bytes) -> list[tuple[str, str, bytes]]:
    """Media type, name and content of each file. Raises BadParameter, UnsupportedFormat."""

    async def stream() -> AsyncGenerator[bytes, None]:
        yield body

    parser = MultiPartParser(
        headers, stream(), max_files=_MOST_PARTS, max_fields=_MOST_PARTS, max_part_size=len(body)
    )
    try:
        form = await parser.parse()
    except (MultiPartException, KeyError, ValueError) as error:
        raise BadParameter(
            Text(
                de="Die Teile des Formulars sind nicht lesbar.",
                en="The parts of the form cannot be read.",
            ),
            mend=Text(
                de="Als multipart/form-data mit boundary senden.",
                en="Send it as multipart/form-data with a boundary.",
            ),
        ) from error
    found = []
    try:
        for name, value in form.multi_items():
            if not isinstance(value, UploadFile) or not value.content_type:
                raise _untyped(name)
            found.append((value.content_type, value.filename or name, await value.read()))
    finally:
        await form.close()
    return found


def _untyped(name: str) -> UnsupportedFormat:
    return UnsupportedFormat(
        Text(
            de=f"Der Teil „{name}“ nennt weder Dateinamen noch Medientyp.",
            en=f"The part “{name}” has no file name or no media type.",
        ),
        mend=Text(
            de="Jeden Teil als Datei mit Content-Type senden.",
            en="Send each part as a file with its Content-Type.",
        ),
        extra={"name": name},
    )
