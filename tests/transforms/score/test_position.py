"""Positions, compared with plain Python; and the part that the calendar moves, with the whole."""

from __future__ import annotations

import datetime
import itertools
import random

import polars as pl

from schemas.rulebooks import load_text
from tests.helpers.positions import rows_of
from tests.helpers.random_facts import AS_OF, near_milestones, partial_facts
from tests.helpers.small_rulebook import facts, plain_position, small
from tests.schemas.test_rulebooks import GOOD
from transforms.score.milestones import milestone_dates
from transforms.score.position import MovingPart, Weighing, moving, position
from transforms.score.presumptions import presumable, with_presumptions

IDS = [criterion.id for criterion in small().criteria]


def weighing(record: pl.DataFrame, *, presume: bool) -> Weighing:
    presumed = with_presumptions(record, presumable(record, small()), small())
    dates = milestone_dates(record, small())
    return Weighing(small(), record, presumed if presume else None, dates)


def days(*each: datetime.date) -> pl.Series:
    return pl.Series(each, dtype=pl.Date)


def test_gives_the_same_position_as_plain_python() -> None:
    every = list(itertools.product((True, False, None), repeat=len(IDS)))
    cases = random.Random(1).sample(every, 800)
    values = pl.DataFrame(cases, schema=dict.fromkeys(IDS, pl.Boolean), orient="row")
    got = position(values, small().criteria, small())
    assert list(got.truths) == ["priority", "favored"]
    for case, row in zip(cases, rows_of(got), strict=True):
        assert row == plain_position(dict(zip(IDS, case, strict=True)))


def test_only_the_given_criteria_affect_a_position() -> None:
    values = pl.DataFrame([[True] * len(IDS)], schema=dict.fromkeys(IDS, pl.Boolean), orient="row")
    some = [c for c in small().criteria if c.id in ("F1", "A1")]
    assert rows_of(position(values, some, small())) == [(False, True, 3, 3)]
    assert rows_of(position(values, [], small())) == [(False, False, 0, 0)]


def test_values_are_as_of_the_day_and_presumptions_make_them_false() -> None:
    case = {"birth_date": datetime.date(1946, 11, 17), "arrests": (0, None)}
    record = facts(case, case)
    some = [c for c in small().criteria if c.id in ("P1", "F1")]
    birthday = datetime.date(2011, 11, 17)
    both = days(birthday - datetime.timedelta(days=1), birthday)
    real, effective = weighing(record, presume=True).values(some, both)
    assert real.rows() == [(None, False), (None, True)]
    assert effective.rows() == [(False, False), (False, True)]
    real, effective = weighing(record, presume=False).values(some, both)
    assert effective.equals(real)
    assert real.rows() == [(None, False), (None, True)]


def test_only_criteria_with_milestones_move() -> None:
    assert [c.id for c in moving(small())] == ["P3", "F1", "A3"]


def test_a_moving_part_has_the_same_position_as_the_whole_on_any_day() -> None:
    rng = random.Random(2)
    record = near_milestones(partial_facts(5, 60), small(), 5)
    for presume in (True, False):
        whole = weighing(record, presume=presume)
        _, today = whole.values(small().criteria, days(*[AS_OF] * record.height))
        part = MovingPart.of(whole, today)
        assert set(part.weighing.facts.columns) == {"entered_illegally"}
        some = [rng.randrange(record.height) for _ in range(100)]
        then = days(*(AS_OF + datetime.timedelta(days=rng.randrange(1, 1200)) for _ in some))
        rows = pl.Series(some, dtype=pl.UInt32)
        _, values = weighing(record[rows], presume=presume).values(small().criteria, then)
        moved = part.take(rows).position(then)
        assert rows_of(moved) == rows_of(position(values, small().criteria, small()))


def test_a_rulebook_whose_moving_criteria_read_no_fact_keeps_its_rows() -> None:
    record = facts({"birth_date": datetime.date(1946, 1, 1)}, {}, {})
    book = load_text("old", GOOD)
    whole = Weighing(book, record, None, milestone_dates(record, book))
    _, values = whole.values(book.criteria, days(*[AS_OF] * 3))
    part = MovingPart.of(whole, values)
    moved = part.position(days(*[AS_OF] * 3))
    assert [favored for _, favored, *_ in rows_of(moved)] == [True, None, None]
