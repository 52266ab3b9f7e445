"""Cells of a CSV file that no spreadsheet takes for a formula."""

from __future__ import annotations

import polars as pl

from transforms.frames.frame import Frame

# What OWASP lists: a spreadsheet may run a cell that starts so, however it is quoted.
STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
GUARD = "'"
_RISKY = r"^[=+@\t\r\n-]"


def without_formulas(frame: Frame) -> Frame:
    """Put an apostrophe before each text that a spreadsheet might run.

    Args:
        frame: Any columns; only text is changed, numbers and dates aren't.

    Returns:
        The frame.
    """
    names = [name for name, dtype in frame.schema.items() if dtype == pl.String]
    return frame.with_columns(_guarded(pl.col(name)).alias(name) for name in names)


def _guarded(text: pl.Expr) -> pl.Expr:
    return pl.when(text.str.contains(_RISKY)).then(pl.lit(GUARD) + text).otherwise(text)


def as_written(text: str) -> str:
    """Return a text without the apostrophe that `without_formulas` put before it.

    Examples:
        >>> as_written("'-5"), as_written("'tis"), as_written("A-1")
        ('-5', "'tis", 'A-1')
    """
    return text[1:] if text.startswith(GUARD) and text[1:].startswith(STARTS) else text
