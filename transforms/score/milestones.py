"""Milestones: the dates on which something becomes true by itself.

A milestone is FALSE before the earliest day that it can be on, TRUE from the latest one, and
UNKNOWN in between. Both are the same day if the date behind it is known, or if it is a fixed day.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable

import numpy as np
import polars as pl

from schemas.facts import high, low
from schemas.rulebook.compiled import CompiledRulebook, MilestoneSpan
from transforms.frames.frame import Frame, whole
from transforms.score.anniversaries import Days, anniversaries


def milestone_dates(facts: Frame, rulebook: CompiledRulebook) -> Frame:
    """Compute the day of each of a rulebook's milestones for each case (`milestone_days`)."""
    return milestone_days(facts, rulebook.milestones)


def milestone_days(facts: Frame, milestones: Iterable[MilestoneSpan]) -> Frame:
    """Compute the day of each milestone for each case.

    Args:
        facts: Facts (`transforms.score.facts.FACT_COLUMNS`), at least those that milestones read.
        milestones: The milestones.

    Returns:
        Columns `ID.low` and `ID.high` (Date) for each milestone, one row per case.
    """
    # A known day is both bounds, and many milestones use the same span: compute each sum once.
    bounds = [(milestone, _bounds(facts, milestone)) for milestone in milestones]
    spans: dict[str | None, dict[MilestoneSpan, None]] = {}
    for milestone, columns in bounds:
        for column in columns:
            spans.setdefault(column, {})[milestone.unnamed] = None
    found = {column: _days(facts, column, list(there)) for column, there in spans.items()}
    return pl.DataFrame(
        found[column][milestone.unnamed].alias(bound(milestone.id))
        for milestone, columns in bounds
        for bound, column in zip((low, high), columns, strict=True)
    )


def _days(
    facts: Frame, since: str | None, spans: list[MilestoneSpan]
) -> dict[MilestoneSpan, pl.Series]:
    """Compute the day of each case that is some spans after a date, or fixed days."""
    if since is None:
        return {span: whole("day", span.day, pl.Date(), facts.height) for span in spans if span.day}
    # Cases share their days, and date arithmetic costs more than finding the days that differ.
    distinct, places = _each_once(facts[since])
    sums = anniversaries(distinct, ((12 * s.years + s.months, s.days) for s in spans))
    return {span: pl.Series(days).gather(places) for span, days in zip(spans, sums, strict=True)}


def _each_once(days: pl.Series) -> tuple[Days, pl.Series]:
    """Return the distinct days of a column, NaT first, and for each row its place among them."""
    numbers = days.to_physical()
    earliest = numbers.drop_nulls().to_numpy().min(initial=np.iinfo(np.int32).max)
    # Null is one day before them all.
    places = (numbers - earliest + 1).fill_null(0).to_numpy()
    there = np.zeros(int(places.max(initial=0)) + 1, dtype=bool)
    there[places] = True
    there[0] = True
    distinct = (np.flatnonzero(there) + (int(earliest) - 1)).astype("datetime64[D]")
    distinct[0] = np.datetime64("NaT")
    return distinct, pl.Series((np.cumsum(there, dtype=np.uint32) - 1)[places])


def _bounds(facts: Frame, milestone: MilestoneSpan) -> tuple[str | None, str | None]:
    """Return the columns that a milestone counts from: one, if both bounds are the same."""
    if milestone.since is None:
        return None, None
    least, most = low(milestone.since), high(milestone.since)
    return least, (least if facts[least].equals(facts[most]) else most)


def reached(milestones: Iterable[str], day: str) -> list[pl.Expr]:
    """Tell whether milestones are reached on a day, as Boolean columns with the milestones' names.

    Args:
        milestones: Their names.
        day: A column of days (Date) in a frame that also has the columns of `milestone_dates`.

    Returns:
        One three-valued expression per milestone.
    """
    return [_reached(milestone, day) for milestone in milestones]


@functools.cache
def _reached(milestone: str, day: str) -> pl.Expr:
    return (
        pl.when(pl.col(day) >= pl.col(high(milestone)))
        .then(True)
        .when(pl.col(day) < pl.col(low(milestone)))
        .then(False)
        .alias(milestone)
    )
