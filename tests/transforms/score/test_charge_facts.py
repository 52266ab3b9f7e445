"""What charges allege, what a judge sustained, and what can't be read: cases by hand."""

from __future__ import annotations

from typing import Any

import pytest

from schemas.rulebook.model import CountedConvictions
from tests.helpers.random_records import frame
from transforms.score.facts import derive_facts

Truth = bool | None
FRAUD, OVERSTAY, NO_GROUND = "212a06Ci", "237a01B", "212a07AiI"


def fact(name: str, **record: Any) -> Truth:
    value: Truth = derive_facts(frame([record]), CountedConvictions())[name].to_list()[0]
    return value


@pytest.mark.parametrize(
    ("status", "alleged", "sustained"),
    [
        ("SUSTAINED", True, True),
        ("NOT_SUSTAINED", False, False),
        ("WITHDRAWN", False, False),
        ("OTHER", True, False),
        ("UNKNOWN", True, None),
        (None, True, None),
    ],
)
def test_dispositions_decide_what_is_alleged(
    status: str | None, alleged: Truth, sustained: Truth
) -> None:
    charges = [{"code": FRAUD, "status": status}]
    assert fact("alleged_fraud", charges=charges) is alleged
    assert fact("sustained_fraud", charges=charges) is sustained
    assert fact("alleged_prior_removal", charges=charges) is False


@pytest.mark.parametrize("code", [None, "INA 237(a)(2)(A)(iii)", "unreadable ???", "8 USC"])
def test_an_unreadable_charge_leaves_every_allegation_open(code: str | None) -> None:
    charges = [{"code": OVERSTAY, "status": None}, {"code": code, "status": None}]
    facts = derive_facts(frame([{"charges": charges}]), CountedConvictions()).to_dicts()[0]
    alleged = {name: value for name, value in facts.items() if name.startswith("alleged_")}
    assert set(alleged.values()) == {None, True}
    assert [name for name, value in alleged.items() if value] == ["alleged_status_violation"]
    assert facts["unreadable_charge"] is True
    assert facts["charges_seen"] is None


@pytest.mark.parametrize(
    ("charges", "seen", "unreadable"),
    [
        (None, None, None),
        ([], True, False),
        ([{"code": NO_GROUND}], True, False),
        ([{"code": NO_GROUND}, None], None, None),
        ([{"code": "???"}, None], None, True),
    ],
)
def test_charges_count_as_seen_if_all_are_listed_and_readable(
    charges: Any, seen: Truth, unreadable: Truth
) -> None:
    assert fact("charges_seen", charges=charges) is seen
    assert fact("unreadable_charge", charges=charges) is unreadable
    assert fact("alleged_fraud", charges=charges) is (False if seen else None)


@pytest.mark.parametrize(
    ("entry", "removal", "expected"),
    [
        ("2009-01-01", "2005-05-05", True),
        ("2005-05-04", "2005-05-05", False),
        ("2005-05-05", "2005-05-05", None),
        (None, "2005-05-05", None),
    ],
)
def test_illegal_reentry_needs_no_conviction(
    entry: str | None, removal: str, expected: Truth
) -> None:
    record = {
        "entries": [{"date": entry, "manner": "WITHOUT_INSPECTION"}],
        "removals": [{"date": removal, "kind": "REMOVAL"}],
        "convictions": [],
    }
    assert fact("illegal_reentry", **record) is expected
    assert fact("illegal_reentry", **record | {"removals": []}) is False
    admitted = {"entries": [{"date": entry, "manner": "ADMITTED"}]}
    assert fact("illegal_reentry", **record | admitted) is False
    convicted = {"convictions": [{"category": "ILLEGAL_REENTRY", "vacated": False}]}
    assert fact("illegal_reentry", **record | convicted) is True


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        ({"removals": [{"kind": "REMOVAL"}]}, True),
        ({"removals": [], "orders": [{"final": True, "outstanding": False}]}, True),
        ({"removals": [], "orders": [{"final": True, "outstanding": True}]}, False),
        ({"removals": [], "orders": [{"final": False, "outstanding": False}]}, False),
        ({"removals": [], "orders": []}, False),
        ({"removals": []}, None),
        ({"removals": [{"kind": "VOLUNTARY_RETURN"}], "orders": []}, False),
    ],
)
def test_tells_whether_an_order_was_carried_out(record: Any, expected: Truth) -> None:
    assert fact("order_carried_out", **record) is expected


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        ({}, None),
        ({"agency_record_seen": True}, True),
        ({"agency_record_seen": False, "removals": []}, False),
        ({"orders": []}, True),
        # As in court data: these, and possibly more.
        ({"orders": [{"final": True}, None], "removals": [None]}, None),
        ({"convictions": []}, None),
    ],
)
def test_the_agencys_record_counts_as_seen_if_stated_or_inferred(
    record: Any, expected: Truth
) -> None:
    assert fact("agency_record_seen", **record) is expected


def test_relief_is_pending_before_the_agency_that_decides_its_form() -> None:
    def pending(form: str | None, **more: Any) -> tuple[Truth, Truth]:
        record = {"applications": [{"form": form, "decision": "PENDING", **more}]}
        return fact("relief_pending", **record), fact("relief_pending_before_court", **record)

    assert pending("42B") == (True, True)
    assert pending("I918") == (True, False)
    assert pending("ASYL") == (True, None)
    assert pending("ASYL", before="COURT") == (True, True)
    assert pending("VD") == (False, False)
    assert pending(None) == (None, None)
