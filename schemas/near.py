"""Near: what a misspelled word probably meant."""

from __future__ import annotations

from collections.abc import Iterable


def close_to(word: str, words: Iterable[str], alike: float = 0.6) -> str | None:
    """Return the word that was probably meant, if there is one.

    Args:
        word: The word as written.
        words: The words that there are.
        alike: How much alike the two must be, from 0 to 1.
    """
    # Only a misspelled word needs it, and every command would wait for it.
    import difflib

    return next(iter(difflib.get_close_matches(word, list(words), n=1, cutoff=alike)), None)
