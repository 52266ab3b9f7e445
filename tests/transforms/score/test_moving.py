"""The part of a position that the calendar moves, compared with the whole."""

from __future__ import annotations

import datetime
import random

import polars as pl

from schemas.rulebooks import load_text
from tests.helpers.positions import days, rows_of, weighing
from tests.helpers.random_facts import AS_OF, near_milestones, partial_facts
from tests.helpers.small_rulebook import facts, small
from tests.schemas.test_rulebooks import GOOD
from transforms.score.milestones import milestone_dates
from transforms.score.moving import MovingPart, moving
from transforms.score.position import Weighing, position_by


def test_only_criteria_with_milestones_move() -> None:
    assert [c.id for c in moving(small())] == ["P3", "F1", "A3"]


def test_a_moving_part_has_the_same_position_as_the_whole_on_any_day() -> None:
    rng = random.Random(2)
    record = near_milestones(partial_facts(5, 60), small(), 5)
    for presume in (True, False):
        whole = weighing(record, presume=presume)
        _, today = whole.values(small().criteria, days(*[AS_OF] * record.height))
        part = MovingPart.of(whole, today)
        assert {name for atom in part.real.atoms for name in atom.columns} == {"entered_illegally"}
        some = [rng.randrange(record.height) for _ in range(100)]
        then = days(*(AS_OF + datetime.timedelta(days=rng.randrange(1, 1200)) for _ in some))
        rows = pl.Series(some, dtype=pl.UInt32)
        _, values = weighing(record[rows], presume=presume).values(small().criteria, then)
        moved = part.take(rows.to_numpy()).position(then.to_physical().to_numpy())
        assert rows_of(moved) == rows_of(position_by(values, small().criteria, small(), len(some)))


def test_a_rulebook_whose_moving_criteria_read_no_fact_keeps_its_rows() -> None:
    record = facts({"birth_date": datetime.date(1946, 1, 1)}, {}, {})
    book = load_text("old", GOOD)
    whole = Weighing(book, record, None, milestone_dates(record, book))
    _, values = whole.values(book.criteria, days(*[AS_OF] * 3))
    part = MovingPart.of(whole, values)
    moved = part.position(days(*[AS_OF] * 3).to_physical().to_numpy())
    assert [favored for _, favored, *_ in rows_of(moved)] == [True, None, None]
