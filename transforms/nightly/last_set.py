"""The event that set each field of a case last."""

from __future__ import annotations

import numpy as np
import polars as pl

from transforms.frames.frame import Frame
from transforms.nightly.events import FIELDS, OPENERS

# Not a field: the last event that makes a case known.
OPENER = "_opener"
_COLUMNS = (*FIELDS, OPENER)


def last_set(events: Frame) -> Frame:
    """Find the event that set each field of each case last.

    Args:
        events: `case_id`, `kind`, and `sets` of case_event.avsc, sorted by case, and within a case
            by the order in which the events count.

    Returns:
        One row per case, in order: `case_id`, then, by the name of each field, the row number of
        its event (UInt32; null if none set it), and, as `OPENER`, that of the last event that makes
        the case known.

    Examples:
        >>> events = pl.DataFrame(
        ...     {
        ...         "case_id": ["1", "1", "2"],
        ...         "kind": ["CASE_OPENED", "FACT_CHANGED", "CASE_OPENED"],
        ...         "sets": [["court", "custody"], ["court"], ["court"]],
        ...     }
        ... )
        >>> last_set(events).select("case_id", "court", "custody", OPENER).rows()
        [('1', 1, 0, 0), ('2', 2, None, 2)]
    """
    ids = events["case_id"].unique(maintain_order=True)
    case = events["case_id"].rle_id().to_numpy().astype(np.int64)
    named = (
        events.select(row=pl.int_range(pl.len()), field=pl.col("sets"))
        .explode("field")
        .with_columns(pl.col("field").cast(pl.Enum(FIELDS), strict=False).to_physical())
        .drop_nulls()
    )
    row, field = named["row"].to_numpy(), named["field"].to_numpy()
    opener = events["kind"].is_in(OPENERS).arg_true().to_numpy().astype(np.int64)
    last = np.full((ids.len(), len(_COLUMNS)), -1)
    # Assigned, an element that is named twice could get either value.
    np.maximum.at(last, (case[row], field), row)
    np.maximum.at(last, (case[opener], len(_COLUMNS) - 1), opener)
    rows = pl.DataFrame(last, schema=_COLUMNS).select(
        pl.when(pl.all() >= 0).then(pl.all()).cast(pl.UInt32)
    )
    return pl.DataFrame([ids]).hstack(rows)
