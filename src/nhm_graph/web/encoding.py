"""Packing answers with gzip where the client takes it (RFC 9110, 12.5.3)."""

import zlib
from collections.abc import AsyncIterator

from fastapi import Request

from nhm_graph.language import quality

# Less is hardly made smaller.
WORTH_PACKING = 1_000
_GZIP = 31  # zlib's number for gzip; it writes no time stamp, so the same answer has the same bytes
_FAST = 4


def takes_gzip(request: Request) -> bool:
    """Whether the client takes gzip."""
    named, rest = None, None
    for member in request.headers.get("accept-encoding", "").lower().split(","):
        name, _, parameter = member.strip().partition(";")
        weight = quality(parameter.strip().removeprefix("q=")) if parameter else 1.0
        if name.strip() in ("gzip", "x-gzip"):
            named = weight or 0.0
        elif name.strip() == "*":
            rest = weight or 0.0
    chosen = named if named is not None else rest
    return bool(chosen)


async def packed(chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The chunks as one gzip stream; its bytes do not depend on where they are cut."""
    packer = zlib.compressobj(_FAST, zlib.DEFLATED, _GZIP)
    async for chunk in chunks:
        ready = packer.compress(chunk)
        if ready:
            yield ready
    yield packer.flush()
