"""The rulebooks from 2017 on pass every check, and only two of them close cases."""

from __future__ import annotations

import pytest

from schemas.rulebooks import load
from transforms.explain.check import check

NAMES = [
    "dhs-2017-02-20",
    "dhs-2021-01-20",
    "ice-2021-02-18",
    "opla-2021-05-27",
    "dhs-2021-09-30",
    "opla-2022-04-03",
    "dhs-2025-01-20",
]
CLOSING = {"opla-2021-05-27", "opla-2022-04-03"}


@pytest.mark.parametrize("name", NAMES)
def test_a_rulebook_passes_its_check(name: str) -> None:
    found = check(load(name))
    assert found.problems == ()
    assert all(min(counts[:2]) > 0 for counts in found.coverage.criteria.values())


@pytest.mark.parametrize("name", NAMES)
def test_only_the_attorneys_memos_close_and_termination_for_removal_is_not_closing(
    name: str,
) -> None:
    rows = load(name).rulebook.routing
    assert any(row.route == "close" for row in rows) is (name in CLOSING)
    forms = {row.form for row in rows if row.route == "close"}
    assert forms <= {"DISMISSAL_WITHOUT_PREJUDICE", "NOT_FILING"}
    for row in rows:
        assert row.form != "TERMINATION_FOR_EXPEDITED_REMOVAL" or row.route == "continue"


def test_no_rule_ever_decides_public_safety() -> None:
    for name, criterion in (("dhs-2021-09-30", "P2"), ("opla-2022-04-03", "B")):
        rulebook = load(name)
        [judged] = [c for c in rulebook.criteria if c.id == criterion]
        assert "current_threat_found" in judged.condition.facts
        assert judged.judgment is not None
        assert not set(judged.judgment.facts) & {"current_threat_found"}
        assert "current_threat_found" not in rulebook.presumed
