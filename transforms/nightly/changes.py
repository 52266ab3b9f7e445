"""Changes: cases whose recommendation differs from last night's, and why.

Causes are found by changing one thing at a time and assessing the cases that differ again: last
night's records as of last night under tonight's rulebook; then as of tonight; then with tonight's
facts. What a step changes is due to that step's cause.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import NamedTuple

import polars as pl

from schemas.avro import avro_schema
from transforms.assess.frame import Assessed, Terms, TermsKey, assess, status_of
from transforms.avro.types import polars_schema
from transforms.frames.coder import compact
from transforms.frames.frame import Frame
from transforms.frames.labels import label_lists
from transforms.nightly.causes import CAUSE, date_causes, fact_causes, plain_causes
from transforms.route.recommendation import REASON_IDS

CHANGES = polars_schema(avro_schema("change"))
COMPARED = (
    "route",
    "form",
    "state",
    "rule",
    "needs_review",
    "reasons",
    "checks",
    "possible_routes",
)
SUMMARY = ("case_id", "court", *COMPARED)


def summarize(recommendations: Frame) -> Frame:
    """Extract the parts of recommendations that are compared.

    Args:
        recommendations: `case_id`, `court` and the columns `COMPARED` of recommendation.avsc.

    Returns:
        The same columns, with reasons as criteria, and checks as facts.
    """
    return recommendations.select(
        "case_id",
        "court",
        "route",
        "form",
        "state",
        "rule",
        "needs_review",
        REASON_IDS,
        pl.col("checks").list.eval(pl.element().struct.field("fact")),
        "possible_routes",
    )


def differences(before: Frame, after: Frame) -> Frame:
    """Find cases whose two summaries differ.

    Args:
        before: From `summarize`.
        after: From `summarize`.

    Returns:
        `case_id`, `differs` (List(String)), and the columns of both, the later ones with the suffix
        `_after`; a case in only one of them is null in the other.
    """
    both = before.join(after, on="case_id", how="full", suffix="_after", coalesce=True)
    flags = both.select(pl.col(name).ne_missing(pl.col(f"{name}_after")) for name in COMPARED)
    differ = flags.select(pl.any_horizontal(pl.all())).to_series()
    return both.filter(differ).with_columns(
        label_lists(flags.filter(differ), pl.Series(COMPARED)).alias("differs")
    )


class Folded(NamedTuple):
    """Records before and after events were folded in, and the events in force.

    Args:
        before: Columns of case_record.avsc.
        after: Columns of case_record.avsc.
        log: Columns of case_event.avsc.
    """

    before: Frame
    after: Frame
    log: Frame


class Compared(NamedTuple):
    """Two nights' results for the same cases, and what they are based on.

    Args:
        before: Last night's recommendations, from `summarize`.
        tonight: Tonight's records, assessed.
        folded: Last night's records and tonight's.
    """

    before: Frame
    tonight: Assessed
    folded: Folded


def only_different(compared: Compared) -> Compared:
    """Select the cases whose recommendations differ, to hold them while other cases pass by."""
    found = differences(compared.before, summarize(compared.tonight.recommendations))
    ids = found.select("case_id")
    before, *rest = (
        compact(frame.join(ids, on="case_id", how="semi"))
        for frame in (compared.before, *compared.tonight, *compared.folded)
    )
    results = len(compared.tonight)
    return Compared(before, Assessed(*rest[:results]), Folded(*rest[results:]))


def together(parts: Sequence[Compared]) -> Compared:
    """Combine the results for different cases."""
    before, tonight, folded = zip(*parts, strict=True)
    return Compared(
        pl.concat(before),
        Assessed(*map(pl.concat, zip(*tonight, strict=True))),
        Folded(*map(pl.concat, zip(*folded, strict=True))),
    )


def changes(
    compared: Compared, last: TermsKey, terms: Terms, dated: Assessed | None = None
) -> Frame:
    """Find the changes of a night, with their causes.

    It assesses the cases that differ up to twice, and even a few cases cost much, so give it those
    of many buckets at once.

    Args:
        compared: Last night's results and tonight's.
        last: Last night's terms.
        terms: Tonight's terms.
        dated: Last night's records, assessed on tonight's terms; None if they haven't been.

    Returns:
        Columns of change.avsc, sorted by case.
    """
    before, tonight, folded = compared
    after = summarize(tonight.recommendations)
    found = differences(before, after)
    if found.is_empty():
        return CHANGES.to_frame()
    ids = found.select("case_id")
    before, after = (each.join(ids, on="case_id", how="semi") for each in (before, after))
    listed = (
        _causes(before, after, tonight, dated, folded, last, terms)
        .group_by("case_id", maintain_order=True)
        .agg(pl.struct(CAUSE.names()).alias("causes"))
    )
    return (
        found.join(listed, on="case_id", how="left")
        .join(status_of(tonight).unique("case_id"), on="case_id", how="left")
        .select(
            "case_id",
            pl.coalesce("court_after", "court").alias("court"),
            pl.lit(terms.rulebook.id).alias("rulebook"),
            pl.lit(terms.as_of).alias("as_of"),
            "status",
            from_route="route",
            to_route="route_after",
            from_reasons="reasons",
            to_reasons="reasons_after",
            differs="differs",
            causes=pl.col("causes").fill_null(pl.lit([], CHANGES["causes"])),
        )
        .cast(CHANGES)
        .sort("case_id")
    )


def _causes(
    before: Frame,
    after: Frame,
    tonight: Assessed,
    dated: Assessed | None,
    folded: Folded,
    last: TermsKey,
    terms: Terms,
) -> Frame:
    """Find the causes of changes from the summaries of the changed cases; columns `CAUSES`."""
    mine = folded.before.join(
        pl.concat([before.select("case_id"), after.select("case_id")]), on="case_id", how="semi"
    )
    if dated is None:
        dated = assess(mine, terms) if mine.height else Assessed(*(f.clear() for f in tonight))
    else:
        dated = dated.of(mine)
    on_the_day = summarize(dated.recommendations)
    found = [fact_causes(_moved(on_the_day, after), dated, tonight, mine, folded.after, folded.log)]
    without_facts = _what_else(last, terms.key)
    # On last night's terms, the date is the only other cause, and often the cause of nothing.
    moved = _moved(before, on_the_day) if without_facts == "SOFTWARE" else mine.select("case_id")
    if moved.height:
        mine, before, on_the_day = (
            each.join(moved, on="case_id", how="semi") for each in (mine, before, on_the_day)
        )
        ruled = dated
        if last.as_of != terms.as_of:
            ruled = assess(mine, dataclasses.replace(terms, as_of=last.as_of))
        under_rules = summarize(ruled.recommendations).join(moved, on="case_id", how="semi")
        by_date = _moved(under_rules, on_the_day)
        found = [
            plain_causes(_moved(before, under_rules), without_facts),
            date_causes(by_date, ruled, dated, last.as_of, terms),
            *found,
        ]
    return pl.concat(found)


def _what_else(last: TermsKey, tonight: TermsKey) -> str:
    """Return the kind of cause for changes that neither the date nor facts explain."""
    if last.rulebook != tonight.rulebook:
        return "RULEBOOK"
    same = dataclasses.replace(last, as_of=tonight.as_of) == tonight
    return "SOFTWARE" if same else "OPTIONS"


def _moved(before: Frame, after: Frame) -> Frame:
    return differences(before, after).select("case_id")
