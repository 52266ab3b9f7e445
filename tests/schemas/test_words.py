"""What facts are called, written out by hand."""

from __future__ import annotations

import datetime
import json
import re
from typing import Any

import pytest

from schemas.avro import avro_schema
from schemas.facts import FACTS
from schemas.words import (
    cause,
    code,
    day,
    fact_in_words,
    label,
    number,
    queue_mark,
    sentence,
    value_in_words,
    warning_in_words,
    written_day,
)
from tests.helpers.small_rulebook import facts

Day = datetime.date


@pytest.mark.parametrize(
    ("name", "value", "phrase", "words"),
    [
        ("served", True, "military service, the respondent", "yes"),
        ("served", False, "no military service by the respondent", "no"),
        ("served", None, "military service, the respondent: not known", "not known"),
        ("unmarried", False, "married", "no"),
        ("custody", "NEVER_DETAINED", "custody: never detained", "never detained"),
        ("court", "BAL", "immigration court: BAL", "BAL"),
        ("court", None, "immigration court: not known", "not known"),
        ("arrests", 0, "no arrests", "none"),
        ("arrests", 1, "one arrest", "one"),
        ("felony_convictions", 2, "two felony convictions", "two"),
        ("months_in_lawful_status", 1200, "1,200 months in lawful status", "1,200"),
        ("arrests", (0, None), "arrests: not known", "not known"),
        ("arrests", (1, None), "at least one arrest", "at least one"),
        ("arrests", (2, None), "at least two arrests", "at least two"),
        ("arrests", (0, 1), "at most one arrest", "at most one"),
        ("arrests", (0, 2), "at most two arrests", "at most two"),
        ("arrests", (1, 2), "between one and two arrests", "between one and two"),
        ("birth_date", Day(1980, 5, 1), "born May 1, 1980", "May 1, 1980"),
        ("birth_date", (Day(1980, 5, 1), Day(1980, 5, 31)), "born in May 1980", "in May 1980"),
        (
            "birth_date",
            (Day(1980, 2, 1), Day(1980, 2, 29)),
            "born in February 1980",
            "in February 1980",
        ),
        ("birth_date", (Day(1980, 1, 1), Day(1980, 12, 31)), "born in 1980", "in 1980"),
        (
            "birth_date",
            (Day(1980, 5, 1), Day(1980, 5, 30)),
            "born between May 1, 1980 and May 30, 1980",
            "between May 1, 1980 and May 30, 1980",
        ),
        (
            "birth_date",
            (Day(1979, 12, 1), Day(1980, 12, 31)),
            "born between December 1, 1979 and December 31, 1980",
            "between December 1, 1979 and December 31, 1980",
        ),
        (
            "birth_date",
            (Day(1980, 5, 1), None),
            "born on or after May 1, 1980",
            "on or after May 1, 1980",
        ),
        (
            "birth_date",
            (None, Day(1980, 5, 1)),
            "born on or before May 1, 1980",
            "on or before May 1, 1980",
        ),
        ("birth_date", (None, None), "born: not known", "not known"),
        ("last_entry", Day(2009, 5, 4), "latest entry: May 4, 2009", "May 4, 2009"),
        ("present_since", Day(2009, 5, 4), "present since May 4, 2009", "May 4, 2009"),
    ],
)
def test_writes_a_fact_in_words(name: str, value: Any, phrase: str, words: str) -> None:
    [row] = facts({name: value}).to_dicts()
    assert fact_in_words(FACTS[name], row) == phrase
    assert value_in_words(FACTS[name], row) == words


def test_writes_every_fact_in_words_whatever_its_value() -> None:
    [row] = facts({}).to_dicts()
    for fact in FACTS.values():
        assert fact_in_words(fact, row) == f"{fact.label}: not known"


def test_writes_numbers_days_and_sentences() -> None:
    assert [number(n) for n in (0, 1, 10, 11, 1000)] == ["no", "one", "ten", "11", "1,000"]
    assert day(Day(2011, 11, 7)) == "November 7, 2011"
    assert written_day("2011-11-07") == "November 7, 2011"
    assert written_day("Nov. 2011") == "Nov. 2011"
    assert sentence("a judge found it") == "A judge found it."
    assert sentence("It is so.") == "It is so."


def test_writes_a_code_in_words_only_for_its_own_fact() -> None:
    assert code(FACTS["calendar"], "NOT_CALENDARED") == "not calendared"
    assert code(FACTS["case_type"], "RMV") == "RMV"


def test_a_removed_fact_still_has_a_name() -> None:
    assert label("gang_member") == "known gang member"
    assert label("no_such_fact") == "no such fact"


def test_writes_a_warning_in_words() -> None:
    assert warning_in_words("entries.date:BAD_DATE") == "entries, date: bad date"
    assert warning_in_words("a_number:BAD_NUMBER") == "a number: bad number"
    assert warning_in_words("something") == "something"


def test_every_cause_and_mark_has_words() -> None:
    for schema, field, word in (("change", "kind", cause), ("queue", "mark", queue_mark)):
        text = json.dumps(avro_schema(schema))
        found = re.search(rf'"name": "{field}".*?"doc": "(.*?)"', text)
        assert found is not None
        codes = re.findall(r"([A-Z_]{3,}):", found[1])
        assert len(codes) >= 3
        for code_ in codes:
            words = word(code_)
            assert words != code_
            assert "_" not in words
    assert cause("fact") == "a new fact"
    assert queue_mark("") == "waits"
