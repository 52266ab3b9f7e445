"""Null spellings: text that means unknown (schemas/codes/nulls.yaml)."""

from __future__ import annotations

import re

import polars as pl

from schemas.codes import null_runs, null_words

_WORDS = "|".join(re.escape(word) for word in sorted(null_words()))
_RUNS = null_runs()


def _pattern(*runs: str) -> str:
    # One pattern; stripping, lowering, and looking up takes three times as long.
    return rf"(?i)^\s*(?:{'|'.join((_WORDS, _RUNS['withheld'], *runs))})\s*$"


NOTHING = _pattern(_RUNS["text"])
"""The texts that `is_nothing` finds, as a regular expression."""

NO_CODE = _pattern(_RUNS["text"], _RUNS["code"])
"""What `is_no_code` finds."""

NO_DATE = _pattern(_RUNS["text"], _RUNS["date"])
"""What `is_no_date` finds."""


def is_nothing(text: pl.Expr) -> pl.Expr:
    r"""Tell whether text means unknown: blank, N/A, NULL, \N, ??, - ...

    Args:
        text: String.

    Returns:
        Boolean; null if the text is null.

    Examples:
        >>> texts = pl.DataFrame({"court": ["N/A", " ?? ", "Baltimore", None]})
        >>> texts.select(is_nothing(pl.col("court")))["court"].to_list()
        [True, True, False, None]
    """
    return text.str.contains(NOTHING)


def is_no_code(text: pl.Expr) -> pl.Expr:
    """Tell whether a code or an id means unknown; that includes zeros (00, 000000)."""
    return text.str.contains(NO_CODE)


def is_no_date(text: pl.Expr) -> pl.Expr:
    """Tell whether a date means unknown; that includes 00/00/0000, 0000-00-00, and 0."""
    return text.str.contains(NO_DATE)


def given_text(text: pl.Expr) -> pl.Expr:
    """Trim text; null if it means unknown."""
    return pl.when(~is_nothing(text)).then(text.str.strip_chars())


def given_code(text: pl.Expr) -> pl.Expr:
    """Trim a code or an id; null if it means unknown."""
    return pl.when(~is_no_code(text)).then(text.str.strip_chars())
