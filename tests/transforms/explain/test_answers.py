from __future__ import annotations

import datetime
from typing import Any

import pytest

from schemas.facts import FACTS, high, low
from transforms.explain.answers import AnswerError, parse_answer

Day = datetime.date


@pytest.mark.parametrize(
    ("text", "name", "values"),
    [
        ("gang_member=yes", "gang_member", (True,)),
        ("gang-member = No", "gang_member", (False,)),
        ("Known gang member=true", "gang_member", (True,)),
        ("military service, the respondent=y", "served", (True,)),
        ("served=unknown", "served", (None,)),
        ("arrests=0", "arrests", (0, 0)),
        ("arrests=2", "arrests", (2, 2)),
        ("arrests=1-2", "arrests", (1, 2)),
        ("arrests=1+", "arrests", (1, None)),
        ("arrests=not known", "arrests", (0, None)),
        ("birth-date=1980-05-04", "birth_date", (Day(1980, 5, 4), Day(1980, 5, 4))),
        ("birth-date=1980-02", "birth_date", (Day(1980, 2, 1), Day(1980, 2, 29))),
        ("born=1980", "birth_date", (Day(1980, 1, 1), Day(1980, 12, 31))),
        ("birth-date=", "birth_date", (None, None)),
        ("custody=never-detained", "custody", ("NEVER_DETAINED",)),
        ("court=Baltimore", "court", ("BAL",)),
        ("case-type=RMV", "case_type", ("RMV",)),
    ],
)
def test_reads_an_answer(text: str, name: str, values: tuple[Any, ...]) -> None:
    fact, columns = parse_answer(text)
    assert fact is FACTS[name]
    assert columns == dict(zip(fact.columns, values, strict=True))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("arrests", "write FACT=VALUE, such as arrests=0"),
        (
            "gang-meber=yes",
            "there is no fact with that name; did you mean gang-member "
            "(discretion rulebook facts lists them)",
        ),
        ("xyzzy=1", "there is no fact with that name (discretion rulebook facts lists them)"),
        ("served=7", "military service, the respondent: write yes, no, or unknown"),
        (
            "arrests=-1",
            "arrests: write a number, such as 2; a range, such as 1-2; or 1+ for one or more",
        ),
        (
            "arrests=2-1",
            "arrests: write a number, such as 2; a range, such as 1-2; or 1+ for one or more",
        ),
        (
            "arrests=99999999999",
            "arrests: write a number, such as 2; a range, such as 1-2; or 1+ for one or more",
        ),
        ("birth-date=2011-02-30", "born: write a date, such as 2009-05-04, 2009-05, or 2009"),
        ("birth-date=0000", "born: write a date, such as 2009-05-04, 2009-05, or 2009"),
        ("birth-date=soon", "born: write a date, such as 2009-05-04, 2009-05, or 2009"),
        ("custody=JAIL", "custody: write one of detained, released, never-detained, or unknown"),
        ("court=Atlantis", "immigration court: there is no such code or name"),
    ],
)
def test_rejects_an_invalid_answer_without_printing_the_value(text: str, message: str) -> None:
    with pytest.raises(AnswerError) as raised:
        parse_answer(text)
    assert str(raised.value) == message


def test_every_fact_can_be_answered_by_its_displayed_name() -> None:
    for fact in FACTS.values():
        found, columns = parse_answer(f"{fact.name.replace('_', '-')}=unknown")
        assert found is fact
        least = 0 if fact.kind == "count" else None
        assert columns == (
            {low(fact.name): least, high(fact.name): None}
            if fact.kind in ("count", "date")
            else {fact.name: None}
        )
