"""In force: which rulebook governs cases before the immigration courts on a day.

Several documents can be in force on one day. This is the table of precedence by which one of them
governs the work of ICE's attorneys in court:

1. The office that issued it: the attorneys' own office (OPLA, and what DHS addressed to them) over
   the agency (ICE), and the agency over the department (DHS). The narrower document says how the
   wider one is applied in court.
2. Of the same office, the later over the earlier.

A companion memo is never chosen by itself: it belongs to the rulebooks that name it.
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
    """No rulebook is in force on a day; the message says what ended and what comes next."""


@dataclass(frozen=True, slots=True)
class Period:
    """Days on which one rulebook governs, or none does.

    Args:
        since: The first day.
        to: The first day after it; None where no end is known.
        rulebook: The rulebook; None where none is in force.
    """

    since: datetime.date
    to: datetime.date | None
    rulebook: Rulebook | None


def shipped() -> list[Rulebook]:
    """The rulebooks that come with the project."""
    return [load(name).rulebook for name in names()]


def all_in_force(day: datetime.date, rulebooks: Iterable[Rulebook]) -> list[Rulebook]:
    """The rulebooks in force on a day, the one that governs cases in court first."""
    return sorted(
        (rulebook for rulebook in rulebooks if rulebook.in_force_on(day)),
        key=lambda rulebook: (PRECEDENCE.index(rulebook.office), -rulebook.issued.toordinal()),
    )


def periods(rulebooks: Sequence[Rulebook]) -> list[Period]:
    """Which rulebook governs when, from the first day on which one is in force.

    Args:
        rulebooks: The rulebooks to choose from.

    Returns:
        Periods without days between them; of two neighbors the rulebook differs.
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
    """The rulebook that governs cases in court on a day.

    Args:
        day: The as-of date.
        rulebooks: The rulebooks to choose from.

    Returns:
        The one that comes first by precedence.

    Raises:
        NoneInForceError: None is in force.
    """
    for rulebook in all_in_force(day, rulebooks):
        return rulebook
    raise NoneInForceError(f"no rulebook is in force on {day}: {_around(day, rulebooks)}")


def _around(day: datetime.date, rulebooks: Sequence[Rulebook]) -> str:
    """What ended last before a day without guidance, and what comes next."""
    before, after = "none came before", "none comes after"
    for period in periods(rulebooks):
        if period.rulebook is not None and period.to is not None and period.to <= day:
            before = f"{period.rulebook.id} was in force through {_day_before(period.to)}"
        if period.rulebook is not None and period.since > day:
            after = f"{period.rulebook.id} takes effect on {period.since}"
            break
    return f"{before}, and {after}"


def outside(rulebook: Rulebook, day: datetime.date) -> str | None:
    """What to say of a rulebook that is used on a day on which it is not in force.

    Args:
        rulebook: The rulebook.
        day: The as-of date.

    Returns:
        One line; None where it is in force, or where the rulebook names no interval.
    """
    if not rulebook.in_force or rulebook.in_force_on(day):
        return None
    return f"{rulebook.id} is not in force on {day}: it is in force {when(rulebook.in_force)}"


def when(intervals: Iterable[Interval]) -> str:
    """Intervals as words, the last day included."""
    return ", then ".join(
        f"from {interval.since} on"
        if interval.to is None
        else f"from {interval.since} through {_day_before(interval.to)}"
        for interval in intervals
    )


def _day_before(day: datetime.date) -> datetime.date:
    return day - datetime.timedelta(days=1)
