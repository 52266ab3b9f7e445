"""Changes: cases whose recommendation differs from last night's, and what did it.

Causes are found by changing one thing after the other and weighing again the cases that differ:
last night's records as of last night under tonight's rulebook; then as of tonight; then with
tonight's facts. What each step changes, its cause has changed.
"""

from __future__ import annotations

import dataclasses
import datetime
from dataclasses import dataclass

import polars as pl

from schemas.avro import avro_schema
from schemas.facts import high, low
from transforms.avro_types import polars_schema
from transforms.events import BASE, FIELDS, OPENERS
from transforms.facts import derive_facts
from transforms.frames import Frame, concat_frames
from transforms.labels import label_lists
from transforms.milestones import milestone_dates
from transforms.weigh import Terms, Weighed, standing_of, weigh

CHANGES = polars_schema(avro_schema("change"))
COMPARED = ("route", "rule", "look", "grounds", "checks", "possible_routes")
SUMMARY = ("case_id", "court", *COMPARED)
_CAUSE = polars_schema(
    next(f for f in avro_schema("change")["fields"] if f["name"] == "causes")["type"][1]["items"][1]
)
CAUSES = pl.Schema([("case_id", pl.String()), *_CAUSE.items()])


@dataclass(frozen=True)
class LastNight:
    """How last night weighed.

    Args:
        as_of: Its as-of date.
        rulebook: Digest of its rulebook.
        options: Its other options, as anything that can be compared.
    """

    as_of: datetime.date
    rulebook: str
    options: tuple[object, ...]


def summarise(recommendations: Frame) -> Frame:
    """What of recommendations is compared.

    Args:
        recommendations: `case_id`, `court` and the columns `COMPARED` of recommendation.avsc.

    Returns:
        The same columns, grounds as criteria and checks as facts.
    """
    element = pl.element().struct
    return recommendations.select(
        "case_id",
        "court",
        "route",
        "rule",
        "look",
        pl.col("grounds").list.eval(element.field("criterion")),
        pl.col("checks").list.eval(element.field("fact")),
        "possible_routes",
    )


def differences(before: Frame, after: Frame) -> Frame:
    """Cases of which two summaries differ.

    Args:
        before: From `summarise`.
        after: From `summarise`.

    Returns:
        `case_id`, `differs` (List(String)), and the columns of both, those after with `_after`; a
        case that stands in one only is null in the other.
    """
    both = before.join(after, on="case_id", how="full", suffix="_after", coalesce=True)
    flags = both.select(pl.col(name).ne_missing(pl.col(f"{name}_after")) for name in COMPARED)
    differ = flags.select(pl.any_horizontal(pl.all())).to_series()
    return both.filter(differ).with_columns(
        label_lists(flags.filter(differ), pl.Series(COMPARED)).alias("differs")
    )


def changes(
    before: Frame,
    tonight: Weighed,
    old: Frame,
    new: Frame,
    log: Frame,
    last: LastNight,
    terms: Terms,
    options: tuple[object, ...],
) -> Frame:
    """The changes of a night, with their causes.

    Args:
        before: Last night's recommendations, as `summarise` gives them.
        tonight: Tonight's records, weighed.
        old: Last night's records, as folded.
        new: Tonight's records, as folded.
        log: Tonight's events in force.
        last: How last night weighed.
        terms: Tonight's terms.
        options: Tonight's other options, as in `last`.

    Returns:
        Columns of change.avsc, sorted by case.
    """
    after = summarise(tonight.recommendations)
    found = differences(before, after)
    if found.is_empty():
        return CHANGES.to_frame()
    ids = found.select("case_id")
    mine = old.join(ids, on="case_id", how="semi")
    ruled = weigh(mine, dataclasses.replace(terms, as_of=last.as_of))
    dated = ruled if last.as_of == terms.as_of else weigh(mine, terms)
    by_rules = _moved(before.join(ids, on="case_id", how="semi"), summarise(ruled.recommendations))
    by_date = _moved(summarise(ruled.recommendations), summarise(dated.recommendations))
    by_facts = _moved(summarise(dated.recommendations), after.join(ids, on="case_id", how="semi"))
    same_rulebook = last.rulebook == terms.rulebook.digest
    kind = "SOFTWARE" if last.options == options else "OPTIONS"
    causes = pl.concat(
        [
            _causes(by_rules, "RULEBOOK" if not same_rulebook else kind),
            _date_causes(by_date, ruled, dated, last.as_of, terms),
            _fact_causes(by_facts, dated, tonight, mine, new, log),
        ]
    )
    listed = causes.group_by("case_id", maintain_order=True).agg(
        pl.struct(_CAUSE.names()).alias("causes")
    )
    return (
        found.join(listed, on="case_id", how="left")
        .join(standing_of(tonight).unique("case_id"), on="case_id", how="left")
        .select(
            "case_id",
            pl.coalesce("court_after", "court").alias("court"),
            pl.lit(terms.rulebook.id).alias("rulebook"),
            pl.lit(terms.as_of).alias("as_of"),
            "status",
            from_route="route",
            to_route="route_after",
            from_grounds="grounds",
            to_grounds="grounds_after",
            differs="differs",
            causes=pl.col("causes").fill_null(pl.lit([], CHANGES["causes"])),
        )
        .cast(CHANGES)
        .sort("case_id")
    )


def _moved(before: Frame, after: Frame) -> Frame:
    return differences(before, after).select("case_id")


def _causes(cases: Frame, kind: str, **columns: pl.Expr) -> Frame:
    """One cause a row of a frame with `case_id`."""
    made = {
        name: columns.get(name, pl.lit(None)).cast(dtype)
        for name, dtype in _CAUSE.items()
        if name != "kind"
    }
    return cases.select("case_id", kind=pl.lit(kind).cast(_CAUSE["kind"]), **made).select(
        CAUSES.names()
    )


