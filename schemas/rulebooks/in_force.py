"""In force: which rulebook governs cases before the immigration courts on a date.

Several documents can be in force on one date. This order of precedence says which one governs the
work of ICE's attorneys in court:

1. The office that issued it: the attorneys' own office (OPLA, and what DHS addressed to them) comes
   before the agency (ICE), and the agency before the department (DHS). The narrower document says
   how to apply the wider one in court.
2. For the same office, the later document comes before the earlier one.

A companion memo never governs by itself: it belongs to the rulebooks that name it.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from schemas.errors import UsageError
from schemas.rulebook.model import Interval, Office, Rulebook
from schemas.rulebooks import load, names

IN_FORCE = "in-force"
PRECEDENCE: tuple[Office, ...] = ("attorneys", "agency", "department")


class NoneInForceError(UsageError):
    """No rulebook is in force on a date; the message says what ended and what comes next."""


@dataclass(frozen=True, slots=True)
class Period:
    """Days on which one rulebook governs, or none does.

    Args:
        since: The first day.
        to: The first day after it; None if no end is known.
        rulebook: The rulebook; None if none is in force.
    """

    since: datetime.date
    to: datetime.date | None
    rulebook: Rulebook | None


def shipped() -> list[Rulebook]:
    """Return the rulebooks that come with the project."""
    return [load(name).rulebook for name in names()]


def all_in_force(day: datetime.date, rulebooks: Iterable[Rulebook]) -> list[Rulebook]:
    """Return the rulebooks in force on a date; the first one governs cases in court."""
    return sorted(
        (rulebook for rulebook in rulebooks if rulebook.in_force_on(day)),
        key=lambda rulebook: (PRECEDENCE.index(rulebook.office), -rulebook.issued.toordinal()),
    )


def periods(rulebooks: Sequence[Rulebook]) -> list[Period]:
    """Return which rulebook governs when, from the first day on which one is in force.

    Args:
        rulebooks: The rulebooks to choose from.

    Returns:
        Periods without gaps between them; neighbors have different rulebooks.
    """
    intervals = [interval for rulebook in rulebooks for interval in rulebook.in_force]
    starts = {interval.since for interval in intervals}
    days = sorted(starts | {interval.to for interval in intervals if interval.to is not None})
    found: list[Period] = []
    for day, following in zip(days, [*days[1:], None], strict=True):
        governing = next(iter(all_in_force(day, rulebooks)), None)
        if found and found[-1].rulebook == governing:
            found[-1] = Period(found[-1].since, following, governing)
        else:
            found.append(Period(day, following, governing))
    return found


def in_force_on(day: datetime.date, rulebooks: Sequence[Rulebook]) -> Rulebook:
    """Return the rulebook that governs cases in court on a date.

    Args:
        day: The as-of date.
        rulebooks: The rulebooks to choose from.

    Returns:
        The rulebook that comes first by precedence.

    Raises:
        NoneInForceError: No rulebook is in force.
    """
    for rulebook in all_in_force(day, rulebooks):
        return rulebook
    raise NoneInForceError(f"no rulebook is in force on {day}: {_around(day, rulebooks)}")


def _around(day: datetime.date, rulebooks: Sequence[Rulebook]) -> str:
    """Say what ended last before a date without guidance, and what comes next."""
    before, after = "none came before", "none comes after"
    for period in periods(rulebooks):
        if period.rulebook is not None and period.to is not None and period.to <= day:
            before = f"{period.rulebook.id} was in force through {_day_before(period.to)}"
        if period.rulebook is not None and period.since > day:
            after = f"{period.rulebook.id} takes effect on {period.since}"
            break
    return f"{before}, and {after}"


def outside(rulebook: Rulebook, day: datetime.date) -> str | None:
    """Return the warning for a rulebook that isn't in force on a date.

    Args:
        rulebook: The rulebook.
        day: The as-of date.

    Returns:
        One line; None if it is in force, or if the rulebook names no interval.
    """
    if not rulebook.in_force or rulebook.in_force_on(day):
        return None
    return f"{rulebook.id} is not in force on {day}: it is in force {when(rulebook.in_force)}"


def when(intervals: Iterable[Interval]) -> str:
    """Write intervals in words, including the last day.

    Examples:
        >>> from schemas.rulebooks import load
        >>> when(load("ice-2011-11-17").rulebook.in_force)
        'from 2011-11-17 through 2015-01-04'
    """
    return ", then ".join(
        f"from {interval.since} on"
        if interval.to is None
        else f"from {interval.since} through {_day_before(interval.to)}"
        for interval in intervals
    )


def _day_before(day: datetime.date) -> datetime.date:
    return day - datetime.timedelta(days=1)
