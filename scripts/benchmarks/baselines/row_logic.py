"""Row by row: three-valued logic, counts and dates between bounds, in plain Python."""

from __future__ import annotations

import calendar
import datetime
from collections.abc import Callable, Iterable
from collections.abc import Set as AbstractSet
from typing import Any

AS_OF = datetime.date(2011, 11, 17)
Truth = bool | None
Count = tuple[int, int | None]
Span = tuple[datetime.date | None, datetime.date | None]


def any3(values: Iterable[Truth]) -> Truth:
    """Return TRUE if any is, else UNKNOWN if any is, else FALSE."""
    unknown = False
    for value in values:
        if value:
            return True
        unknown |= value is None
    return None if unknown else False


def all3(*values: Truth) -> Truth:
    """Return FALSE if any is, else UNKNOWN if any is, else TRUE."""
    if any(value is False for value in values):
        return False
    return None if None in values else True


def not3(value: Truth) -> Truth:
    """Return the opposite; UNKNOWN stays."""
    return None if value is None else not value


def one_of(value: str | None, *symbols: str) -> Truth:
    """Tell whether an enum is one of some symbols."""
    return None if value in (None, "UNKNOWN") else value in symbols


def inside(value: str | None, codes: AbstractSet[str]) -> Truth:
    """Tell whether a code is one of some codes."""
    return None if value is None else value in codes


def over(elements: list[Any] | None, test: Callable[[Any], Truth]) -> Truth:
    """Tell whether any element of a list passes."""
    return None if elements is None else any3(test(element) for element in elements)


def count(elements: list[Any] | None, test: Callable[[Any], Truth]) -> Count:
    """Count the elements of a list that pass, between two bounds."""
    if elements is None:
        return 0, None
    results = [test(element) for element in elements]
    return results.count(True), results.count(True) + results.count(None)


def at_least(number: Count, limit: int) -> Truth:
    """Tell whether a count is at least a number."""
    low, high = number
    if low >= limit:
        return True
    return False if high is not None and high < limit else None


def exactly(number: Count, wanted: int) -> Truth:
    """Tell whether a count is exactly a number."""
    low, high = number
    if low > wanted or (high is not None and high < wanted):
        return False
    return True if low == high == wanted else None


def day(text: str | None) -> datetime.date | None:
    """Read an ISO date."""
    try:
        return None if text is None else datetime.date.fromisoformat(text)
    except ValueError:
        return None


def span(text: str | None) -> Span:
    """Return the first and last day of an ISO day, month, or year."""
    if text is not None and len(text) == 7:
        first = day(f"{text}-01")
        if first is not None:
            last = calendar.monthrange(first.year, first.month)[1]
            return first, first.replace(day=last)
    if text is not None and len(text) == 4:
        return day(f"{text}-01-01"), day(f"{text}-12-31")
    return day(text), day(text)


def after(date: datetime.date, years: int, days: int) -> datetime.date:
    """Return the day so many years and days later; February 29 becomes March 1."""
    try:
        shifted = date.replace(year=date.year + years)
    except ValueError:
        shifted = datetime.date(date.year + years, 3, 1)
    return shifted + datetime.timedelta(days)


def reached(since: Span, years: int, days: int = 0) -> Truth:
    """Tell whether a milestone is reached as of the day."""
    low, high = since
    if high is not None and after(high, years, days) <= AS_OF:
        return True
    return False if low is not None and after(low, years, days) > AS_OF else None


def latest(dates: list[tuple[datetime.date | None, Truth]]) -> Span:
    """Return bounds of the latest date among those that count or may count."""
    sure = [date for date, counts in dates if counts and date is not None]
    may = [date for date, counts in dates if counts is not False]
    known = [date for date in may if date is not None]
    high = max(known) if known and len(known) == len(may) else None
    return (max(sure) if sure else None), high


def earliest(dates: list[tuple[datetime.date | None, Truth]]) -> Span:
    """Return bounds of the earliest date among those that count or may count."""
    sure = [date for date, counts in dates if counts and date is not None]
    may = [date for date, counts in dates if counts is not False]
    known = [date for date in may if date is not None]
    low = min(known) if known and len(known) == len(may) else None
    return low, (min(sure) if sure else None)
