"""Pages for people: the first page of a city, a question with its form, the description."""

from collections.abc import Mapping
from itertools import groupby
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from nhm_graph import __version__
from nhm_graph.catalog.questions import SUBJECTS, NamedQuestion, shown
from nhm_graph.errors import Refusal
from nhm_graph.graph import Answer, Bound
from nhm_graph.language import LANGUAGES, Language, Text
from nhm_graph.store.rows import Value
from nhm_graph.web.reader import graph_of, language_of
from nhm_graph.web.short_path import may_be_kept

router = APIRouter()

# What the first page asks about a city; the questions themselves are files in queries/.
_FIRST = ("sdg-coverage", "goals-without-measures", "unit-workload", "process-status")
_ROWS_ON_FIRST = 17
_EXAMPLE = """SELECT ?type (COUNT(*) AS ?number)
WHERE { ?thing a ?type }
GROUP BY ?type
ORDER BY DESC(?number)"""
_LINK_LENGTH = 48
_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=select_autoescape(),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


@router.api_route("/", methods=["GET", "HEAD"], include_in_schema=False)
def first_page(request: Request, city: str | None = None) -> Response:
    """The first page: some questions and their answers for one city."""
    graph, language = graph_of(request), language_of(request)
    may_be_kept(request.scope, None)
    cities = graph.cities(language)
    chosen = graph.city(city, language) if city else next(iter(cities), None)
    answers = []
    if chosen:
        for name in _FIRST:
            if name in graph.questions:
                answers.append(graph.ask(name, {"city": chosen.slug}, language))
    # What holds for every answer stands once at the top of the page.
    common = (
        set(answers[0].notes).intersection(*(each.notes for each in answers)) if answers else ()
    )
    return _page(
        request,
        "first.html",
        cities=cities,
        chosen=chosen,
        answers=answers,
        common=common,
        limit=_ROWS_ON_FIRST,
    )


@router.api_route("/docs", methods=["GET", "HEAD"], include_in_schema=False)
def description_page(request: Request) -> Response:
    """Every address of the service, each question with its parameters and their choices."""
    may_be_kept(request.scope, None)
    return _page(request, "description.html", schema=request.app.openapi())


def sparql_page(request: Request) -> Response:
    """A form for a query of one's own, and the graphs there are."""
    graphs = graph_of(request).store.graph_names()
    return _page(request, "sparql.html", example=_EXAMPLE, graphs=graphs)


def question_page(request: Request, question: NamedQuestion, given: Mapping[str, str]) -> Response:
    """A question with its form and, once its parameters are there, its answer."""
    graph, language = graph_of(request), language_of(request)
    answer: Answer | None = None
    bound: Bound | None = None
    written: str | None = None
    wrong: str | None = None
    missing = [each for each in question.parameters if each.required and not given.get(each.name)]
    given = {name: value for name, value in given.items() if value}
    if not missing:
        try:
            if question.form == "construct":
                bound = graph.bind(question.name, given, language)
                written = graph.ask_graph(question.name, given, language)
            else:
                answer = graph.ask(question.name, given, language)
                bound = answer.bound
        except Refusal as refusal:
            wrong = refusal.message(language)
    return _page(
        request,
        "question.html",
        status=400 if wrong else 200,
        question=question,
        given=given,
        bound=bound,
        notes=graph.notes(bound, language) if bound else [],
        answer=answer,
        written=written,
        wrong=wrong,
    )


def _page(request: Request, template: str, status: int = 200, **values: Any) -> Response:
    graph, language = graph_of(request), language_of(request)
    text = _TEMPLATES.get_template(template).render(
        language=language,
        languages=LANGUAGES,
        say=lambda de, en: de if language == "de" else en,
        words=lambda text: text.in_(language),
        cell=lambda value: _cell(value, language),
        choices=lambda parameter: graph.choices(parameter, language),
        address_text=_address_text,
        shown=shown,
        address=_address,
        subjects=_by_subject(graph.questions.values(), language),
        here=request.url.path,
        parameters=dict(request.query_params),
        version=__version__,
        digests=graph.digests,
        **values,
    )
    headers = {"Vary": "Accept, Accept-Language", "Content-Language": language}
    return HTMLResponse(text, status_code=status, headers=headers)


def _by_subject(questions: Any, language: Language) -> list[tuple[str, list[NamedQuestion]]]:
    order = list(SUBJECTS)
    listed = sorted(questions, key=lambda each: (_rank(each.subject, order), each.name))
    return [
        (SUBJECTS[subject].in_(language) if subject in SUBJECTS else subject, list(group))
        for subject, group in groupby(listed, key=lambda each: each.subject)
    ]


def _rank(subject: str, order: list[str]) -> int:
    return order.index(subject) if subject in order else len(order)


def _address(path: str, *parts: Mapping[str, str], **more: str) -> str:
    given = {key: value for part in (*parts, more) for key, value in part.items() if value}
    return f"{path}?{urlencode(given)}" if given else path


def _address_text(address: str) -> str:
    """An address as people recognise it: host, and the ends of a long path."""
    text = address.partition("://")[2].removeprefix("www.").rstrip("/")
    return text if len(text) <= _LINK_LENGTH else f"{text[:30]}…{text[-16:]}"


def _cell(value: Value, language: Language) -> str:
    """A value as people write it: a decimal comma in German, words for yes and no."""
    if value is None:
        return ""
    if isinstance(value, bool):
        words = Text(de="ja", en="yes") if value else Text(de="nein", en="no")
        return words.in_(language)
    if isinstance(value, int):
        grouped = f"{value:,}"
        return grouped.replace(",", ".") if language == "de" else grouped
    text = str(value)
    return text.replace(".", ",") if language == "de" and not isinstance(value, str) else text
