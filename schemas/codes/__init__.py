"""Code tables: what agencies write, and the code it stands for."""

from __future__ import annotations

import functools
import re
from pathlib import Path
from typing import Any

import yaml

# Fields of a case record whose words are looked up in a table: only its codes are ever in one.
CODE_TABLES = {"court": "courts", "nationality": "nationalities"}

_GAPS = re.compile(r"[^a-z0-9]+")


def code_key(text: str) -> str:
    """The form in which words are looked up: lower case, one blank for anything but letters."""
    return _GAPS.sub(" ", text.lower()).strip()


@functools.cache
def aliases(table: str) -> dict[str, str]:
    """Words of a table to codes.

    Args:
        table: `courts`, `nationalities`, `offenses` or `forms`.

    Returns:
        `code_key` of each code and of each other name, to the code.
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
def open_offenses() -> dict[str, tuple[tuple[str, ...], str]]:
    """Words that settle no category of offense.

    Returns:
        `code_key` of each, to the categories that it may mean, the one that is kept first, and why.
    """
    return {
        code_key(word): (tuple(words["may_be"]), words["note"])
        for words in _read("offenses")["open"]
        for word in words["names"]
    }


@functools.cache
def charge_families() -> dict[str, frozenset[str]]:
    """Families of charges to their whole codes."""
    return {family: frozenset(codes) for family, codes in _read("charges")["families"].items()}


@functools.cache
def charge_labels() -> dict[str, str]:
    """Every charge that can be read: its whole code, and what it says."""
    return dict(_read("charges")["codes"])


@functools.cache
def court_only_charges() -> dict[str, str]:
    """Charge codes that are read only as the court itself writes them, with their two meanings."""
    return dict(_read("charges")["court_only"])


@functools.cache
def unsettled_charges() -> dict[str, str]:
    """Codes that mean two things, and which: they are not read."""
    return dict(_read("charges")["unsettled"])


@functools.cache
def charge_spellings() -> dict[str, str]:
    """Spellings of charges that no rule covers, and their codes."""
    return dict(_read("charges")["spellings"])


@functools.cache
def form_families() -> dict[str, frozenset[str]]:
    """FAMILY and PROTECTION to the codes of applications."""
    return {family: frozenset(codes) for family, codes in _read("forms")["families"].items()}


@functools.cache
def null_words() -> frozenset[str]:
    """Words that say that there is nothing, in lower case."""
    return frozenset(_read("nulls")["words"])


@functools.cache
def null_runs() -> dict[str, str]:
    """Patterns that say that there is nothing: in any `text`, in a `code` or id, in a `date`."""
    return dict(_read("nulls")["runs"])


@functools.cache
def placeholder_days() -> frozenset[str]:
    """Days, months, and years that stand where none was known, as ISO 8601 text."""
    return frozenset(placeholder_notes())


@functools.cache
def placeholder_notes() -> dict[str, str]:
    """Placeholder days, and where each comes from."""
    return dict(_read("placeholders"))


@functools.cache
def number_ranges() -> dict[str, tuple[int, int]]:
    """Fields of whole numbers (`arrests`, `convictions.custody_days`) to their least and most."""
    ranges = _read("numbers")
    return {field: (int(row["least"]), int(row["most"])) for field, row in ranges.items()}


@functools.cache
def _read(table: str) -> dict[str, Any]:
    text = Path(__file__).with_name(f"{table}.yaml").read_text("utf-8")
    # Codes such as NO (Norway) and 245 are words, not truth values or numbers.
    content: dict[str, Any] = yaml.load(text, Loader=yaml.CBaseLoader)
    return content
