"""Due: the next day on which time alone may change a case's recommendation.

That is the next bound of one of its milestones, the day on which it is completed, or a future date
in its record: such a date is unknown, or in conflict, until it arrives. A case that is due may turn
out unchanged.
"""

from __future__ import annotations

import datetime

import polars as pl

from schemas.facts import FACTS
from schemas.outcomes import ROUTES
from schemas.rulebook.compiled import CompiledRulebook
from transforms.assess.frame import Assessed, Terms
from transforms.frames.frame import Frame, concat_frames
from transforms.nightly.night import Night
from transforms.normalize.case_frame import CASES
from transforms.normalize.fields import LIST_DATES, PAST_DATES
from transforms.normalize.records import normalize
from transforms.score.facts import derive_facts
from transforms.score.milestones import milestone_dates
from transforms.score.scope import mark

DUE = pl.Schema({"case_id": pl.String, "due": pl.Date})
# As of then, no readable date is in the future.
_LAST_DAY = datetime.date(2199, 12, 31)
# What determines when a record is due, other than milestones.
_ALWAYS = ("case_id", "court", "birth_precision", "completed_on", "removals", "convictions")
_UNTIL_THEN = ("REMOVAL_AFTER_AS_OF", "CONVICTION_AFTER_AS_OF")


def due_dates(records: Frame, assessed: Assessed, terms: Terms) -> Frame:
    """Find the next due day of each case that has one.

    Args:
        records: Case records, as agencies write them.
        assessed: Their results.
        terms: The terms and the as-of date.

    Returns:
        Columns `DUE`, each case once; every day is after as-of.
    """
    ahead = _ahead(assessed.records.filter(~pl.col("completed")))
    return _earliest(
        _moments(assessed.records, assessed.outside, terms),
        _dates_ahead(records.join(ahead, on="case_id", how="semi"), terms.as_of),
    )


def due_since(night: Night, shard: int, shards: int) -> Frame:
    """Find the next due day of each case after last night, from what last night's run wrote.

    Args:
        night: Last night.
        shard: The shard; bucket B is in shard B modulo their number.
        shards: The number of shards.

    Returns:
        Columns `DUE`.
    """
    buckets = range(shard, night.buckets, shards)
    return concat_frames([_of_bucket(night, bucket) for bucket in buckets], DUE)


def _of_bucket(night: Night, bucket: int) -> Frame:
    """Find the due days of a bucket's cases, without assessing them again."""
    terms = night.terms
    # Only what determines the days is read; a scope may also depend on a future date.
    columns = _columns(terms.rulebook) if terms.scope is None else None
    there = pl.concat([CASES.to_frame(), night.state("cases", bucket, columns)], how="diagonal")
    records, _ = normalize(there, terms.as_of)
    facts = derive_facts(records, terms.counted, terms.as_of)
    marked, taken = mark(records, facts, terms.as_of, terms.inside, terms.courts)
    routed = pl.concat(night.state(route, bucket, ("case_id", "warnings")) for route in ROUTES)
    pending = marked.filter(~pl.col("completed"))
    # The first of their days decides.
    ahead = pl.concat([_warned(routed), _ahead(pending)])
    tomorrow = pl.lit(terms.as_of + datetime.timedelta(days=1))
    return _earliest(
        _moments(marked, marked.filter(~taken), terms), ahead.with_columns(due=tomorrow)
    )


def _columns(rulebook: CompiledRulebook) -> tuple[str, ...]:
    since = (FACTS[m.since] for m in rulebook.milestones if m.since is not None)
    read = (field.split(".")[0] for fact in since for field in fact.fields)
    return tuple(dict.fromkeys((*_ALWAYS, *read)))


def _moments(records: Frame, outside: Frame, terms: Terms) -> Frame:
    """Find the next milestone, or the completion, of normalized records in scope."""
    inside = records.join(outside, on="case_id", how="anti")
    facts = derive_facts(inside, terms.counted, terms.as_of)
    ends = pl.col("completed_on").str.to_date("%Y-%m-%d")
    dates = milestone_dates(facts, terms.rulebook).get_columns()
    moments = inside.select("case_id", ends).hstack(dates)
    days = (pl.col(name) for name in moments.columns[1:])
    later = [pl.when(day > terms.as_of).then(day) for day in days]
    return moments.select("case_id", due=pl.min_horizontal(later))


def _dates_ahead(records: Frame, as_of: datetime.date) -> Frame:
    """Find the next future date in some records, as agencies write them."""
    if records.is_empty():
        return DUE.to_frame()
    read, _ = normalize(records, _LAST_DAY)
    today = as_of.isoformat()
    days: list[pl.Expr] = [pl.when(pl.col(name) > today).then(pl.col(name)) for name in PAST_DATES]
    for column, names in LIST_DATES.items():
        fields = (pl.element().struct.field(name) for name in names)
        days += [pl.col(column).list.eval(f.filter(f > today)).list.min() for f in fields]
    # Perhaps only the month or the year of a birth is known.
    first = (pl.min_horizontal(days) + "-01-01").str.head(10)
    return read.select("case_id", due=first.str.to_date("%Y-%m-%d"))


def _ahead(records: Frame) -> Frame:
    """Find the cases with a future date, from normalized records."""
    until = pl.col("conflicts").list.eval(pl.element().is_in(_UNTIL_THEN)).list.any()
    return pl.concat([_warned(records), records.filter(until).select("case_id")])


def _warned(records: Frame) -> Frame:
    """Find the cases with a date that was set to unknown because it is in the future."""
    ahead = pl.element().str.ends_with(":FUTURE_DATE")
    return records.filter(pl.col("warnings").list.eval(ahead).list.any()).select("case_id")


def _earliest(*dues: Frame) -> Frame:
    every = pl.concat(dues).drop_nulls()
    return every.group_by("case_id", maintain_order=True).agg(pl.col("due").min()).cast(DUE)
