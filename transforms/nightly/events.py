"""Events as they are read: normalized, or quarantined if they can't be applied.

| what is wrong | reason |
|---|---|
| no event_id, no case_id, no recorded_at | MISSING_EVENT_ID, MISSING_CASE_ID, MISSING_RECORDED_AT |
| recorded_at isn't in a known date format | BAD_DATE |
| `sets` or `adds` names a field that an event can't set or add to | UNKNOWN_FIELD |
"""

from __future__ import annotations

from typing import NamedTuple

import polars as pl

from schemas.avro import avro_schema
from transforms.avro.quarantined import QUARANTINED
from transforms.avro.types import polars_schema
from transforms.frames.frame import Frame
from transforms.frames.nulls import given_code, given_text, is_no_date
from transforms.normalize.case_frame import CASES, case_key
from transforms.normalize.dates import iso_day, iso_time
from transforms.normalize.quarantine import quarantined_records

EVENTS = polars_schema(avro_schema("case_event"))
# Fields that no event sets: the key, the time of recording, and the warnings from reading.
KEYS = ("case_id", "updated_at", "warnings")
FIELDS = tuple(name for name in CASES if name not in KEYS)
LIST_FIELDS = tuple(name for name in FIELDS if isinstance(CASES[name], pl.List))
OPENERS = ("CASE_OPENED", "RECORD_REPLACED")
# The kind of event for a case's record from a case file.
BASE = ""

_FAULTS = {
    "no_case": ("MISSING_CASE_ID", "case_id", "the event has no case_id"),
    "no_event": ("MISSING_EVENT_ID", "event_id", "the event has no event_id"),
    "no_time": (
        "MISSING_RECORDED_AT",
        "recorded_at",
        "the event doesn't say when it was recorded",
    ),
    "bad_time": ("BAD_DATE", "recorded_at", "when it was recorded isn't in a known date format"),
    "bad_sets": ("UNKNOWN_FIELD", "sets", "it sets a field that an event can't set"),
    "bad_adds": ("UNKNOWN_FIELD", "adds", "it adds to a field that isn't a list"),
}


class Checked(NamedTuple):
    """Normalized events, and the rest as rows of quarantined.avsc."""

    good: Frame
    quarantined: Frame


def normalize_events(events: Frame) -> Checked:
    """Normalize events, and quarantine those that can't be applied.

    Args:
        events: Columns of case_event.avsc, as agencies write them.

    Returns:
        The events that can be applied, and the others as rows of quarantined.avsc.
    """
    names = pl.element().str.strip_chars().str.to_lowercase()
    whole = pl.col("kind").is_in(OPENERS).fill_null(False) & pl.col("sets").is_null()
    empty = pl.lit([], pl.List(pl.String))
    happened = pl.col("happened_at")
    tidy = events.with_columns(
        case_id=case_key(),
        event_id=given_code(pl.col("event_id")),
        # Nothing depends on it; if the time can't be read, its day is still worth keeping.
        happened_at=pl.coalesce(iso_time(happened), iso_day(happened)),
        recorded_at=iso_time(pl.col("recorded_at")),
        sets=pl.when(whole)
        .then(pl.lit(list(FIELDS), pl.List(pl.String)))
        .otherwise(pl.col("sets").list.eval(names).fill_null(empty)),
        adds=pl.col("adds").list.eval(names).fill_null(empty),
    )
    no_time, bad_time = time_faults(events, tidy, "recorded_at")
    faults = tidy.select(
        no_case=pl.col("case_id").is_null(),
        no_event=pl.col("event_id").is_null(),
        no_time=pl.lit(no_time),
        bad_time=pl.lit(bad_time),
        bad_sets=_names_others("sets", FIELDS),
        bad_adds=_names_others("adds", LIST_FIELDS),
    )
    return part(events, tidy, faults, _FAULTS, "event")


def text_of(name: str) -> pl.Expr:
    """Trim a column's text; null if it is a null spelling."""
    return given_text(pl.col(name))


def time_faults(raw: Frame, tidy: Frame, name: str) -> tuple[pl.Series, pl.Series]:
    """Find the rows without a time, and those whose time can't be read.

    Args:
        raw: The rows as read.
        tidy: The same rows, normalized.
        name: The time's column.

    Returns:
        Two Boolean columns, never null.
    """
    timeless = tidy[name].is_null()
    blank = raw.select(pl.col(name).is_null() | is_no_date(pl.col(name))).to_series()
    return timeless & blank, timeless & ~blank


def part(
    raw: Frame, tidy: Frame, faults: Frame, reasons: dict[str, tuple[str, str, str]], stage: str
) -> Checked:
    """Separate rows without a fault from those with one.

    Args:
        raw: The rows as read.
        tidy: The same rows, normalized.
        faults: One Boolean column per fault.
        reasons: For each fault, its reason, the field at fault, and what is wrong.
        stage: The stage at which they are quarantined.

    Returns:
        The good rows, and the bad ones, quarantined for their first fault.
    """
    left = pl.Series([True]).new_from_index(0, raw.height)
    quarantined = [QUARANTINED.to_frame()]
    for name, (reason, field, detail) in reasons.items():
        bad = left & faults[name]
        if bad.any():
            quarantined.append(
                quarantined_records(raw.filter(bad), stage, pl.lit(reason), pl.lit(field), detail)
            )
        left = left & ~faults[name]
    return Checked(tidy.filter(left), pl.concat(quarantined))


def base_events(records: Frame) -> Frame:
    """Convert case records into the events that their cases began with.

    Args:
        records: Columns of case_record.avsc.

    Returns:
        Columns of case_event.avsc, one row per record.
    """
    if records.is_empty():
        # polars panics at a struct without rows that contains an enum.
        return EVENTS.to_frame()
    return records.select(
        event_id=pl.lit(BASE),
        case_id=case_key(),
        kind=pl.lit("RECORD_REPLACED", EVENTS["kind"]),
        happened_at=pl.lit(None, pl.String),
        recorded_at=iso_time(pl.col("updated_at")),
        source="source",
        sets=pl.lit(list(FIELDS), pl.List(pl.String)),
        adds=pl.lit([], pl.List(pl.String)),
        facts=pl.struct(CASES.names()),
    )


def _names_others(column: str, fields: tuple[str, ...]) -> pl.Expr:
    known = pl.element().is_in(pl.Series(fields).implode())
    return ~pl.col(column).list.eval(known.fill_null(False)).list.all().fill_null(True)
