"""Sending an answer while it is made: whole, or visibly broken off; given up with its client."""

import asyncio
import contextlib
import tempfile
from collections.abc import AsyncIterator, Coroutine, Mapping
from typing import IO, Any, Protocol, TypeVar

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from nhm_graph.errors import Refusal
from nhm_graph.store.readers.job import BrokenAnswer
from nhm_graph.web.encoding import WORTH_PACKING, packed

_T = TypeVar("_T")
_CHUNK = 65_536
_IN_MEMORY = 1_000_000


class Chunks(Protocol):
    """The bytes of an answer, in order; `aclose` gives up what has not come yet."""

    def __aiter__(self) -> AsyncIterator[bytes]:
        """The chunks."""
        ...

    async def aclose(self) -> None:
        """Gives up the rest."""
        ...


class ClientGone(Exception):
    """The client has closed the connection before there was an answer."""


async def while_connected(receive: Receive, work: Coroutine[Any, Any, _T]) -> _T:
    """The result of `work`, which is cancelled when the client leaves: then raises ClientGone.

    The body of the request must have been read, since this reads on.
    """
    working = asyncio.ensure_future(work)
    leaving = asyncio.ensure_future(_left(receive))
    try:
        await asyncio.wait((working, leaving), return_when=asyncio.FIRST_COMPLETED)
        if not working.done():
            raise ClientGone
        return working.result()
    finally:
        for each in (working, leaving):
            each.cancel()
            with contextlib.suppress(asyncio.CancelledError, Exception):
                await each


class StreamedAnswer(Response):
    """An answer sent chunk by chunk. It closes `chunks` in any case.

    Raises BrokenAnswer where the chunks do not come to their end: the server then closes the
    connection without the last chunk, and no client takes the answer for whole. HTTP/1.0 knows no
    chunks, so that an answer is collected for it before it is sent. `gzip`: whether the client
    takes it; small answers are not packed.
    """

    def __init__(self, chunks: Chunks, media_type: str, headers: Mapping[str, str], gzip: bool):
        super().__init__(media_type=media_type, headers=dict(headers))
        del self.headers["content-length"]
        self._chunks = chunks
        self._gzip = gzip

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Sends the answer; ASGI."""
        try:
            with contextlib.suppress(ClientGone):
                await while_connected(receive, self._sent(scope, send))
        finally:
            await self._chunks.aclose()

    async def _sent(self, scope: Scope, send: Send) -> None:
        if scope["method"] == "HEAD":
            await self._begun(send)
            await send({"type": "http.response.body", "body": b""})
            return
        rest = aiter(self._chunks)
        first = await anext(rest, b"")
        # A reader sends full chunks, but for the last one.
        second = None if len(first) >= _CHUNK else await anext(rest, None)
        if second is None and len(first) < _CHUNK:
            await self._whole(first, send)
            return
        chunks = _joined([first, second or b""], rest)
        if self._gzip:
            self.headers["content-encoding"] = "gzip"
            chunks = packed(chunks)
        if scope.get("http_version") == "1.0":
            await self._collected(chunks, send)
            return
        await self._begun(send)
        async for chunk in chunks:
            await send({"type": "http.response.body", "body": chunk, "more_body": True})
        await send({"type": "http.response.body", "body": b""})

    async def _whole(self, body: bytes, send: Send) -> None:
        if self._gzip and len(body) >= WORTH_PACKING:
            self.headers["content-encoding"] = "gzip"
            body = b"".join([each async for each in packed(_joined([body], None))])
        self.headers["content-length"] = str(len(body))
        await self._begun(send)
        await send({"type": "http.response.body", "body": body})

    async def _collected(self, chunks: AsyncIterator[bytes], send: Send) -> None:
        with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY) as file:
            try:
                async for chunk in chunks:
                    file.write(chunk)
            except BrokenAnswer as broken:
                # Nothing is sent yet: the reason can be told.
                raise (
                    broken.__cause__ if isinstance(broken.__cause__, Refusal) else broken
                ) from broken
            self.headers["content-length"] = str(file.tell())
            await self._begun(send)
            async for chunk in file_chunks(file):
                await send({"type": "http.response.body", "body": chunk, "more_body": True})
        await send({"type": "http.response.body", "body": b""})

    async def _begun(self, send: Send) -> None:
        await send(
            {
                "type": "http.response.start",
                "status": self.status_code,
                "headers": self.raw_headers,
            }
        )


async def file_chunks(
    file: IO[bytes] | tempfile.SpooledTemporaryFile[bytes],
) -> AsyncIterator[bytes]:
    """A file from its beginning, in chunks of at most 64 KiB."""
    file.seek(0)
    while chunk := file.read(_CHUNK):
        yield chunk


async def _joined(first: list[bytes], rest: AsyncIterator[bytes] | None) -> AsyncIterator[bytes]:
    for chunk in first:
        if chunk:
            yield chunk
    if rest is not None:
        async for chunk in rest:
            yield chunk


async def _left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
