"""The pages for search engines: sitemap (sitemaps.org 0.9) and robots.txt (RFC 9309)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias
from xml.sax.saxutils import escape, quoteattr

from nhm_graph.graph import Graph
from nhm_graph.language import LANGUAGES
from nhm_graph.publish.catalog.datasets import read_holdings
from nhm_graph.publish.catalog.questions import ask
from nhm_graph.publish.catalog.vocabulary import Site

# More addresses a sitemap must not have (sitemaps.org).
MOST = 50_000
_NAMESPACES = (
    'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:xhtml="http://www.w3.org/1999/xhtml"'
)
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'


@dataclass(frozen=True, slots=True)
class Page:
    """A page: its public address, and the last day on which its data changed."""

    address: str
    modified: str | None


Portion: TypeAlias = Sequence[Page]


def pages(graph: Graph, site: Site, *, fictional: bool = False) -> list[Page]:
    """The pages about things and datasets, sorted by address; fictional cities where asked for.

    >>> from nhm_graph.graph import open_graph
    >>> from nhm_graph.settings import Settings
    >>> graph = open_graph(Settings())
    >>> any("musterstadt" in each.address for each in pages(graph, Site.of(graph.settings)))
    False
    """
    modified = {
        each.iri: each.modified for each in read_holdings(graph, fictional=fictional).datasets
    }
    found: dict[str, str | None] = {}
    for row in ask(graph, "things"):
        day = modified.get(row.text("graph") or "")
        address = site.page(row.text("thing") or "")
        if row.text("graph") in modified and address and "#" not in address:
            found[address] = max(day or "", found.get(address) or "") or None
    newest = max((day for day in modified.values() if day), default=None)
    found |= dict.fromkeys((site.url("/"), site.url("/catalog")), newest)
    return [Page(address, found[address]) for address in sorted(found)]


def parts(found: Sequence[Page], most: int = MOST) -> list[Portion]:
    """The pages in portions that fit into one sitemap each; one portion at least.

    >>> [len(each) for each in parts([Page("a", None)] * 5, most=2)]
    [2, 2, 1]
    """
    return [found[at : at + most] for at in range(0, len(found), most)] or [[]]


def sitemap_index(portions: Sequence[Portion], site: Site, query: str = "") -> bytes:
    """The list of the sitemaps, each with the last day on which a page in it changed.

    >>> from nhm_graph.settings import Settings
    >>> b"/sitemap-1.xml" in sitemap_index([[]], Site.of(Settings()))
    True
    """
    lines = []
    for number, portion in enumerate(portions, start=1):
        newest = max((each.modified for each in portion if each.modified), default=None)
        address = site.url(f"/sitemap-{number}.xml{query}")
        lines.append(f"<sitemap>{_location(address, newest)}</sitemap>")
    return _document("sitemapindex", lines, 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"')


def sitemap_part(portion: Iterable[Page]) -> bytes:
    """One sitemap: each page with its day and its addresses in both languages.

    >>> sitemap_part([Page("https://a.example/doc/x", "2026-11-22")]).count(b"hreflang=")
    3
    """
    lines = []
    for each in portion:
        alternates = [(str(one), f"{each.address}?lang={one}") for one in LANGUAGES]
        alternates.append(("x-default", each.address))
        links = "".join(
            f'<xhtml:link rel="alternate" hreflang="{language}" href={quoteattr(address)}/>'
            for language, address in alternates
        )
        lines.append(f"<url>{_location(each.address, each.modified)}{links}</url>")
    return _document("urlset", lines, _NAMESPACES)


def robots(site: Site) -> str:
    """What robots may fetch: everything but queries, which cost much and lead nowhere new.

    >>> from nhm_graph.settings import Settings
    >>> robots(Site.of(Settings())).splitlines()[-1]
    'Sitemap: http://127.0.0.1:8000/sitemap.xml'
    """
    lines = [
        "User-agent: *",
        "Allow: /",
        "Disallow: /sparql?",
        "Disallow: /validate",
        "",
        f"Sitemap: {site.url('/sitemap.xml')}",
    ]
    return "\n".join(lines) + "\n"


def _location(address: str, modified: str | None) -> str:
    day = f"<lastmod>{escape(modified)}</lastmod>" if modified else ""
    return f"<loc>{escape(address)}</loc>{day}"


def _document(root: str, lines: Sequence[str], namespaces: str) -> bytes:
    body = "".join(f"{line}\n" for line in lines)
    return f"{_HEAD}<{root} {namespaces}>\n{body}</{root}>\n".encode()
