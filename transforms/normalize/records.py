"""Normalize: one spelling for every value, and the conflicts within each record.

A value that can't be read becomes unknown, with a warning `field:REASON`, if that is safe:

| field | reason | what is done |
|---|---|---|
| a date in an unknown form, or in another century | BAD_DATE | the date is unknown |
| a placeholder date: 1/1/1900, 9999-12-31, and so on | PLACEHOLDER | it is unknown |
| a past event (birth, conviction, ...) dated after as-of | FUTURE_DATE | the date is unknown |
| court, nationality, form or category not in the tables | UNKNOWN_CODE | the code is unknown |
| a charge that can't be read | UNREADABLE_CHARGE | the charge stays, with an unknown code |
| an impossible number, such as arrests: -1 | OUT_OF_RANGE | the number is unknown |
| an A-number that isn't A and 7 to 9 digits | BAD_NUMBER | it is unknown |

Warnings from an earlier reading stay while the value they are about is unknown, so that normalizing
again changes nothing.

Text that means unknown (N/A, NULL, ??, and so on) is null without a warning. The lists of null
spellings, placeholders, and bounds, and the tables of codes, are in schemas/codes; `discretion
codes` shows them.

An element of a list is never dropped: a conviction with an unreadable date is still a conviction.
The date of a removal or a conviction after the as-of date stays, and is a conflict, like other
statements in a record that can't both be true (`transforms.normalize.conflicts`). Only a record
without a case_id is quarantined: MISSING_CASE_ID.
"""

from __future__ import annotations

import datetime

import polars as pl

from transforms.avro.quarantined import QUARANTINED
from transforms.frames.frame import Frame
from transforms.normalize.case_frame import CASES, case_key
from transforms.normalize.conflicts import find_conflicts
from transforms.normalize.fields import normalize_fields
from transforms.normalize.losses import loss_lists, lost_before
from transforms.normalize.quarantine import quarantined_records


def normalize(records: Frame, as_of: datetime.date) -> tuple[Frame, Frame]:
    """Normalize case records.

    Args:
        records: Columns of case_record.avsc, as agencies write them.
        as_of: The as-of date.

    Returns:
        The normalized records with the column `conflicts` (List(String)), which, like `warnings`,
        is never null; and the quarantined ones as rows of quarantined.avsc.
    """
    normal, lost = normalize_fields(records.with_columns(case_id=case_key()), as_of)
    normal = normal.with_columns(_precision())
    normal = normal.with_columns(warnings=loss_lists([lost, lost_before(normal)], normal.height))
    normal = normal.with_columns(find_conflicts(normal, as_of))
    nameless = normal["case_id"].is_null()
    if not nameless.any():
        return normal, QUARANTINED.to_frame()
    quarantined = quarantined_records(
        records.filter(nameless),
        "normalize",
        pl.lit("MISSING_CASE_ID"),
        pl.lit("case_id"),
        "the record has no case_id",
    )
    # The record is kept as it arrived, even with an id of N/A, which doesn't name a case.
    return normal.filter(~nameless), quarantined.with_columns(case_id=case_key())


def _precision() -> pl.Expr:
    """Return how much of the birth date is known, by its length."""
    written = pl.col("birth_date").str.len_bytes()
    symbols = CASES["birth_precision"]
    return (
        pl.when(written == 10)
        .then(pl.lit("DAY", symbols))
        .when(written == 7)
        .then(pl.lit("MONTH", symbols))
        .when(written == 4)
        .then(pl.lit("YEAR", symbols))
        .otherwise(pl.lit("UNKNOWN", symbols))
        .alias("birth_precision")
    )
