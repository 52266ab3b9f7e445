"""Tally: count the results for cases."""

from __future__ import annotations

import polars as pl

from transforms.assess.frame import Assessed
from transforms.frames.frame import Frame
from transforms.route.tally import tally_recommendations, tally_rows


def tally(assessed: Assessed) -> Frame:
    """Count the results for cases.

    Args:
        assessed: Their results.

    Returns:
        Columns `of`, `key`, and `count` (`transforms.route.tally`).
    """
    outside = assessed.outside
    unknown = assessed.records.filter(pl.col("scope_unknown") & ~pl.col("completed"))
    return pl.concat(
        [
            tally_recommendations(assessed.recommendations),
            tally_rows("completed", outside.filter("completed")),
            tally_rows("out_of_scope", outside.filter(~pl.col("completed"))),
            tally_rows("scope_unknown", unknown),
        ]
    )
