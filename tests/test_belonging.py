"""Which city and office a finding concerns, and how its node is called."""

from datetime import date

import pyoxigraph as ox
import pytest

from nhm_graph.checks.belonging import described, notes_of
from nhm_graph.checks.report import Finding
from nhm_graph.language import Text

DAY = date(2026, 11, 22)
DATA = """@prefix nhm: <https://w3id.org/nhm/ns#> . @prefix id: <http://e/> .
@prefix org: <http://www.w3.org/ns/org#> . @prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix role: <https://w3id.org/nhm/voc/role/> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
id:city a nhm:Municipality ; nhm:slug "neudorf" ; skos:prefLabel "Neudorf"@de , "New Village"@en .
id:graph a nhm:CityGraph ; nhm:municipality id:city ; nhm:fictional true .
id:real-graph a nhm:CityGraph ; nhm:municipality id:other ; nhm:fictional false .
id:old skos:prefLabel "Altes Amt"@de ; org:unitOf id:city .
id:new skos:prefLabel "Neues Amt"@de , "New office"@en ; org:unitOf id:city .
id:third skos:prefLabel "Drittes Amt"@de , "Third office"@en .
id:m nhm:municipality id:city ; skos:prefLabel "Radweg"@de , "Cycle path"@en ;
    nhm:hasMilestone id:milestone ; nhm:servesGoal id:g .
id:part nhm:partOfMeasure id:m .
id:g nhm:municipality id:city .
id:bare nhm:municipality id:city ; nhm:servesGoal id:g .
id:open nhm:municipality id:city .
id:joint nhm:municipality id:city .
id:loop nhm:partOfMeasure id:loop2 . id:loop2 nhm:partOfMeasure id:loop .
id:c nhm:contributor id:m ; nhm:contributesTo id:g .
id:r1 nhm:responsibleFor id:m ; nhm:role role:lead ; nhm:agent id:old ;
    nhm:validUntil "2024-12-31"^^xsd:date .
id:r2 nhm:responsibleFor id:m ; nhm:role role:lead ; nhm:agent id:new ;
    nhm:validFrom "2025-01-01"^^xsd:date .
id:r3 nhm:responsibleFor id:m ; nhm:role role:involved ; nhm:agent id:third .
id:r4 nhm:responsibleFor id:g ; nhm:role role:lead ; nhm:agent id:third .
id:r5 nhm:responsibleFor id:open ; nhm:role role:lead ; nhm:agent nhm:toBeClarified .
id:r6 nhm:responsibleFor id:joint ; nhm:role role:lead ; nhm:agent id:new , id:third .
"""


@pytest.fixture(scope="module")
def data() -> ox.Store:
    store = ox.Store()
    store.extend(ox.parse(DATA, format=ox.RdfFormat.TURTLE))
    return store


def about(focus: str, data: ox.Store, day: date = DAY) -> Finding:
    finding = Finding("M03", "Violation", focus, None, None, None, Text("", ""), "", "")
    (found,) = described([finding], data, day, ())
    return found


@pytest.mark.parametrize(
    ("node", "office"),
    [
        ("m", "New office"),
        ("milestone", "New office"),
        ("part", "New office"),
        ("c", "New office"),
        ("r3", "New office"),
        ("g", "Third office"),
        ("bare", None),
        ("open", None),
        ("joint", "Third office and New office"),
        ("loop", None),
        ("nowhere", None),
    ],
)
def test_office_leads_the_node_or_what_it_is_a_part_of(
    data: ox.Store, node: str, office: str | None
) -> None:
    found = about(f"http://e/{node}", data).office
    assert (found.en if found else None) == office


def test_office_is_the_one_of_the_day(data: ox.Store) -> None:
    found = about("http://e/m", data, date(2024, 12, 31)).office
    assert found == Text(de="Altes Amt", en="Altes Amt")


@pytest.mark.parametrize("node", ["city", "m", "milestone", "c", "new", "graph"])
def test_city_is_that_of_the_node_or_of_what_it_is_a_part_of(data: ox.Store, node: str) -> None:
    assert about(f"http://e/{node}", data).city == Text(de="Neudorf", en="New Village")


def test_label_is_in_both_languages_and_borrowed_from_what_the_node_is_a_part_of(
    data: ox.Store,
) -> None:
    for node in ("m", "milestone", "c"):
        assert about(f"http://e/{node}", data).label == Text(de="Radweg", en="Cycle path")
    assert about("http://e/old", data).label == Text(de="Altes Amt", en="Altes Amt")


@pytest.mark.parametrize("focus", ["_:b0", "a text", "", "http://e/ no iri"])
def test_node_without_address_and_literal_belong_nowhere(data: ox.Store, focus: str) -> None:
    found = about(focus, data)
    assert (found.label, found.city, found.office) == (None, None, None)


def test_only_invented_data_is_said_to_be_invented(data: ox.Store) -> None:
    assert notes_of(data) == (
        Text(
            de="Neudorf: Alle Angaben sind erfunden.",
            en="New Village: all of this data is invented.",
        ),
    )
