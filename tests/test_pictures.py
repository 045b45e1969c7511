"""Pictures made from rows: what they show adds up, and nothing is drawn that nobody recorded."""

from collections import defaultdict
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest

from nhm_graph.web.pages.overview_people import chart
from nhm_graph.web.pages.overview_plan import Branch, branches
from nhm_graph.web.pages.pictures.calendar import Scale, scale
from nhm_graph.web.pages.pictures.flow import MOST_FLOWS, Flow, Path, Step, flow
from nhm_graph.web.pages.pictures.heat import STEPS, legend, level, lines
from nhm_graph.web.pages.pictures.series import HEIGHT, WIDTH, series
from nhm_graph.web.pages.pictures.shares import shares

OTHER = Step("", "others", "other")


# ----- flow -----


def path(*keys: str) -> Path:
    return tuple(Step(key, key.upper()) for key in keys)


def drawn(paths: list[tuple[Path, float]]) -> Flow:
    found = flow(paths, OTHER)
    assert found is not None
    return found


@pytest.fixture
def small() -> Flow:
    return drawn(
        [(path("p", "g1", "m1"), 1.0), (path("p", "g1", "m2"), 2.0), (path("q", "g2", "m2"), 1.0)]
    )


def test_flow_of_nothing_is_no_picture() -> None:
    assert flow([], OTHER) is None


def test_what_flows_into_a_step_flows_out_of_it(small: Flow) -> None:
    into: dict[tuple[int, Step], float] = defaultdict(float)
    out: dict[tuple[int, Step], float] = defaultdict(float)
    for each in small.ribbons:
        out[each.column, each.start] += each.amount
        into[each.column + 1, each.end] += each.amount
    for node in small.nodes:
        assert node.column == 0 or into[node.column, node.step] == pytest.approx(node.amount)
        assert node.column == 2 or out[node.column, node.step] == pytest.approx(node.amount)


def test_each_column_of_a_flow_holds_everything_once(small: Flow) -> None:
    for column in range(3):
        amounts = [node.amount for node in small.nodes if node.column == column]
        assert sum(amounts) == pytest.approx(4)


def test_bars_of_a_column_do_not_overlap_and_stay_in_the_picture(small: Flow) -> None:
    for column in range(3):
        bars = sorted((n.y, n.y + n.height) for n in small.nodes if n.column == column)
        assert bars[0][0] >= 0
        assert bars[-1][1] <= small.height + 0.01
        assert all(end <= start for (_, end), (start, _) in pairwise(bars))


def test_small_steps_are_folded_and_nothing_is_lost() -> None:
    many = [(path(f"p{n % 5}", f"g{n}", f"m{n}"), 1.0 + n % 3) for n in range(150)]
    folded = drawn(many)
    assert len(folded.ribbons) <= MOST_FLOWS
    whole = sum(amount for _, amount in many)
    for column in range(3):
        nodes = [node for node in folded.nodes if node.column == column]
        assert sum(node.amount for node in nodes) == pytest.approx(whole)
    last = [node.step for node in folded.nodes if node.column == 1][-1]
    assert last == OTHER  # below the named ones


def test_flow_does_not_depend_on_the_order_of_the_rows(small: Flow) -> None:
    rows = [
        (path("q", "g2", "m2"), 1.0),
        (path("p", "g1", "m2"), 2.0),
        (path("p", "g1", "m1"), 1.0),
    ]
    names = {(node.column, node.step.key, node.height) for node in drawn(rows).nodes}
    assert names == {(node.column, node.step.key, node.height) for node in small.nodes}


# ----- heat table, bars -----


def test_cell_without_number_has_no_colour_and_more_is_never_lighter() -> None:
    assert level(0) == 0
    levels = [level(number) for number in range(30)]
    assert levels == sorted(levels)
    assert max(levels) == len(STEPS) == len(legend())


