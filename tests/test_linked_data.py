"""Addresses of things: redirects, formats, languages, caches, near matches."""

import re
from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from fetching import READER, TYPES, get, triples, vary
from nhm_graph.graph import Graph, open_graph
from nhm_graph.publish.addresses import Addresses
from nhm_graph.settings import Settings
from nhm_graph.web.app import create_app
from nhm_graph.web.representations import GRAPHS, SUFFIXES

BASE = "https://w3id.org/nhm/examples/"
GOAL = "/musterstadt/goal/Z-01"


# ----- things and documents -----


@pytest.mark.parametrize(("media_type", "suffix"), TYPES)
def test_a_thing_leads_to_its_document_in_the_format_asked_for(
    web: TestClient, media_type: str, suffix: str
) -> None:
    response = get(web, f"/id{GOAL}", Accept=media_type)
    assert (response.status_code, response.headers["location"]) == (303, f"/doc{GOAL}{suffix}")
    assert response.headers["vary"] == "Accept, Accept-Language"
    assert 'rel="describedby"' in response.headers["link"]


def test_a_suffix_on_a_thing_pins_the_format_whatever_accept_says(web: TestClient) -> None:
    response = get(web, f"/id{GOAL}.nt", Accept="text/html")
    assert (response.status_code, response.headers["location"]) == (303, f"/doc{GOAL}.nt")
    assert "vary" not in response.headers


@pytest.mark.parametrize(("media_type", "_suffix"), TYPES)
def test_a_document_comes_in_the_format_asked_for(
    web: TestClient, media_type: str, _suffix: str
) -> None:
    response = get(web, f"/doc{GOAL}", Accept=media_type)
    assert response.headers["content-type"].startswith(media_type)
    assert vary(response) == {"Accept", "Accept-Language", "Accept-Encoding"}
    language = "?lang=de" if media_type == "text/html" else ""
    assert response.headers["content-location"] == f"/doc{GOAL}{SUFFIXES[media_type]}{language}"


def test_all_formats_say_the_same(web: TestClient) -> None:
    said = [triples(get(web, f"/doc{GOAL}{each.suffix}")) for each in GRAPHS]
    assert len(said[0]) > 30
    assert all(each == said[0] for each in said)


def test_n_triples_are_in_canonical_order(web: TestClient) -> None:
    lines = get(web, f"/doc{GOAL}.nt").text.splitlines()
    assert lines == sorted(set(lines))


def test_the_language_is_that_of_the_address_then_of_the_reader(web: TestClient) -> None:
    asked = get(web, f"/doc{GOAL}.html", Accept_Language="en")
    named = get(web, f"/doc{GOAL}.html?lang=de", Accept_Language="en")
    assert asked.headers["content-language"] == "en"
    assert vary(asked) == {"Accept-Language", "Accept-Encoding"}
    assert named.headers["content-language"] == "de"
    assert vary(named) == {"Accept-Encoding"}
    assert get(web, f"/id{GOAL}?lang=en", **READER).headers["location"] == f"/doc{GOAL}?lang=en"


def test_links_name_the_canonical_address_and_the_other_forms(web: TestClient) -> None:
    link = get(web, f"/doc{GOAL}.ttl").headers["link"]
    assert f'</doc{GOAL}>; rel="canonical"' in link
    assert f'<{BASE}id{GOAL}>; rel="describes"' in link
    assert f'</doc{GOAL}.jsonld>; rel="alternate"; type="application/ld+json"' in link
    assert 'hreflang="de"' in link
    assert 'hreflang="en"' in link
    page = get(web, f"/doc{GOAL}", **READER).text
    assert f'<link rel="canonical" href="/doc{GOAL}">' in page
    for each in GRAPHS:
        assert f'type="{each.media_type}" href="/doc{GOAL}{each.suffix}"' in page


