"""Review: one record's whole way, from as read to recommended, and everything set aside on it.

The frame functions stand in modules of their own, which one case can use without Beam.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Any, NamedTuple

import apache_beam as beam
import polars as pl

from schemas.rulebook import ROUTES
from schemas.rulebook_compile import CompiledRulebook
from transforms.case_frame import CASES
from transforms.frames import Frame
from transforms.normalise import normalise
from transforms.recommend import recommend_records
from transforms.scope import InScope
from transforms.tally import tally_recommendations, tally_rows
from transforms.weigh import Terms


class Normalised(NamedTuple):
    """Records in one spelling, and quarantined records."""

    records: beam.PCollection[Frame]
    quarantined: beam.PCollection[Frame]


class Normalise(beam.PTransform[beam.PCollection[Frame], Normalised]):
    """Normalises frames of case records.

    Args:
        as_of: The as-of date.
    """

    def __init__(self, as_of: datetime.date) -> None:
        super().__init__()
        self.as_of = as_of

    def expand(self, pcoll: beam.PCollection[Frame]) -> Normalised:
        """Frames of records to normalised and quarantined ones."""
        done = pcoll | (
            beam.FlatMap(_normalised, as_of=self.as_of)
            .with_output_types(Frame, quarantined=Frame)
            .with_outputs("quarantined", main="records")
        )
        return Normalised(done.records, done.quarantined)


def _normalised(records: Frame, as_of: datetime.date) -> Iterator[Any]:
    normalised, quarantined = normalise(records, as_of)
    yield normalised
    if quarantined.height:
        yield beam.pvalue.TaggedOutput("quarantined", quarantined)


class Recommend(beam.PTransform[beam.PCollection[Frame], beam.PCollection[Frame]]):
    """Weighs frames of normalised case records under a rulebook.

    Args:
        rulebook: The rulebook.
        as_of: The date as of which to weigh.
        presume: Whether the rulebook's presumptions are used.
    """

    def __init__(
        self, rulebook: CompiledRulebook, as_of: datetime.date, *, presume: bool = True
    ) -> None:
        super().__init__()
        self.rulebook = rulebook
        self.as_of = as_of
        self.presume = presume

    def expand(self, pcoll: beam.PCollection[Frame]) -> beam.PCollection[Frame]:
        """Frames of normalised records to frames of recommendations."""
        return pcoll | beam.Map(
            recommend_records, self.rulebook, self.as_of, presume=self.presume
        ).with_output_types(Frame)


class Reviewed(NamedTuple):
    """What a review gives: (destination, frame) pairs to write, and tallies to add up.

    Cases and recommendations stay apart: to flatten them would hold them all in memory.
    """

    cases: beam.PCollection[tuple[str, Frame]]
    recommendations: beam.PCollection[tuple[str, Frame]]
    tallies: beam.PCollection[Frame]
    quarantined: beam.PCollection[Frame]


class ReviewCases(beam.PTransform[beam.PCollection[Frame], Reviewed]):
    """Normalises case records, weighs those in scope and routes them.

    Args:
        terms: On what terms.
    """

    def __init__(self, terms: Terms) -> None:
        super().__init__()
        self.terms = terms

    def expand(self, pcoll: beam.PCollection[Frame]) -> Reviewed:
        """Frames of records to what is written, tallied and quarantined."""
        terms = self.terms
        normalised = pcoll | Normalise(terms.as_of)
        scoped = normalised.records | InScope(terms.as_of, terms.scope, terms.courts)
        recommended = scoped.inside | Recommend(terms.rulebook, terms.as_of, presume=terms.presume)
        cases = normalised.records | "Snapshot" >> beam.Map(_snapshot).with_output_types(
            tuple[str, Frame]
        )
        routed = recommended | "By route" >> beam.FlatMap(by_route).with_output_types(
            tuple[str, Frame]
        )
        tallies = (
            recommended
            | "Tally recommendations" >> beam.Map(tally_recommendations).with_output_types(Frame),
            scoped.inside
            | "Tally scope unknown" >> beam.Map(_tally_scope_unknown).with_output_types(Frame),
            scoped.outside | "Tally outside" >> beam.Map(_tally_outside).with_output_types(Frame),
        )
        return Reviewed(
            cases,
            routed,
            tallies | "All tallies" >> beam.Flatten(),
            normalised.quarantined,
        )


def by_route(recommendations: Frame) -> Iterator[tuple[str, Frame]]:
    """The recommendations of each route, with the route as destination."""
    for route in ROUTES:
        part = recommendations.filter(pl.col("route") == route)
        if part.height:
            yield route, part


def _snapshot(records: Frame) -> tuple[str, Frame]:
    return "cases", records.select(CASES.names())


def _tally_outside(records: Frame) -> Frame:
    return pl.concat(
        [
            tally_rows("completed", records.filter("completed")),
            tally_rows("out_of_scope", records.filter(~pl.col("completed"))),
        ]
    )


def _tally_scope_unknown(records: Frame) -> Frame:
    return tally_rows("scope_unknown", records.filter("scope_unknown"))
