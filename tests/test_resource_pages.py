"""The page about a thing: who reads it finds names, neighbours, sources, questions and data."""

import re
from html import unescape
from itertools import pairwise

import pytest
from fastapi.testclient import TestClient

from fetching import READER, get
from nhm_graph.graph import Graph
from nhm_graph.web.representations import GRAPHS

MUSTER = "/doc/musterstadt"
KINDS = {
    "city": MUSTER,
    "plan": f"{MUSTER}/plan/strategie",
    "principle": f"{MUSTER}/principle/L-1",
    "goal": f"{MUSTER}/goal/Z-02",
    "measure": f"{MUSTER}/measure/M-02",
    "unit": f"{MUSTER}/unit/umweltamt",
    "indicator": f"{MUSTER}/indicator/radanteil",
    "decision": f"{MUSTER}/decision/2019-11-21-strategie",
    "comparison": f"{MUSTER}/comparison/radanteil-2024",
    "dataset": "/graph/musterstadt/plan",
    "sdg": "/sdg/11?city=musterstadt",
    "target": "/sdg/11.2?city=musterstadt",
    "entry": "/voc/coverage/none",
    "list": "/voc/coverage",
}
DEFINED = {"rule": "/rule/M04", "rules": "/shapes", "lists": "/voc", "terms": "/ns"}
QUESTION = "/queries/sdg-gaps?city=musterstadt"


def page(web: TestClient, path: str, language: str = "de") -> str:
    response = get(web, f"{path}{'&' if '?' in path else '?'}lang={language}", **READER)
    assert response.status_code == 200
    return response.text


def text_of(markup: str) -> str:
    """What a reader sees, without what stands in `code` because it is meant as an address."""
    body = markup[markup.index("<main") : markup.index("</main>")]
    body = re.sub(r"<(code|pre|title|desc)\b.*?</\1>", "", body, flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())


@pytest.mark.parametrize("path", KINDS.values(), ids=KINDS)
def test_no_page_shows_an_iri_where_there_is_a_name(web: TestClient, path: str) -> None:
    seen = text_of(page(web, path))
    assert re.findall(r"\bhttps?://\S+|\bw3id\.org/\S+|\b(?:nhm|skos|dct|prov):\w+", seen) == []


@pytest.mark.parametrize("path", [*KINDS.values(), *DEFINED.values()], ids=[*KINDS, *DEFINED])
def test_each_page_offers_its_data_in_every_format(web: TestClient, path: str) -> None:
    markup = page(web, path)
    address, _, query = path.partition("?")
    query = f"?{query}" if query else ""
    for form in GRAPHS:
        assert f'<a href="{address}{form.suffix}{query}" type="{form.media_type}">' in markup


@pytest.mark.slow
@pytest.mark.parametrize("path", [*KINDS.values(), *DEFINED.values()], ids=[*KINDS, *DEFINED])
def test_every_link_of_a_page_leads_somewhere(web: TestClient, path: str) -> None:
    found = set(re.findall(r'href="(/[^"#]*)', page(web, path)))
    kinds = {re.sub(r"[^/]*$", "", each.partition("?")[0]): each for each in sorted(found)}
    for each in kinds.values():  # one address of each kind: all would take minutes
        assert get(web, unescape(each), **READER).status_code in (200, 303), each


@pytest.mark.parametrize("path", KINDS.values(), ids=KINDS)
def test_what_is_invented_is_marked_and_nothing_else(web: TestClient, path: str) -> None:
    of_all = path.startswith("/voc")
    assert ('role="note"' in page(web, path)) is not of_all
    real = path.replace("musterstadt", "karlsruhe")
    if path.startswith("/sdg"):
        assert 'role="note"' not in page(web, real)


@pytest.mark.parametrize("path", [*KINDS.values(), *DEFINED.values()], ids=[*KINDS, *DEFINED])
def test_a_page_in_english_has_no_german_of_its_own(web: TestClient, path: str) -> None:
    markup = page(web, path, "en")
    assert '<html lang="en">' in markup
    own = re.sub(r'<(\w+)[^>]* lang="de".*?</\1>', "", markup, flags=re.DOTALL)
    words = ("Angaben", "Quellen und Daten", "Fragen dazu", "Nicht erfasst", "Lizenz", "abgerufen")
    assert [each for each in words if each in text_of(own)] == []


def test_a_measure_shows_its_neighbours_by_name_in_both_directions(web: TestClient) -> None:
    seen = text_of(page(web, KINDS["measure"]))
    outward = ("dient dem Ziel Z-02 Die städtischen Gebäude", "im Handlungsfeld Klima und Energie")
    inward = ("Gebäudemanagement Federführung", "T-01 Förderantrag für die letzten zwei Schulen")
    for each in (*outward, *inward, "7.3 Energieeffizienz schneller steigern"):
        assert each in seen


def test_days_are_written_as_people_write_them(web: TestClient) -> None:
    assert "geplantes Ende 30.06.2026" in text_of(page(web, KINDS["measure"]))
    assert "planned end 30 June 2026" in text_of(page(web, KINDS["measure"], "en"))
    assert "Datum im Wortlaut 21.11.2019" in text_of(page(web, KINDS["decision"]))


def test_what_is_not_known_is_called_so_and_is_no_zero(web: TestClient) -> None:
    rows = re.findall(r"<tr>.*?</tr>", page(web, KINDS["indicator"]), re.DOTALL)
    (row,) = [" ".join(re.sub(r"<[^>]+>", " ", each).split()) for each in rows if ">2021<" in each]
    assert row.startswith("2021 nicht erfasst Prozent nicht erhoben")


