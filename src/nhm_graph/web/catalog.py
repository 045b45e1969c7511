"""/catalog, /.well-known/void, /sitemap.xml and /robots.txt: what harvesters and robots look for.

Everything is made from the store; nothing names the time of the run, so that the same data is
answered with the same bytes and ETag. Fictional data only with `?fictional=include`.
"""

from collections.abc import Callable, Hashable
from dataclasses import replace
from functools import partial
from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from nhm_graph.errors import BadParameter, UnknownName
from nhm_graph.language import Language, Text
from nhm_graph.publish import sitemap
from nhm_graph.publish.catalog import PREFIXES, Dataset, Holdings, Site, catalogue, read_holdings
from nhm_graph.publish.catalog.counts import Counter
from nhm_graph.publish.catalog.dcat import ABOUT, TITLE, catalogue_iri
from nhm_graph.publish.catalog.profile import read_profile
from nhm_graph.publish.dumps import files_of, whole_file
from nhm_graph.publish.schema_org import catalog_block, data_block
from nhm_graph.publish.void import void
from nhm_graph.rdf.formats import data_format_for_media_type
from nhm_graph.rdf.statements import written
from nhm_graph.web.pages.rendering import page
from nhm_graph.web.reader import graph_of, language_of, wanted
from nhm_graph.web.representations import GRAPHS, OFFERED, PAGE, sent

router = APIRouter()
_T = TypeVar("_T")

INCLUDED = ("include", "exclude")
DESCRIPTIONS = tuple(each.media_type for each in GRAPHS)
_PER_PAGE, _DIGITS = 50, 7
_CATALOG, _VOID = "/catalog", "/.well-known/void"
Fictional = Annotated[
    str,
    Query(
        description="include: fictional data too / erfundene Daten auch",
        json_schema_extra={"enum": list(INCLUDED)},
    ),
]


@router.get(
    "/catalog",
    summary="Catalogue of the data (DCAT-AP.de 3.0) / Katalog der Daten",
    description="A dataset for each municipality and kind of data, with its files, licence, place "
    "and period; as a page for browsers.\n\nEin Datensatz je Kommune und Art der Daten, mit "
    "Dateien, Lizenz, Gebiet und Zeitraum; für Browser als Seite.",
    responses={200: {"content": {each: {} for each in OFFERED}}},
)
@router.head("/catalog", include_in_schema=False)
def get_catalog(request: Request, fictional: Fictional = "") -> Response:
    """The catalogue, in the format that Accept asks for."""
    return _catalog(request, None, fictional)


@router.get("/catalog.{suffix}", include_in_schema=False)
@router.head("/catalog.{suffix}", include_in_schema=False)
def get_catalog_file(request: Request, suffix: str, fictional: Fictional = "") -> Response:
    """The catalogue in the format of the suffix."""
    return _catalog(request, f".{suffix}", fictional)


@router.get(
    "/.well-known/void",
    summary="Description of the datasets (VoID) / Beschreibung der Datensätze",
    description="Numbers of triples, things, classes and properties of each dataset, its files and "
    "vocabularies.\n\nZahlen der Tripel, Dinge, Klassen und Eigenschaften je Datensatz, seine "
    "Dateien und Vokabulare.",
    responses={200: {"content": {each: {} for each in DESCRIPTIONS}}},
)
@router.head("/.well-known/void", include_in_schema=False)
def get_void(request: Request, fictional: Fictional = "") -> Response:
    """The VoID description, in the format that Accept asks for."""
    return _void(request, None, fictional)


@router.get("/.well-known/void.{suffix}", include_in_schema=False)
@router.head("/.well-known/void.{suffix}", include_in_schema=False)
def get_void_file(request: Request, suffix: str, fictional: Fictional = "") -> Response:
    """The VoID description in the format of the suffix."""
    return _void(request, f".{suffix}", fictional)


@router.api_route("/sitemap.xml", methods=["GET", "HEAD"], include_in_schema=False)
def get_sitemap(request: Request, fictional: Fictional = "") -> Response:
    """The list of the sitemaps."""
    portions = _portions(request, fictional)
    query = "?fictional=include" if fictional == "include" else ""
    content = sitemap.sitemap_index(portions, _site(request), query)
    return _plain(request, content, "application/xml", "/sitemap.xml")


@router.api_route("/sitemap-{part}.xml", methods=["GET", "HEAD"], include_in_schema=False)
def get_sitemap_part(request: Request, part: str, fictional: Fictional = "") -> Response:
    """One sitemap."""
    portions = _portions(request, fictional)
    numbers = {str(number): each for number, each in enumerate(portions, start=1)}
    if part not in numbers:
        raise UnknownName.among(Text(de="die Sitemap", en="the sitemap"), part, numbers)
    content = sitemap.sitemap_part(numbers[part])
    return _plain(request, content, "application/xml", f"/sitemap-{part}.xml")


@router.api_route("/robots.txt", methods=["GET", "HEAD"], include_in_schema=False)
def get_robots(request: Request) -> Response:
    """What robots may fetch."""
    content = sitemap.robots(_site(request)).encode()
    return _plain(request, content, "text/plain", "/robots.txt")