def test_line_of_the_heat_table_has_a_cell_for_each_column_and_its_own_total() -> None:
    row = {"sdg": "s1", "number": "1", "title": "A", "coverage": "v/done", "coverageLabel": "done"}
    found = lines([row], {("s1", "c1"): 2, ("s2", "c1"): 9}, ["c1", None], {"s1": 2})
    assert [(each.cells, each.total, each.coverage) for each in found] == [((2, 0), 2, "done")]


@pytest.mark.parametrize("counts", [[1], [1, 1, 1], [7, 0, 6], [1] * 17, [999, 1]])
def test_parts_of_a_bar_fill_it(counts: list[int]) -> None:
    parts = shares([(str(n), str(n), count) for n, count in enumerate(counts)])
    assert sum(part.width for part in parts) == 100
    assert [part.count for part in parts] == counts


def test_bar_of_nothing_is_empty() -> None:
    assert shares([("a", "A", 0)]) == []


# ----- values over the years -----


def test_year_without_value_interrupts_the_line_and_is_no_zero() -> None:
    found = series([(2019, Decimal(10)), (2020, None), (2021, Decimal(12)), (2022, Decimal(13))])
    assert found.line.count("M") == 2
    assert [point.y is None for point in found.points] == [False, True, False, False]


def test_larger_value_stands_higher_and_all_stand_in_the_picture() -> None:
    found = series(
        [(2019, Decimal(-4)), (2020, Decimal(30))], (2030, Decimal(50)), (2019, Decimal(-4))
    )
    heights = [point.y for point in [*found.points, found.target] if point and point.y is not None]
    assert heights == sorted(heights, reverse=True)
    assert all(0 <= y <= HEIGHT for y in heights)
    assert all(0 <= point.x <= WIDTH for point in found.points)


def test_way_to_the_target_needs_both_ends() -> None:
    values = [(2020, Decimal(1))]
    assert series(values, (2030, Decimal(2))).path == ""
    assert series(values, (2030, Decimal(2)), (2020, Decimal(1))).path.startswith("M")


def test_series_of_missing_values_alone_is_drawn_without_a_line() -> None:
    assert series([(2020, None)]).line == ""


# ----- time -----


def test_scale_begins_with_the_first_year_and_reaches_today() -> None:
    assert scale(["2019-05-01", None, "2020-02-29"], "2026-11-22") == Scale(2019, 2026)


def test_bar_without_end_lasts_until_today_and_a_day_can_be_seen() -> None:
    years = Scale(2020, 2021)
    assert years.bar("2020-01-01", None, "2021-01-01") == years.bar("2020-01-01", "2021-01-01", "")
    assert years.bar("2020-06-01", "2020-06-01", "2021-01-01")[1] > 0


# ----- trees -----


def row(thing: str, above: str | None) -> dict[str, Any]:
    return {"thing": thing, "unit": thing, "above": above}


def keys(found: list[Branch]) -> list[Any]:
    return [(each.row["thing"], keys(each.below)) for each in found]


def test_goal_below_two_principles_stands_below_both() -> None:
    rows = [row("p", None), row("q", None), row("g", "p"), row("g", "q")]
    assert keys(branches(rows)) == [("p", [("g", [])]), ("q", [("g", [])])]


def test_things_that_serve_each_other_do_not_make_an_endless_tree() -> None:
    rows = [row("p", None), row("a", "p"), row("a", "b"), row("b", "a")]
    assert keys(branches(rows)) == [("p", [("a", [("b", [])])])]


def test_thing_whose_superior_is_not_shown_stands_at_the_top() -> None:
    assert keys(branches([row("m", "rejected")])) == [("m", [])]
    assert [unit.row["unit"] for unit in chart([row("u", "dissolved")])] == ["u"]


def test_each_unit_stands_in_the_chart_once() -> None:
    tops = chart([row("d", None), row("a", "d"), row("b", "d")])
    assert [(top.row["unit"], [each.row["unit"] for each in top.below]) for top in tops] == [
        ("d", ["a", "b"])
    ]
