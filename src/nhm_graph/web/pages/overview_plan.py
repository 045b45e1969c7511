"""Principles, goals and measures as a tree, and their paths to the SDGs as a flow picture."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from nhm_graph.language import Language, Text
from nhm_graph.web.pages.overview import Asked, city_page, view_of
from nhm_graph.web.pages.pictures.flow import Flow, Path, Step, flow

router = APIRouter()

_OTHER = Text(de="weitere", en="others")
_NONE = Text(de="nicht erfasst", en="not recorded")
# The steps of a path: key, words and, where there is one, the number of each.
_STEPS = (
    ("principle", "principleTitle", None),
    ("goal", "goalTitle", "goalId"),
    ("measure", "measureTitle", "measureId"),
    ("agent", "agentTitle", None),
    ("sdg", "sdgTitle", "number"),
)


@dataclass(slots=True)
class Branch:
    """A thing of the plan and what stands below it."""

    row: dict[str, Any]
    below: list["Branch"] = field(default_factory=list)


@router.api_route("/goals", methods=["GET", "HEAD"], include_in_schema=False)
def plan_page(request: Request, city: str | None = None) -> Response:
    """The tree of the plan and the flow picture."""
    view = view_of(request, city)
    if view is None:
        return city_page(request, "plan.html", None)
    tree, paths = view.ask("plan-tree"), view.ask("paths")
    kinds = {row["thing"]: row["kindLabel"] for row in tree.rows}
    return city_page(
        request,
        "plan.html",
        view,
        tree=tree,
        branches=branches(tree.rows),
        counts=Counter(kinds.values()),
        paths=paths,
        picture=picture(paths, view.language),
    )


def branches(rows: list[dict[str, Any]]) -> list[Branch]:
    """The tree; what stands below two things appears below both, and nothing below itself."""
    below: dict[str | None, dict[str, dict[str, Any]]] = defaultdict(dict)
    things = {row["thing"] for row in rows}
    for row in rows:
        above = row["above"] if row["above"] in things else None
        below[above].setdefault(row["thing"], row)
    for thing in [*below[None]]:  # has another place already
        if any(thing in below[above] for above in below if above is not None):
            del below[None][thing]

    def grown(thing: str | None, path: tuple[str, ...]) -> list[Branch]:
        return [
            Branch(row, grown(row["thing"], (*path, row["thing"])))
            for row in below[thing].values()
            if row["thing"] not in path
        ]

    return grown(None, ())


def picture(paths: Asked, language: Language) -> Flow | None:
    """The flow picture. Each measure weighs the same, however many paths it has."""
    of_measure = Counter(row["measure"] for row in paths.rows)
    weighted = [(_path(row, language), 1 / of_measure[row["measure"]]) for row in paths.rows]
    return flow(weighted, Step("", _OTHER.in_(language), "other"))


def _path(row: dict[str, Any], language: Language) -> Path:
    return tuple(
        Step(
            str(row[key] or f"no-{key}"),
            _label(row, words, number) or _NONE.in_(language),
            f"sdg-{row['number']}" if key == "sdg" and row["sdg"] else key if row[key] else "none",
        )
        for key, words, number in _STEPS
    )


def _label(row: dict[str, Any], words: str, number: str | None) -> str:
    code = row[number] if number else None
    return " ".join(str(each) for each in (code, row[words]) if each)
