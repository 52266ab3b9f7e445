"""Words for messages: printable data, and suggestions for misspelled words."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from schemas.shown import shown as shown
from schemas.shown import shown_lines as shown_lines


def close_to(word: str, words: Iterable[str]) -> str | None:
    """Return the word that was probably meant, if there is one."""
    return next(iter(difflib.get_close_matches(word, list(words), n=1)), None)
