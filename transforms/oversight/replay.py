"""Replay: what a rulebook recommends for the case of each outcome, as of the day before."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import TypeAlias

import polars as pl

from schemas.rulebook.compiled import CompiledRulebook
from transforms.frames.frame import Frame, concat_frames
from transforms.normalize.records import normalize
from transforms.route.recommendation import recommend_on, with_passed_through
from transforms.score.facts import derive_facts

# Prosecutorial discretion: administrative closure, the same in court, and termination.
DISCRETION = {"Y": "closed", "M": "closed", "I": "terminated"}
OUTCOMES = pl.Schema(
    {"case_id": pl.String, "court": pl.String, "nationality": pl.String, "day": pl.Date,
     "code": pl.String, "discretion": pl.Boolean, "route": pl.String, "may_close": pl.Boolean,
     "only_close": pl.Boolean}
)  # fmt: skip
_KIND = pl.col("court_outcome_kind").cast(pl.String)
_NOT_JUDGED = [
    pl.lit(None, OUTCOMES[name]).alias(name) for name in ("route", "may_close", "only_close")
]
RulebookOn: TypeAlias = Callable[[datetime.date], CompiledRulebook | None]


def replay(
    records: Frame,
    rulebook_on: RulebookOn,
    *,
    presume: bool,
) -> Frame:
    """Recommend a route for the case of each outcome, as of the day before it.

    Args:
        records: From `transforms.eoir.outcomes.before_outcomes`.
        rulebook_on: Returns the rulebook that applies on a day, if there is one.
        presume: Whether to use the rulebook's presumptions.

    Returns:
        Columns `OUTCOMES`, in no order: the outcome's day and code; whether it is a closure by
        discretion; and the route, whether the case may be closed whatever the unknown facts turn
        out to be, and whether it can only be closed. These three are null if the case wasn't on the
        docket the day before, or if no rulebook applied.
    """
    if not records.height:
        return OUTCOMES.to_frame()
    # Nothing in a record is later than its own day but the outcome and the next hearing, and the
    # record says which day that is. So all of them can be normalized as of the last day.
    last = records.select(pl.col("court_outcome_date").str.to_date().max()).item()
    normal, _ = normalize(records, last)
    code = pl.col("court_outcome")
    outcomes = normal.select(
        "case_id",
        "court",
        "nationality",
        pl.col("court_outcome_date").str.to_date().alias("day"),
        code.alias("code"),
        discretion=(code.is_in(list(DISCRETION)) & (_KIND == "OTHER_COMPLETION")).fill_null(False),
    )
    as_of = normal["updated_at"].str.head(10).str.to_date()
    parts = []
    for rulebook, rows in _by_rulebook(as_of, rulebook_on):
        if rulebook is None:
            parts.append(outcomes[rows].with_columns(_NOT_JUDGED))
            continue
        there = normal[rows]
        facts = derive_facts(there, rulebook.rulebook.counted_convictions, last)
        on_record = with_passed_through(facts, there)
        made = recommend_on(on_record, rulebook, as_of[rows], presume=presume)
        possible = pl.col("possible_routes")
        routes = made.select(
            "route",
            may_close=possible.list.contains("close"),
            only_close=possible.list.contains("close") & (possible.list.len() == 1),
        )
        parts.append(outcomes[rows].hstack(routes))
    return concat_frames(parts, OUTCOMES)


def _by_rulebook(
    as_of: pl.Series, rulebook_on: RulebookOn
) -> Iterator[tuple[CompiledRulebook | None, pl.Series]]:
    """Find the rows that each rulebook applies to; the last ones are those that none applies to."""
    days = defaultdict[str, list[datetime.date]](list)
    books = {}
    for day in as_of.drop_nulls().unique().sort():
        if (rulebook := rulebook_on(day)) is not None:
            books[rulebook.digest] = rulebook
            days[rulebook.digest].append(day)
    for digest, of in days.items():
        yield books[digest], as_of.is_in(of).fill_null(False).arg_true()
    judged = [day for of in days.values() for day in of]
    yield None, (~as_of.is_in(judged)).fill_null(True).arg_true()
