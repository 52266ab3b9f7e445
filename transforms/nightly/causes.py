"""Causes of changes: milestones reached, and fields whose values changed, with the event."""

from __future__ import annotations

import datetime

import polars as pl

from schemas.avro import avro_schema
from schemas.facts import high, low
from transforms.assess.frame import Assessed, Terms
from transforms.avro.types import polars_schema
from transforms.frames.days import iso_day
from transforms.frames.frame import Frame, concat_frames
from transforms.frames.labels import label_lists
from transforms.nightly.events import BASE, FIELDS, OPENERS
from transforms.normalize.losses import field_of_warning
from transforms.score.facts import derive_facts
from transforms.score.milestones import milestone_dates

CAUSE = polars_schema(
    next(f for f in avro_schema("change")["fields"] if f["name"] == "causes")["type"][1]["items"][1]
)
CAUSES = pl.Schema([("case_id", pl.String()), *CAUSE.items()])


def plain_causes(cases: Frame, kind: str, **columns: pl.Expr) -> Frame:
    """Make one cause for each row of a frame.

    Args:
        cases: A frame with `case_id` and the inputs of `columns`.
        kind: The kind of cause.
        columns: The other columns of a cause that aren't null.

    Returns:
        Columns `CAUSES`.
    """
    made = {
        name: columns.get(name, pl.lit(None)).cast(dtype)
        for name, dtype in CAUSE.items()
        if name != "kind"
    }
    return cases.select("case_id", kind=pl.lit(kind).cast(CAUSE["kind"]), **made).select(
        CAUSES.names()
    )


def date_causes(
    cases: Frame, ruled: Assessed, dated: Assessed, since: datetime.date, terms: Terms
) -> Frame:
    """Find what the calendar changed between two as-of dates.

    Args:
        cases: The `case_id` of cases that the date changed.
        ruled: Their records, assessed as of the first date.
        dated: The same records, assessed as of the second date.
        since: The first date.
        terms: The terms as of the second date.

    Returns:
        Columns `CAUSES`, one row per cause.
    """
    if cases.is_empty():
        return CAUSES.to_frame()
    there = dated.records.join(cases, on="case_id", how="semi")
    completed = there.filter("completed").join(
        ruled.records.filter("completed"), on="case_id", how="anti"
    )
    facts = derive_facts(there, terms.rulebook.rulebook.counted_convictions, terms.as_of)
    dates = milestone_dates(facts, terms.rulebook).hstack([there["case_id"]])
    reached = [
        dates.select("case_id", milestone=pl.lit(milestone.id), on=bound(milestone.id))
        for milestone in terms.rulebook.milestones
        for bound in (low, high)
    ]
    milestones = (
        concat_frames(reached, _REACHED)
        .filter((pl.col("on") > since) & (pl.col("on") <= terms.as_of))
        .join(completed, on="case_id", how="anti")
        .sort("case_id", "on", "milestone")
        .unique(["case_id", "milestone"], keep="first", maintain_order=True)
    )
    quarantined = _newly_quarantined(ruled, dated, cases)
    explained = pl.concat([f.select("case_id") for f in (milestones, completed, quarantined)])
    return pl.concat(
        [
            plain_causes(
                completed, "COMPLETED", field=pl.lit("completed_on"), on=_day("completed_on")
            ),
            plain_causes(quarantined, "QUARANTINED"),
            plain_causes(milestones, "MILESTONE", milestone=pl.col("milestone"), on=pl.col("on")),
            plain_causes(cases.join(explained, on="case_id", how="anti"), "CALENDAR"),
        ]
    )


_REACHED = pl.Schema({"case_id": pl.String, "milestone": pl.String, "on": pl.Date})


def _newly_quarantined(before: Assessed, after: Assessed, cases: Frame) -> Frame:
    """Find cases that are quarantined on only one side."""
    sides = [w.quarantined.select("case_id").unique().join(cases, on="case_id", how="semi")
             for w in (before, after)]  # fmt: skip
    return pl.concat(
        [sides[0].join(sides[1], on="case_id", how="anti"),
         sides[1].join(sides[0], on="case_id", how="anti")]
    )  # fmt: skip


