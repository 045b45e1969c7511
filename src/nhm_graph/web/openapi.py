"""The OpenAPI description: what FastAPI knows, and each named question with its choices."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from nhm_graph.catalog.questions import NamedQuestion, Parameter
from nhm_graph.graph import Graph
from nhm_graph.web.questions import GRAPHS, TABLES

_TYPES = {"integer": "integer", "decimal": "number", "boolean": "boolean"}
_PROBLEM = {
    "description": "Problem details (RFC 9457)",
    "content": {"application/problem+json": {}},
}


def schema(app: FastAPI, graph: Graph) -> dict[str, Any]:
    """The description of the service as it is now: the choices name the cities in the store."""
    described = get_openapi(
        title=app.title,
        version=app.version,
        description="Which sustainability goals of a city are covered, and who is responsible. "
        "/ Welche Nachhaltigkeitsziele einer Stadt abgedeckt sind, und wer zuständig ist.",
        routes=app.routes,
    )
    schemes = described.setdefault("components", {}).setdefault("securitySchemes", {})
    schemes["token"] = {
        "type": "http",
        "scheme": "bearer",
        "description": "NHM_ADMIN_TOKEN, for writing / zum Schreiben",
    }
    paths = described.setdefault("paths", {})
    paths["/queries"] = {
        "get": {
            "summary": "All named questions / Alle benannten Fragen",
            "operationId": "queries",
            "tags": ["questions"],
            "responses": {"200": {"description": "The questions with their parameters"}},
        }
    }
    for question in graph.questions.values():
        paths[f"/queries/{question.name}"] = {"get": _operation(graph, question)}
    return described


def _operation(graph: Graph, question: NamedQuestion) -> dict[str, Any]:
    media_types = GRAPHS if question.form == "construct" else TABLES
    return {
        "summary": f"{question.summary.en} / {question.summary.de}",
        "description": f"{question.question.en}\n\n{question.question.de}",
        "operationId": question.name,
        "tags": [question.subject],
        "parameters": [_parameter(graph, each) for each in question.parameters],
        "responses": {
            "200": {"description": "The answer", "content": {each: {} for each in media_types}},
            "400": _PROBLEM,
            "404": _PROBLEM,
            "406": _PROBLEM,
        },
    }


def _parameter(graph: Graph, parameter: Parameter) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": _TYPES.get(parameter.kind, "string")}
    if parameter.kind == "date" and parameter.default != "today":
        schema["format"] = "date"
    choices = graph.choices(parameter, "en")
    if choices:
        schema["enum"] = choices
    if parameter.default is not None:
        schema["default"] = parameter.default
    described = {
        "name": parameter.name,
        "in": "query",
        "required": parameter.required,
        "description": f"{parameter.label.en} / {parameter.label.de}",
        "schema": schema,
    }
    return described | ({"example": parameter.example} if parameter.example else {})
