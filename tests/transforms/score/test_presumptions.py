from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from tests.helpers.random_facts import partial_facts
from tests.helpers.small_rulebook import facts, small
from transforms.score.presumptions import presumable, with_presumptions

# A case, and whether its arrests and its gang membership are presumed.
CASES: list[tuple[dict[str, Any], bool, bool]] = [
    ({}, True, True),
    ({"arrests": 0, "gang_member": False}, False, False),
    ({"arrests": 3, "gang_member": True}, False, False),
    # Something is listed, or there are known to be few: the record isn't silent.
    ({"arrests": (1, None)}, False, True),
    ({"arrests": (0, 2)}, False, True),
    ({"alleged_criminal_ground": True}, True, False),
    ({"alleged_criminal_ground": False}, True, True),
    ({"arrests": 0, "alleged_criminal_ground": True, "gang_member": False}, False, False),
]


@pytest.mark.parametrize(("case", "arrests", "gang"), CASES)
def test_presumes_only_facts_that_the_record_does_not_mention(
    case: dict[str, Any], arrests: bool, gang: bool
) -> None:
    applies = presumable(facts(case), small()).applies
    assert applies.to_dicts() == [{"arrests": arrests, "gang_member": gang}]


def test_sets_presumed_facts_and_changes_no_others() -> None:
    record = facts(*(case for case, _, _ in CASES))
    presumed = with_presumptions(record, presumable(record, small()).applies, small())
    assert presumed.schema == record.schema
    touched = ("arrests.low", "arrests.high", "gang_member")
    assert presumed.drop(touched).equals(record.drop(touched))
    before, after = (frame.select(touched).rows() for frame in (record, presumed))
    for (_, arrests, gang), old, new in zip(CASES, before, after, strict=True):
        assert new == ((0, 0) if arrests else old[:2]) + ((False,) if gang else old[2:])


def test_without_presumptions_nothing_is_presumed() -> None:
    none = dataclasses.replace(small(), presumptions=())
    record = partial_facts(1, 20)
    assert with_presumptions(record, presumable(record, none).applies, none).equals(record)
