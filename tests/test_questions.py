"""The files in queries/ as text: header, parameters, and SPARQL that any engine runs."""

import re
from pathlib import Path

import pyoxigraph as ox
import pytest
from rdflib.plugins.sparql import prepareQuery
from SPARQLWrapper import SPARQLWrapper

from nhm_graph.catalog.files import find_data_files
from nhm_graph.catalog.questions import SUBJECTS, NamedQuestion, read_questions
from nhm_graph.graph import Graph
from nhm_graph.rdf.terms import to_sparql, typed_term
from nhm_graph.store.rows import is_graph, variables
from query_groups import groups_of, unbound_parameters

FILES = find_data_files().queries()
QUESTIONS = read_questions(FILES)
NAMED = {
    "sdg-gaps",
    "sdg-coverage",
    "goals-without-measures",
    "measures-without-lead",
    "unit-workload",
    "responsibility-of-measure",
    "process-status",
    "goal-history",
    "measures-without-budget",
    "benchmark-cities",
    "path-of-target",
}
WITHOUT_WORDS = {"non-canonical-iris"}
WITHOUT_FINDS = {"non-canonical-iris"}  # Slips in the data, of which the examples have none.
every_question = pytest.mark.parametrize("question", QUESTIONS.values(), ids=lambda each: each.name)
every_file = pytest.mark.parametrize("file", FILES, ids=lambda path: path.stem)


def names(question: NamedQuestion) -> set[str]:
    return {parameter.name for parameter in question.parameters}


def bound(question: NamedQuestion) -> str:
    """The text with some value for each parameter that has none."""
    texts = {"iri": "http://e/x", "date": "2026-01-01", "language": "en"}
    values = {
        each.name: to_sparql(typed_term(each.kind, texts[each.kind]))
        for each in question.parameters
        if each.kind in texts
    }
    return question.bind(values)


def calculated_with(question: NamedQuestion) -> set[str]:
    """The parameters without a value in the text that a FILTER or BIND uses."""
    missing = {each for each in names(question) if f"VALUES ?{each} {{ UNDEF }}" in question.text}
    groups = groups_of(question.text).within()
    return missing & {name for group in groups for name in group.filtered | group.computed}


# ----- what there is -----


def test_there_are_sixteen_questions_or_more_on_each_subject() -> None:
    assert len(QUESTIONS) >= 16
    assert set(QUESTIONS) >= NAMED
    assert {question.subject for question in QUESTIONS.values()} == set(SUBJECTS)


# ----- the header -----


@every_question
def test_header_is_complete_in_both_languages(question: NamedQuestion) -> None:
    assert question.scope in ("city", "all")
    assert all(re.fullmatch(r"[A-I]\d+", each) for each in question.competency)
    assert question.competency
    texts = [question.summary, question.question]
    texts += [each.label for each in (*question.parameters, *question.columns)]
    for text in texts:
        assert text.de.strip()
        assert text.en.strip()
    assert question.summary.de != question.summary.en
    for asked in (question.question.de, question.question.en):
        assert asked.endswith("?")


@every_question
def test_question_about_a_city_has_the_parameter_city(question: NamedQuestion) -> None:
    assert question.scope == "all" or "city" in names(question)


@every_question
def test_parameter_is_required_or_has_a_default(question: NamedQuestion) -> None:
    for each in question.parameters:
        assert each.required + each.optional + (each.default is not None) == 1, each.name
        assert each.kind in ("iri", "date") or not each.required
        assert each.kind in ("iri", "choice") or not each.optional
        if each.required and each.name != "city":
            assert each.example


@every_question
def test_question_with_labels_has_the_parameter_lang(question: NamedQuestion) -> None:
    with_labels = any(each.kind == "text" for each in question.columns)
    assert ("lang" in names(question)) == with_labels
    assert with_labels or question.form == "construct" or question.name in WITHOUT_WORDS


