"""Positions, compared with plain Python."""

from __future__ import annotations

import datetime
import itertools
import random

import polars as pl

from tests.helpers.positions import days, rows_of, truths_of, weighing
from tests.helpers.small_rulebook import facts, plain_position, small
from transforms.score.position import position

IDS = [criterion.id for criterion in small().criteria]


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
    assert truths_of(effective) == [(False, False), (False, True)]
    real, effective = weighing(record, presume=False).values(some, both)
    assert truths_of(effective) == real.rows()
    assert real.rows() == [(None, False), (None, True)]
