"""The first page of a municipality, as for its mayor: what is on course, late, next and new."""

from collections import Counter
from datetime import date, timedelta
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from nhm_graph.catalog.questions import NamedQuestion
from nhm_graph.language import Language, Text
from nhm_graph.web.pages.overview import Asked, View, city_page, view_of
from nhm_graph.web.pages.pictures.shares import Share, shares

router = APIRouter()

_SHOWN = 6
_WITHOUT_VERSION = timedelta(days=365)
_NOT_RATED = Text(de="nicht bewertet", en="not rated")


@router.api_route("/", methods=["GET", "HEAD"], include_in_schema=False)
def first_page(request: Request, city: str | None = None) -> Response:
    """The first page: where a city stands, from named questions only."""
    view = view_of(request, city)
    if view is None:
        return city_page(request, "first.html", None)
    overdue = view.ask("overdue-measures")
    goals = view.ask("goal-state")
    coverage = view.ask("sdg-coverage")
    return city_page(
        request,
        "first.html",
        view,
        limit=_SHOWN,
        goals=goals,
        ratings=_ratings(goals, view.language),
        overdue=overdue,
        late=[row for row in overdue.rows if row["daysOverdue"] is not None],
        stale=[row for row in overdue.rows if row["stale"] and row["statusAsOf"]],
        milestones=view.ask("overdue-milestones"),
        unassessed=view.ask("goals-without-assessment"),
        next=view.ask("next-steps"),
        drafts=view.ask("drafts"),
        coverage=coverage,
        stages=_stages(coverage, view.graph.question("sdg-measures")),
        uncovered=view.ask("goals-without-measures"),
        without_lead=view.ask("measures-without-lead"),
        as_of=_as_of(view),
        **_changes(view),
    )


def _ratings(goals: Asked, language: Language) -> list[Share]:
    """The goals by rating in the order of the question; those without rating come last."""
    counted = Counter((row["rating"], row["ratingLabel"]) for row in goals.rows if row["rating"])
    listed = [(str(iri).rpartition("/")[2], str(label), n) for (iri, label), n in counted.items()]
    missing = Counter((row["finding"], row["findingLabel"]) for row in goals.rows if row["finding"])
    words = _NOT_RATED.in_(language)
    listed += [
        (str(iri).rpartition("/")[2], f"{words} ({label})", n)
        for (iri, label), n in missing.items()
    ]
    return shares(listed)


def _stages(coverage: Asked, measures: NamedQuestion) -> list[Share]:
    """The SDGs by stage, the most advanced first; what no measure can have comes last."""
    admitted = next(each for each in measures.parameters if each.name == "stage").choices
    order = [*admitted.values()][::-1]
    counted = Counter((row["coverage"], row["coverageLabel"]) for row in coverage.rows)
    ranked = sorted(
        counted, key=lambda each: order.index(each[0]) if each[0] in order else len(order)
    )
    return shares([(iri.rpartition("/")[2], label, counted[iri, label]) for iri, label in ranked])


def _changes(view: View) -> dict[str, Any]:
    """What changed since the version in force began, else within the last year."""
    versions = view.ask("plan-versions")
    today = date.today()
    begun = [row for row in versions.rows if row["from"] and row["from"] <= today.isoformat()]
    latest = begun[0] if begun else None
    since = latest["from"] if latest else (today - _WITHOUT_VERSION).isoformat()
    changes = view.ask("changes-since", since=since)
    difference = None
    if latest and latest["key"] and latest["formerKey"]:
        pair = {"from": latest["formerKey"], "to": latest["key"]}
        difference = view.ask("version-difference", **pair)
    return {
        "versions": versions,
        "latest": latest,
        "since": since,
        "changes": changes,
        "kinds": Counter(row["whatLabel"] for row in changes.rows).most_common(),
        "difference": difference,
        "differences": Counter(row["change"] for row in difference.rows) if difference else {},
    }


def _as_of(view: View) -> Asked:
    """The graphs of the city with the day of each."""
    answer = view.graph.ask("graphs", {}, view.language)
    names = [column.name for column in answer.columns]
    rows = [dict(zip(names, row, strict=True)) for row in answer.rows]
    own = [row for row in rows if row["city"] == view.city.iri and row["modified"]]
    return Asked(answer, sorted(own, key=lambda row: str(row["modified"]), reverse=True))
