"""Explain: how one case came by its recommendation, criterion by criterion."""

from __future__ import annotations

import datetime
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from schemas.facts import FACTS, Fact, high, low
from schemas.rulebook_compile import CompiledCriterion, CompiledRulebook, MilestoneSpan
from transforms.frames.frame import Frame
from transforms.route.recommendation import PASSED_THROUGH, recommend
from transforms.score.facts import derive_facts
from transforms.score.milestones import milestone_dates
from transforms.score.position import Weighing

ONE_DAY = datetime.timedelta(days=1)
COUNTS = (0, 1, 2, 3)


@dataclass(frozen=True)
class CriterionTrace:
    """How one criterion came out.

    Args:
        id: Its id.
        list: priority, favored or factor.
        title: Its title.
        value: true, false or unknown.
        citation: Document and section.
        condition: The condition, as the rulebook has it.
        facts: The facts it read, as text.
        missing: Those of them that are not known.
        changes: The first later day on which it comes out otherwise, and how; None if never.
    """

    id: str
    list: str
    title: str
    value: str
    citation: str
    condition: str
    facts: dict[str, str]
    missing: tuple[str, ...]
    changes: tuple[datetime.date, str] | None


@dataclass(frozen=True)
class OneFactChange:
    """One fact that would change the route by itself: what it would have to be, and the route."""

    fact: str
    value: str
    route: str


@dataclass(frozen=True)
class Explanation:
    """How one case came by its recommendation.

    Args:
        recommendation: A row of recommendation.avsc.
        criteria: Every criterion, in the rulebook's order.
        one_fact: Single facts that would change the route.
    """

    recommendation: dict[str, Any]
    criteria: tuple[CriterionTrace, ...]
    one_fact: tuple[OneFactChange, ...]


def explain(
    record: Frame, rulebook: CompiledRulebook, as_of: datetime.date, *, presume: bool = True
) -> Explanation:
    """Explain the recommendation for one case.

    Args:
        record: One normalized case record, with `warnings`.
        rulebook: The rulebook.
        as_of: The date as of which to weigh.
        presume: Whether the rulebook's presumptions are used.

    Returns:
        The explanation.
    """
    facts = derive_facts(record, rulebook.rulebook.counted_convictions)
    passed = record.select(name for name in PASSED_THROUGH if name in record.columns)
    [values] = facts.hstack(passed).to_dicts()
    others = tuple(_with_one_fact_changed(values, rulebook, as_of))
    # The case and its variations are weighed together: a frame of many costs little more than one.
    together = pl.DataFrame(
        [values, *(other.values for other in others)], schema=facts.schema | passed.schema
    )
    row, *routed = recommend(together, rulebook, as_of, presume=presume).to_dicts()
    routes = [other["route"] for other in routed]
    return Explanation(
        row,
        tuple(_traces(facts, row, rulebook, as_of)),
        tuple(_one_fact(row["route"], others, routes)),
    )


def fact_text(fact: Fact, facts: dict[str, Any]) -> str:
    """A fact's value as text, between its bounds where it is not known.

    Args:
        fact: The fact.
        facts: A row of a fact frame.

    Returns:
        Text such as `true`, `at least 1`, `1980-05-01` or `unknown`.
    """
    if fact.kind in ("bool", "code"):
        value = facts[fact.name]
        return "unknown" if value is None else str(value).lower() if fact.kind == "bool" else value
    least, most = facts[low(fact.name)], facts[high(fact.name)]
    if least == most:
        return "unknown" if least is None else str(least)
    if least is None or (fact.kind == "count" and least == 0 and most is None):
        return "unknown" if most is None else f"at most {most}"
    return f"at least {least}" if most is None else f"{least} to {most}"


def _traces(
    facts: Frame, row: dict[str, Any], rulebook: CompiledRulebook, as_of: datetime.date
) -> Iterator[CriterionTrace]:
    [values] = facts.to_dicts()
    changes = _criterion_changes(facts, row, rulebook, as_of)
    for criterion in rulebook.criteria:
        texts = {
            name: fact_text(FACTS[name], values)
            for name in rulebook.facts_read(criterion.condition)
        }
        yield CriterionTrace(
            id=criterion.id,
            list=criterion.criterion.list,
            title=criterion.criterion.title,
            value=_truth(criterion, row),
            citation=criterion.citation,
            condition=criterion.criterion.when,
            facts=texts,
            missing=tuple(name for name in texts if not _known(FACTS[name], values)),
            changes=changes.get(criterion.id),
        )


