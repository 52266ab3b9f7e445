"""Weigh: a frame of case records, from as read to recommended, and what is not weighed."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import NamedTuple

import polars as pl

from schemas.conditions import Condition
from schemas.rulebook import CountedConvictions
from schemas.rulebook_compile import CompiledRulebook
from transforms.frames.frame import Frame
from transforms.normalize.records import normalize
from transforms.route.recommendation import recommend_records
from transforms.score.scope import mark


@dataclass(frozen=True)
class Terms:
    """On what terms cases are weighed.

    Args:
        rulebook: The rulebook.
        as_of: The as-of date.
        presume: Whether presumptions are used.
        scope: A scope's condition; None for every case.
        courts: Court codes; None for every court.
    """

    rulebook: CompiledRulebook
    as_of: datetime.date
    presume: bool = True
    scope: Condition | None = None
    courts: tuple[str, ...] | None = None

    @property
    def counted(self) -> CountedConvictions:
        """Which convictions the rulebook counts."""
        return self.rulebook.rulebook.counted_convictions


class Weighed(NamedTuple):
    """What became of case records.

    Args:
        recommendations: Columns of recommendation.avsc.
        records: All that could be normalized, with `scope_unknown` and `completed` (Boolean).
        outside: Those of `records` that are not weighed.
        quarantined: Rows of quarantined.avsc.
    """

    recommendations: Frame
    records: Frame
    outside: Frame
    quarantined: Frame


def weigh(records: Frame, terms: Terms) -> Weighed:
    """Normalize case records and weigh those in scope.

    Args:
        records: Columns of case_record.avsc, as agencies write them.
        terms: The terms.

    Returns:
        The recommendations, and what is not weighed.
    """
    normalized, quarantined = normalize(records, terms.as_of)
    marked, taken = mark(normalized, terms.as_of, terms.scope, terms.courts, terms.counted)
    recommended = recommend_records(
        marked.filter(taken), terms.rulebook, terms.as_of, presume=terms.presume
    )
    return Weighed(recommended, marked, marked.filter(~taken), quarantined)


def standing_of(weighed: Weighed) -> Frame:
    """Where cases stand: `case_id`; `status`: routed, completed, out_of_scope or quarantined."""
    outside = weighed.outside.select(
        "case_id",
        status=pl.when("completed").then(pl.lit("completed")).otherwise(pl.lit("out_of_scope")),
    )
    return pl.concat(
        [
            weighed.recommendations.select("case_id", status=pl.lit("routed")),
            outside,
            weighed.quarantined.select("case_id", status=pl.lit("quarantined")),
        ]
    )
