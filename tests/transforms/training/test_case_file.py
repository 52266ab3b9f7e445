"""Case files: what is on file, in words."""

from __future__ import annotations

import datetime
from typing import Any

import polars as pl

from schemas.case_record import CaseRecord
from tests.helpers.small_rulebook import small
from transforms.normalize.case_frame import CASES, to_frame
from transforms.normalize.records import normalize
from transforms.score.facts import derive_facts
from transforms.training.case_file import NONE_OF, CaseFile, case_file

DAY = datetime.date(2011, 11, 17)


def written(**fields: Any) -> CaseFile:
    record = CaseRecord.model_validate({"case_id": "1", "updated_at": "2011-11-17", **fields})
    records, _ = normalize(to_frame([record]), DAY)
    facts = derive_facts(records, small().rulebook.counted_convictions, DAY)
    return case_file(records.to_dicts()[0], facts.to_dicts()[0])


def test_every_list_has_words_for_none() -> None:
    lists = {name for name, dtype in CASES.items() if isinstance(dtype, pl.List)}
    assert set(NONE_OF) == lists - {"warnings"}


def test_an_empty_file_says_nothing() -> None:
    assert written() == CaseFile((), ())


def test_what_is_so_and_what_is_not_are_apart_and_unknown_is_neither() -> None:
    found = written(
        birth_date="1976-05-01",
        marital_status="MARRIED",
        gang_member=False,
        serious_condition=True,
        arrests=0,
        nta_filed_with_court=False,
        convictions=[{"offense": "theft", "grade": "MISDEMEANOR"}],
        charges=[],
    )
    assert found.known == (
        "conviction: misdemeanor, theft",
        "Notice to Appear not filed with the court",
        "born May 1, 1976",
        "married",
        "serious mental or physical condition",
    )
    assert found.absent == (
        "no charges in the Notice to Appear",
        "no arrests",
        "not a known gang member",
    )
