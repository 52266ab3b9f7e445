"""A date of any precision, read as normalizing reads it."""

from __future__ import annotations

import polars as pl

from transforms.normalize.dates import real_date, written_date


def iso_date(text: pl.Expr) -> pl.Expr:
    """Read text in any of the forms as YYYY-MM-DD, YYYY-MM, or YYYY.

    Args:
        text: String.

    Returns:
        String; null if it isn't such a date, is a placeholder, or is outside 1900 to 2199.
    """
    return real_date(written_date(text))
