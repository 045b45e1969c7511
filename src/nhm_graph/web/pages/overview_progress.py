"""How far things are: goals with their rating, indicators with target path, what is overdue."""

from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from nhm_graph.web.pages.overview import Asked, city_page, view_of
from nhm_graph.web.pages.pictures.series import Series, series

router = APIRouter()


@dataclass(frozen=True, slots=True)
class Multiple:
    """One small picture: the state of an indicator by one definition, and its values."""

    state: dict[str, Any]
    values: list[dict[str, Any]]
    picture: Series | None


@router.api_route("/progress", methods=["GET", "HEAD"], include_in_schema=False)
def progress_page(request: Request, city: str | None = None) -> Response:
    """Goals, indicators as small multiples, and what is overdue."""
    view = view_of(request, city)
    if view is None:
        return city_page(request, "progress.html", None)
    state, values = view.ask("indicator-status"), view.ask("indicator-series")
    overdue = view.ask("overdue-measures")
    return city_page(
        request,
        "progress.html",
        view,
        goals=view.ask("goal-state"),
        state=state,
        values=values,
        multiples=multiples(state, values),
        implausible=view.ask("implausible-values"),
        at_risk=view.ask("targets-at-risk"),
        overdue=overdue,
        late=[row for row in overdue.rows if row["daysOverdue"] is not None],
        milestones=view.ask("overdue-milestones"),
    )


def multiples(state: Asked, values: Asked) -> list[Multiple]:
    """A picture for each row of the state, with the values of its definition."""
    found = []
    for row in state.rows:
        own = [each for each in values.rows if each["definition"] == row["definition"]]
        due = int(row["due"][:4]) if row["due"] else None
        target = (due, row["target"]) if due and row["target"] is not None else None
        start = (row["startYear"], row["start"]) if row["start"] is not None and target else None
        points = [(each["year"], each["value"]) for each in own]
        found.append(Multiple(row, own, series(points, target, start) if points else None))
    return found
