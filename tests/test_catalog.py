"""/catalog: DCAT-AP.de 3.0 with all that harvesters need, the same each time."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from pyoxigraph import Store

from catalogues import CONTRIBUTOR, GRAPHS, PUBLIC, SETTINGS, changed, client, column, parsed
from nhm_graph.graph import Graph, open_graph
from nhm_graph.publish.catalog.profile import read_profile
from nhm_graph.settings import Settings

CATALOG = "https://w3id.org/nhm/examples/catalog"
HTML = {"Accept": "text/html"}
CITIES = ("heilbronn", "karlsruhe")
LABEL = "<http://www.w3.org/2000/01/rdf-schema#label>"
DERIVED = "<http://www.w3.org/ns/prov#wasDerivedFrom>"


@pytest.fixture(scope="module")
def web(graph: Graph) -> TestClient:
    return client(graph)


@pytest.fixture(scope="module")
def elsewhere() -> TestClient:
    """Another service with the same data, loaded anew."""
    return client(open_graph(SETTINGS))


@pytest.fixture(scope="module")
def catalog(web: TestClient) -> Store:
    return parsed(web.get("/catalog.ttl").content)


# ----- what is listed -----


def test_each_graph_of_a_real_city_is_a_dataset_and_no_other_is(
    graph: Graph, catalog: Store
) -> None:
    real = {each.iri for each in graph.graphs("de") if not each.fictional}
    whole = column(catalog, "SELECT ?d { ?c dcat:dataset ?d FILTER(!CONTAINS(STR(?d), '#')) }")
    assert set(whole) == real
    assert {f"{GRAPHS}{city}/plan" for city in CITIES} <= real


REQUIRED = {
    "title in German": "dct:title ?x FILTER(lang(?x) = 'de')",
    "title in English": "dct:title ?x FILTER(lang(?x) = 'en')",
    "description": "dct:description ?x FILTER(lang(?x) = 'de')",
    "identifier": "dct:identifier ?x",
    "publisher": "dct:publisher/foaf:name ?x",
    "creator": "dct:creator ?x",
    "contact": "dcat:contactPoint ?x . ?x vcard:fn ?name ; vcard:hasURL ?url",
    "contributorID": "dcatde:contributorID ?x",
    "theme": "dcat:theme ?x",
    "keyword in German": "dcat:keyword ?x FILTER(lang(?x) = 'de')",
    "keyword in English": "dcat:keyword ?x FILTER(lang(?x) = 'en')",
    "municipality key": "dct:spatial ?x FILTER(CONTAINS(STR(?x), '/municipalityKey/'))",
    "regional key": "dct:spatial ?x FILTER(CONTAINS(STR(?x), '/regionalKey/'))",
    "level": "dcatde:politicalGeocodingLevelURI ?x",
    "issued": "dct:issued ?x",
    "modified": "dct:modified ?x",
    "frequency": "dct:accrualPeriodicity ?x",
    "start of the period": "dct:temporal/dcat:startDate ?x",
    "end of the period": "dct:temporal/dcat:endDate ?x",
    "provenance in German": f"dct:provenance/{LABEL} ?x FILTER(lang(?x) = 'de')",
    "access rights": "dct:accessRights ?x",
    "landing page": "dcat:landingPage ?x",
    "language": "dct:language ?x",
    "ontology": "dct:conformsTo ?x FILTER(STRSTARTS(STR(?x), 'https://w3id.org/nhm/ns/'))",
    "rules": "dct:conformsTo <https://w3id.org/nhm/shapes>",
    "distribution": "dcat:distribution/dcat:downloadURL ?x",
}


@pytest.mark.parametrize("field", REQUIRED.values(), ids=REQUIRED)
def test_each_dataset_of_a_city_has_the_field(catalog: Store, field: str) -> None:
    every = (
        "?c dcat:dataset ?d . ?d dct:title ?t . FILTER(REGEX(STR(?d), '/(heilbronn|karlsruhe)/'))"
    )
    missing = column(catalog, f"SELECT DISTINCT ?d {{ {every} MINUS {{ ?d {field} }} }}")
    assert missing == []


@pytest.mark.parametrize("city", CITIES)
def test_period_and_sources_are_those_of_the_data(catalog: Store, city: str) -> None:
    me = f"<{GRAPHS}{city}/plan>"
    start = column(catalog, f"SELECT ?x {{ {me} dct:temporal/dcat:startDate ?x }}")
    end = column(catalog, f"SELECT ?x {{ {me} dct:temporal/dcat:endDate ?x }}")
    assert (start, end) == {
        "heilbronn": (["2010-01-01"], ["2050-12-31"]),
        "karlsruhe": (["2020-04-28"], ["2040-12-31"]),
    }[city]
    assert column(catalog, f"SELECT ?x {{ {me} {DERIVED} ?x }}")


def test_a_version_without_dates_has_the_period_of_the_dataset_it_is_taken_from(
    catalog: Store,
) -> None:
    version = "<https://w3id.org/nhm/examples/id/karlsruhe/version/2020#data>"
    for me in (version, f"<{GRAPHS}karlsruhe/plan>"):
        assert column(catalog, f"SELECT ?x {{ {me} dct:temporal/dcat:endDate ?x }}") == [
            "2040-12-31"
        ]
    assert column(catalog, f"SELECT ?x {{ {version} {DERIVED} ?x }}") == [f"{GRAPHS}karlsruhe/plan"]


def test_places_are_the_official_keys_of_the_city(catalog: Store) -> None:
    found = column(catalog, f"SELECT ?x {{ <{GRAPHS}heilbronn/org> dct:spatial ?x }} ORDER BY ?x")
    start = "http://dcat-ap.de/def/politicalGeocoding/"
    assert found == [f"{start}municipalityKey/08121000", f"{start}regionalKey/081210000000"]


def test_distributions_come_in_each_format_with_type_and_licence(catalog: Store) -> None:
    me = f"<{GRAPHS}karlsruhe/plan>"
    formats = column(catalog, f"SELECT ?f {{ {me} dcat:distribution/dct:format ?f }}")
    names = {each.rpartition("/")[2] for each in formats}
    assert {"RDF_TURTLE", "JSON_LD", "RDF_XML", "RDF_N_QUADS", "CSV", "XLSX"} <= names
    lacking = column(
        catalog,
        """SELECT DISTINCT ?x { ?d dcat:distribution ?x MINUS {
             ?x dcat:mediaType ?m ; dct:format ?f ; dcat:accessURL ?a ; dcat:downloadURL ?u ;
                dct:license <http://dcat-ap.de/def/licenses/cc-zero> ; dct:title ?t
             FILTER(?a != ?u) } }""",
    )
    assert lacking == []
    packed = "SELECT DISTINCT ?m { ?x dcat:compressFormat ?m }"
    assert column(catalog, packed) == [
        "https://www.iana.org/assignments/media-types/application/gzip"
    ]


def test_versions_of_a_plan_are_a_series_in_order(web: TestClient) -> None:
    asked = parsed(web.get("/catalog.ttl", params={"fictional": "include"}).content)
    found = column(
        asked,
        """SELECT ?pair { ?later dcat:prev ?earlier ; dcat:inSeries ?s . ?earlier dcat:inSeries ?s .
             ?s a dcat:DatasetSeries ; dct:publisher ?p . ?later dcat:version ?b .
             ?earlier dcat:version ?a BIND(CONCAT(?a, ' ', ?b) AS ?pair) }""",
    )
    assert "2019 2024" in found


def test_the_service_serves_each_dataset(catalog: Store) -> None:
    listed = column(catalog, "SELECT ?d { ?c dcat:dataset ?d } ORDER BY ?d")
    service = "?s a dcat:DataService ; dcat:endpointURL ?u ; dcat:endpointDescription ?e"
    assert (
        column(catalog, f"SELECT DISTINCT ?d {{ {service} ; dcat:servesDataset ?d }} ORDER BY ?d")
        == listed
    )
    assert set(column(catalog, f"SELECT ?u {{ {service} }}")) == {f"{PUBLIC}/sparql"}


# ----- whose it is -----


def test_publisher_and_contributor_are_those_of_the_settings(graph: Graph, catalog: Store) -> None:
    assert set(column(catalog, "SELECT ?x { ?d dct:publisher ?x }")) == {"https://w3id.org/nhm"}
    assert set(column(catalog, "SELECT ?x { ?d dcatde:contributorID ?x }")) == {CONTRIBUTOR}
    own = Settings(
        publisher_iri="https://stadt.example/",
        publisher_name="Stadt Beispiel",
        contact_name="Stabsstelle",
        contact_url="https://stadt.example/kontakt",
    )
    asked = parsed(client(graph, own).get("/catalog.ttl").content)
    assert set(column(asked, "SELECT ?x { ?d dct:publisher ?x }")) == {"https://stadt.example/"}
    assert column(asked, "SELECT ?x { ?c vcard:hasURL ?x }") == ["https://stadt.example/kontakt"]
    assert column(asked, "SELECT ?x { ?d dcatde:contributorID ?x }") == []


def test_identifiers_do_not_name_the_host_and_addresses_name_the_public_one(
    graph: Graph, web: TestClient
) -> None:
    content = web.get("/catalog.ttl").content
    assert b"http://inside" not in content
    asked = parsed(content)
    for each in column(asked, "SELECT ?x { ?d dct:identifier ?x ; dct:title ?t }"):
        assert each.startswith("https://w3id.org/nhm/examples/")
    for each in column(asked, "SELECT ?x { ?d dcat:accessURL|dcat:downloadURL ?x }"):
        assert each.startswith(f"{PUBLIC}/")
    moved = client(graph, Settings()).get("/catalog.ttl").content
    assert b"<http://inside/sparql>" in moved
    assert f"<{CATALOG}>".encode() in moved


# ----- harvesting again -----


@pytest.mark.parametrize("suffix", [".ttl", ".jsonld", ".rdf", ".nt"])
def test_harvesting_twice_gives_the_same_bytes(
    web: TestClient, elsewhere: TestClient, suffix: str
) -> None:
    first, other = web.get(f"/catalog{suffix}"), elsewhere.get(f"/catalog{suffix}")
    assert first.status_code == 200
    assert (first.content, first.headers["etag"]) == (other.content, other.headers["etag"])
    again = web.get(f"/catalog{suffix}", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_a_removed_dataset_disappears_and_a_changed_one_has_its_day() -> None:
    own = open_graph(SETTINGS)
    web = client(own)
    gone, kept = f"{GRAPHS}heilbronn/claims", f"{GRAPHS}heilbronn/plan"
    before = web.get("/catalog.ttl")
    assert gone.encode() in before.content
    own.store.replace_graph(gone, [])
    own.store.replace_graph(kept, changed(own, kept, "2027-01-31"))
    after = web.get("/catalog.ttl", headers={"If-None-Match": before.headers["etag"]})
    assert after.status_code == 200
    assert gone.encode() not in after.content
    asked = parsed(after.content)
    for each in (kept, CATALOG):
        assert column(asked, f"SELECT ?x {{ <{each}> dct:modified ?x }}") == ["2027-01-31"]


def test_fictional_cities_are_listed_only_where_asked_for(graph: Graph, web: TestClient) -> None:
    assert b"musterstadt" not in web.get("/catalog.ttl").content
    asked = web.get("/catalog.ttl", params={"fictional": "include"}).content
    marked = column(parsed(asked), "SELECT ?d { ?d nhm:fictional true ; a dcat:Dataset }")
    assert f"{GRAPHS}musterstadt/plan" in marked
    assert web.get("/catalog", params={"fictional": "perhaps"}).status_code == 400
    always = client(graph, Settings(publish_fictional=True))
    assert b"musterstadt" in always.get("/catalog.ttl").content
    left_out = always.get("/catalog.ttl", params={"fictional": "exclude"}).content
    assert b"musterstadt" not in left_out


# ----- formats and the page -----


@pytest.mark.parametrize(
    ("accept", "given"),
    [
        ("text/html", "text/html; charset=utf-8"),
        ("text/turtle", "text/turtle; charset=utf-8"),
        ("application/ld+json", "application/ld+json"),
        ("application/rdf+xml", "application/rdf+xml"),
    ],
)
def test_the_format_follows_accept(web: TestClient, accept: str, given: str) -> None:
    response = web.get("/catalog", headers={"Accept": accept})
    assert response.headers["content-type"] == given
    assert "Accept" in response.headers["vary"]
    assert web.get("/catalog.pdf").status_code == 406


@pytest.mark.parametrize("language", ["de", "en"])
def test_the_page_lists_the_datasets_and_their_files(web: TestClient, language: str) -> None:
    text = web.get("/catalog", params={"lang": language}, headers=HTML).text
    title = {"de": "Karlsruhe: Beschlüsse und Drucksachen", "en": "Karlsruhe: decisions and papers"}
    assert title[language] in text
    assert "/dump/karlsruhe/council.ttl" in text
    assert ">CC0 1.0</a>" in text
    assert "Musterstadt" not in text
    assert '"@type": "DataCatalog"' in text


def test_a_long_catalogue_is_shown_in_pages_that_list_each_dataset_once(
    web: TestClient, catalog: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("nhm_graph.web.catalog._PER_PAGE", 4)
    pages = [web.get("/catalog", params={"page": n}, headers=HTML).text for n in (1, 2, 3)]
    titles = [title for text in pages for title in re.findall(r"<h3>(?:<a[^>]*>)?([^<]*)", text)]
    assert len(titles) == len(set(titles)) == 11
    assert 'rel="next"' in pages[0]
    assert 'rel="next"' not in pages[2]
    for wrong, like in (
        ("0", pages[0]),
        ("x", pages[0]),
        ("99999999999", pages[0]),
        ("9", pages[2]),
    ):
        text = web.get("/catalog", params={"page": wrong}, headers=HTML).text
        assert re.findall("<h3>.*", text) == re.findall("<h3>.*", like)


# ----- other people's rules -----


def test_licences_of_the_profile_are_those_of_the_official_list(shared: Path) -> None:
    official = (shared / "suites/dcat/de/lists/dcat-ap-de-licenses-open.rdf").read_text("utf-8")
    types = (shared / "vocab/eu/filetypes-skos.rdf").read_text("utf-8")
    for (_, predicate), values in read_profile().said.items():
        for value in values:
            if predicate.endswith("#exactMatch"):
                assert f'rdf:about="{value.value}"' in official
            if predicate.endswith("/format"):
                assert f'rdf:about="{value.value}"' in types


@pytest.mark.slow
@pytest.mark.parametrize("suffix", ["ttl", "rdf", "jsonld"])
def test_dcat_ap_de_and_the_conventions_for_delivery_find_nothing(
    web: TestClient, shared: Path, tmp_path: Path, suffix: str
) -> None:
    file = tmp_path / f"catalog.{suffix}"
    file.write_bytes(web.get(f"/catalog.{suffix}").content)
    command = [sys.executable, str(shared / "tools/validate_dcat.py"), str(file)]
    done = subprocess.run(
        [*command, "--profile", "de,konv20"], capture_output=True, text=True, timeout=120
    )
    assert "Violation 0 Warning 0" in done.stdout, done.stdout
