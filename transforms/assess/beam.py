"""Assess in a pipeline: thin transforms over frame functions that need no Beam."""

from __future__ import annotations

import datetime
import functools
from collections.abc import Iterator
from typing import Any, NamedTuple

import apache_beam as beam

from schemas.rulebook.compiled import CompiledRulebook
from transforms.assess.frame import Terms, assess
from transforms.assess.tally import tally
from transforms.frames.frame import Frame
from transforms.frames.side_by_side import SideBySide
from transforms.normalize.case_frame import CASES
from transforms.normalize.records import normalize
from transforms.route.by_route import by_route
from transforms.route.recommendation import recommend_records


class Normalized(NamedTuple):
    """Normalized records, and quarantined records."""

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
        """Expand from frames of records to normalized and quarantined ones."""
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
    """Recommends routes for frames of normalized case records.

    Args:
        rulebook: The rulebook.
        as_of: The as-of date.
        presume: Whether to use the rulebook's presumptions.
    """

    def __init__(
        self, rulebook: CompiledRulebook, as_of: datetime.date, *, presume: bool = True
    ) -> None:
        super().__init__()
        self.rulebook = rulebook
        self.as_of = as_of
        self.presume = presume

    def expand(self, pcoll: beam.PCollection[Frame]) -> beam.PCollection[Frame]:
        """Expand from frames of normalized records to frames of recommendations."""
        return pcoll | beam.Map(
            recommend_records, self.rulebook, self.as_of, presume=self.presume
        ).with_output_types(Frame)


class Parts(NamedTuple):
    """The results for cases: (destination, frame) pairs to write, and tallies to add up.

    Cases and recommendations stay separate, because flattening them would hold them all in memory.
    """

    cases: beam.PCollection[tuple[str, Frame]]
    recommendations: beam.PCollection[tuple[str, Frame]]
    tallies: beam.PCollection[Frame]
    quarantined: beam.PCollection[Frame]


class Assess(beam.PTransform[beam.PCollection[Frame], Parts]):
    """Normalizes case records, then scores and routes those in scope (see `assess`).

    Args:
        terms: The terms.
    """

    def __init__(self, terms: Terms) -> None:
        super().__init__()
        self.terms = terms

    def expand(self, pcoll: beam.PCollection[Frame]) -> Parts:
        """Expand from frames of records to what is written, tallied, and quarantined."""
        done = pcoll | (
            beam.ParDo(SideBySide(functools.partial(_parts, terms=self.terms)))
            .with_output_types(
                tuple[str, Frame], cases=tuple[str, Frame], tallies=Frame, quarantined=Frame
            )
            .with_outputs("cases", "tallies", "quarantined", main="recommendations")
        )
        return Parts(done.cases, done.recommendations, done.tallies, done.quarantined)


def _parts(records: Frame, terms: Terms) -> list[Any]:
    assessed = assess(records, terms)
    tagged = beam.pvalue.TaggedOutput
    parts: list[Any] = [
        tagged("cases", ("cases", assessed.records.select(CASES.names()))),
        *by_route(assessed.recommendations),
        tagged("tallies", tally(assessed)),
    ]
    if assessed.quarantined.height:
        parts.append(tagged("quarantined", assessed.quarantined))
    return parts