def _known(fact: Fact, values: dict[str, Any]) -> bool:
    if fact.only_if is not None and values[fact.only_if] is False:
        return True
    bounds = [values[column] for column in fact.columns]
    return None not in bounds and len(set(bounds)) == 1


def _truth(criterion: CompiledCriterion, row: dict[str, Any]) -> str:
    if criterion.id in row["criteria_unknown"]:
        return "unknown"
    return "true" if criterion.id in row["criteria_true"] else "false"


def _criterion_changes(
    facts: Frame, row: dict[str, Any], rulebook: CompiledRulebook, as_of: datetime.date
) -> dict[str, tuple[datetime.date, str]]:
    dates = milestone_dates(facts, rulebook)
    ahead = sorted({day for day in (dates.row(0) if dates.columns else ()) if day and day > as_of})
    found: dict[str, tuple[datetime.date, str]] = {}
    if not ahead:
        return found
    # The one case, once a day.
    each_day = pl.DataFrame(facts.to_dicts() * len(ahead), schema=facts.schema)
    weighing = Weighing(rulebook, each_day, None, milestone_dates(each_day, rulebook))
    values, _ = weighing.values(rulebook.criteria, pl.Series(ahead, dtype=pl.Date))
    for day, later in zip(ahead, values.to_dicts(), strict=True):
        for criterion in rulebook.criteria:
            after = _WORDS[later[criterion.id]]
            if criterion.id not in found and after != _truth(criterion, row):
                found[criterion.id] = (day, after)
    return found


_WORDS = {True: "true", False: "false", None: "unknown"}


@dataclass(frozen=True)
class _Variation:
    """The case with one fact changed: which, to what, and the row of all its facts."""

    fact: str
    value: str
    values: dict[str, Any]


def _with_one_fact_changed(
    values: dict[str, Any], rulebook: CompiledRulebook, as_of: datetime.date
) -> Iterator[_Variation]:
    read = {name for c in rulebook.criteria for name in rulebook.facts_read(c.condition)}
    for name in sorted(read):
        fact = FACTS[name]
        for value, text in _alternatives(fact, rulebook, as_of):
            yield _Variation(name, text, {**values, **dict.fromkeys(fact.columns, value)})


def _one_fact(
    route: str, variations: Sequence[_Variation], routes: Sequence[str]
) -> Iterator[OneFactChange]:
    routed = zip(variations, routes, strict=True)
    for (name, other), alike in itertools.groupby(routed, lambda pair: (pair[0].fact, pair[1])):
        if other == route:
            continue
        texts = [variation.value for variation, _ in alike]
        if FACTS[name].kind == "count" and len(texts) > 1:
            texts = [f"{texts[0]} to {texts[-1]}"]
        yield from (OneFactChange(name, text, other) for text in texts)


def _alternatives(
    fact: Fact, rulebook: CompiledRulebook, as_of: datetime.date
) -> Iterator[tuple[Any, str]]:
    if fact.kind == "bool":
        yield from ((True, "true"), (False, "false"))
    elif fact.kind == "code":
        yield from ((value, value) for value in fact.values)
    elif fact.kind == "count":
        yield from ((number, str(number)) for number in COUNTS)
    else:
        for milestone in rulebook.milestones:
            if milestone.since == fact.name:
                day = _so_long_before(as_of, milestone)
                yield day - 2 * ONE_DAY, f"before {day}"
                yield day + 2 * ONE_DAY, f"after {day}"


def _so_long_before(day: datetime.date, span: MilestoneSpan) -> datetime.date:
    months = day.year * 12 + day.month - 1 - span.months - span.years * 12
    first = datetime.date(months // 12, months % 12 + 1, 1)
    return first + datetime.timedelta(days=day.day - 1 - span.days)