class _Made:
    """What was made from the store last, each until the store changes."""

    def __init__(self, most: int = 32) -> None:
        self._most = most
        self._kept: dict[Hashable, tuple[Hashable, Any]] = {}

    def get(self, key: Hashable, state: Hashable, make: Callable[[], _T]) -> _T:
        """What `key` stands for in a state; made where it is not at hand."""
        known = self._kept.get(key)
        if known is None or known[0] != state:
            known = (state, make())
            self._kept.pop(key, None)
            self._kept[key] = known
            # The address asked is part of a key, and anybody may invent some.
            while len(self._kept) > self._most:
                self._kept.pop(next(iter(self._kept)), None)
        value: _T = known[1]
        return value


def _made(request: Request, key: Hashable, make: Callable[[], _T]) -> _T:
    state = request.app.state
    if not hasattr(state, "made"):
        state.made = _Made()
    made: _Made = state.made
    return made.get((key, _site(request).public), graph_of(request).state_of(None), make)


def _catalog(request: Request, suffix: str | None, fictional: str) -> Response:
    graph, site = graph_of(request), _site(request)
    included = _includes(request, fictional)
    media_type = wanted(request, OFFERED, suffix)
    holdings = _made(request, ("held", included), lambda: read_holdings(graph, fictional=included))

    def made() -> bytes:
        said = catalogue(
            graph, site, partial(files_of, graph), fictional=included, counter=_counter(request)
        )
        return written(said, data_format_for_media_type(media_type), PREFIXES)

    if media_type == PAGE:
        content = _catalog_page(request, holdings, site)
    else:
        content = _made(request, ("catalog", media_type, included), made)
    return sent(
        request,
        content,
        media_type,
        address=_CATALOG,
        pinned=suffix is not None,
        modified=holdings.modified,
        describes=catalogue_iri(site),
    )


def _catalog_page(request: Request, holdings: Holdings, site: Site) -> bytes:
    graph, counter, language = graph_of(request), _counter(request), language_of(request)
    pages = max(1, -(-len(holdings.datasets) // _PER_PAGE))
    given = request.query_params.get("page", "1")
    number = int(given) if given.isdecimal() and len(given) < _DIGITS else 1
    number = min(max(number, 1), pages)
    first = (number - 1) * _PER_PAGE
    shown = replace(holdings, datasets=holdings.datasets[first : first + _PER_PAGE])
    response = page(
        request,
        "catalog.html",
        title=TITLE,
        about=ABOUT,
        holdings=shown,
        number=number,
        pages=pages,
        groups=_by_city(shown, language),
        place=site.addresses.page,
        files=partial(files_of, graph),
        count=lambda iri: counter.of(iri).triples,
        formats=GRAPHS,
        named=read_profile().name,
        site=site,
        data=data_block(catalog_block(shown, site, language)),
    )
    return bytes(response.body)


def _by_city(holdings: Holdings, language: Language) -> list[tuple[str | None, list[Dataset]]]:
    """The datasets of each municipality with its name; None for those shared by several."""
    groups: dict[str | None, list[Dataset]] = {}
    for each in holdings.datasets:
        groups.setdefault(each.city_name.in_(language) if each.city_name else None, []).append(each)
    return sorted(groups.items(), key=lambda item: (item[0] is None, item[0] or ""))


def _void(request: Request, suffix: str | None, fictional: str) -> Response:
    graph, site = graph_of(request), _site(request)
    included = _includes(request, fictional)
    media_type = wanted(request, DESCRIPTIONS, suffix)

    def made() -> bytes:
        said = void(
            graph,
            site,
            partial(files_of, graph),
            whole=whole_file(graph),
            fictional=included,
            counter=_counter(request),
        )
        return written(said, data_format_for_media_type(media_type), PREFIXES)

    content = _made(request, ("void", media_type, included), made)
    pinned = suffix is not None
    return sent(request, content, media_type, address=_VOID, pinned=pinned, offered=DESCRIPTIONS)


def _portions(request: Request, fictional: str) -> list[sitemap.Portion]:
    graph, site, included = graph_of(request), _site(request), _includes(request, fictional)
    return _made(
        request,
        ("sitemap", included),
        lambda: sitemap.parts(sitemap.pages(graph, site, fictional=included)),
    )


def _plain(request: Request, content: bytes, media_type: str, address: str) -> Response:
    return sent(request, content, media_type, address=address, pinned=True, offered=())


def _site(request: Request) -> Site:
    return Site.of(graph_of(request).settings, str(request.base_url))


def _counter(request: Request) -> Counter:
    """The numbers counted so far: kept with the app, because they cost a look at every triple."""
    state = request.app.state
    if not hasattr(state, "counter"):
        state.counter = Counter(graph_of(request))
    counter: Counter = state.counter
    return counter


def _includes(request: Request, fictional: str) -> bool:
    if fictional and fictional not in INCLUDED:
        expected = Text(de=" oder ".join(INCLUDED), en=" or ".join(INCLUDED))
        raise BadParameter.value("fictional", fictional, expected)
    if not fictional:
        return graph_of(request).settings.publish_fictional
    return fictional == "include"
