"""The files of the pages: packed for who takes it, and what is built kept for ever."""

import gzip
from functools import cache
from pathlib import Path

from fastapi import Request
from fastapi.responses import FileResponse, Response
from fastapi.staticfiles import StaticFiles
from starlette.types import Scope

from nhm_graph.web.conditional import is_known
from nhm_graph.web.encoding import takes_gzip

# The name of a built file has its digest in it: what is behind an address never changes.
_FOR_EVER = "public, max-age=31536000, immutable"
_BUILT = "dist"
_TEXTS = (".css", ".svg", ".txt", ".md")


class PageFiles(StaticFiles):
    """Files of a folder. Fonts are packed already; texts are packed once and kept."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """The file, packed or not, or that it is unchanged. Raises HTTPException, 404."""
        response = await super().get_response(path, scope)
        if Path(path).parts[:1] == (_BUILT,) and response.status_code in (200, 304):
            response.headers["Cache-Control"] = _FOR_EVER
        if not path.endswith(_TEXTS) or not isinstance(response, FileResponse):
            return response
        response.headers["Vary"] = "Accept-Encoding"
        request = Request(scope)
        if not takes_gzip(request):
            return response
        # Another representation has another ETag (RFC 9110, 8.8.3.3).
        headers = {**response.headers, "ETag": response.headers["etag"][:-1] + '-gzip"'}
        del headers["etag"], headers["content-length"]
        if is_known(request, headers["ETag"]):
            return Response(status_code=304, headers=headers)
        body = _packed(Path(response.path), response.headers["etag"])
        return Response(body, headers={**headers, "Content-Encoding": "gzip"})


@cache
def _packed(path: Path, _tag: str) -> bytes:
    return gzip.compress(path.read_bytes(), mtime=0)
