"""Reading what a client sends, no further than a limit."""

from fastapi import Request

from nhm_graph.errors import TooLarge, UnsupportedFormat, shortened
from nhm_graph.language import Text


async def read_limited(request: Request, limit: int, name: str, *, encoded: int = 1) -> bytes:
    """The body of a request; TooLarge as soon as more than `limit` bytes must stand in it.

    A packed body is UnsupportedFormat: how much is in it would be known too late. `encoded` is by
    how many times the way it is sent may lengthen it.
    """
    coding = request.headers.get("content-encoding", "identity").strip().lower()
    if coding != "identity":
        raise UnsupportedFormat(
            Text(
                de=f"Gepackte Daten ({shortened(coding)}) werden nicht gelesen.",
                en=f"Packed data ({shortened(coding)}) is not read.",
            ),
            mend=Text(de="Ohne Content-Encoding senden.", en="Send it without Content-Encoding."),
            extra={"known": ["identity"]},
        )
    longest = encoded * limit
    declared = request.headers.get("content-length", "")
    if declared.isdigit() and int(declared) > longest:
        raise TooLarge.than(name, limit)
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > longest:
            raise TooLarge.than(name, limit)
        parts.append(part)
    return b"".join(parts)
