"""What holds for the answer to every question."""

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pyoxigraph as ox
import pytest

from asking import ABOUT_A_CITY, CITIES, ID, TABLES, ask, cells, cities_of, given
from nhm_graph.graph import Graph, open_graph
from nhm_graph.language import LANGUAGES, Language
from nhm_graph.settings import Settings

# What the fictional city does right, so that the answer is empty.
NOTHING_WRONG = ("non-canonical-iris", "implausible-status")
about_a_city = pytest.mark.parametrize("name", ABOUT_A_CITY)


# ----- every question -----


@about_a_city
def test_answers_about_different_cities_differ(graph: Graph, name: str) -> None:
    answers = {city: ask(graph, name, city).rows for city in cities_of(name)}
    there = [rows for rows in answers.values() if rows]
    assert there or name in NOTHING_WRONG
    # Of a framework that neither city reports on, both answer the same: nothing yet.
    for number, rows in enumerate(there if name != "reporting-statements" else there[:2]):
        assert rows not in there[:number]


@pytest.mark.parametrize("city", CITIES)
@about_a_city
def test_answer_about_a_city_names_nothing_of_another(graph: Graph, name: str, city: str) -> None:
    others = ("adopted-practices",)  # whose practice it was
    if TABLES[name].scope == "all" or name in others or city not in cities_of(name):
        return
    for row in ask(graph, name, city).rows:
        for value in row:
            if isinstance(value, str) and value.startswith(ID):
                assert value.startswith((f"{ID}{city}", f"{ID}peers/source")), value


