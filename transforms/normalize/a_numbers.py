"""A-numbers, in the ways that agencies write them."""

from __future__ import annotations

import polars as pl

from transforms.frames.nulls import is_no_code

# A, Alien No., A-File #, and so on, and what separates it from the digits.
_LABEL = r"A(?:lien|-?file)?[\s.:-]*(?:(?:no|nbr|num|number|reg(?:istration)?\s+no)\b|#)?[\s.:#-]*"
_GROUPS = r"[0-9]{7,9}|[0-9]{1,3}(?:[\s-][0-9]{3}){2}"
_LABELED = rf"(?i)^'?\(?{_LABEL}({_GROUPS}|[0-9]{{1,3}}(?:\.[0-9]{{3}}){{2}})\)?$"
# Without a label, it could be a date or an amount, so only digits alone or in threes.
_BARE = rf"^'?({_GROUPS})$"
_DAY = r"(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])"
_BARE_DATE = rf"^(?:(?:19|20)[0-9]{{2}}{_DAY}|{_DAY}(?:19|20)[0-9]{{2}})$"


def a_number(text: pl.Expr) -> pl.Expr:
    """Read an A-number as A and its 7 to 9 digits.

    These are read: A012345678, A12-345-678, A# 012 345 678, a012.345.678, Alien No. 012345678,
    012-345-678, and 012345678. These aren't: dates (including 20051231 and 12312005), decimals,
    signed numbers, Social Security numbers (123-45-6789), and two numbers in one field.

    Args:
        text: String.

    Returns:
        String; null if it isn't an A-number.

    Examples:
        >>> written = pl.DataFrame({"a_number": ["A# 012 345 678", "12-345-678", "20051231"]})
        >>> written.select(a_number(pl.col("a_number"))).to_series().to_list()
        ['A012345678', 'A12345678', None]
    """
    tidy = text.str.strip_chars().str.replace_all(r"\p{Pd}", "-")
    bare = tidy.str.extract(_BARE)
    digits = pl.coalesce(
        tidy.str.extract(_LABELED), pl.when(~bare.str.contains(_BARE_DATE)).then(bare)
    ).str.replace_all("[^0-9]", "")
    # 000-000-000 is a null spelling.
    return pl.when(~is_no_code(digits)).then("A" + digits)
