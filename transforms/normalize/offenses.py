"""Offenses of convictions: the category, whether the words settle it, and the words themselves.

Words that leave the category open (schemas/codes/offenses.yaml, `open`) give the first one that
they may mean, with `category_open` true. If the record has a category that can't be read, its words
give none: the two may not agree, so it is open, too. If the record has its own `category_open`,
that stands.
"""

from __future__ import annotations

import polars as pl

from schemas.codes import aliases, code_key, open_offenses
from transforms.frames.nulls import given_text
from transforms.normalize.cells import coded, word_key
from transforms.normalize.readings import Readings

_TABLE = "offenses"


def is_settled(conviction: pl.Expr) -> pl.Expr:
    """Tell whether a conviction's category needs nothing beyond what the record says.

    Args:
        conviction: Convictions (Struct), with a code as the category, if any.

    Returns:
        Boolean, never null.
    """
    category, words = (conviction.struct.field(name) for name in ("category", "offense"))
    is_open = conviction.struct.field("category_open")
    # Only words, or a category that is also a word, such as ARSON.
    only_words = category.is_null() & words.is_not_null() & ~is_open.fill_null(False)
    open_codes = sorted(
        code for code in aliases(_TABLE).values() if code_key(code) in open_offenses()
    )
    decided = is_open.is_not_null() | ~category.is_in(open_codes).fill_null(False)
    return decided & ~only_words


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
    read = coded(words, _TABLE)
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
    return _OPEN.of(words).is_not_null()


def _if_open(words: pl.Expr) -> pl.Expr:
    return pl.when(word_key(words).is_in(sorted(open_offenses()))).then(words)


_OPEN = Readings(_if_open)
