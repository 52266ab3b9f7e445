"""Review: one record's whole way, from as read to recommended, and everything set aside on it.

The frame functions stand in modules of their own, which one case can use without Beam.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Any, NamedTuple

import apache_beam as beam
import polars as pl

from schemas.outcomes import ROUTES
from schemas.rulebook_compile import CompiledRulebook
from transforms.assess.frame import Terms
from transforms.frames.frame import Frame
from transforms.normalize.case_frame import CASES
from transforms.normalize.records import normalize
from transforms.route.recommendation import recommend_records
from transforms.route.tally import tally_recommendations, tally_rows
from transforms.score.scope import InScope


class Normalized(NamedTuple):
    """Records in one spelling, and quarantined records."""

    records: beam.PCollection[Frame]
    quarantined: beam.PCollection[Frame]


class Normalize(beam.PTransform[beam.PCollection[Frame], Normalized]):
    """Normalizes frames of case records.

    Args:
        as_of: The as-of date.
    """

    def __init__(self, as_of: datetime.date) -> None:
        super().__init__()
        self.as_of = as_of

    def expand(self, pcoll: beam.PCollection[Frame]) -> Normalized:
        """Frames of records to normalized and quarantined ones."""
        done = pcoll | (
            beam.FlatMap(_normalized, as_of=self.as_of)
            .with_output_types(Frame, quarantined=Frame)
            .with_outputs("quarantined", main="records")
        )
        return Normalized(done.records, done.quarantined)


def _normalized(records: Frame, as_of: datetime.date) -> Iterator[Any]:
    normalized, quarantined = normalize(records, as_of)
    yield normalized
    if quarantined.height:
        yield beam.pvalue.TaggedOutput("quarantined", quarantined)


class Recommend(beam.PTransform[beam.PCollection[Frame], beam.PCollection[Frame]]):
    """Weighs frames of normalized case records under a rulebook.

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
        """Frames of normalized records to frames of recommendations."""
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
    """Normalizes case records, weighs those in scope and routes them.

    Args:
        terms: On what terms.
    """

    def __init__(self, terms: Terms) -> None:
        super().__init__()
        self.terms = terms

    def expand(self, pcoll: beam.PCollection[Frame]) -> Reviewed:
        """Frames of records to what is written, tallied and quarantined."""
        terms = self.terms
        normalized = pcoll | Normalize(terms.as_of)
        scoped = normalized.records | InScope(terms.as_of, terms.scope, terms.courts, terms.counted)
        recommended = scoped.inside | Recommend(terms.rulebook, terms.as_of, presume=terms.presume)
        cases = normalized.records | "Snapshot" >> beam.Map(_snapshot).with_output_types(
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
            normalized.quarantined,
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
