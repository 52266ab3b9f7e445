"""Forecasts, compared with assessing a case in plain Python on every day."""

from __future__ import annotations

import datetime
import random
from typing import Any

import numpy as np
import polars as pl
import pytest

from schemas.outcomes import ROUTES
from tests.helpers.positions import rows_of
from tests.helpers.small_rulebook import Truth, any_of, facts, plain_position, plain_route, small
from transforms.route.forecast import forecast
from transforms.score.milestones import milestone_dates
from transforms.score.moving import MovingPart
from transforms.score.position import Weighing, position_by

Day = datetime.date
AS_OF, ONE_DAY = Day(2011, 11, 17), datetime.timedelta(days=1)
DAYS = 900


def route_on(case: dict[str, Any], day: Day) -> str:
    """Route a case with known arrests and gang membership, in plain Python."""
    old = passed(case["birth_date"], 65, day)
    here = passed(case["last_entry"], 3, day)
    return plain_route(
        *plain_position(
            {
                "P1": case["arrests"] >= 2,
                "P2": case["gang_member"],
                "P3": opposite(any_of([opposite(case["entered_illegally"]), here])),
                "F1": old,
                "F2": case["serious_condition"],
                "A1": case["us_high_school"],
                "A2": case["fraud_findings"] >= 1,
                "A3": here,
            }
        )
    )


def opposite(truth: Truth) -> Truth:
    return None if truth is None else not truth


def passed(since: tuple[Day | None, Day | None], years: int, day: Day) -> Truth:
    first, last = since
    if last is not None and day >= after(last, years):
        return True
    return False if first is not None and day < after(first, years) else None


def after(day: Day, years: int) -> Day:
    """The anniversary of a day; for February 29, March 1 in common years."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return Day(day.year + years, 3, 1)


def some_day(rng: random.Random, years: int) -> tuple[Day | None, Day | None]:
    """Draw a date whose anniversary is near as-of, perhaps known only between bounds."""
    first = AS_OF.replace(year=AS_OF.year - years) + datetime.timedelta(
        days=rng.randrange(-60, 500)
    )
    last = first + datetime.timedelta(days=rng.choice([0, 0, 30, 200]))
    return rng.choice([(first, last)] * 6 + [(None, last), (first, None), (None, None)])


def some_case(rng: random.Random) -> dict[str, Any]:
    return {
        "birth_date": some_day(rng, 65),
        "last_entry": some_day(rng, 3),
        "entered_illegally": rng.choice([True, True, False, None]),
        "arrests": rng.choice([0, 0, 0, 2]),
        "gang_member": rng.choice([False, False, False, True]),
        "serious_condition": rng.choice([False, False, True, None]),
        "us_high_school": rng.choice([True, False, None]),
        "fraud_findings": rng.choice([0, 0, 1]),
    }


def forecasts(cases: list[dict[str, Any]], as_of: list[Day]) -> list[tuple[Any, ...]]:
    record, days = facts(*cases), pl.Series(as_of, dtype=pl.Date)
    weighing = Weighing(small(), record, None, milestone_dates(record, small()))
    _, values = weighing.values(small().criteria, days)
    # Routing itself is tested elsewhere.
    rows = rows_of(position_by(values, small().criteria, small(), len(cases)))
    routes = [plain_route(*row) for row in rows]
    assert routes == [route_on(case, day) for case, day in zip(cases, as_of, strict=True)]
    now = np.array([ROUTES.index(route) for route in routes], np.uint8)
    found = forecast(MovingPart.of(weighing, values), now, days)
    assert found.schema == {"changes_on": pl.Date, "changes_to": pl.String}
    return found.rows()


@pytest.mark.parametrize("seed", [1, 2])
def test_finds_the_same_first_change_as_assessing_on_every_day(seed: int) -> None:
    rng = random.Random(seed)
    cases = [some_case(rng) for _ in range(120)]
    as_of = [AS_OF + datetime.timedelta(days=rng.randrange(300)) for _ in cases]
    changed = 0
    for case, day, found in zip(cases, as_of, forecasts(cases, as_of), strict=True):
        now = route_on(case, day)
        later = (day + n * ONE_DAY for n in range(1, DAYS))
        first = next((d for d in later if route_on(case, d) != now), None)
        assert found == (first, None if first is None else route_on(case, first))
        changed += first is not None
    assert 25 < changed < 110


OLD = (Day(1946, 12, 1),) * 2
NEW = (Day(2009, 2, 28),) * 2
KNOWN: dict[str, Any] = {
    "birth_date": (Day(1980, 1, 1),) * 2,
    "last_entry": (Day(1990, 1, 1),) * 2,
    "entered_illegally": True,
    "arrests": 0,
    "gang_member": False,
    "serious_condition": False,
    "us_high_school": False,
    "fraud_findings": 0,
}


@pytest.mark.parametrize(
    ("case", "expected"),
    [
        ({}, (Day(2045, 1, 1), "close")),
        ({"serious_condition": True}, (None, None)),
        ({"birth_date": OLD}, (Day(2011, 12, 1), "close")),
        # Pursued until three years are over, and on both lists from the birthday on.
        ({"last_entry": NEW}, (Day(2012, 2, 28), "continue")),
        ({"last_entry": NEW, "birth_date": OLD}, (Day(2011, 12, 1), "continue")),
        # Nothing changes on the birthday of somebody who is ill: the next milestone counts.
        (
            {"last_entry": NEW, "birth_date": OLD, "serious_condition": True},
            (Day(2012, 2, 28), "close"),
        ),
        # On the latest day that it can be the birthday, not on the earliest.
        (
            {"birth_date": (Day(1946, 12, 1), Day(1946, 12, 31))},
            (Day(2011, 12, 31), "close"),
        ),
        # A milestone on as-of itself has been reached.
        ({"birth_date": (Day(1946, 11, 17),) * 2}, (None, None)),
        ({"birth_date": (Day(1946, 11, 18),) * 2}, (Day(2011, 11, 18), "close")),
        ({"birth_date": (Day(1948, 2, 29),) * 2}, (Day(2013, 3, 1), "close")),
        ({"birth_date": (None, None)}, (None, None)),
    ],
)
def test_agrees_with_changes_worked_out_by_hand(
    case: dict[str, Any], expected: tuple[Any, ...]
) -> None:
    assert forecasts([{**KNOWN, **case}], [AS_OF]) == [expected]
