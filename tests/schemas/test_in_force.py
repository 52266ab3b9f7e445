"""Which rulebook is in force when: every day of the table, worked by hand from the documents."""

from __future__ import annotations

import datetime

import pytest

from schemas.rulebooks import load
from schemas.rulebooks.in_force import (
    NoneInForceError,
    all_in_force,
    in_force_on,
    outside,
    periods,
    shipped,
)

# The first day of each period of cases in court, and what governs from then on.
TABLE = [
    ("2011-06-17", "ice-2011-06-17"),
    ("2011-11-17", "ice-2011-11-17"),
    ("2015-01-05", "dhs-2014-11-20"),
    ("2017-02-20", "dhs-2017-02-20"),
    ("2021-01-20", None),
    ("2021-02-01", "dhs-2021-01-20"),
    ("2021-02-18", "ice-2021-02-18"),
    ("2021-05-27", "opla-2021-05-27"),
    ("2022-04-25", "opla-2022-04-03"),
    ("2022-06-24", None),
    ("2023-07-28", "opla-2022-04-03"),
    ("2025-01-20", "dhs-2025-01-20"),
]
ONE_DAY = datetime.timedelta(days=1)


def day(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)


def test_the_table_matches_the_documents() -> None:
    found = [(str(p.since), p.rulebook and p.rulebook.id) for p in periods(shipped())]
    assert found == TABLE


@pytest.mark.parametrize("number", range(len(TABLE)))
def test_each_period_begins_on_its_day_and_ends_on_the_day_before_the_next(number: int) -> None:
    since, rulebook = TABLE[number]
    days = [day(since)]
    if number + 1 < len(TABLE):
        days.append(day(TABLE[number + 1][0]) - ONE_DAY)
    for within in days:
        assert [r.id for r in all_in_force(within, shipped())][:1] == ([rulebook] * bool(rulebook))


@pytest.mark.parametrize(
    ("on", "governing"),
    [
        # The directive governs over the department's memo, the attorneys' memo over both.
        ("2021-02-18", ["ice-2021-02-18", "dhs-2021-01-20"]),
        ("2021-05-27", ["opla-2021-05-27", "ice-2021-02-18", "dhs-2021-01-20"]),
        # The attorneys' memo of 2021 outlasted the priorities that it adopted.
        ("2021-11-29", ["opla-2021-05-27", "dhs-2021-09-30"]),
        ("2022-04-25", ["opla-2022-04-03", "dhs-2021-09-30"]),
        # June 17 stays in force with November 17, 2011, and yields to it.
        ("2011-11-17", ["ice-2011-11-17", "ice-2011-06-17"]),
    ],
)
def test_precedence_is_by_office_and_then_by_day(on: str, governing: list[str]) -> None:
    assert [r.id for r in all_in_force(day(on), shipped())] == governing
    assert in_force_on(day(on), shipped()).id == governing[0]


@pytest.mark.parametrize(
    ("on", "message"),
    [
        (
            "2021-01-25",
            "no rulebook is in force on 2021-01-25: dhs-2017-02-20 was in force through "
            "2021-01-19, and dhs-2021-01-20 takes effect on 2021-02-01",
        ),
        (
            "2022-12-31",
            "no rulebook is in force on 2022-12-31: opla-2022-04-03 was in force through "
            "2022-06-23, and opla-2022-04-03 takes effect on 2023-07-28",
        ),
        (
            "2011-06-16",
            "no rulebook is in force on 2011-06-16: none came before, and ice-2011-06-17 takes "
            "effect on 2011-06-17",
        ),
    ],
)
def test_names_the_rulebooks_around_a_day_without_guidance(on: str, message: str) -> None:
    with pytest.raises(NoneInForceError) as caught:
        in_force_on(day(on), shipped())
    assert str(caught.value) == message


def test_nothing_follows_if_all_rulebooks_have_ended() -> None:
    with pytest.raises(NoneInForceError, match="through 2021-01-19, and none comes after"):
        in_force_on(day("2030-01-01"), [load("dhs-2017-02-20").rulebook])


def test_a_rulebook_warns_if_used_outside_its_days() -> None:
    rulebook = load("opla-2022-04-03").rulebook
    assert outside(rulebook, day("2022-06-23")) is None
    assert outside(rulebook, day("2022-06-24")) == (
        "opla-2022-04-03 is not in force on 2022-06-24: it is in force from 2022-04-25 through "
        "2022-06-23, then from 2023-07-28 through 2025-01-19"
    )
    assert outside(load("dhs-2025-01-20").rulebook, day("2026-11-26")) is None
    unmentioned = rulebook.model_copy(update={"in_force": ()})
    assert outside(unmentioned, day("1990-01-01")) is None
