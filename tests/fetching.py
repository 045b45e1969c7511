"""Requests for documents, and what their fields and triples say."""

import pyoxigraph as ox
from fastapi.testclient import TestClient
from httpx import Response

from nhm_graph.rdf.formats import DATA_FORMATS
from nhm_graph.web.representations import GRAPHS

TYPES = [("text/html", ""), *((each.media_type, each.suffix) for each in GRAPHS)]
READER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


def get(web: TestClient, path: str, **headers: str) -> Response:
    """One request; redirects are not followed."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return web.get(path, headers=named, follow_redirects=False)


def vary(response: Response) -> set[str]:
    """The fields that the answer depends on."""
    return {each.strip() for each in response.headers["vary"].split(",")}


def triples(response: Response) -> set[ox.Triple]:
    """The triples of an answer, in whichever format it came."""
    form = next(
        each.oxigraph
        for each in DATA_FORMATS
        if each.media_type == response.headers["content-type"].partition(";")[0]
    )
    return {quad.triple for quad in ox.parse(response.content, format=form)}
