"""What the pages of a city have in common: the city chosen, and questions with their rows."""

from dataclasses import dataclass
from typing import Any

from fastapi import Request
from fastapi.responses import Response

from nhm_graph.graph import Answer, Graph
from nhm_graph.graph.model import City
from nhm_graph.language import Language
from nhm_graph.web.pages.rendering import page
from nhm_graph.web.reader import graph_of, language_of


@dataclass(frozen=True, slots=True)
class Asked:
    """A named question that a page shows something of, and its rows by column name."""

    answer: Answer
    rows: list[dict[str, Any]]

    @property
    def name(self) -> str:
        """The name of the question, for its address."""
        return self.answer.bound.question.name


@dataclass(frozen=True, slots=True)
class View:
    """One city as a reader in one language asks about it."""

    graph: Graph
    language: Language
    city: City

    def ask(self, name: str, **given: str) -> Asked:
        """The answer to a named question about the city. Raises what `Graph.ask` raises."""
        answer = self.graph.ask(name, {"city": self.city.slug, **given}, self.language)
        names = [column.name for column in answer.columns]
        return Asked(answer, [dict(zip(names, row, strict=True)) for row in answer.rows])


def view_of(request: Request, city: str | None) -> View | None:
    """The city asked for, else the first one; None where there is none yet.

    Raises UnknownName with the nearest names.
    """
    graph, language = graph_of(request), language_of(request)
    cities = graph.cities(language)
    chosen = graph.city(city, language) if city else next(iter(cities), None)
    return View(graph, language, chosen) if chosen else None


def city_page(request: Request, template: str, view: View | None, **values: Any) -> Response:
    """A page about a city; the first page says how to load data where there is none."""
    graph, language = graph_of(request), language_of(request)
    return page(
        request,
        template if view else "first.html",
        cities=graph.cities(language),
        chosen=view.city if view else None,
        **values,
    )
