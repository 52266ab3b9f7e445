from __future__ import annotations

import polars as pl
import pytest

from schemas.facts import FACTS
from schemas.rulebook.condition import Names
from schemas.rulebook.conditions import compile_condition
from schemas.rulebooks import load, names
from tests.helpers.random_facts import AS_OF, near_milestones, partial_facts
from tests.helpers.small_rulebook import facts, small
from transforms.explain.deciding import deciding_facts
from transforms.score.criteria import evaluate
from transforms.score.milestones import milestone_dates, reached


@pytest.mark.parametrize(
    ("when", "case", "deciding"),
    [
        ("served OR gang_member", {"served": True, "gang_member": False}, ("served",)),
        ("served OR gang_member", {"served": True}, ("served",)),
        ("served OR gang_member", {"served": True, "gang_member": True}, ("served", "gang_member")),
        ("served OR gang_member", {"gang_member": False}, ("served",)),
        ("served AND arrests >= 2", {"served": True, "arrests": 2}, ("served", "arrests")),
        ("served AND arrests >= 2", {"served": True, "arrests": 1}, ("arrests",)),
        ("served AND arrests >= 2", {"served": True, "arrests": (1, 2)}, ("arrests",)),
        ("served AND NOT gang_member", {"served": True}, ("gang_member",)),
        ("NOT (served OR gang_member)", {"gang_member": True}, ("gang_member",)),
        ("court = 'BAL' AND served", {"court": "BAL", "served": True}, ("court", "served")),
        ("court IN ('BAL', 'DEN')", {"court": "NYC"}, ("court",)),
        ("court <> 'BAL'", {"court": "NYC"}, ("court",)),
        ("arrests + removals >= 3", {"arrests": 2, "removals": 1}, ("arrests", "removals")),
        ("last_entry >= DATE '2010-01-01'", {}, ("last_entry",)),
        ("served OR (gang_member AND unmarried)", {"unmarried": False}, ("served",)),
        ("TRUE", {"served": True}, ()),
    ],
)
def test_finds_the_facts_that_decide_a_condition(
    when: str, case: dict[str, object], deciding: tuple[str, ...]
) -> None:
    condition = compile_condition(when, Names({}, {}, {}, {}))
    assert deciding_facts(condition, facts(case), small()) == [deciding]


def test_a_milestone_stands_for_the_date_it_starts_from() -> None:
    [_, _, new, *_] = small().criteria
    case = facts({"entered_illegally": True}).with_columns(
        turned_65=pl.lit(False), three_years_in=pl.lit(False)
    )
    assert deciding_facts(new.condition, case, small()) == [("entered_illegally", "last_entry")]
    reached_it = case.with_columns(three_years_in=pl.lit(True))
    assert deciding_facts(new.condition, reached_it, small()) == [("last_entry",)]


@pytest.mark.parametrize("name", names())
def test_deciding_facts_decide_whatever_the_others_are(name: str) -> None:
    rulebook = load(name)
    # A rulebook with few criteria needs more cases for the same number of comparisons.
    rows = max(25, 250 // len(rulebook.criteria))
    cases = near_milestones(partial_facts(7, rows, known=0.7), rulebook, 7)
    dated = pl.Series("day", [AS_OF]).new_from_index(0, cases.height).to_frame()
    dated = dated.hstack(milestone_dates(cases, rulebook).get_columns())
    cases = cases.hstack(dated.select(*reached([m.id for m in rulebook.milestones], "day")))
    values = evaluate(rulebook.criteria, cases)
    since = {milestone.id: milestone.since for milestone in rulebook.milestones}
    compared = 0
    rows_of_cases = cases.to_dicts()
    for criterion in rulebook.criteria:
        bare, expected = [], []
        of_cases = deciding_facts(criterion.condition, cases, rulebook)
        for row, value, deciding in zip(rows_of_cases, values[criterion.id], of_cases, strict=True):
            assert set(deciding) <= set(rulebook.facts_read(criterion.condition))
            if value is None:
                assert deciding
                continue
            # With only the deciding facts known, the result is the same.
            kept = {column for fact in deciding for column in FACTS[fact].columns}
            # A day that is the same for all is known without a fact.
            kept |= {m for m, fact in since.items() if fact is None or fact in deciding}
            bare.append({column: row[column] if column in kept else None for column in row})
            expected.append(value)
        if bare:
            frame = pl.DataFrame(bare, schema=cases.schema)
            assert evaluate([criterion], frame)[criterion.id].to_list() == expected, criterion.id
        compared += len(bare)
    assert compared > 100
