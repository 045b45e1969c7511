"""What happened when: steps of the process, decisions and participation on one time scale."""

from collections import defaultdict
from datetime import date
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from nhm_graph.web.pages.overview import city_page, view_of
from nhm_graph.web.pages.pictures.calendar import scale

router = APIRouter()


@router.api_route("/timeline", methods=["GET", "HEAD"], include_in_schema=False)
def timeline_page(request: Request, city: str | None = None) -> Response:
    """The timeline by cycle and kind, the versions of the plans, and what comes next."""
    view = view_of(request, city)
    if view is None:
        return city_page(request, "timeline.html", None)
    timeline = view.ask("timeline")
    today = date.today().isoformat()
    groups: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    for row in timeline.rows:
        groups[row["whatLabel"], row["cycleTitle"] or ""].append(row)
    for listed in groups.values():
        listed.sort(key=lambda row: row["start"] or "9999")
    days = [day for row in timeline.rows for day in (row["start"], row["end"])]
    return city_page(
        request,
        "timeline.html",
        view,
        timeline=timeline,
        groups=dict(sorted(groups.items(), key=lambda each: (not each[0][1], each[0]))),
        scale=scale(days, today),
        today=today,
        versions=view.ask("plan-versions"),
        next=view.ask("next-steps"),
    )
