"""What a copy to give away may show, worked by hand."""

from __future__ import annotations

from transforms.report.model import Month, Months
from transforms.report.sharing import (
    ALL_BUT_FEW,
    NOT_SHOWN,
    group_routes,
    mark,
    outward,
    shown_months,
    shown_steps,
    total,
)
from transforms.route.cover import Asked


def test_a_route_with_few_cases_shares_a_column_with_the_next_smallest() -> None:
    found = group_routes({"close": 20, "continue": 50, "expedite": 10})
    assert [(one.name, one.cases, one.tone) for one in found] == [
        ("close or expedite", 30, "close"),
        ("continue", 50, "continue"),
    ]
    one_row = group_routes({"close": 60, "continue": 9, "expedite": 1})
    assert [(one.name, one.cases) for one in one_row] == [("any route", 70)]
    assert group_routes({"close": 3, "continue": 7, "expedite": 0}) == ()


def test_a_number_is_marked_if_it_or_the_rest_is_small() -> None:
    cells = [mark(number, [30, 100]) for number in (0, 10, 11, 19, 20, 30)]
    assert [cell.text for cell in cells] == ["0", "<11", "11", "19", ALL_BUT_FEW, "30"]
    assert total(cells).text == NOT_SHOWN
    assert total([cells[2], cells[3]]).text == "30"


def test_bounds_hold_and_hide_small_differences() -> None:
    assert outward(10, 20, 90) == (0, 22)
    assert outward(11, 89, 90) == (11, 90)
    assert outward(0, 0, 90) == (0, 0)
    assert outward(2_999, 3_001, 300_000) == (0, 6_000)


def test_steps_end_before_one_that_is_small_or_leaves_few() -> None:
    steps = [Asked("a", 50, 50), Asked("b", 20, 70), Asked("c", 9, 79), Asked("d", 9, 88)]
    assert [one.fact for one in shown_steps(steps, 200)] == ["a", "b"]
    assert [one.fact for one in shown_steps(steps, 75)] == ["a"]
    assert [one.fact for one in shown_steps(steps, 70)] == ["a", "b"]


def test_months_with_few_changes_are_pooled_and_rare_kinds_left_out() -> None:
    up, down, rare = ("continue", "close"), ("close", "continue"), ("continue", "expedite")
    months = Months(
        (down, up, rare),
        (
            Month("May", "05", {up: 40, down: 12}),
            Month("June", "06", {up: 3, rare: 4}),
            Month("July", "07", {up: 20, down: 11}),
        ),
        later=7,
    )
    found = shown_months(months, {"close": 50, "continue": 200})
    assert found is not None
    assert (found.moves, found.later) == ((down, up), 0)
    assert [(one.label, one.moves[up], one.moves[down]) for one in found.months] == [
        ("May", 40, 12),
        ("2 months, pooled", 23, 11),
    ]
    # 3 of the cases to close wouldn't change.
    assert shown_months(months, {"close": 26, "continue": 200}) is None