def _date_causes(
    cases: Frame, ruled: Weighed, dated: Weighed, since: datetime.date, terms: Terms
) -> Frame:
    """What the calendar brought between two as-of dates."""
    if cases.is_empty():
        return CAUSES.to_frame()
    there = dated.records.join(cases, on="case_id", how="semi")
    completed = there.filter("completed").join(
        ruled.records.filter("completed"), on="case_id", how="anti"
    )
    facts = derive_facts(there, terms.rulebook.rulebook.counted_convictions)
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
            _causes(completed, "COMPLETED", field=pl.lit("completed_on"), on=_day("completed_on")),
            _causes(quarantined, "QUARANTINED"),
            _causes(milestones, "MILESTONE", milestone=pl.col("milestone"), on=pl.col("on")),
            _causes(cases.join(explained, on="case_id", how="anti"), "CALENDAR"),
        ]
    )


_REACHED = pl.Schema({"case_id": pl.String, "milestone": pl.String, "on": pl.Date})


def _newly_quarantined(before: Weighed, after: Weighed, cases: Frame) -> Frame:
    """Cases quarantined on one side only."""
    sides = [w.quarantined.select("case_id").unique().join(cases, on="case_id", how="semi")
             for w in (before, after)]  # fmt: skip
    return pl.concat(
        [sides[0].join(sides[1], on="case_id", how="anti"),
         sides[1].join(sides[0], on="case_id", how="anti")]
    )  # fmt: skip


def _fact_causes(
    cases: Frame, before: Weighed, tonight: Weighed, old: Frame, new: Frame, log: Frame
) -> Frame:
    """Which fields have other values, and which events set them."""
    if cases.is_empty():
        return CAUSES.to_frame()
    events = log.join(cases, on="case_id", how="semi")
    opened = cases.join(old, on="case_id", how="anti")
    opener = setters(events.with_columns(sets=pl.lit([], pl.List(pl.String))), opening=True)
    begun = opened.join(opener, on="case_id", how="left")
    known = cases.join(old, on="case_id", how="semi")
    # Where one of two records has no one spelling, both are compared as they were written.
    spelt = before.records.select("case_id").join(tonight.records, on="case_id", how="semi")
    changed = changed_fields(
        _values(before, old.join(known, on="case_id", how="semi"), spelt),
        _values(tonight, new.join(known, on="case_id", how="semi"), spelt),
    ).join(setters(events), on=["case_id", "field"], how="left", maintain_order="left")
    ended = tonight.records.filter("completed").select("case_id")
    completes = changed.filter(pl.col("field") == "completed_on").join(
        ended, on="case_id", how="semi"
    )
    # What else is new of a completed case has no part in that it is not weighed any more.
    facts = changed.join(completes, on="case_id", how="anti", maintain_order="left")
    by_event = {
        "event_id": pl.col("event_id"),
        "event_kind": pl.col("event_kind"),
        "on": pl.col("on"),
    }
    field = pl.col("field")
    return pl.concat(
        [
            _causes(begun, "OPENED", **by_event),
            _causes(completes, "COMPLETED", field=field, **by_event),
            _causes(_newly_quarantined(before, tonight, known), "QUARANTINED"),
            _causes(facts, "FACT", field=field, **by_event),
        ]
    )


def _values(weighed: Weighed, records: Frame, spelt: Frame) -> Frame:
    """Records, those of some cases in one spelling."""
    columns = ["case_id", *FIELDS]
    mine = spelt.join(records, on="case_id", how="semi")
    good = weighed.records.join(mine, on="case_id", how="semi").select(columns)
    return pl.concat([good, records.join(mine, on="case_id", how="anti").select(columns)])


def changed_fields(before: Frame, after: Frame) -> Frame:
    """Which fields of which cases have other values.

    Args:
        before: Columns of case_record.avsc.
        after: The same cases.

    Returns:
        `case_id` and `field` (String), by field in the schema's order.
    """
    both = before.join(after, on="case_id", suffix="_after")
    parts = [
        both.filter(pl.col(name).ne_missing(pl.col(f"{name}_after"))).select(
            "case_id", field=pl.lit(name)
        )
        for name in FIELDS
    ]
    return concat_frames(parts, pl.Schema({"case_id": pl.String, "field": pl.String}))


def setters(log: Frame, *, opening: bool = False) -> Frame:
    """The event that last set, or added to, each field of each case.

    Args:
        log: Columns of case_event.avsc.
        opening: Whether to find the event that opened each case instead; no `field` then.

    Returns:
        `case_id`, `field`, `event_id`, `event_kind` (String) and `on` (Date); a case's first record
        is no event.
    """
    keys = ["case_id"] if opening else ["case_id", "field"]
    events = log.sort("case_id", "recorded_at", "event_id", nulls_last=False).select(
        "case_id",
        pl.when(pl.col("event_id") != BASE).then("event_id").alias("event_id"),
        pl.col("kind").cast(pl.String).alias("event_kind"),
        _day("happened_at").fill_null(_day("recorded_at")).alias("on"),
        pl.concat_list("sets", "adds").alias("field"),
    )
    if opening:
        events = events.filter(pl.col("event_kind").is_in(OPENERS)).drop("field")
    else:
        events = events.explode("field").drop_nulls("field")
    last = events.unique(keys, keep="last", maintain_order=True)
    return last.with_columns(
        pl.when(pl.col("event_id").is_not_null()).then(name).alias(name)
        for name in ("event_kind", "on")
    )


def _day(name: str) -> pl.Expr:
    return pl.col(name).str.head(10).str.to_date("%Y-%m-%d", strict=False)
