"""Tally: what a run's summary counts, added up over frames."""

from __future__ import annotations

from collections.abc import Iterable
from typing import SupportsInt

import apache_beam as beam
import polars as pl

from transforms.frames.frame import Frame

SCHEMA = pl.Schema({"of": pl.String, "key": pl.String, "count": pl.Int64})


def tally_recommendations(recommendations: Frame) -> Frame:
    """Count recommendations by route and state, by reason, and by what is unknown.

    Args:
        recommendations: Columns of recommendation.avsc.

    Returns:
        Columns `of`, `key` (String), and `count` (Int64). The keys of `state` are a route and a
        state; `review_reason` counts each case once per kind; `ask_first` counts what expedites
        presume.
    """

    def of_structs(column: str, field: str) -> pl.Expr:
        return pl.col(column).list.explode().struct.field(field)

    expedite = recommendations.select("checks").filter(recommendations["route"] == "expedite")
    needs_review = recommendations.select("route", "needs_review").filter("needs_review")
    kinds = recommendations.select(
        pl.col("review_reasons").list.eval(pl.element().struct.field("kind").unique())
    )
    parts = [
        tally_keys("route", recommendations.select(key="route")),
        tally_keys("state", recommendations.select(key=pl.format("{} {}", "route", "state"))),
        tally_keys("form", recommendations.select(key="form")),
        tally_keys("needs_review", needs_review.select(key="route")),
        tally_keys("review_reason", kinds.select(key=pl.col("review_reasons").list.explode())),
        tally_keys("reason", recommendations.select(key=of_structs("reasons", "criterion"))),
        tally_keys("ask_first", expedite.select(key=of_structs("checks", "fact"))),
        *(
            tally_keys(of, recommendations.select(key=pl.col(column).list.explode()))
            for of, column in (
                ("unknown", "criteria_unknown"),
                ("missing_fact", "missing_facts"),
                ("settling_fact", "settling_facts"),
                ("conflict", "conflicts"),
                ("warning", "warnings"),
            )
        ),
    ]
    return pl.concat(parts)


def tally_quarantined(quarantined: Frame) -> Frame:
    """Count what was quarantined, by reason.

    Args:
        quarantined: Columns of quarantined.avsc.

    Returns:
        Columns `of`, `key`, and `count`. `quarantine` counts entries by reason, `quarantined` the
        records in them by reason, `unread` those in damaged blocks, and `unreadable` the places
        with an unknown number of records. The rest comes from `tally_damaged`.
    """
    known = quarantined.filter(pl.col("record_count").is_not_null())
    return pl.concat(
        [
            tally_keys("quarantine", quarantined.select(key="reason")),
            known.group_by(key="reason")
            .agg(pl.col("record_count").sum().alias("count"))
            .select(pl.lit("quarantined").alias("of"), "key", "count"),
            tally_number("unread", known.filter(pl.col("stage") == "read")["record_count"].sum()),
            tally_number("unreadable", quarantined.height - known.height),
            tally_damaged(quarantined),
        ]
    )


def tally_damaged(quarantined: Frame) -> Frame:
    """Count the places in each file that couldn't be read, if the rest could.

    Args:
        quarantined: Columns of quarantined.avsc.

    Returns:
        Columns `of`, `key`, and `count`; the key is a file. `damaged` counts its places,
        `damaged_records` the records in them, `damaged_uncounted` the places with an unknown number
        of records; `cut_short` is 1 if its end is missing.
    """
    places = quarantined.filter(stage="read").filter(pl.col("reason") != "UNREADABLE_FILE")
    by_file = places.group_by(key="source_file").agg(
        pl.len().alias("damaged"),
        pl.col("record_count").sum().alias("damaged_records"),
        pl.col("record_count").null_count().alias("damaged_uncounted"),
        (pl.col("reason") == "TRUNCATED_FILE").any().alias("cut_short"),
    )
    return (
        by_file.unpivot(index="key", variable_name="of", value_name="count")
        .select("of", "key", pl.col("count").cast(pl.Int64))
        .filter(pl.col("count") > 0)
        .cast(SCHEMA)
    )


def tally_rows(of: str, frame: Frame) -> Frame:
    """Count the rows of a frame under one name."""
    return tally_number(of, frame.height)


def add_up(tallies: Iterable[Frame]) -> Frame:
    """Add up tallies by `of` and `key`."""
    return (
        pl.concat([SCHEMA.to_frame(), *tallies])
        .group_by("of", "key")
        .agg(pl.col("count").sum())
        .sort("of", "key")
    )


class AddUp(beam.CombineFn):
    """Adds up tallies over a whole collection."""

    def create_accumulator(self) -> Frame:
        """Return an empty tally."""
        return SCHEMA.to_frame()

    def add_input(self, mutable_accumulator: Frame, element: Frame) -> Frame:
        """Add a tally."""
        return add_up([mutable_accumulator, element])

    def merge_accumulators(self, accumulators: Iterable[Frame]) -> Frame:
        """Merge tallies of parts of the collection."""
        return add_up(accumulators)

    def extract_output(self, accumulator: Frame) -> Frame:
        """Return the whole tally."""
        return accumulator


def tally_keys(of: str, keys: Frame) -> Frame:
    """Count the rows of a frame under one name by their `key`, nulls left out."""
    return (
        keys.drop_nulls()
        .group_by(pl.col("key").cast(pl.String))
        .agg(pl.len().cast(pl.Int64).alias("count"))
        .select(pl.lit(of).alias("of"), "key", "count")
    )


def tally_number(of: str, count: SupportsInt) -> Frame:
    """Make a tally of one number under one name."""
    return pl.DataFrame({"of": [of], "key": [""], "count": [int(count)]}, schema=SCHEMA)
