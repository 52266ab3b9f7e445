"""Changes: cases whose recommendation differs from last night's, and why.

Causes are found by changing one thing at a time and assessing the cases that differ again: last
night's records as of last night under tonight's rulebook; then as of tonight; then with tonight's
facts. What a step changes is due to that step's cause.
"""

from __future__ import annotations

import dataclasses
import datetime
from dataclasses import dataclass

import polars as pl

from schemas.avro import avro_schema
from transforms.assess.frame import Assessed, Terms, assess, status_of
from transforms.avro.types import polars_schema
from transforms.frames.frame import Frame
from transforms.frames.labels import label_lists
from transforms.nightly.causes import CAUSE, date_causes, fact_causes, plain_causes

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


@dataclass(frozen=True)
class LastNight:
    """How last night assessed cases.

    Args:
        as_of: Its as-of date.
        rulebook: Digest of its rulebook.
        options: Its other options, as a value that can be compared.
    """

    as_of: datetime.date
    rulebook: str
    options: tuple[object, ...]


def summarize(recommendations: Frame) -> Frame:
    """Extract the parts of recommendations that are compared.

    Args:
        recommendations: `case_id`, `court` and the columns `COMPARED` of recommendation.avsc.

    Returns:
        The same columns, with reasons as criteria, and checks as facts.
    """
    element = pl.element().struct
    return recommendations.select(
        "case_id",
        "court",
        "route",
        "form",
        "state",
        "rule",
        "needs_review",
        pl.col("reasons").list.eval(element.field("criterion")),
        pl.col("checks").list.eval(element.field("fact")),
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


def changes(
    before: Frame,
    tonight: Assessed,
    old: Frame,
    new: Frame,
    log: Frame,
    last: LastNight,
    terms: Terms,
    options: tuple[object, ...],
) -> Frame:
    """Find the changes of a night, with their causes.

    Args:
        before: Last night's recommendations, from `summarize`.
        tonight: Tonight's records, assessed.
        old: Last night's records, as folded.
        new: Tonight's records, as folded.
        log: Tonight's events in force.
        last: How last night assessed cases.
        terms: Tonight's terms.
        options: Tonight's other options, as in `last`.

    Returns:
        Columns of change.avsc, sorted by case.
    """
    after = summarize(tonight.recommendations)
    found = differences(before, after)
    if found.is_empty():
        return CHANGES.to_frame()
    ids = found.select("case_id")
    mine = old.join(ids, on="case_id", how="semi")
    ruled = assess(mine, dataclasses.replace(terms, as_of=last.as_of))
    dated = ruled if last.as_of == terms.as_of else assess(mine, terms)
    by_rules = _moved(before.join(ids, on="case_id", how="semi"), summarize(ruled.recommendations))
    by_date = _moved(summarize(ruled.recommendations), summarize(dated.recommendations))
    by_facts = _moved(summarize(dated.recommendations), after.join(ids, on="case_id", how="semi"))
    same_rulebook = last.rulebook == terms.rulebook.digest
    kind = "SOFTWARE" if last.options == options else "OPTIONS"
    causes = pl.concat(
        [
            plain_causes(by_rules, "RULEBOOK" if not same_rulebook else kind),
            date_causes(by_date, ruled, dated, last.as_of, terms),
            fact_causes(by_facts, dated, tonight, mine, new, log),
        ]
    )
    listed = causes.group_by("case_id", maintain_order=True).agg(
        pl.struct(CAUSE.names()).alias("causes")
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


def _moved(before: Frame, after: Frame) -> Frame:
    return differences(before, after).select("case_id")
