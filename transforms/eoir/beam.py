"""AssembleCases: each bucket's rows become case records, and outcomes, in Beam."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import Any, NamedTuple

import apache_beam as beam

from schemas.eoir.tables import TABLES
from transforms.eoir.cases import assemble
from transforms.eoir.outcomes import before_outcomes
from transforms.eoir.read import Stretch, shuffled_schema
from transforms.eoir.rows import Rules, usable_rows
from transforms.frames.frame import Frame
from transforms.frames.side_by_side import SideBySide
from transforms.shuffle.bucket_batches import read_bucket


class Assembled(NamedTuple):
    """What was put together: (bucket, case records), (bucket, outcomes), and tallies."""

    cases: beam.PCollection[tuple[int, Frame]]
    outcomes: beam.PCollection[tuple[int, Frame]]
    tallies: beam.PCollection[Frame]


class AssembleCases(beam.PTransform[beam.PCollection[int], Assembled]):
    """Makes the case records of each bucket.

    Args:
        stretches: What was read, as a side input to wait for.
        rules: How to make records.
    """

    def __init__(self, stretches: Any, rules: Rules) -> None:
        super().__init__()
        self.stretches = stretches
        self.rules = rules

    def expand(self, pcoll: beam.PCollection[int]) -> Assembled:
        """Expand from bucket numbers to what each holds."""
        assemble_one = functools.partial(_assemble, rules=self.rules)
        made = pcoll | (
            beam.ParDo(SideBySide(assemble_one), self.stretches)
            # To tell the size of what has no coder of its own, Beam would pickle whole frames.
            .with_output_types(tuple[int, Frame], tallies=Frame, outcomes=tuple[int, Frame])
            .with_outputs("tallies", "outcomes", main="cases")
        )
        return Assembled(made.cases, made.outcomes, made.tallies)


def _assemble(bucket: int, stretches: list[Stretch], rules: Rules) -> Iterator[Any]:
    ordered = sorted(stretches, key=lambda one: (one.path, one.start))
    tables = {
        name: read_bucket(
            [one.shuffled for one in ordered if one.table == name], bucket, shuffled_schema(name)
        )
        for name in TABLES
    }
    rows = usable_rows(tables)
    cases, tally = assemble(rows, rules)
    yield beam.pvalue.TaggedOutput("tallies", tally)
    yield bucket, cases
    if rules.outcomes is not None:
        yield beam.pvalue.TaggedOutput("outcomes", (bucket, before_outcomes(rows, rules)))