@every_question
def test_columns_are_the_variables_of_the_select_in_order(
    question: NamedQuestion, graph: Graph
) -> None:
    result = graph.store.query(bound(question))
    assert [each.name for each in question.columns] == variables(result)
    assert is_graph(result) == (question.form == "construct")


@every_question
def test_words_for_an_iri_name_the_column_of_the_iri(question: NamedQuestion) -> None:
    kinds = {each.name: each.kind for each in question.columns}
    for each in question.columns:
        if each.of:
            assert kinds[each.of] == "iri"
            assert each.kind == "text"


@every_file
def test_header_begins_the_file_and_no_line_is_too_long_to_read(file: Path) -> None:
    lines = file.read_text(encoding="utf-8").splitlines()
    header = [number for number, line in enumerate(lines) if line.startswith("#+")]
    assert header == list(range(len(header)))
    assert max(map(len, lines)) <= 300


# ----- portable SPARQL -----


@every_question
def test_text_parses_with_another_engines_parser(question: NamedQuestion) -> None:
    prepareQuery(question.text)
    prepareQuery(bound(question))


@every_question
def test_sparqlwrapper_does_not_take_the_text_for_an_update(question: NamedQuestion) -> None:
    """It guesses from the first word that looks like one, in the header, too: "add", "load"."""
    client = SPARQLWrapper("http://e/")
    client.setQuery(bound(question))
    assert client.queryType == question.form.upper()


@every_file
def test_text_has_nothing_that_reaches_out_or_that_one_engine_alone_knows(file: Path) -> None:
    hidden = r"#[^\n]*|<[^>\s]*>|'[^']*'|\"[^\"]*\"|\?\w+"
    text = re.sub(hidden, " ", file.read_text(encoding="utf-8"))
    forbidden = r"\b(SERVICE|LATERAL|LOAD|FROM|ADJUST|STANDS_FOR)\b|<<|\w\+(?=\s|/|\))"
    assert re.findall(forbidden, text, re.IGNORECASE) == []


@every_question
def test_raw_text_runs_unchanged_over_everything_there_is(
    question: NamedQuestion, graph: Graph
) -> None:
    """It answers, except where a filter needs a value that is not there: an error, so no row."""
    answers = next(iter(graph.store.query(question.text)), None) is not None
    assert answers or calculated_with(question) or question.name in WITHOUT_FINDS


# ----- parameters are bound where they are used -----


@every_question
def test_parameter_is_bound_in_each_group_that_uses_it(question: NamedQuestion) -> None:
    assert unbound_parameters(question.text, names(question)) == []


