"""Null spellings: text that only says that there is nothing (schemas/codes/nulls.yaml)."""

from __future__ import annotations

import re

import polars as pl

from schemas.codes import null_runs, null_words

_WORDS = "|".join(re.escape(word) for word in sorted(null_words()))
_RUNS = null_runs()


def is_nothing(text: pl.Expr) -> pl.Expr:
    r"""Whether text only says that there is nothing: blank, N/A, NULL, \N, ??, - ...

    Args:
        text: String.

    Returns:
        Boolean; null where the text is null.
    """
    return _is_nothing(text, _RUNS["text"])


def is_no_code(text: pl.Expr) -> pl.Expr:
    """Whether a code or an id only says that there is nothing, zeros (00, 000000) included."""
    return _is_nothing(text, f"{_RUNS['text']}|{_RUNS['code']}")


def is_no_date(text: pl.Expr) -> pl.Expr:
    """Whether a date only says that there is nothing: also 00/00/0000, 0000-00-00, 0."""
    return _is_nothing(text, f"{_RUNS['text']}|{_RUNS['date']}")


def given_text(text: pl.Expr) -> pl.Expr:
    """Text without surrounding blanks; null where it only says that there is nothing."""
    return pl.when(~is_nothing(text)).then(text.str.strip_chars())


def given_code(text: pl.Expr) -> pl.Expr:
    """A code or an id without surrounding blanks; null where it says that there is nothing."""
    return pl.when(~is_no_code(text)).then(text.str.strip_chars())


def _is_nothing(text: pl.Expr, runs: str) -> pl.Expr:
    # One pattern: to strip, to lower, and to look up costs three times as much.
    return text.str.contains(rf"(?i)^\s*(?:{_WORDS}|{runs})\s*$")
