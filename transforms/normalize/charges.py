"""Charges of removability: one spelling a code."""

from __future__ import annotations

import polars as pl


def charge_code(text: pl.Expr) -> pl.Expr:
    """A charge in the one spelling that code tables use.

    Blanks and parentheses go: `212a02Ai  I` and `(212)(a)(02)(A)(i)(I)` are `212a02AiI`. The case
    of letters stays, since it tells the level: `212a06A` and `212a06Ai` are different charges.

    Args:
        text: Codes as EOIR writes them (String).

    Returns:
        String.
    """
    squeezed = text.str.replace_all(r"[\s()]+", "")
    return squeezed.str.replace(r"^(\d{3}a)(\d)([A-Z]|$)", "${1}0$2$3")
