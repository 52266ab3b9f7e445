from __future__ import annotations

from typing import Any

import polars as pl

from schemas.rulebooks import load_text
from tests.helpers.small_rulebook import TEXT, Truth, facts, small
from transforms.score.criteria import evaluate

TRUTHS = (True, False, None)


def test_evaluates_a_criterion_as_true_false_or_unknown() -> None:
    cases: list[tuple[dict[str, Any], tuple[Truth, ...]]] = [
        ({"arrests": 2, "entered_illegally": True, "us_high_school": True}, (True, None, True)),
        ({"arrests": (0, 1), "entered_illegally": False}, (False, False, None)),
        ({"arrests": (1, 2), "entered_illegally": None, "us_high_school": False},
         (None, None, False)),
        ({"arrests": (2, None)}, (True, None, None)),
        ({}, (None, None, None)),
    ]  # fmt: skip
    record = facts(*(case for case, _ in cases)).with_columns(
        three_years_in=pl.lit(None, pl.Boolean)
    )
    wanted = [c for c in small().criteria if c.id in ("P1", "P3", "A1")]
    values = evaluate(wanted, record)
    assert values.schema == {"P1": pl.Boolean, "P3": pl.Boolean, "A1": pl.Boolean}
    assert values.rows() == [expected for _, expected in cases]


def test_a_criterion_reads_the_milestone_of_its_case() -> None:
    record = facts(*[{"entered_illegally": True}] * 3).with_columns(
        three_years_in=pl.Series(TRUTHS, dtype=pl.Boolean)
    )
    [new] = [c for c in small().criteria if c.id == "P3"]
    assert evaluate([new], record)["P3"].to_list() == [False, True, None]


def test_a_criterion_that_reads_no_fact_holds_for_every_case() -> None:
    always = load_text("always", TEXT.replace("when: serious_condition", "when: 'TRUE'"))
    [criterion] = [c for c in always.criteria if c.id == "F2"]
    assert evaluate([criterion], facts({}, {}, {})).rows() == [(True,)] * 3
