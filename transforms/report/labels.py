"""Labels: the names of what the page counts, for a person."""

from __future__ import annotations

import calendar
import functools
from collections.abc import Mapping

from schemas.codes import aliases, code_key, court_names
from schemas.facts import FACTS
from schemas.rulebook.compiled import CompiledRulebook
from schemas.shown import shown
from schemas.words import cause, code, criterion_name

NOT_KNOWN = "not known"
_SMALL = ("and", "of", "the", "de")


def value_label(of: str, value: str | None) -> str:
    """Name a value of an attribute.

    Examples:
        >>> value_label("court", "BAL"), value_label("custody", "NEVER_DETAINED")
        ('Baltimore (BAL)', 'never detained')
        >>> value_label("court", None)
        'not known'
    """
    if value is None:
        return NOT_KNOWN
    if of in ("court", "nationality"):
        name = (court_names() if of == "court" else _nationalities()).get(value)
        return f"{name} ({shown(value)})" if name else shown(value)
    if of in FACTS:
        return shown(code(FACTS[of], value))
    return shown(value)


@functools.cache
def _nationalities() -> Mapping[str, str]:
    """Return the name of each nationality."""
    found: dict[str, str] = {}
    for name, of in aliases("nationalities").items():
        if name != code_key(of):
            found.setdefault(of, " ".join(map(_capital, name.split())))
    return found


def _capital(word: str) -> str:
    return word if word in _SMALL else word.capitalize()


def month_label(month: str) -> str:
    """Name a month.

    Examples:
        >>> month_label("2011-12")
        'December 2011'
    """
    year, number = month.split("-")
    return f"{calendar.month_name[int(number)]} {year}"


def cause_label(kind: str, what: str | None) -> str:
    """Name a cause of a change: its kind, and the milestone or field that it is about."""
    name = cause(kind)
    return f"{name}: {shown(what).replace('_', ' ')}" if what else name


def criterion_label(rulebook: CompiledRulebook, criterion: str) -> str:
    """Name a criterion; one that the rulebook doesn't have keeps its id."""
    found = {one.id: one.criterion.title for one in rulebook.criteria}
    return criterion_name(criterion, found[criterion]) if criterion in found else shown(criterion)