WRONG = {
    "subselect": "SELECT * { VALUES ?c { UNDEF } { SELECT ?m { ?m :in ?c } } }",
    "beside a subselect in a subselect": """SELECT * { VALUES ?c { UNDEF } { SELECT ?m WHERE {
        { SELECT ?m WHERE { VALUES ?c { UNDEF } ?m :in ?c } } { ?m :by ?c } } } }""",
    "filter in a subselect": """SELECT * { VALUES ?l { "de" }
        OPTIONAL { SELECT ?x WHERE { ?x :label ?y . FILTER(lang(?y) = ?l) } } }""",
    "minus": 'SELECT * { VALUES ?l { "de" } ?x a :T MINUS { ?x :p ?y FILTER(lang(?y) = ?l) } }',
    "union": 'SELECT * { VALUES ?l { "de" } { ?x :p ?y } UNION { ?x :q ?y FILTER(?y = ?l) } }',
    "first of a union": 'SELECT * { VALUES ?l { "de" } { ?x :p ?y FILTER(?y = ?l) } UNION { } }',
    "plain group": 'SELECT * { VALUES ?l { "de" } { ?x :p ?y . FILTER(lang(?y) = ?l) } }',
    "second optional": """SELECT * { VALUES ?l { "de" } OPTIONAL { ?x :p ?y
        OPTIONAL { ?y :q ?z . FILTER(lang(?z) = ?l) } } }""",
    "bind in optional": """SELECT * { VALUES ?l { "de" }
        OPTIONAL { ?x :p ?y BIND(IF(?y = ?l, 1, 2) AS ?z) } }""",
    "exists in a subselect": """SELECT * { VALUES ?l { "de" }
        { SELECT ?x { ?x a :T FILTER NOT EXISTS { ?x :p ?y FILTER(?y = ?l) } } } }""",
}
RIGHT = {
    "subselect": "SELECT * { VALUES ?c { UNDEF } { SELECT ?m { VALUES ?c { UNDEF } ?m :in ?c } } }",
    "deep in a subselect": """SELECT * { VALUES ?c { UNDEF }
        { SELECT ?m (COUNT(?n) AS ?k) WHERE { VALUES ?c { UNDEF } { ?m :in ?c } UNION { } } } }""",
    "optional": 'SELECT * { VALUES ?l { "de" } OPTIONAL { ?x :p ?y FILTER(lang(?y) = ?l) } }',
    "second optional": """SELECT * { VALUES ?l { "de" } OPTIONAL { VALUES ?l { "de" } ?x :p ?y
        OPTIONAL { ?y :q ?z . FILTER(lang(?z) = ?l) } } }""",
    "exists": 'SELECT * { VALUES ?l { "de" } ?x a :T FILTER EXISTS { ?x :p ?y FILTER(?y = ?l) } }',
    "in a string, a comment or an address": """SELECT * { VALUES ?l { "de" }
        { ?x <http://e/#?l> "FILTER(?l)" # FILTER(?l) {
        } }""",
    "triple beside the filter": """SELECT * { VALUES ?c { UNDEF }
        { ?x :in ?c . FILTER(?x != ?c) } UNION { ?y :in ?c } }""",
    "subselect in a subselect": """SELECT * { { SELECT ?m (SUM(?k) AS ?all) WHERE {
        { SELECT ?m ?k WHERE { VALUES ?c { UNDEF } ?m :in ?c ; :k ?k OPTIONAL { ?m :of ?c } } }
        { VALUES ?c { UNDEF } ?m :by ?c } UNION { ?m :is :free } } } }""",
    "triple in a union": "SELECT * { VALUES ?c { UNDEF } { ?x :in ?c } UNION { ?y :in ?c } }",
}


@pytest.mark.parametrize("query", WRONG.values(), ids=WRONG)
def test_parameter_that_is_not_bound_where_it_is_used_is_noticed(query: str) -> None:
    assert unbound_parameters(query, {"l", "c"})


@pytest.mark.parametrize("query", RIGHT.values(), ids=RIGHT)
def test_parameter_that_is_bound_where_it_is_used_is_not(query: str) -> None:
    assert unbound_parameters(query, {"l", "c"}) == []


def test_engine_agrees_on_what_a_group_sees() -> None:
    """The rules above are the engine's: what is called wrong yields nothing, what right does."""
    data = ox.Store()
    data.load(b'<e:a> <e:p> <e:b> . <e:b> <e:q> "x"@de .', format=ox.RdfFormat.TURTLE)

    def seen(inner: str) -> bool:
        query = f'SELECT * {{ VALUES ?l {{ "de" }} OPTIONAL {{ {inner} <e:a> <e:p> ?y '
        query += "OPTIONAL { ?y <e:q> ?z . FILTER(lang(?z) = ?l) } } }"
        (row,) = data.query(query)
        return row["z"] is not None

    assert not seen("")
    assert seen('VALUES ?l { "de" }')


def test_groups_of_a_query_are_told_apart() -> None:
    where = groups_of(QUESTIONS["sdg-gaps"].text).groups[0]
    assert [group.keyword for group in where.groups] == ["MINUS", "OPTIONAL", "OPTIONAL"]
    assert where.bound == {"level", "lang"}
