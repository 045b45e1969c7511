"""Sitemap and robots.txt, and the data blocks that search engines read in the pages."""

import json
import re
from xml.etree import ElementTree

import pytest
from fastapi.testclient import TestClient

from catalogues import PUBLIC, client
from nhm_graph.graph import Graph
from nhm_graph.publish import sitemap
from nhm_graph.publish.schema_org import data_block
from nhm_graph.settings import Settings

NAMES = {
    "s": "http://www.sitemaps.org/schemas/sitemap/0.9",
    "x": "http://www.w3.org/1999/xhtml",
}
HTML = {"Accept": "text/html"}


@pytest.fixture(scope="module")
def web(graph: Graph) -> TestClient:
    return client(graph)


def locations(content: bytes) -> list[str]:
    found = ElementTree.fromstring(content).findall("./*/s:loc", NAMES)
    return [each.text or "" for each in found]


def block(web: TestClient, path: str) -> dict[str, object] | None:
    text = web.get(path, headers=HTML).text
    found = re.findall(r'<script type="application/ld\+json">(.*?)</script>', text)
    assert text.count("<script") == len(found)
    return json.loads(found[0]) if found else None


# ----- sitemap -----


def test_the_index_leads_to_parts_that_list_the_pages_of_real_cities(web: TestClient) -> None:
    index = web.get("/sitemap.xml")
    assert index.headers["content-type"] == "application/xml"
    parts = locations(index.content)
    assert parts == [f"{PUBLIC}/sitemap-1.xml"]
    listed = locations(web.get(parts[0].removeprefix(PUBLIC)).content)
    assert len(listed) == len(set(listed)) > 500
    assert {f"{PUBLIC}/", f"{PUBLIC}/catalog", f"{PUBLIC}/doc/heilbronn"} <= set(listed)
    assert f"{PUBLIC}/graph/karlsruhe/plan" in listed
    assert not any("musterstadt" in each for each in listed)
    asked = web.get("/sitemap-1.xml", params={"fictional": "include"})
    assert f"{PUBLIC}/doc/musterstadt" in locations(asked.content)


def test_each_page_listed_has_a_day_both_languages_and_can_be_opened(web: TestClient) -> None:
    root = ElementTree.fromstring(web.get("/sitemap-1.xml").content)
    entries = root.findall("s:url", NAMES)
    for each in entries:
        assert re.fullmatch(r"\d{4}-\d\d-\d\d", each.findtext("s:lastmod", "", NAMES))
        languages = [link.get("hreflang") for link in each.findall("x:link", NAMES)]
        assert languages == ["de", "en", "x-default"]
    for each in entries[:: len(entries) // 12]:
        address = each.findtext("s:loc", "", NAMES).removeprefix(PUBLIC)
        assert web.get(address, headers=HTML).status_code == 200, address


def test_no_part_has_more_than_the_permitted_number_of_pages() -> None:
    pages = [sitemap.Page(f"https://a.example/{n}", None) for n in range(sitemap.MOST + 1)]
    assert [len(each) for each in sitemap.parts(pages)] == [50_000, 1]


def test_a_part_that_is_not_there_is_a_404(web: TestClient) -> None:
    for part in ("2", "0", "x"):
        assert web.get(f"/sitemap-{part}.xml").status_code == 404


def test_addresses_are_escaped() -> None:
    page = sitemap.Page("https://a.example/doc/x?a=1&b='2'", None)
    assert locations(sitemap.sitemap_part([page])) == [page.address]


# ----- robots.txt -----


def test_robots_may_read_all_but_queries_and_find_the_sitemap(
    graph: Graph, web: TestClient
) -> None:
    lines = web.get("/robots.txt").text.splitlines()
    assert {"User-agent: *", "Allow: /", "Disallow: /sparql?", "Disallow: /validate"} <= set(lines)
    assert lines[-1] == f"Sitemap: {PUBLIC}/sitemap.xml"
    # Without a public address in the settings it is the one that was asked.
    asked = client(graph, Settings()).get("/robots.txt").text
    assert asked.endswith("Sitemap: http://inside/sitemap.xml\n")


# ----- data blocks -----


def test_catalogue_dataset_and_city_are_described_for_search_engines(web: TestClient) -> None:
    catalog = block(web, "/catalog")
    assert catalog
    assert catalog["@type"] == "DataCatalog"
    dataset = block(web, "/graph/karlsruhe/plan")
    assert dataset
    assert dataset["@type"] == "Dataset"
    assert dataset["license"] == "https://creativecommons.org/publicdomain/zero/1.0/"
    assert dataset["temporalCoverage"] == "2020-04-28/2040-12-31"
    assert isinstance(dataset["distribution"], list)
    assert dataset["distribution"][0]["contentUrl"] == f"{PUBLIC}/dump/karlsruhe/plan.ttl"
    city = block(web, "/doc/heilbronn?lang=en")
    assert city
    assert (city["@type"], city["name"]) == ("City", "Heilbronn")


def test_fictional_data_is_not_described_for_search_engines(web: TestClient) -> None:
    assert block(web, "/doc/musterstadt") is None
    assert block(web, "/graph/musterstadt/plan") is None


def test_no_text_ends_the_element_of_a_data_block() -> None:
    written = data_block({"name": "</script><script>alert(1)</script><!-- & "})
    assert not set("<>&") & set(written)
    assert json.loads(written)["name"].startswith("</script>")
