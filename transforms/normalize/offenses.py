"""Offenses of convictions: the category, whether the words settle it, and the words themselves.

Words that leave the category open (schemas/codes/offenses.yaml, `open`) give the first one that
they may mean, with `category_open` true. If the record has a category that can't be read, its words
give none: the two may not agree, so it is open, too. If the record has its own `category_open`,
that stands.
"""

from __future__ import annotations

import polars as pl

from schemas.codes import aliases, open_offenses
from transforms.frames.nulls import given_text
from transforms.normalize.cells import word_key

_TABLE = "offenses"


def is_settled(conviction: pl.Expr) -> pl.Expr:
    """Tell whether a conviction's category needs nothing beyond what the record says.

    Args:
        conviction: Convictions (Struct).

    Returns:
        Boolean, never null.
    """
    category, words = (conviction.struct.field(name) for name in ("category", "offense"))
    is_open = conviction.struct.field("category_open")
    # Only words, or a category that is also a word, such as ARSON.
    only_words = category.is_null() & words.is_not_null() & ~is_open.fill_null(False)
    return (is_open.is_not_null() | ~_is_open(category)) & ~only_words


def offense_of(conviction: pl.Expr, category: pl.Expr) -> dict[str, pl.Expr]:
    """Read a conviction's category from its code and its words.

    Args:
        conviction: Convictions (Struct), as agencies write them.
        category: The category as read.

    Returns:
        `category`, `category_open`, and `offense`.

    Examples:
        >>> convictions = pl.DataFrame(
        ...     {"conviction": [{"category": "", "category_open": None, "offense": "harassment"}]}
        ... )
        >>> kept = offense_of(pl.col("conviction"), pl.lit(None, pl.String))
        >>> convictions.select(**kept).to_dicts()[0]
        {'category': 'THREATS', 'category_open': True, 'offense': 'harassment'}
    """
    written, words = (conviction.struct.field(name) for name in ("category", "offense"))
    read = word_key(words).replace_strict(aliases(_TABLE), default=None, return_dtype=pl.String)
    codes = pl.Series(sorted(set(aliases(_TABLE).values()))).implode()
    by_words = given_text(written).is_null()
    unreadable = category.is_null() & given_text(words).is_not_null()
    opened = pl.when(by_words).then(_is_open(words)).otherwise(_is_open(written) | unreadable)
    is_open = conviction.struct.field("category_open")
    settled = by_words & ~is_open.fill_null(False)
    return {
        "category": pl.coalesce(category, pl.when(settled).then(read)),
        "category_open": pl.coalesce(is_open, pl.when(opened).then(True)),
        "offense": pl.coalesce(
            given_text(words), pl.when(~written.is_in(codes)).then(given_text(written))
        ),
    }


def _is_open(words: pl.Expr) -> pl.Expr:
    return word_key(words).is_in(sorted(open_offenses())).fill_null(False)