def fact_causes(
    cases: Frame, before: Assessed, tonight: Assessed, old: Frame, new: Frame, log: Frame
) -> Frame:
    """Find the fields whose values changed, and the events that set them.

    Args:
        cases: The `case_id` of cases that facts changed.
        before: Their old records, assessed on tonight's terms.
        tonight: Tonight's records, assessed.
        old: Their old records, as folded.
        new: Tonight's records, as folded.
        log: Tonight's events in force.

    Returns:
        Columns `CAUSES`, one row per cause.
    """
    if cases.is_empty():
        return CAUSES.to_frame()
    events = log.join(cases, on="case_id", how="semi")
    opened = cases.join(old, on="case_id", how="anti")
    begun = opened.join(openers(events), on="case_id", how="left")
    known = cases.join(old, on="case_id", how="semi")
    # If one of two records couldn't be normalized, both are compared as written.
    tidy = before.records.select("case_id").join(tonight.records, on="case_id", how="semi")
    changed = changed_fields(
        _values(before, old.join(known, on="case_id", how="semi"), tidy),
        _values(tonight, new.join(known, on="case_id", how="semi"), tidy),
    )
    changed = changed.join(
        setters(events, changed), on=["case_id", "field"], how="left", maintain_order="left"
    )
    ended = tonight.records.filter("completed").select("case_id")
    completes = changed.filter(pl.col("field") == "completed_on").join(
        ended, on="case_id", how="semi"
    )
    # A completed case is no longer assessed only because it completed, not because of other events.
    facts = changed.join(completes, on="case_id", how="anti", maintain_order="left")
    by_event = {
        "event_id": pl.col("event_id"),
        "event_kind": pl.col("event_kind"),
        "on": pl.col("on"),
    }
    field = pl.col("field")
    return pl.concat(
        [
            plain_causes(begun, "OPENED", **by_event),
            plain_causes(completes, "COMPLETED", field=field, **by_event),
            plain_causes(_newly_quarantined(before, tonight, known), "QUARANTINED"),
            plain_causes(facts, "FACT", field=field, **by_event),
        ]
    )


def _values(assessed: Assessed, records: Frame, tidy: Frame) -> Frame:
    """Normalize the records of some cases."""
    columns = ["case_id", "warnings", *FIELDS]
    mine = tidy.join(records, on="case_id", how="semi")
    good = assessed.records.join(mine, on="case_id", how="semi").select(columns)
    return pl.concat([good, records.join(mine, on="case_id", how="anti").select(columns)])


def changed_fields(before: Frame, after: Frame) -> Frame:
    """Find the fields of each case whose values changed.

    Args:
        before: Columns of case_record.avsc; an unreadable value counts as a different value.
        after: The same cases.

    Returns:
        `case_id` and `field` (String), by field in schema order.
    """
    both = before.join(after, on="case_id", suffix="_after")
    differ = both.select(pl.col(name).ne_missing(pl.col(f"{name}_after")) for name in FIELDS)
    fields = label_lists(differ, pl.Series(FIELDS))
    values = both.select("case_id", field=fields).explode("field").drop_nulls("field")
    # An unreadable value differs from an unknown one: arrests: -1 is a conflict.
    warnings_before, warnings_after = (
        pl.col(name).fill_null(pl.lit([], pl.List(pl.String)))
        for name in ("warnings", "warnings_after")
    )
    warned = (
        both.select("case_id", field=warnings_before.list.set_symmetric_difference(warnings_after))
        .filter(pl.col("field").list.len() > 0)
        .explode("field")
        .with_columns(field_of_warning(pl.col("field")).alias("field"))
        .filter(pl.col("field").is_in(FIELDS))
    )
    found = pl.concat([values, warned])
    in_order = pl.col("field").cast(pl.Enum(FIELDS))
    return found.unique(maintain_order=True).sort(in_order, maintain_order=True)


def setters(log: Frame, fields: Frame) -> Frame:
    """Find the event that last set, or added to, each of some fields.

    Args:
        log: Columns of case_event.avsc.
        fields: `case_id` and `field` (String).

    Returns:
        `case_id`, `field`, `event_id`, `event_kind` (String), and `on` (Date); a case's first
        record isn't an event.
    """
    sets_it = (pl.col(name).list.contains(pl.col("field")) for name in ("sets", "adds"))
    named = fields.select("case_id", "field").join(
        _in_order(log), on="case_id", maintain_order="left_right"
    )
    return _last(named.filter(pl.any_horizontal(sets_it)), "case_id", "field")


def openers(log: Frame) -> Frame:
    """Find the event that last made each case known.

    Args:
        log: Columns of case_event.avsc.

    Returns:
        As `setters`, without `field`.
    """
    return _last(_in_order(log).filter(pl.col("event_kind").is_in(OPENERS)), "case_id")


def _in_order(log: Frame) -> Frame:
    return log.select(
        "case_id",
        "recorded_at",
        "event_id",
        "sets",
        "adds",
        pl.col("kind").cast(pl.String).alias("event_kind"),
        _day("happened_at").fill_null(_day("recorded_at")).alias("on"),
    ).sort("case_id", "recorded_at", "event_id", nulls_last=False)


def _last(events: Frame, *keys: str) -> Frame:
    isnt_base = pl.col("event_id") != BASE
    return events.unique(keys, keep="last", maintain_order=True).select(
        *keys,
        *(pl.when(isnt_base).then(name).alias(name) for name in ("event_id", "event_kind", "on")),
    )


def _day(name: str) -> pl.Expr:
    return iso_day(pl.col(name).str.head(10))