def test_an_indicator_is_drawn_with_its_target_and_says_it_in_words(web: TestClient) -> None:
    markup = page(web, KINDS["indicator"])
    chart = markup[markup.index('<svg xmlns="http://www.w3.org/2000/svg" class="chart"') :]
    chart = chart[: chart.index("</svg>")]
    assert "2025: 19,8" in chart
    assert "2030: 25 (Zielwert)" in chart
    assert chart.count("<path d=") - chart.count('stroke="#d5ddd8"') == 3  # two series, one target
    assert 'href="/queries/indicator-values?city=musterstadt&amp;indicator=radanteil' in markup


def test_a_source_stands_with_the_day_on_which_it_was_read(web: TestClient) -> None:
    seen = text_of(page(web, "/doc/karlsruhe/measure/A1.1"))
    assert "web1.karlsruhe.de/oparl , abgerufen am 22.11.2026" in seen
    assert "Stand 22.11.2026, Lizenz: CC0 1.0" in seen


def test_the_way_from_the_city_to_a_measure_stands_above_it(web: TestClient) -> None:
    markup = page(web, KINDS["measure"])
    trail = text_of(
        "<main>" + markup[markup.index('class="trail"') : markup.index("</nav>\n<p")] + "</main>"
    )
    steps = ["Musterstadt (fiktiv)", "Nachhaltigkeitsstrategie", "klimaneutral", "Gebäude", "M-02"]
    assert [each for each in steps if each not in trail] == []
    assert [trail.index(each) for each in steps] == sorted(trail.index(each) for each in steps)


def test_the_way_to_an_sdg_target_leads_through_its_goal(web: TestClient) -> None:
    trail = text_of(page(web, KINDS["target"]))
    assert "Ziele für nachhaltige Entwicklung" in trail
    assert 'href="/sdg/11?lang=de"' in page(web, KINDS["target"])


def test_questions_about_a_thing_are_filled_in(web: TestClient, graph: Graph) -> None:
    markup = unescape(page(web, KINDS["measure"]))
    asked = set(re.findall(r'href="(/queries/[^"]+)"', markup))
    own = "/queries/responsibility-of-measure?measure=M-02&city=musterstadt&lang=de"
    assert own in asked
    assert "/queries/overdue-measures?city=musterstadt&lang=de" in asked
    for each in sorted(asked)[::6]:
        assert 'role="alert"' not in get(web, each, **READER).text, each


def test_an_sdg_shows_the_measures_of_the_city_asked_for(web: TestClient) -> None:
    seen = text_of(page(web, KINDS["sdg"]))
    assert "Maßnahmen von Musterstadt (fiktiv) (6)" in seen
    assert "M-16 Hauptroutennetz für den Radverkehr, erster Abschnitt umgesetzt" in seen
    assert "Maßnahmen von" not in text_of(page(web, "/sdg/11"))


def test_a_dataset_counts_what_it_holds_with_the_query_that_did(web: TestClient) -> None:
    markup = page(web, KINDS["dataset"])
    assert re.search(r"Maßnahme</a></th><td class=\"number\">18</td>", markup)
    (query,) = re.findall(r'href="(/sparql/form\?query=[^"]+)"', markup)
    assert "COUNT" in unescape(query)
    files = set(re.findall(r'href="(/dump/[^"]+)"', markup))
    assert {f"/dump/musterstadt/plan.{each}" for each in ("ttl", "nq.gz", "xlsx")} <= files


def test_entries_of_a_list_stand_in_its_order(web: TestClient) -> None:
    seen = text_of(page(web, "/voc/rule-tier"))
    assert seen.index("Basis") < seen.index("Standard")


def test_long_lists_are_folded_and_say_how_many_there_are(web: TestClient) -> None:
    markup = page(web, MUSTER)
    assert markup.count("<details>") > 20
    assert re.search(r'Maßnahme</h3> <span class="count">18</span>', markup)


@pytest.mark.parametrize(
    "path", [*KINDS.values(), *DEFINED.values(), QUESTION], ids=[*KINDS, *DEFINED, "question"]
)
def test_a_page_is_small_as_it_is_sent(web: TestClient, path: str) -> None:
    headers = {**READER, "Accept-Encoding": "gzip"}
    with web.stream("GET", path, headers=headers) as response:
        assert response.headers["content-encoding"] == "gzip"
        assert len(b"".join(response.iter_raw())) < 60_000


@pytest.mark.parametrize("path", [*KINDS.values(), *DEFINED.values()], ids=[*KINDS, *DEFINED])
def test_headings_and_labels_are_in_order(web: TestClient, path: str) -> None:
    markup = page(web, path)
    levels = [int(each) for each in re.findall(r"<h([1-6])", markup)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    ids = re.findall(r' id="([^"]+)"', markup)
    assert len(ids) == len(set(ids))
    for labels in re.findall(r'aria-labelledby="([^"]+)"', markup):
        assert set(labels.split()) <= set(ids)


def test_a_value_without_a_name_is_called_by_what_it_joins(web: TestClient) -> None:
    seen = text_of(page(web, KINDS["goal"]))
    assert "gestützt auf" in seen
    assert "Indikatorwert: Wärmeverbrauch, Definition 2020 – 2022" in seen


def test_a_licence_is_called_by_its_name(web: TestClient) -> None:
    assert "Lizenz CC0 1.0" in text_of(page(web, KINDS["dataset"]))
