"""Answers: what a person says about a fact, such as `arrests=0` or `gang-member=yes`."""

from __future__ import annotations

import calendar
import datetime
import re
from typing import Any

from schemas.codes import aliases, code_key
from schemas.facts import FACTS, Fact
from schemas.near import close_to

_BOOL = {"yes": True, "y": True, "true": True, "no": False, "n": False, "false": False}
_UNKNOWN = ("unknown", "not known", "null", "")
_COUNT = re.compile(r"(\d{1,6})(?:(\+)|-(\d{1,6}))?")
_DATE = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?")


class AnswerError(ValueError):
    """An answer that can't be used; the message is one line, without the value."""


def parse_answer(text: str) -> tuple[Fact, dict[str, Any]]:
    """Parse an answer.

    Args:
        text: A fact's name or label (blanks, hyphens, and case don't matter), `=`, and `yes` or
            `no`, a number (`2`, `1-2`, `1+`), a date (`2009-05-04`, `2009-05`, `2009`), a code, or
            `unknown`.

    Returns:
        The fact, and the values of its columns.

    Raises:
        AnswerError: There is no such fact, or the value is of the wrong kind.
    """
    name, equals, value = text.partition("=")
    if not equals:
        raise AnswerError("write FACT=VALUE, such as arrests=0")
    fact = _fact(name)
    value = value.strip()
    if value.lower() in _UNKNOWN:
        return fact, _bounds(fact, 0 if fact.kind == "count" else None, None)
    least, most = _VALUES[fact.kind](fact, value)
    return fact, _bounds(fact, least, most)


def _fact(name: str) -> Fact:
    names = {code_key(fact.name): fact for fact in FACTS.values()}
    labels = {code_key(fact.label): fact for fact in FACTS.values()}
    key = code_key(name)
    if (fact := names.get(key) or labels.get(key)) is not None:
        return fact
    near = close_to(key, [*names, *labels])
    hint = f"; did you mean {near.replace(' ', '-')}" if near else ""
    raise AnswerError(
        f"there is no fact with that name{hint} (discretion rulebook facts lists them)"
    )


def _bounds(fact: Fact, least: Any, most: Any) -> dict[str, Any]:
    return dict(zip(fact.columns, (least, most), strict=False))


def _bool(fact: Fact, value: str) -> tuple[Any, Any]:
    if value.lower() not in _BOOL:
        raise AnswerError(f"{fact.label}: write yes, no, or unknown")
    return _BOOL[value.lower()], None


def _count(fact: Fact, value: str) -> tuple[Any, Any]:
    found = _COUNT.fullmatch(value)
    if found is None or (found[3] is not None and int(found[3]) < int(found[1])):
        raise AnswerError(
            f"{fact.label}: write a number, such as 2; a range, such as 1-2; or 1+ for one or more"
        )
    least = int(found[1])
    return least, None if found[2] else int(found[3] or least)


def _day(fact: Fact, value: str) -> tuple[Any, Any]:
    found = _DATE.fullmatch(value)
    try:
        if found is None:
            raise ValueError
        year, month, day = (None if part is None else int(part) for part in found.groups())
        first = datetime.date(year or 0, month or 1, day or 1)
        last = datetime.date(year or 0, month or 12, 1)
        days = calendar.monthrange(last.year, last.month)[1]
        return first, first if day else last.replace(day=days)
    except ValueError:
        raise AnswerError(
            f"{fact.label}: write a date, such as 2009-05-04, 2009-05, or 2009"
        ) from None


def _code(fact: Fact, value: str) -> tuple[Any, Any]:
    tables = {"court": "courts", "nationality": "nationalities"}
    if fact.name in tables:
        found = aliases(tables[fact.name]).get(code_key(value))
        if found is None:
            raise AnswerError(f"{fact.label}: there is no such code or name")
        return found, None
    if not fact.values:
        return value, None
    by_key = {code_key(code): code for code in fact.values}
    if code_key(value) not in by_key:
        allowed = ", ".join(code.lower().replace("_", "-") for code in fact.values)
        raise AnswerError(f"{fact.label}: write one of {allowed}, or unknown")
    return by_key[code_key(value)], None


_VALUES = {"bool": _bool, "count": _count, "date": _day, "code": _code}
