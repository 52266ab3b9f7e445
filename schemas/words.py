"""Words: what is known about a fact, as a person would say it.

`two felony convictions`, `between one and two felony convictions`, `not known`, `May 4, 2009`.
"""

from __future__ import annotations

import calendar
import datetime
from collections.abc import Mapping
from typing import Any

from schemas.facts import FACTS, Fact, high, low

NOT_KNOWN = "not known"
_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
# A day follows these without a colon.
_RUNS_ON = ("born", "since", "issued", "apprehended")
_CAUSES = {
    "FACT": "a new fact",
    "MILESTONE": "a milestone reached",
    "CALENDAR": "a date reached",
    "RULEBOOK": "another rulebook",
    "OPTIONS": "other options",
    "SOFTWARE": "another version of the software",
    "OPENED": "a case opened",
    "COMPLETED": "a case completed",
    "QUARANTINED": "a record quarantined or restored",
}
_MARKS = {
    "NEW": "new",
    "CHANGED_SINCE_REVIEW": "changed since the review",
    "AWAITS_SECOND_READER": "awaits a second reader",
    "": "waits",
}
_ONE_DAY = datetime.timedelta(days=1)


def criterion_name(criterion: str, title: str) -> str:
    """A criterion as a person calls it: by the memo's label, where it has one, and its title.

    Examples:
        >>> criterion_name("F1", "Honorably discharged veteran")
        'F1, Honorably discharged veteran'
        >>> criterion_name("not_filed", "The Notice to Appear is not filed with the court")
        'The Notice to Appear is not filed with the court'
    """
    return title if "_" in criterion else f"{criterion}, {title}"


def fact_in_words(fact: Fact, facts: Mapping[str, Any]) -> str:
    """Say what is known about a fact, with its label.

    Args:
        fact: The fact.
        facts: A row of a fact frame.

    Returns:
        A phrase such as `married`, `two arrests`, `born May 4, 2009`, or `custody: not known`.
    """
    value = _value(fact, facts)
    if fact.kind == "bool":
        if value is True:
            return fact.label
        if value is False:
            return fact.asked.absent or f"{fact.label}: no"
    elif fact.kind == "count" and not _unknown(value):
        return _counted(fact, *value)
    elif not _unknown(value) and fact.label.split()[-1] in _RUNS_ON:
        return f"{fact.label} {value_in_words(fact, facts)}"
    return f"{fact.label}: {value_in_words(fact, facts)}"


def value_in_words(fact: Fact, facts: Mapping[str, Any]) -> str:
    """Say what is known about a fact, without its label.

    Args:
        fact: The fact.
        facts: A row of a fact frame.

    Returns:
        Words such as `yes`, `two`, `between one and two`, `May 4, 2009`, `in May 2009`, `never
        detained`, or `not known`.
    """
    value = _value(fact, facts)
    if _unknown(value):
        return NOT_KNOWN
    if fact.kind == "bool":
        return "yes" if value else "no"
    if fact.kind == "code":
        return code(fact, value)
    least, most = value
    if fact.kind == "date":
        return _between_days(least, most)
    return _between(_amount(least), _amount(most))


def number(count: int) -> str:
    """Write a number in words up to ten, and in digits above: `no`, `two`, `1,200`.

    Examples:
        >>> number(0), number(2), number(1_200)
        ('no', 'two', '1,200')
    """
    return _NUMBERS[count] if 0 <= count < len(_NUMBERS) else f"{count:,}"


def percent(part: int, whole: int) -> str:
    r"""Write a share as the summary does, with a blank at which no line is broken.

    Examples:
        >>> percent(1, 8), percent(0, 0)
        ('12.5\xa0%', '0.0\xa0%')
    """
    return f"{100 * part / whole if whole else 0:.1f}\N{NO-BREAK SPACE}%"


def day(date: datetime.date) -> str:
    """Write a day as Americans do: `May 4, 2009`."""
    return f"{calendar.month_name[date.month]} {date.day}, {date.year}"


def written_day(text: str) -> str:
    """Write a record's day (`2009-05-04`) as Americans do; other text stays as it is."""
    try:
        return day(datetime.date.fromisoformat(text))
    except ValueError:
        return text


def code(fact: Fact, value: str) -> str:
    """Write one of a fact's own codes in words (`never detained`); others stay as they are."""
    return value.lower().replace("_", " ") if value in fact.values else value


def label(name: str) -> str:
    """Return a fact's label; if the catalog doesn't have the fact, its name with blanks."""
    return FACTS[name].label if name in FACTS else name.replace("_", " ")


def warning_in_words(warning: str) -> str:
    """Write a warning (`entries.date:BAD_DATE`) in words (`entries, date: bad date`).

    Examples:
        >>> warning_in_words("entries.date:BAD_DATE")
        'entries, date: bad date'
    """
    field, _, reason = warning.partition(":")
    place = ", ".join(field.split(".")).replace("_", " ")
    return f"{place}: {reason.lower().replace('_', ' ')}" if reason else place


def cause(kind: str) -> str:
    """Write the kind of a change's cause (change.avsc) in words: `a milestone reached`."""
    return _CAUSES.get(kind.upper(), kind)


def queue_mark(mark: str) -> str:
    """Write a mark of the queue (queue.avsc) in words: `changed since the review`, or `waits`."""
    return _MARKS.get(mark, mark.lower().replace("_", " "))


def sentence(text: str) -> str:
    """Make a text begin with a capital and end with a period."""
    return f"{text[:1].upper()}{text[1:].rstrip('.')}."


def _value(fact: Fact, facts: Mapping[str, Any]) -> Any:
    if fact.kind in ("bool", "code"):
        return facts[fact.name]
    return facts[low(fact.name)], facts[high(fact.name)]


def _unknown(value: Any) -> bool:
    # Between zero and an unknown number means that nothing is known.
    return value is None or value in ((None, None), (0, None))


def _counted(fact: Fact, least: int | None, most: int | None) -> str:
    noun = fact.label if most != 1 else fact.asked.one or fact.label
    if least == most:
        return f"{number(least or 0)} {noun}"
    if most is None:
        noun = fact.label if least != 1 else fact.asked.one or fact.label
        return f"at least {number(least or 0)} {noun}"
    if not least:
        return f"at most {number(most)} {noun}"
    return f"between {number(least)} and {number(most)} {noun}"


def _amount(count: int | None) -> str | None:
    return None if count is None else number(count) if count else "none"


def _between(least: str | None, most: str | None) -> str:
    if least == most:
        return least or NOT_KNOWN
    if most is None:
        return f"at least {least}"
    return f"at most {most}" if least in (None, "none") else f"between {least} and {most}"


def _between_days(least: datetime.date | None, most: datetime.date | None) -> str:
    if least is None:
        return NOT_KNOWN if most is None else f"on or before {day(most)}"
    if most is None:
        return f"on or after {day(least)}"
    if least == most:
        return day(least)
    after = most + _ONE_DAY
    if least.day == 1 and after.day == 1:
        if (least.year, least.month) == (most.year, most.month):
            return f"in {calendar.month_name[least.month]} {least.year}"
        if least.month == 1 and after.month == 1 and least.year == most.year:
            return f"in {least.year}"
    return f"between {day(least)} and {day(most)}"
