"""Code tables: what agencies write, and the code that it stands for."""

from __future__ import annotations

import functools
import re
from pathlib import Path
from typing import Any

from schemas.catalogs import read_catalog

# Fields of a case record whose words are looked up in a table, so they hold only its codes.
CODE_TABLES = {"court": "courts", "nationality": "nationalities"}

_GAPS = re.compile(r"[^a-z0-9]+")


def code_key(text: str) -> str:
    """Return the form in which words are looked up: lower case, one blank for punctuation.

    Examples:
        >>> code_key(" Drunk-Driving, 2nd ")
        'drunk driving 2nd'
    """
    return _GAPS.sub(" ", text.lower()).strip()


@functools.cache
def aliases(table: str) -> dict[str, str]:
    """Return the codes of a table, by their spellings.

    Args:
        table: `courts`, `nationalities`, `offenses`, or `forms`.

    Returns:
        The code for each `code_key`, both of the code and of its other names.
    """
    content = _read(table)
    names: dict[str, list[str]] = content.get("names", content)
    found: dict[str, str] = {}
    for code, others in names.items():
        for word in (code, *others):
            found.setdefault(code_key(word), code)
    for words in content.get("open", ()):
        for word in words["names"]:
            found.setdefault(code_key(word), words["may_be"][0])
    return found


@functools.cache
def court_names() -> dict[str, str]:
    """Return the names of courts by code; a court known only by its code isn't there."""
    names: dict[str, str] = {}
    for word, code in aliases("courts").items():
        if word != code_key(code):
            names.setdefault(code, word.title())
    return names


@functools.cache
def open_offenses() -> dict[str, tuple[tuple[str, ...], str]]:
    """Return the words that leave the category of an offense open.

    Returns:
        For each `code_key`: the categories that it may mean (the one that is kept comes first), and
        why.
    """
    return {
        code_key(word): (tuple(words["may_be"]), words["note"])
        for words in _read("offenses")["open"]
        for word in words["names"]
    }


@functools.cache
def charge_families() -> dict[str, frozenset[str]]:
    """Return the full codes of each family of charges."""
    return {family: frozenset(codes) for family, codes in _read("charges")["families"].items()}


def charges_of(*families: str) -> list[str]:
    """Return the full codes of the charges of some families, in order."""
    table = charge_families()
    return sorted(frozenset().union(*(table[family] for family in families)))


@functools.cache
def charge_labels() -> dict[str, str]:
    """Return every charge that can be read: its full code, and what it says."""
    return dict(_read("charges")["codes"])


@functools.cache
def court_only_charges() -> dict[str, str]:
    """Return the charge codes read only in the court's spelling, with their two meanings."""
    return dict(_read("charges")["court_only"])


@functools.cache
def unsettled_charges() -> dict[str, str]:
    """Return the ambiguous codes, with their meanings. They aren't read."""
    return dict(_read("charges")["unsettled"])


@functools.cache
def charge_spellings() -> dict[str, str]:
    """Return the spellings of charges that no rule covers, with their codes."""
    return dict(_read("charges")["spellings"])


@functools.cache
def form_families() -> dict[str, frozenset[str]]:
    """Return the codes of applications for FAMILY and for PROTECTION."""
    return {family: frozenset(codes) for family, codes in _read("forms")["families"].items()}


@functools.cache
def null_words() -> frozenset[str]:
    """Return the words that mean unknown, in lower case."""
    return frozenset(_read("nulls")["words"])


@functools.cache
def null_runs() -> dict[str, str]:
    """Return the patterns that mean unknown: `withheld`, and in a `text`, a `code`, or a `date`."""
    return dict(_read("nulls")["runs"])


@functools.cache
def placeholder_days() -> frozenset[str]:
    """Return the placeholder days, months, and years, as ISO 8601 text."""
    return frozenset(placeholder_notes())


@functools.cache
def placeholder_notes() -> dict[str, str]:
    """Return the placeholder days, with the origin of each."""
    return dict(_read("placeholders"))


@functools.cache
def number_ranges() -> dict[str, tuple[int, int]]:
    """Return the bounds of whole-number fields (`arrests`, `convictions.custody_days`)."""
    ranges = _read("numbers")
    return {field: (int(row["least"]), int(row["most"])) for field, row in ranges.items()}


@functools.cache
def _read(table: str) -> dict[str, Any]:
    content: dict[str, Any] = read_catalog(Path(__file__).with_name(f"{table}.yaml"))
    return content
