"""Who is responsible: the organisation chart with the duties of each unit."""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from nhm_graph.web.pages.overview import city_page, view_of

router = APIRouter()


@dataclass(slots=True)
class Unit:
    """A unit with those below it."""

    row: dict[str, Any]
    below: list["Unit"] = field(default_factory=list)


@router.api_route("/responsibilities", methods=["GET", "HEAD"], include_in_schema=False)
def responsibilities_page(request: Request, city: str | None = None) -> Response:
    """The organisation chart, partners apart, and what nobody leads."""
    view = view_of(request, city)
    if view is None:
        return city_page(request, "responsibilities.html", None)
    units = view.ask("organisation")
    inside = {row["unit"] for row in units.rows if row["above"]} | {
        row["above"] for row in units.rows if row["above"]
    }
    tops = chart(units.rows)
    structured = [unit for unit in tops if unit.row["unit"] in inside]
    alone = [unit for unit in tops if unit.row["unit"] not in inside]
    kinds: dict[str, list[Unit]] = defaultdict(list)
    for unit in alone:
        kinds[unit.row["kindLabel"]].append(unit)
    return city_page(
        request,
        "responsibilities.html",
        view,
        units=units,
        structured=structured,
        kinds=dict(kinds),
        most=max((row["leadWithin"] + row["involvedWithin"] for row in units.rows), default=0),
        without_lead=view.ask("measures-without-lead"),
        across=view.ask("measures-across-departments"),
        partners=view.ask("external-partners"),
    )


def chart(rows: list[dict[str, Any]]) -> list[Unit]:
    """The units in a tree; one whose superior is not shown stands at the top."""
    units = {row["unit"]: Unit(row) for row in rows}
    tops: list[Unit] = []
    for row in rows:
        above = units.get(row["above"])
        if units[row["unit"]].row is not row:
            continue
        (above.below if above and above.row is not row else tops).append(units[row["unit"]])
    return tops
