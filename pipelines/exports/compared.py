"""Two runs compared, or one run's cases under two rulebooks: counts, and the list of who moved."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import polars as pl

from pipelines.exports.moved_cases import MovedCases
from pipelines.runs.by_case import by_case
from pipelines.runs.frames import part_frames
from schemas.manifest import Manifest
from schemas.rulebook.compiled import CompiledRulebook
from schemas.worklist import CONFIDENTIAL_LINE
from transforms.assess.frame import Terms, assess
from transforms.export.cells import without_formulas
from transforms.export.compare import (
    FLOWS,
    READ,
    REASONS,
    added,
    extracted,
    flows,
    moved,
    paired,
    reasons,
    same_criteria,
)
from transforms.frames.frame import Frame

FLOWS_CSV, REASONS_CSV = "routes.csv", "criteria.csv"


@dataclass(frozen=True)
class Compared:
    """A comparison.

    Args:
        first: What the first side is, in words, and its rulebook.
        second: What the second side is.
        flows: Columns `FLOWS`.
        reasons: Columns `REASONS`.
        apart: What isn't compared: for each side, or for both, numbers of records by what they are.
    """

    first: tuple[str, CompiledRulebook]
    second: tuple[str, CompiledRulebook]
    flows: Frame
    reasons: Frame
    apart: Mapping[str, Mapping[str, int]] = field(default_factory=dict)

    def without(self, apart: Mapping[str, int]) -> Compared:
        """Say what isn't on either side."""
        return replace(self, apart={"either": apart})

    @property
    def counts(self) -> dict[str, int]:
        """Return how many cases are in both, moved, and only in one."""
        cases, there = pl.col("cases"), self.flows
        both = there.drop_nulls(["from_route", "to_route"])
        parts = {
            "in_both": both,
            "moved": both.filter(pl.col("from_route") != pl.col("to_route")),
            "only_in_first": there.filter(pl.col("to_route").is_null()),
            "only_in_second": there.filter(pl.col("from_route").is_null()),
        }
        counted = {name: int(part.select(cases.sum()).item()) for name, part in parts.items()}
        return counted | {"other_state": int(both["other_state"].sum())}

    def as_json(self) -> dict[str, Any]:
        """Return the counts as plain data."""
        return {
            "confidential": CONFIDENTIAL_LINE,
            "first": self.first[0],
            "second": self.second[0],
            "counts": self.counts,
            "not_compared": self.apart,
            "routes": self.flows.to_dicts(),
            "criteria": self.reasons.to_dicts(),
        }

    def write(self, folder: str) -> None:
        """Write the counts as CSV."""
        for name, frame in ((FLOWS_CSV, self.flows), (REASONS_CSV, self.reasons)):
            without_formulas(frame).write_csv(f"{folder}/{name}")


def compare(
    pairs: Iterator[Frame],
    first: tuple[str, CompiledRulebook],
    second: tuple[str, CompiledRulebook],
    apart: Mapping[str, Mapping[str, int]],
    who: MovedCases | None,
) -> Compared:
    """Compare recommendations, a part at a time.

    Args:
        pairs: From `paired`.
        first: What the first side is, in words, and its rulebook.
        second: What the second side is.
        apart: What isn't compared.
        who: Where the cases that moved go; None if nobody asks for them.
    """
    counted, because = [], []
    same = same_criteria(first[1], second[1])
    for part in pairs:
        counted.append(flows(part))
        because.append(reasons(part, same))
        if who is not None:
            who.add(moved(part, first[1], second[1]))
    return Compared(first, second, added(counted, FLOWS), added(because, REASONS), apart)


def two_runs(first: tuple[str, Manifest], second: tuple[str, Manifest]) -> Iterator[Frame]:
    """Pair the recommendations of two runs, by case.

    Args:
        first: A run's directory, and its manifest.
        second: Another's.
    """
    for one, other in by_case((first, second), READ, extracted):
        yield paired(one, other)


def two_rulebooks(run: str, first: Terms, second: Terms) -> Iterator[Frame]:
    """Assess the cases of a run on two terms.

    Args:
        run: The run's directory.
        first: Terms.
        second: Others.
    """
    for cases in part_frames(run, "cases", "case_record"):
        sides = (assess(cases, terms).recommendations for terms in (first, second))
        yield paired(*(extracted(side) for side in sides))
