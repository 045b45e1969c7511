"""Cities side by side: only what can be compared, sorted by name, without a ranking."""

from itertools import groupby

from fastapi import APIRouter, Request
from fastapi.responses import Response

from nhm_graph.web.pages.overview import city_page, view_of
from nhm_graph.web.reader import graph_of, language_of

router = APIRouter()


@router.api_route("/comparison", methods=["GET", "HEAD"], include_in_schema=False)
def comparison_page(
    request: Request, city: str | None = None, fictional: str = "exclude"
) -> Response:
    """Comparable values and the benchmark cities; fictional cities only where asked for."""
    view = view_of(request, city)
    if view is None:
        return city_page(request, "comparison.html", None)
    graph, language = graph_of(request), language_of(request)
    shown = [
        each
        for each in graph.cities(language)
        if not each.fictional or fictional == "include" or each.iri == view.city.iri
    ]
    values = view.ask("city-comparison")
    by_definition = groupby(values.rows, key=lambda row: (row["definitionTitle"], row["year"]))
    return city_page(
        request,
        "comparison.html",
        view,
        fictional=fictional,
        recorded=sorted(shown, key=lambda each: each.name),
        values=values,
        definitions=[(key, list(rows)) for key, rows in by_definition],
        peers=view.ask("benchmark-cities"),
        invalid=view.ask("invalid-comparisons"),
    )