def test_what_a_client_has_is_not_sent_again(web: TestClient) -> None:
    first = get(web, f"/doc{GOAL}.ttl")
    tag = first.headers["etag"]
    again = get(web, f"/doc{GOAL}.ttl", If_None_Match=f'"x", W/{tag}')
    assert re.fullmatch(r'"[0-9a-f]+"', tag)
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    assert get(web, f"/doc{GOAL}", Accept="text/html", If_None_Match=tag).status_code == 200
    assert first.headers["last-modified"] == "Sun, 22 Nov 2026 00:00:00 GMT"


def test_each_form_and_language_has_an_etag_of_its_own(web: TestClient) -> None:
    paths = [f"/doc{GOAL}{each}" for each in (".ttl", ".nt", ".html?lang=de", ".html?lang=en")]
    assert len({get(web, each).headers["etag"] for each in paths}) == 4


def test_head_says_what_get_says_without_the_content(web: TestClient) -> None:
    got, asked = get(web, f"/doc{GOAL}.ttl"), web.head(f"/doc{GOAL}.ttl")
    assert asked.status_code == 200
    assert asked.content == b""
    for name in ("etag", "link", "content-length", "content-type", "last-modified"):
        assert asked.headers[name] == got.headers[name]


@pytest.mark.parametrize("path", [f"/id{GOAL}", f"/doc{GOAL}", "/sdg/7", "/ns", "/rule/M01"])
def test_nothing_can_be_written_to_a_document(web: TestClient, path: str) -> None:
    for method in ("POST", "PUT", "DELETE"):
        response = web.request(method, path)
        allowed = set(response.headers["allow"].split(", "))
        assert (response.status_code, allowed) == (405, {"GET", "HEAD"})
        assert response.headers["content-type"] == "application/problem+json"


def test_no_form_that_is_wanted_is_a_406(web: TestClient) -> None:
    assert get(web, f"/doc{GOAL}", Accept="image/png").status_code == 406


def test_a_slash_too_many_is_taken_off(web: TestClient) -> None:
    for start in ("/id", "/doc"):
        response = get(web, f"{start}{GOAL}/?lang=en", **READER)
        assert response.status_code == 301
        assert response.headers["location"] == f"{start}{GOAL}?lang=en"
    for path, leads_to in (("/voc/", "/voc"), ("/rule/M04/", "/rule/M04"), ("/ns/", "/ns")):
        assert get(web, path).headers["location"] == leads_to


# ----- what the document says -----


def test_the_document_says_what_it_is_about_and_of_when(web: TestClient) -> None:
    said = {str(each) for each in triples(get(web, f"/doc{GOAL}.ttl"))}
    thing, document = f"<{BASE}id{GOAL}>", f"<{BASE}doc{GOAL}>"
    dct, foaf = "http://purl.org/dc/terms/", "http://xmlns.com/foaf/0.1/"
    assert f"{document} <{foaf}primaryTopic> {thing}" in said
    assert f"{thing} <{foaf}isPrimaryTopicOf> {document}" in said
    for name in ("license", "modified"):
        assert any(each.startswith(f"{document} <{dct}{name}> ") for each in said)
    dataset = f"<{BASE}graph/musterstadt/plan>"
    assert f"{document} <http://rdfs.org/ns/void#inDataset> {dataset}" in said
    assert any(each.startswith(f"{document} <https://w3id.org/nhm/ns#fictional> ") for each in said)


def test_the_document_holds_links_to_the_thing_and_names_of_its_neighbours(
    web: TestClient,
) -> None:
    said = {str(each) for each in triples(get(web, f"/doc{GOAL}.ttl"))}
    thing = f"<{BASE}id{GOAL}>"
    assert any(each.endswith(f"<https://w3id.org/nhm/ns#refines> {thing}") for each in said)
    principle = f"<{BASE}id/musterstadt/principle/L-1> "
    assert any(each.startswith(principle) and "prefLabel" in each for each in said)


def test_of_a_real_city_nothing_is_called_fictional(web: TestClient) -> None:
    said = get(web, "/doc/karlsruhe/measure/A1.1.nt").text
    assert [each for each in said.splitlines() if "fictional" in each and "true" in each] == []
    assert "erfunden" not in get(web, "/doc/karlsruhe/measure/A1.1", **READER).text


