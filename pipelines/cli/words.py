"""Suggestions for misspelled words."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def close_to(word: str, words: Iterable[str]) -> str | None:
    """Return the word that was probably meant, if there is one."""
    return next(iter(difflib.get_close_matches(word, list(words), n=1)), None)
