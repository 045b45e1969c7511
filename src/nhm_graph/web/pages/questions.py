"""Pages of the questions: a question with its form and answer, and the description of all."""

from collections.abc import Mapping

from fastapi import APIRouter, Request
from fastapi.responses import Response

from nhm_graph.catalog.questions import NamedQuestion
from nhm_graph.errors import Refusal
from nhm_graph.graph import Answer, Bound
from nhm_graph.web.pages.rendering import page
from nhm_graph.web.reader import graph_of, language_of
from nhm_graph.web.short_path import may_be_kept

router = APIRouter()


@router.api_route("/docs", methods=["GET", "HEAD"], include_in_schema=False)
def description_page(request: Request) -> Response:
    """Every address of the service, each question with its parameters and their choices."""
    may_be_kept(request.scope, None)
    return page(request, "description.html", schema=request.app.openapi())


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
    return page(
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
