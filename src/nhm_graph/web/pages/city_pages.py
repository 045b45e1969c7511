"""The routes of all pages beside the first one, for the app to include."""

from fastapi import APIRouter

from nhm_graph.web.pages import (
    about,
    check_form,
    overview_cities,
    overview_coverage,
    overview_people,
    overview_plan,
    overview_progress,
    overview_time,
    sparql_form,
)

router = APIRouter()
for _each in (
    overview_coverage,
    overview_plan,
    overview_people,
    overview_progress,
    overview_time,
    overview_cities,
    about,
    sparql_form,
    check_form,
):
    router.include_router(_each.router)
