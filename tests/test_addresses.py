"""Public IRIs and the addresses of their pages lead to each other."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhm_graph.publish.addresses import Addresses, decoded, encoded

HOME = Addresses.read("https://w3id.org/nhm/examples/ https://daten.stadt.example/")


@pytest.mark.parametrize(
    ("iri", "page"),
    [
        ("https://w3id.org/nhm/examples/id/musterstadt", "/doc/musterstadt"),
        ("https://daten.stadt.example/id/goal/1", "/doc/goal/1"),
        ("https://w3id.org/nhm/examples/graph/musterstadt/plan", "/graph/musterstadt/plan"),
        ("https://w3id.org/nhm/ns#Goal", "/ns#Goal"),
        ("https://w3id.org/nhm/voc/role/lead", "/voc/role/lead"),
        ("https://w3id.org/nhm/rule/M04-end", "/rule/M04-end"),
        ("https://w3id.org/nhm/query/sdg-gaps", "/queries/sdg-gaps"),
        ("http://metadata.un.org/sdg", "/sdg"),
        ("http://metadata.un.org/sdg/7.2", "/sdg/7.2"),
        ("http://metadata.un.org/sdg/ontology#Goal", None),
        ("https://elsewhere.example/id/goal/1", None),
    ],
)
def test_an_iri_has_its_page_at_its_place(iri: str, page: str | None) -> None:
    assert HOME.page(iri) == page


def test_no_address_of_a_thing_names_the_host_that_serves_it() -> None:
    iri = "https://daten.stadt.example/id/goal/1"
    assert (HOME.thing(iri), HOME.document(iri)) == (
        "/id/goal/1",
        "https://daten.stadt.example/doc/goal/1",
    )


def test_a_path_is_looked_for_below_each_base_in_their_order() -> None:
    assert HOME.named("goal/1") == [
        "https://w3id.org/nhm/examples/id/goal/1",
        "https://daten.stadt.example/id/goal/1",
    ]


@pytest.mark.parametrize(
    ("sent", "iri"),
    [
        ("goal/50%25", "goal/50%25"),  # decoded once at most: 50% is no part of an IRI
        ("goal/50%2525", "goal/50%2525"),
        ("goal/Gr%C3%B6%C3%9Fe", "goal/Größe"),
        ("goal/Gro%CC%88sse", "goal/Grösse"),  # o and a combining diaeresis: normal form C
        ("goal/a%20b", "goal/a%20b"),
        ("goal/%5A-01", "goal/Z-01"),
        ("goal/a%2Fb", "goal/a%2Fb"),
        ("goal/%ff", "goal/%FF"),  # no UTF-8: stays as it is
    ],
)
def test_percent_encoding_is_undone_once_and_only_where_an_iri_allows_it(
    sent: str, iri: str
) -> None:
    assert decoded(sent)[0] == iri


@given(st.text(alphabet="aZ0-._~äöüßéΩ/", min_size=1, max_size=12))
def test_the_address_of_a_page_leads_back_to_its_iri(path: str) -> None:
    assert path in decoded(encoded(path))
