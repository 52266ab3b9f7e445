"""Example runs: the recommendation for each example of a rulebook, all of them in few frames.

A frame costs much more than a case in it, and examples have many as-of dates. So examples are read
and assessed together, each as of its own day, wherever the result is the same.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl
from pydantic import ValidationError

from schemas.case_record import CaseRecord
from schemas.facts import high, low
from schemas.rulebook.compiled import CompiledRulebook, Problem
from schemas.rulebook.model import Example
from transforms.frames.frame import Frame
from transforms.normalize.case_frame import to_frame
from transforms.normalize.fields import LIST_DATES, PAST_DATES
from transforms.normalize.records import normalize
from transforms.route.recommendation import recommend, recommend_on, with_passed_through
from transforms.score.facts import derive_facts
from transforms.score.milestones import milestone_dates

_ISO = re.compile(r"\d{4}(-\d\d){0,2}")
_ASKED = {"missing_facts", "settling_facts"}
# Days before and after a milestone.
_NEAR = 2


@dataclass(frozen=True)
class ExampleRuns:
    """The results of examples.

    Args:
        problems: Examples that couldn't be run.
        recommended: The recommendation for each other example, by its place in the rulebook. What
            to ask is worked out only for examples that say what it must be.
        days: Which milestones lie how many days before the as-of date of some example.
        near: Examples whose as-of date is at most two days from a milestone.
    """

    problems: tuple[Problem, ...]
    recommended: dict[int, dict[str, Any]]
    days: frozenset[tuple[str, int]]
    near: frozenset[int]


def run_all(rulebook: CompiledRulebook) -> ExampleRuns:
    """Run every example of a rulebook.

    Args:
        rulebook: The rulebook.

    Returns:
        Their results.
    """
    examples = rulebook.rulebook.examples
    problems: list[Problem] = []
    cases: dict[int, CaseRecord] = {}
    for place, example in enumerate(examples):
        try:
            cases[place] = example_record(place, example)
        except ValueError as error:
            problems.append(Problem(("examples", place), str(error)))
    frames = []
    for as_of, places in _read_together(examples, cases).items():
        records, quarantined = normalize(to_frame(cases[place] for place in places), as_of)
        for row in quarantined.to_dicts():
            reason = f"it would be quarantined: {row['detail']}"
            problems.append(Problem(("examples", int(row["case_id"])), reason))
        facts = derive_facts(records, rulebook.rulebook.counted_convictions, as_of)
        frames.append(with_passed_through(facts, records))
    if not frames:
        return ExampleRuns(tuple(problems), {}, frozenset(), frozenset())
    facts = pl.concat(frames)
    days = list(_days(facts, rulebook))
    return ExampleRuns(
        tuple(problems),
        _recommended(facts, rulebook),
        frozenset((milestone, after) for _, milestone, after in days),
        frozenset(place for place, _, after in days if abs(after) <= _NEAR),
    )


def example_record(place: int, example: Example) -> CaseRecord:
    """Make the case record of an example; its id is the example's place in the rulebook.

    Raises:
        ValueError: A field can't be read.
    """
    try:
        return CaseRecord.model_validate(
            # A recommendation is as of its example's own day.
            {"updated_at": example.as_of.isoformat(), **example.case, "case_id": str(place)}
        )
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise ValueError(f"case.{where}: {first['msg']}") from None


def _read_together(
    examples: Sequence[Example], cases: dict[int, CaseRecord]
) -> dict[datetime.date, list[int]]:
    """Group examples by the date as of which they are read.

    If nothing in a case is dated after its as-of date, reading it as of any later date is the same.
    """
    latest = max((example.as_of for example in examples), default=datetime.date.min)
    groups: dict[datetime.date, list[int]] = {}
    for place, case in cases.items():
        as_of = examples[place].as_of
        before = all(_is_by(text, as_of.isoformat()) for text in _past_dates(case))
        groups.setdefault(latest if before else as_of, []).append(place)
    return groups


def _past_dates(case: CaseRecord) -> Iterator[str]:
    content = case.model_dump(include={*PAST_DATES, *LIST_DATES})
    yield from (content[name] for name in PAST_DATES if content[name] is not None)
    for name, columns in LIST_DATES.items():
        for element in content[name] or ():
            for column in columns:
                if element is not None and element[column] is not None:
                    yield element[column]


def _is_by(text: str, day: str) -> bool:
    """Tell whether no day that a date can mean is after a given day."""
    if _ISO.fullmatch(text) is None:
        return False
    return text <= day and (len(text) == len(day) or not day.startswith(text))


def _recommended(facts: Frame, rulebook: CompiledRulebook) -> dict[int, dict[str, Any]]:
    examples = rulebook.rulebook.examples
    places = facts["case_id"].cast(pl.Int64).to_list()
    presumes = pl.Series([examples[place].presume for place in places], dtype=pl.Boolean)
    rows: list[dict[str, Any]] = []
    for presume in (True, False):
        there = facts.filter(presumes == presume)
        if there.height:
            days = _as_of(there, examples)
            rows += recommend_on(there, rulebook, days, presume=presume).to_dicts()
    asking: dict[tuple[datetime.date, bool], list[str]] = {}
    for place in places:
        example = examples[place]
        if _ASKED & example.expect.model_fields_set:
            asking.setdefault((example.as_of, example.presume), []).append(str(place))
    for (as_of, presume), ids in asking.items():
        there = facts.filter(pl.col("case_id").is_in(ids))
        rows += recommend(there, rulebook, as_of, presume=presume).to_dicts()
    return {int(row["case_id"]): row for row in rows}


def _as_of(facts: Frame, examples: Sequence[Example]) -> pl.Series:
    days = [examples[int(place)].as_of for place in facts["case_id"]]
    return pl.Series("as_of", days, dtype=pl.Date)


def _days(facts: Frame, rulebook: CompiledRulebook) -> Iterator[tuple[int, str, int]]:
    """Count the days from each milestone to the as-of dates, if the milestone is on a known day."""
    dates = milestone_dates(facts, rulebook)
    as_of = _as_of(facts, rulebook.rulebook.examples)
    places = facts["case_id"].cast(pl.Int64)
    for milestone in rulebook.milestones:
        first, last = dates[low(milestone.id)], dates[high(milestone.id)]
        on_a_day = (first == last).fill_null(False)
        after = (as_of - first).dt.total_days().filter(on_a_day)
        for place, days in zip(places.filter(on_a_day), after, strict=True):
            yield place, milestone.id, days
