"""Assess: from a frame of case records as read to recommendations and what isn't assessed.

This is the one composition of normalize, score, and route. A backlog, a night, a watch, and a
single case all go through it.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import NamedTuple

import polars as pl

from schemas.rulebook.compiled import CompiledRulebook
from schemas.rulebook.condition import Condition
from schemas.rulebook.model import CountedConvictions
from transforms.frames.frame import Frame
from transforms.normalize.case_frame import case_key
from transforms.normalize.records import normalize
from transforms.route.recommendation import recommend, with_passed_through
from transforms.score.facts import derive_facts
from transforms.score.scope import mark


@dataclass(frozen=True)
class Terms:
    """The terms on which cases are assessed.

    Args:
        rulebook: The rulebook.
        as_of: The as-of date.
        presume: Whether to use presumptions.
        scope: A scope of the rulebook; None for every case.
        courts: Court codes; None for every court.
    """

    rulebook: CompiledRulebook
    as_of: datetime.date
    presume: bool = True
    scope: str | None = None
    courts: frozenset[str] | None = None

    @property
    def inside(self) -> Condition | None:
        """Return the scope's condition."""
        return None if self.scope is None else self.rulebook.scopes[self.scope]

    @property
    def counted(self) -> CountedConvictions:
        """Return the convictions that the rulebook counts."""
        return self.rulebook.rulebook.counted_convictions

    @property
    def key(self) -> TermsKey:
        """Return the terms as a value that compares."""
        return TermsKey(self.as_of, self.rulebook.digest, self.presume, self.scope, self.courts)


@dataclass(frozen=True)
class TermsKey:
    """Terms as a value that compares: with equal terms, equal records get equal recommendations.

    Args:
        as_of: The as-of date.
        rulebook: The rulebook's digest; it covers presumptions, scopes and counted convictions.
        presume: Whether to use presumptions.
        scope: A scope of the rulebook; None for every case.
        courts: Court codes; None for every court.
    """

    as_of: datetime.date
    rulebook: str
    presume: bool
    scope: str | None
    courts: frozenset[str] | None


class Assessed(NamedTuple):
    """The results for case records.

    Args:
        recommendations: Columns of recommendation.avsc.
        records: All records that could be normalized, with `scope_unknown` and `completed`
            (Boolean).
        outside: The records that aren't assessed.
        quarantined: Rows of quarantined.avsc.
    """

    recommendations: Frame
    records: Frame
    outside: Frame
    quarantined: Frame

    def of(self, cases: Frame) -> Assessed:
        """Select the results for some cases.

        Args:
            cases: Their `case_id`.
        """
        return Assessed(*(frame.join(cases, on="case_id", how="semi") for frame in self))


def assess(records: Frame, terms: Terms) -> Assessed:
    """Normalize case records, and recommend a route for those in scope.

    Args:
        records: Columns of case_record.avsc, as agencies write them.
        terms: The terms.

    Returns:
        The recommendations, and what isn't assessed.
    """
    return _assessed(in_scope(records, terms), terms)


def assess_both(before: Frame, after: Frame, terms: Terms) -> tuple[Assessed, Assessed]:
    """Assess two sets of records at once, because even a few records cost much.

    Args:
        before: Columns of case_record.avsc, as agencies write them.
        after: The same, perhaps of the same cases.
        terms: The terms.

    Returns:
        What `assess` returns for each.
    """
    there = in_scope(pl.concat([before, after]), terms)
    both = _assessed(there, terms)
    # Everything is in the order of the records.
    nameless = int(before.select(case_key().is_null()).to_series().sum())
    named = before.height - nameless
    taken = int(there.taken.head(named).sum())
    ends = (taken, named, named - taken, nameless)
    parts = list(zip(both, ends, strict=True))
    return (
        Assessed(*(frame.head(end) for frame, end in parts)),
        Assessed(*(frame.slice(end) for frame, end in parts)),
    )


def _assessed(there: InScope, terms: Terms) -> Assessed:
    recommended = recommend(there.facts, terms.rulebook, terms.as_of, presume=terms.presume)
    outside = there.records.filter(~there.taken)
    return Assessed(recommended, there.records, outside, there.quarantined)


class InScope(NamedTuple):
    """Case records that were read on some terms.

    Args:
        facts: The facts of those in scope, and the columns that a recommendation repeats.
        records: All records that could be normalized, as in `Assessed`.
        taken: Whether each of them is in scope (Boolean).
        quarantined: Rows of quarantined.avsc.
    """

    facts: Frame
    records: Frame
    taken: pl.Series
    quarantined: Frame


def in_scope(records: Frame, terms: Terms) -> InScope:
    """Normalize case records, and derive the facts of those in scope.

    Args:
        records: Columns of case_record.avsc, as agencies write them.
        terms: The terms.
    """
    normalized, quarantined = normalize(records, terms.as_of)
    facts = derive_facts(normalized, terms.counted, terms.as_of)
    marked, taken = mark(normalized, facts, terms.as_of, terms.inside, terms.courts)
    inside = with_passed_through(facts, normalized).filter(taken)
    return InScope(inside, marked, taken, quarantined)


def status_of(assessed: Assessed) -> Frame:
    """Return each case's `case_id`, and `status`: routed, completed, out_of_scope, quarantined."""
    outside = assessed.outside.select(
        "case_id",
        status=pl.when("completed").then(pl.lit("completed")).otherwise(pl.lit("out_of_scope")),
    )
    return pl.concat(
        [
            assessed.recommendations.select("case_id", status=pl.lit("routed")),
            outside,
            assessed.quarantined.select("case_id", status=pl.lit("quarantined")),
        ]
    )
