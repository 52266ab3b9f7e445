"""Scope: which cases a review takes in. Where that is unknown, the case is taken in."""

from __future__ import annotations

import datetime
from typing import NamedTuple

import apache_beam as beam
import polars as pl

from schemas.conditions import Condition
from schemas.rulebook import CountedConvictions
from transforms.frames.frame import Frame
from transforms.score.criteria import expression
from transforms.score.facts import derive_facts


class Scoped(NamedTuple):
    """Records in scope or perhaps in scope, and records that are not.

    Both have the columns `scope_unknown` and `completed` (Boolean).
    """

    inside: beam.PCollection[Frame]
    outside: beam.PCollection[Frame]


def completed(records: Frame, as_of: datetime.date) -> pl.Series:
    """Whether each case has left the court's docket by a day.

    Args:
        records: Normalized case records.
        as_of: The day.

    Returns:
        Boolean, never null: a case of which no end is known is pending.
    """
    return records["completed_on"].le(as_of.isoformat()).fill_null(False)


def in_scope(
    records: Frame,
    scope: Condition | None,
    courts: tuple[str, ...] | None,
    counted: CountedConvictions,
) -> pl.Series:
    """Whether each case is in scope.

    Args:
        records: Normalized case records.
        scope: A scope's condition; None for every case.
        courts: Court codes; None for every court.
        counted: Which convictions the rulebook counts.

    Returns:
        Boolean, null where it is unknown.
    """
    checks = [pl.lit(True)]
    frame = records.select("court")
    if scope is not None:
        frame = derive_facts(records, counted)
        checks.append(expression(scope.sql))
    if courts is not None:
        checks.append(pl.col("court").is_in(list(courts)))
    return frame.with_columns(pl.all_horizontal(checks).alias("_inside"))["_inside"]


def mark(
    records: Frame,
    as_of: datetime.date,
    scope: Condition | None,
    courts: tuple[str, ...] | None,
    counted: CountedConvictions,
) -> tuple[Frame, pl.Series]:
    """Mark cases, and say which a review takes in: pending ones that are in scope or perhaps.

    Args:
        records: Normalized case records.
        as_of: The as-of date.
        scope: A scope's condition; None for every case.
        courts: Court codes; None for every court.
        counted: Which convictions the rulebook counts.

    Returns:
        The records with `scope_unknown` and `completed` (Boolean), and whether each is taken in.
    """
    done, inside = completed(records, as_of), in_scope(records, scope, courts, counted)
    marked = records.with_columns(scope_unknown=inside.is_null(), completed=done)
    return marked, inside.fill_null(True) & ~done


class InScope(beam.PTransform[beam.PCollection[Frame], Scoped]):
    """Parts the cases that a review takes in from those that it does not; completed ones are none.

    Args:
        as_of: The as-of date.
        scope: A scope's condition; None for every case.
        courts: Court codes; None for every court.
        counted: Which convictions the rulebook counts.
    """

    def __init__(
        self,
        as_of: datetime.date,
        scope: Condition | None,
        courts: tuple[str, ...] | None,
        counted: CountedConvictions,
    ) -> None:
        super().__init__()
        self.as_of = as_of
        self.scope = scope
        self.courts = courts
        self.counted = counted

    def expand(self, pcoll: beam.PCollection[Frame]) -> Scoped:
        """Frames of records to two collections of frames."""
        parted = pcoll | (
            beam.FlatMap(self.part)
            .with_output_types(Frame, outside=Frame)
            .with_outputs("outside", main="inside")
        )
        return Scoped(parted.inside, parted.outside)

    def part(self, records: Frame) -> list[Frame | beam.pvalue.TaggedOutput]:
        """One frame's two parts."""
        marked, taken = mark(records, self.as_of, self.scope, self.courts, self.counted)
        if taken.all():
            return [marked]
        outside = beam.pvalue.TaggedOutput("outside", marked.filter(~taken))
        return [marked.filter(taken), outside]