def test_a_shared_thing_shows_the_links_of_the_city_asked_for_only(web: TestClient) -> None:
    alone, beside = get(web, "/sdg/7.2.nt").text, get(web, "/sdg/7.2.nt?city=musterstadt").text
    assert "/id/" not in alone
    assert "/id/musterstadt/" in beside
    assert "/id/karlsruhe/" not in beside


def test_what_chooses_the_content_stays_in_the_links_to_its_other_forms(web: TestClient) -> None:
    response = get(web, "/sdg/7.2?city=musterstadt", Accept="text/turtle")
    assert response.headers["content-location"] == "/sdg/7.2.ttl?city=musterstadt"
    assert '</sdg/7.2?city=musterstadt>; rel="canonical"' in response.headers["link"]
    page = get(web, "/sdg/7.2?city=musterstadt", **READER).text
    assert 'href="/sdg/7.2.ttl?city=musterstadt"' in page


def test_links_from_fictional_data_make_the_document_say_so(web: TestClient) -> None:
    said = get(web, "/sdg/7.2.nt?city=musterstadt").text
    marked = '<https://w3id.org/nhm/sdg/7.2> <https://w3id.org/nhm/ns#fictional> "true"'
    assert marked in said
    assert marked not in get(web, "/sdg/7.2.nt?city=karlsruhe").text
    assert "erfunden" in get(web, "/sdg/11?city=musterstadt", **READER).text
    assert "erfunden" not in get(web, "/sdg/11?city=karlsruhe", **READER).text


# ----- what is not here -----


def test_an_unknown_thing_is_a_404_with_what_was_perhaps_meant(web: TestClient) -> None:
    response = get(web, "/id/musterstadt/goal/Z-001", Accept="text/turtle")
    assert (response.status_code, response.headers["content-type"]) == (
        404,
        "application/problem+json",
    )
    assert "/doc/musterstadt/goal/Z-01" in {each["address"] for each in response.json()["nearest"]}
    page = get(web, "/doc/musterstadt/goal/Z-001", **READER)
    assert page.status_code == 404
    assert 'href="/doc/musterstadt/goal/Z-01?lang=de"' in page.text


