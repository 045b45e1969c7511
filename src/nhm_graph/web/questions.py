"""GET /queries and GET /queries/{name}: the named questions and their answers."""

import json
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from nhm_graph.answers import answer_record, json_number
from nhm_graph.answers.spreadsheets import file_name, german_csv, workbook
from nhm_graph.catalog.questions import NamedQuestion
from nhm_graph.errors import BadParameter
from nhm_graph.graph import PREFIXES, Answer, Bound, Graph
from nhm_graph.language import LANGUAGES, Language, Text
from nhm_graph.rdf.formats import (
    CSV,
    JSON_LD,
    N_TRIPLES,
    RDF_XML,
    TURTLE,
    XLSX,
    data_format_for_media_type,
    result_format_for_media_type,
    split_suffix,
)
from nhm_graph.store.rows import graph_bytes, result_bytes
from nhm_graph.web.pages.questions import question_page
from nhm_graph.web.reader import graph_of, language_of, wanted
from nhm_graph.web.short_path import may_be_kept

router = APIRouter()

JSON_ROWS = "application/json"
PAGE = "text/html"
TABLES = (
    JSON_ROWS,
    "text/csv",
    "application/sparql-results+json",
    "application/sparql-results+xml",
    "text/tab-separated-values",
    XLSX,
    PAGE,
)
GRAPHS = (
    TURTLE.media_type,
    JSON_LD.media_type,
    N_TRIPLES.media_type,
    RDF_XML.media_type,
    PAGE,
)
_SPARQL = ".rq"


@router.api_route("/queries", methods=["GET", "HEAD"], include_in_schema=False)
def list_questions(request: Request) -> Response:
    """All named questions with their parameters and choices."""
    graph, language = graph_of(request), language_of(request)
    may_be_kept(request.scope, None)
    listed = [_described(graph, each, language) for each in graph.questions.values()]
    return _json(request, {"questions": listed}, language)


@router.api_route("/queries/{name}", methods=["GET", "HEAD"], include_in_schema=False)
def ask(request: Request, name: str) -> Response:
    """The answer to a named question, in the format that suffix or Accept ask for."""
    graph, language = graph_of(request), language_of(request)
    may_be_kept(request.scope, _city(request))
    given = dict(request.query_params)
    locale = _locale(given.pop("locale", None), name)
    if name.endswith(_SPARQL):
        question = graph.question(name.removesuffix(_SPARQL))
        bound = graph.bind(question.name, _for_question(question, given), language)
        return Response(bound.sparql, media_type="application/sparql-query")
    name, suffix = split_suffix(name, [*TABLES, *GRAPHS])
    question = graph.question(name)
    given = _for_question(question, given)
    media_type = wanted(request, GRAPHS if question.form == "construct" else TABLES, suffix)
    if media_type == PAGE:
        return question_page(request, question, given)
    if media_type == XLSX or locale == "de":
        return _spreadsheet(request, graph.ask(name, given, language), media_type)
    if question.form == "construct":
        return _graph(request, graph.bind(name, given, language), media_type)
    if media_type == JSON_ROWS:
        answer = graph.ask(name, given, language)
        return _json(request, answer_record(answer, language), language)
    form = result_format_for_media_type(media_type)
    content = result_bytes(graph.evaluate(graph.bind(name, given, language)), form)
    return _sent(request, content, media_type, language)


def _city(request: Request) -> str | None:
    """The municipality that the question is about, where it reads nothing but its graphs."""
    name = request.path_params["name"].partition(".")[0]
    graph, given = graph_of(request), request.query_params.get("city")
    question = graph.questions.get(name)
    if given is None or question is None or question.scope != "city":
        return None
    known = (each.iri for each in graph.cities("de") if given in (each.slug, each.iri))
    return next(known, None)


def _locale(given: str | None, name: str) -> str | None:
    """The locale of a CSV. Raises BadParameter for another than German, or another format."""
    if given is None:
        return None
    if given not in LANGUAGES or not name.endswith(CSV.suffixes):
        expected = Text(
            de="de oder en, und eine Adresse, die auf .csv endet",
            en="de or en, and an address that ends in .csv",
        )
        raise BadParameter.value("locale", given, expected)
    return given


def _spreadsheet(request: Request, answer: Answer, media_type: str) -> Response:
    language = language_of(request)
    made = workbook if media_type == XLSX else german_csv
    response = _sent(request, made(answer, language), media_type, language)
    name = file_name(answer, ".xlsx" if media_type == XLSX else ".csv")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _for_question(question: NamedQuestion, given: dict[str, str]) -> dict[str, str]:
    """What was given, without the reader's language where the question has no labels."""
    if any(parameter.name == "lang" for parameter in question.parameters):
        return given
    return {name: value for name, value in given.items() if name != "lang"}


def _described(graph: Graph, question: NamedQuestion, language: Language) -> dict[str, Any]:
    return {
        "name": question.name,
        "subject": question.subject,
        "title": question.summary.in_(language),
        "question": question.question.in_(language),
        "form": question.form,
        "address": f"/queries/{question.name}",
        "parameters": [
            {
                "name": each.name,
                "label": each.label.in_(language),
                "type": each.kind,
                "required": each.required,
                "default": each.default,
                "example": each.example,
                "choices": graph.choices(each, language),
            }
            for each in question.parameters
        ],
    }


def _graph(request: Request, bound: Bound, media_type: str) -> Response:
    result = graph_of(request).evaluate(bound)
    content = graph_bytes(result, data_format_for_media_type(media_type), PREFIXES)
    return _sent(request, content, media_type, language_of(request))


def _json(request: Request, content: dict[str, Any], language: Language) -> Response:
    text = json.dumps(content, ensure_ascii=False, default=json_number)
    return _sent(request, text.encode(), JSON_ROWS, language)


def _sent(request: Request, content: bytes, media_type: str, language: Language) -> Response:
    return Response(
        content,
        media_type=media_type,
        headers={"Vary": "Accept, Accept-Language", "Content-Language": language},
    )
