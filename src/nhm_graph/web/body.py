"""Reading what a client sends, no further than a limit."""

from fastapi import Request

from nhm_graph.errors import TooLarge


async def read_limited(request: Request, limit: int, name: str) -> bytes:
    """The body of a request; TooLarge as soon as it has more than `limit` bytes."""
    declared = request.headers.get("content-length", "")
    if declared.isdigit() and int(declared) > limit:
        raise TooLarge.than(name, limit)
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > limit:
            raise TooLarge.than(name, limit)
        parts.append(part)
    return b"".join(parts)
