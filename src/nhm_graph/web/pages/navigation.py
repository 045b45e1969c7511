"""Where a reader can go from a page: the pages of a city, and those about the data."""

from collections.abc import Iterator
from dataclasses import dataclass

from fastapi import Request
from starlette.routing import Match

from nhm_graph.graph import Graph
from nhm_graph.graph.model import City
from nhm_graph.language import Language, Text

# Pages of one city, then pages about the data. One that this service does not have is left out.
_OF_CITY = (
    ("/", Text(de="Überblick", en="Overview")),
    ("/coverage", Text(de="Abdeckung", en="Coverage")),
    ("/goals", Text(de="Ziele und Maßnahmen", en="Goals and measures")),
    ("/responsibilities", Text(de="Zuständigkeiten", en="Responsibilities")),
    ("/progress", Text(de="Fortschritt", en="Progress")),
    ("/timeline", Text(de="Zeitverlauf", en="Timeline")),
    ("/comparison", Text(de="Vergleich", en="Comparison")),
)
_OF_DATA = (
    ("/questions", Text(de="Fragen", en="Questions")),
    ("/sparql/form", Text(de="SPARQL", en="SPARQL")),
    ("/catalog", Text(de="Datenkatalog", en="Data catalogue")),
    ("/check", Text(de="Datei prüfen", en="Check a file")),
    ("/ns", Text(de="Datenmodell", en="Data model")),
    ("/shapes", Text(de="Regeln", en="Rules")),
    ("/docs", Text(de="Schnittstelle", en="Interface")),
)
_ABOUT_THINGS = ("doc", "graph")


@dataclass(frozen=True, slots=True)
class Entry:
    """A link of the navigation; `here` where the reader is on that page."""

    path: str
    label: Text
    here: bool


@dataclass(frozen=True, slots=True)
class Navigation:
    """The links beside a page, and the city that they are about."""

    city: City | None
    of_city: tuple[Entry, ...]
    of_data: tuple[Entry, ...]


def navigation(
    request: Request, graph: Graph, language: Language, chosen: City | None
) -> Navigation:
    """The links for a page; the city is the one shown, else the one that the address names."""
    return Navigation(
        city=chosen or _city(request, graph, language),
        of_city=tuple(_entries(request, _OF_CITY)),
        of_data=tuple(_entries(request, _OF_DATA)),
    )


def _entries(request: Request, listed: tuple[tuple[str, Text], ...]) -> Iterator[Entry]:
    here = request.url.path
    for path, label in listed:
        if _exists(request, path):
            inside = here.startswith("/queries/") if path == "/questions" else False
            yield Entry(path, label, here == path or inside)


def _exists(request: Request, path: str) -> bool:
    scope = {"type": "http", "path": path, "root_path": "", "method": "GET", "headers": []}
    return any(each.matches(scope)[0] is Match.FULL for each in request.app.router.routes)


def _city(request: Request, graph: Graph, language: Language) -> City | None:
    """The city that the address names: `?city=`, or the first part of a thing's address."""
    parts = request.url.path.strip("/").split("/")
    named = request.query_params.get("city") or (
        parts[1] if parts[0] in _ABOUT_THINGS and len(parts) > 1 else ""
    )
    cities = graph.cities(language)
    found = (each for each in cities if named in (each.slug, each.iri))
    return next(found, next(iter(cities), None))
