"""The examples in the project's rulebooks: what they cover beyond the checker's demands.

`rulebook check` demands every criterion TRUE and FALSE, every row, and every milestone's three
days. The project's own must do more: UNKNOWN too, a criterion that flips on the milestone, 29
February, cut-off dates, and every presumption.
"""

from __future__ import annotations

import datetime
import functools
import itertools
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from schemas.case_record import CaseRecord
from schemas.facts import FACTS, high, low
from schemas.rulebook.compiled import LISTS, CompiledRulebook
from schemas.rulebook.model import Example
from schemas.rulebooks import load, names
from transforms.explain.table_proofs import turned_off
from transforms.normalize.case_frame import to_frame
from transforms.normalize.records import normalize
from transforms.score.facts import derive_facts
from transforms.score.milestones import milestone_dates

RULEBOOKS = names()
ONE_DAY = datetime.timedelta(days=1)
NEAR = (-1, 0, 1)

Row = Mapping[str, Any]
Part = tuple[str, str]
Seen = tuple[Example, Row, Row]


@functools.cache
def seen(name: str) -> list[Seen]:
    """Return each example with its case's facts and the days of its milestones."""
    rulebook = load(name)
    rows: list[Seen] = []
    in_order = sorted(rulebook.rulebook.examples, key=lambda example: example.as_of)
    for as_of, group in itertools.groupby(in_order, lambda example: example.as_of):
        examples = list(group)
        cases = [
            CaseRecord.model_validate({**example.case, "case_id": str(index)})
            for index, example in enumerate(examples)
        ]
        records, _ = normalize(to_frame(cases), as_of)
        facts = derive_facts(records, rulebook.rulebook.counted_convictions)
        dates = milestone_dates(facts, rulebook).to_dicts() or [{}] * len(examples)
        rows += zip(examples, facts.to_dicts(), dates, strict=True)
    return rows


def exactly(row: Row, name: str) -> datetime.date | None:
    """A date whose two bounds agree."""
    day: datetime.date | None = row[low(name)]
    return day if day == row[high(name)] else None


def parts(of: str) -> list[Part]:
    return [(name, part) for name in RULEBOOKS for part in _ids(load(name), of)]


def _ids(rulebook: CompiledRulebook, of: str) -> Iterator[str]:
    match of:
        case "criteria":
            yield from (c.id for c in rulebook.criteria)
        case "lists":
            # If every row has the same route, no criterion is decisive.
            book = rulebook.rulebook
            rows = (row for n, row in enumerate(book.routing) if turned_off(book, n) is None)
            if len({row.route for row in rows}) > 1:
                yield from (c.id for c in rulebook.criteria if c.criterion.list in LISTS)
        case "milestones":
            yield from (milestone.id for milestone in rulebook.milestones)
        case "leaps":
            yield from (m.id for m in rulebook.milestones if m.since is not None)
        case "presumptions":
            yield from rulebook.presumed


@pytest.mark.parametrize(("name", "criterion"), parts("criteria"))
def test_examples_make_every_criterion_true_false_and_unknown(name: str, criterion: str) -> None:
    expected = {example.expect.criteria.get(criterion) for example, *_ in seen(name)}
    rulebook = load(name)
    condition = next(c.condition for c in rulebook.criteria if c.id == criterion)
    # What depends on the day alone is known for every case.
    unknown = ["unknown"] if rulebook.facts_read(condition) else []
    assert {True, False, *unknown} <= expected


@pytest.mark.parametrize(("name", "criterion"), parts("lists"))
def test_examples_make_each_listed_criterion_unknown_and_decisive(
    name: str, criterion: str
) -> None:
    assert any(
        example.case
        and example.expect.criteria.get(criterion) == "unknown"
        and len(example.expect.possible_routes or ()) > 1
        for example, *_ in seen(name)
    )


@pytest.mark.parametrize(
    ("name", "milestone", "leap"),
    [
        *(pytest.param(*part, False, id="-".join(part)) for part in parts("milestones")),
        *(pytest.param(*part, True, id=f"{'-'.join(part)}-29 February") for part in parts("leaps")),
    ],
)
def test_a_criterion_flips_on_every_milestone(name: str, milestone: str, leap: bool) -> None:
    rulebook = load(name)
    since = next(m.since for m in rulebook.milestones if m.id == milestone)
    readers = [c.id for c in rulebook.criteria if milestone in c.condition.milestones]
    # By case, because the criterion must flip for the same case over the three days.
    values: dict[tuple[str, str], dict[int, object]] = {}
    for example, facts, dates in seen(name):
        day = exactly(dates, milestone)
        base = day if since is None else exactly(facts, since)
        if day is None or base is None or ((base.month, base.day) == (2, 29)) is not leap:
            continue
        # An anniversary that is itself on February 29 would show nothing.
        assert not leap or (day.month, day.day) != (2, 29)
        for criterion in readers:
            if criterion in example.expect.criteria:
                case = values.setdefault((repr(example.case), criterion), {})
                case[(example.as_of - day).days] = example.expect.criteria[criterion]
    assert any(
        set(NEAR) <= by_day.keys() and by_day[-1] != by_day[0] == by_day[1]
        for by_day in values.values()
    )


def cut_offs() -> list[tuple[str, str, str, datetime.date]]:
    """Find criteria that compare a date fact with a date parameter."""
    return [
        (name, criterion.id, fact, parameter.value)
        for name in RULEBOOKS
        for key, parameter in load(name).rulebook.parameters.items()
        if isinstance(parameter.value, datetime.date)
        for criterion in load(name).criteria
        if f":{key}" in criterion.criterion.when
        for fact in criterion.condition.facts
        if FACTS[fact].kind == "date"
    ]


@pytest.mark.parametrize(("name", "criterion", "fact", "cut_off"), cut_offs())
def test_examples_cover_the_days_around_every_cut_off_date(
    name: str, criterion: str, fact: str, cut_off: datetime.date
) -> None:
    values = {
        exactly(facts, fact): example.expect.criteria[criterion]
        for example, facts, _ in seen(name)
        if criterion in example.expect.criteria and exactly(facts, fact) is not None
    }
    days = [cut_off + offset * ONE_DAY for offset in NEAR]
    assert [day for day in days if day not in values] == []
    assert {values[day] for day in days} == {True, False}


def test_there_are_cut_off_dates_to_cover() -> None:
    border = ("P2", "apprehended_on"), ("P2", "nta_issued"), ("P2", "first_entry")
    expected = {
        "dhs-2014-11-20": {("P2c", "present_since"), ("P3", "latest_final_order")},
        "dhs-2021-01-20": {*border, ("P3", "released_from_incarceration")},
        "ice-2021-02-18": {*border},
        "opla-2021-05-27": {*border},
        "dhs-2021-09-30": {("P3b", "last_illegal_entry")},
        "opla-2022-04-03": {("C2", "last_illegal_entry")},
    }
    found: dict[str, set[tuple[str, str]]] = {}
    for name, criterion, fact, _ in cut_offs():
        found.setdefault(name, set()).add((criterion, fact))
    assert found == expected


@pytest.mark.parametrize(("name", "fact"), parts("presumptions"))
def test_every_presumption_is_a_check_somewhere(name: str, fact: str) -> None:
    assert any(fact in (example.expect.checks or ()) for example, *_ in seen(name))
