"""Words in messages: numbers of things, and suggestions for misspelled words."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def close_to(word: str, words: Iterable[str]) -> str | None:
    """Return the word that was probably meant, if there is one."""
    return next(iter(difflib.get_close_matches(word, list(words), n=1)), None)


def counted(number: int, thing: str) -> str:
    """Return a number of things, in words.

    Examples:
        >>> counted(1, "case"), counted(2500, "case")
        ('1 case', '2,500 cases')
    """
    return f"{number:,} {thing}" + ("" if number == 1 else "s")