@pytest.mark.parametrize(
    ("path", "meant"),
    [
        ("/rule/M4", "/rule/M04"),
        ("/voc/coverage/nonne", "/voc/coverage/none"),
        ("/sdg/7.22", "/sdg/7.2"),
        ("/graph/musterstadt/plann", "/graph/musterstadt/plan"),
        ("/query/sdg-gap", "/query/sdg-gaps"),
        ("/queries/sdg-gap", "/queries/sdg-gaps"),
    ],
)
def test_a_mistyped_name_leads_to_the_page_that_was_meant(
    web: TestClient, path: str, meant: str
) -> None:
    page = get(web, path, **READER)
    assert (page.status_code, page.headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert f'href="{meant}?lang=de"' in page.text
    problem = get(web, path, Accept="text/turtle")
    assert problem.headers["content-type"] == "application/problem+json"
    assert problem.json()["nearest"]


def test_a_browser_gets_a_page_for_an_address_that_nothing_is_at(web: TestClient) -> None:
    page = get(web, "/nothing/here", **READER)
    assert (page.status_code, page.headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert get(web, "/nothing/here").headers["content-type"] == "application/problem+json"


def test_a_mistyped_city_leads_to_the_city(web: TestClient) -> None:
    nearest = get(web, "/doc/heilbron", Accept="text/turtle").json()["nearest"]
    assert nearest[0] == {"address": "/doc/heilbronn", "label": "Heilbronn"}


def test_what_is_withdrawn_is_a_410_that_names_what_replaces_it() -> None:
    graph = open_graph(Settings(examples=False))
    prov, dct = "http://www.w3.org/ns/prov#", "http://purl.org/dc/terms/"
    graph.store.update(
        f"INSERT DATA {{ GRAPH <{BASE}graph/x/plan> {{ <{BASE}id/x/goal/1> "
        f'<{prov}invalidatedAtTime> "2026-01-02" ; <{dct}isReplacedBy> <{BASE}id/x/goal/2> }} }}'
    )
    with TestClient(create_app(graph.settings, graph)) as client:
        response = client.get("/doc/x/goal/1", headers={"Accept": "text/turtle"})
        assert response.status_code == 410
        assert response.json()["replacedBy"] == f"{BASE}id/x/goal/2"
        assert client.get("/doc/x/goal/1", headers=READER).status_code == 410


# ----- the base is configuration -----


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[TestClient]:
    base = "https://daten.stadt.example/"
    graph: Graph = open_graph(Settings(examples=False, base_iris=f"{BASE} {base}"))
    keys = ("goal/Größe", "goal/50%25", "goal/a%20b", "goal/1.5", "goal/x.ttl")
    said = " ".join(
        f"<{base}id/{key}> a <https://w3id.org/nhm/ns#Goal> ; "
        f'<http://www.w3.org/2004/02/skos/core#prefLabel> "{key}"@de .'
        for key in keys
    )
    graph.store.update(f"INSERT DATA {{ GRAPH <{base}graph/plan> {{ {said} }} }}")
    mark = f"<{base}graph/plan> a <https://w3id.org/nhm/ns#CityGraph>"
    graph.store.update(f"INSERT DATA {{ GRAPH <{base}graph/plan> {{ {mark} }} }}")
    with TestClient(create_app(graph.settings, graph), base_url="http://other.test") as client:
        yield client


@pytest.mark.parametrize(
    "path", ["goal/Gr%C3%B6%C3%9Fe", "goal/50%25", "goal/a%20b", "goal/1.5", "goal/x.ttl"]
)
def test_a_key_with_any_letters_has_its_page(elsewhere: TestClient, path: str) -> None:
    response = get(elsewhere, f"/id/{path}", **READER)
    assert (response.status_code, response.headers["location"]) == (303, f"/doc/{path}")
    assert get(elsewhere, f"/doc/{path}", **READER).status_code == 200


def test_a_graph_below_a_base_of_its_own_has_its_page(elsewhere: TestClient) -> None:
    assert get(elsewhere, "/graph/plan", **READER).status_code == 200
    assert get(elsewhere, "/graph/nhm").headers["location"] == "/ns"
    assert get(elsewhere, "/graph/sdg.ttl").headers["location"] == "/sdg.ttl"


def test_the_host_that_serves_stands_in_no_document(elsewhere: TestClient) -> None:
    for suffix in (".nt", ".html"):
        assert "other.test" not in get(elsewhere, f"/doc/goal/1.5{suffix}").text


def test_every_thing_in_the_examples_has_a_page(graph: Graph) -> None:
    home = Addresses.read(graph.settings.base_iris)
    rows = graph.store.query("SELECT DISTINCT ?s { ?s a ?t }")
    iris = [row[0].value for row in rows]  # type: ignore[union-attr,index]
    outside = ("http://www.w3.org/", "http://purl.org/", "http://metadata.un.org/sdg/ontology")
    without = [each for each in iris if home.page(each) is None and not each.startswith(outside)]
    others = ("http://schema.org/", "http://qudt.org/", "https://w3id.org/nhm")
    assert [each for each in without if not each.startswith(others)] == []


def test_a_kept_page_of_one_host_is_not_sent_for_another(web: TestClient) -> None:
    for host in ("one.test", "two.test", "one.test"):
        page = get(web, "/graph/karlsruhe/plan", **READER, Host=host).text
        assert f"http://{host}/" in page
        assert page.count("one.test") == 0 or host == "one.test"


@pytest.mark.parametrize(
    "path", ["/doc/%00", "/id/%FF%FE", "/doc/%3Cscript%3E", "/sdg/%0d%0aX:y", "/doc/" + "a" * 9_000]
)
def test_what_is_no_address_is_not_found_and_not_repeated(web: TestClient, path: str) -> None:
    response = get(web, path, **READER)
    assert response.status_code == 404
    assert "<script>" not in response.text
