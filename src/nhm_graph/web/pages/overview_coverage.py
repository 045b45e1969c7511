"""Which SDGs are covered by how many measures, by action field or pillar, as a heat table."""

from collections import Counter
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from nhm_graph.errors import UnknownName
from nhm_graph.language import Text
from nhm_graph.web.pages.overview import Asked, View, city_page, view_of
from nhm_graph.web.pages.pictures import heat

router = APIRouter()

# The question behind the cells for each grouping; both have a parameter `stage`.
_CELLS = {"field": "sdg-by-field", "pillar": "sdg-by-pillar"}


@router.api_route("/coverage", methods=["GET", "HEAD"], include_in_schema=False)
def coverage_page(
    request: Request, city: str | None = None, by: str = "field", stage: str = "mapped"
) -> Response:
    """The heat table. Raises UnknownName for a grouping or stage that there is not."""
    view = view_of(request, city)
    if view is None:
        return city_page(request, "coverage.html", None)
    if by not in _CELLS:
        raise UnknownName.among(Text(de="die Gruppierung", en="the grouping"), by, _CELLS)
    coverage = view.ask("sdg-coverage")
    groups = view.ask("measures-by-group", by=by, stage=stage)
    cells = view.ask(_CELLS[by], stage=stage)
    measures = view.ask("sdg-measures", stage=stage)
    columns = _columns(groups, cells, view.ask(_CELLS[by]), by)
    totals = Counter(row["sdg"] for row in measures.rows)
    numbers = {(row["sdg"], row[by]): _number(row) for row in cells.rows}
    lines = heat.lines(coverage.rows, numbers, [each["group"] for each in columns], totals)
    known = {row["group"] for row in groups.rows}
    return city_page(
        request,
        "coverage.html",
        view,
        by=by,
        stage=stage,
        stages=_stages(view),
        columns=columns,
        empty=[row for row in groups.rows if row["group"] in known and _unused(row, columns)],
        lines=lines,
        level=heat.level,
        legend=heat.legend(),
        coverage=coverage,
        groups=groups,
        cells=cells,
        measures=measures,
        distinct=len({row["measure"] for row in measures.rows}),
        served=sum(1 for line in lines if line.total),
        gaps=[line for line in lines if line.coverage == "none"],
        partial=any(line.coverage == "outside" for line in lines),
    )


def _number(row: dict[str, Any]) -> int:
    """Measures of a cell; a pillar is stated by the city or only assessed, never both."""
    return int(row["measures"] if "measures" in row else row["stated"] + row["assessed"])


def _columns(groups: Asked, cells: Asked, mapped: Asked, by: str) -> list[dict[str, Any]]:
    """The groups that have a cell at any stage, in their order; without group comes last."""
    used = {row[by] for row in mapped.rows}
    listed = [row for row in groups.rows if row["group"] in used]
    rest = used - {row["group"] for row in listed}
    named = {row[by]: row[f"{by}Title"] for row in mapped.rows}
    listed += [{"group": each, "title": named[each]} for each in sorted(rest - {None}, key=str)]
    return listed + ([{"group": None, "title": None}] if None in rest else [])


def _unused(row: dict[str, Any], columns: list[dict[str, Any]]) -> bool:
    return row["group"] not in [each["group"] for each in columns]


def _stages(view: View) -> list[tuple[str, str]]:
    """The stages that the question admits, with the words for them from its rows."""
    question = view.graph.question("sdg-measures")
    parameter = next(each for each in question.parameters if each.name == "stage")
    words = {row["coverage"]: row["coverageLabel"] for row in view.ask("sdg-coverage").rows}
    words |= {row["coverage"]: row["coverageLabel"] for row in view.ask("sdg-measures").rows}
    every = Text(de="alle zugeordneten", en="all mapped").in_(view.language)
    return [
        (name, words.get(iri, every if iri.endswith("/coverage") else name))
        for name, iri in parameter.choices.items()
        if iri in words or iri.endswith("/coverage")
    ]