VALUES = {
    "iri": lambda value: isinstance(value, str) and ":" in value,
    "text": lambda value: isinstance(value, str),
    "integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "decimal": lambda value: isinstance(value, Decimal),
    "boolean": lambda value: isinstance(value, bool),
    "date": lambda value: bool(date.fromisoformat(value)),
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", TABLES)
def test_cells_are_of_the_type_that_the_header_declares(
    graph: Graph, name: str, language: Language
) -> None:
    for city in cities_of(name):
        answer = ask(graph, name, city, language)
        for row in answer.rows:
            for column, value in zip(answer.columns, row, strict=True):
                assert value is None or VALUES[column.kind](value), (column.name, value)


@pytest.mark.parametrize("name", TABLES)
def test_no_row_comes_twice(graph: Graph, name: str) -> None:
    for city in cities_of(name):
        rows = ask(graph, name, city).rows
        assert len(set(rows)) == len(rows)


@pytest.mark.parametrize("name", TABLES)
def test_order_is_complete_so_that_two_engines_agree(graph: Graph, name: str) -> None:
    """No two rows are equal in all that ORDER BY names and the answer shows."""
    ordering = re.findall(r"\?(\w+)", TABLES[name].text.rpartition("ORDER BY")[2])
    shown = [each for each in ordering if each in {c.name for c in TABLES[name].columns}]
    if "key" in ordering and "sdg" in {c.name for c in TABLES[name].columns}:
        shown.append("sdg")  # each SDG has a sort key of its own
    for city in cities_of(name):
        for more in ({"target": "7.2"}, {"target": "8.4"}) if name == "path-of-target" else ({},):
            found = cells(ask(graph, name, city, **more), *shown)
            assert len(set(found)) == len(found)


@about_a_city
def test_every_question_finds_something_in_the_fictional_city(graph: Graph, name: str) -> None:
    found = bool(ask(graph, name, "musterstadt").rows)
    assert found or name in NOTHING_WRONG


@pytest.mark.parametrize("name", TABLES)
def test_default_is_what_holds_when_nothing_is_given(graph: Graph, name: str) -> None:
    defaults = {each.name: each.default for each in TABLES[name].parameters if each.default}
    for city in cities_of(name):
        more = {key: value for key, value in defaults.items() if key not in given(name, city)}
        assert ask(graph, name, city).rows == ask(graph, name, city, **more).rows


@pytest.mark.parametrize("name", TABLES)
def test_languages_agree_in_addresses_and_differ_in_words(graph: Graph, name: str) -> None:
    columns = TABLES[name].columns
    different = {each.name: False for each in columns if each.of}
    for city in cities_of(name):
        german, english = (ask(graph, name, city, language) for language in LANGUAGES)
        iris = [each.name for each in columns if each.kind == "iri"]
        key = [each for each in iris if each not in ("source", "licence")]
        assert sorted(map(str, cells(german, *key))) == sorted(map(str, cells(english, *key)))
        for column in different:
            if set(cells(german, column)) != set(cells(english, column)):
                different[column] = True
    # What lacks an English label is listed by its German one; papers and keys have no other.
    same: dict[str, set[str]] = {
        "labels-missing": {"title"},
        "decisions": {"reference"},
        "plan-versions": {"formerKey"},
    }
    alike = same.get(name, set())
    assert different == {column: column not in alike for column in different}


@pytest.fixture(scope="module")
def german(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Graph]:
    """The fictional city without an English word: as a city might record itself."""
    folder = tmp_path_factory.mktemp("german")
    opened = open_graph(Settings(examples=False))
    for path in opened.files.examples():
        if path.parent.name == "musterstadt":
            kept = (quad for quad in ox.parse(path=path) if _language(quad.object) != "en")
            (folder / path.name).write_bytes(ox.serialize(kept, format=ox.RdfFormat.TURTLE) or b"")
    opened.load(sorted(folder.iterdir()))
    yield opened
    opened.close()


def _language(term: object) -> str | None:
    return term.language if isinstance(term, ox.Literal) else None


@about_a_city
def test_data_without_english_words_gives_the_same_rows_in_german_words(
    german: Graph, graph: Graph, name: str
) -> None:
    if name == "labels-missing":
        assert len(ask(german, name, "musterstadt", "en").rows) > 50
        return
    whole, bare = (ask(each, name, "musterstadt", "en") for each in (graph, german))
    iris = [each.name for each in whole.columns if each.kind == "iri"]
    assert sorted(map(str, cells(bare, *iris))) == sorted(map(str, cells(whole, *iris)))
    assert len(bare.notes) == len(whole.notes)
    worded = [each for each in whole.columns if each.of]
    for column in worded:
        assert [value is None for value in cells(bare, column.name)] == [
            value is None for value in cells(bare, column.of or "")
        ]


@pytest.mark.parametrize("name", ["cities", "graphs"])
def test_city_without_english_words_is_listed_in_english(german: Graph, name: str) -> None:
    columns = [each.name for each in TABLES[name].columns]
    in_german, in_english = (german.ask(name, {}, language).rows for language in LANGUAGES)
    assert [row[0] for row in in_english] == [row[0] for row in in_german]
    for row in in_english:
        assert row[1]
        assert row[columns.index("note" if name == "cities" else "description")]


MINIMAL = """
PREFIX nhm: <https://w3id.org/nhm/ns#> PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
<http://e/plan> a nhm:CityGraph ; nhm:municipality <http://e/> ;
    nhm:graphKind <https://w3id.org/nhm/voc/graph-kind/plan> .
<http://e/> nhm:slug "ort" ; skos:prefLabel "Ort"@de .
<http://e/goal> a nhm:Goal ; nhm:municipality <http://e/> ; skos:prefLabel "Ziel"@de .
"""


def test_graph_that_says_no_more_than_it_must_is_asked(tmp_path: Path) -> None:
    (tmp_path / "plan.ttl").write_text(MINIMAL, encoding="utf-8")
    graph = open_graph(Settings(examples=False))
    graph.load([tmp_path / "plan.ttl"])
    assert [city.slug for city in graph.cities("de")] == ["ort"]
    found = graph.ask("goals-without-measures", {"city": "ort"}, "de")
    assert cells(found, "goal", "finding") == [
        ("http://e/goal", "https://w3id.org/nhm/voc/finding/not-recorded")
    ]
    graph.close()


@about_a_city
def test_answer_does_not_depend_on_which_other_cities_are_there(
    german: Graph, graph: Graph, name: str
) -> None:
    alone, among = (ask(each, name, "musterstadt", "de") for each in (german, graph))
    if name not in ("labels-missing", "terms-used"):  # these count the English words
        assert alone.rows == among.rows
