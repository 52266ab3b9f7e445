from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from schemas.case_json import MOST_BYTES, parse_case, read_case
from schemas.case_record import CaseRecord
from schemas.errors import InputError


def test_skips_a_byte_order_mark(tmp_path: Path) -> None:
    file = tmp_path / "case.json"
    file.write_bytes(b'\xef\xbb\xbf{"case_id": "X-1", "removals": []}')
    assert read_case(str(file)) == CaseRecord(case_id="X-1", removals=[])


@pytest.mark.parametrize(
    ("text", "line", "field"),
    [
        ('{"arrests": 1, "arrests": 2}', 1, "arrests"),
        ('{"case_id": "X",\n "arrests": 1,\n\n "arrests": 1}', 4, "arrests"),
        (
            '{"convictions": [{"date": null},\n{"grade": null,\n"date": null, "date": null}]}',
            3,
            "date",
        ),
        ('{"arr\\u0065sts": 1, "arrests": 1}', 1, "arrests"),
    ],
)
def test_rejects_a_repeated_field_with_its_line(text: str, line: int, field: str) -> None:
    with pytest.raises(InputError) as refused:
        parse_case(text, "f.json")
    assert str(refused.value).startswith(f"f.json: line {line}: ")
    assert f"the field {field} " in str(refused.value)


def test_the_same_field_in_two_objects_is_not_repeated() -> None:
    text = '{"entries": [{"date": "2001-01-01"}, {"date": "2002-01-01"}], "source": "date: \\"{"}'
    record = parse_case(text, "f.json")
    assert record.entries is not None
    assert len(record.entries) == 2


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"arrests": 99999999999}', "arrests: must be a whole number from 0 to 999"),
        ('{"arrests": -99999999999}', "arrests: must be a whole number from 0 to 999"),
        (f'{{"arrests": {10**20}}}', "arrests: must be a whole number from 0 to 999"),
        (
            f'{{"convictions": [null, {{"sentence_days": {10**20}}}]}}',
            "convictions[1].sentence_days: must be a whole number from 0 to 182,621",
        ),
    ],
)
def test_rejects_a_number_out_of_range_with_its_field(text: str, message: str) -> None:
    with pytest.raises(InputError) as refused:
        parse_case(text, "f.json")
    assert str(refused.value) == f"f.json: {message}"


def test_reads_numbers_within_range_unchanged() -> None:
    assert parse_case('{"arrests": -1}', "f.json").arrests == -1


@pytest.mark.parametrize(
    "text",
    [
        json.dumps({f"field{n}": n for n in range(50_000)}),
        '{"convictions": [' + ",".join(["null"] * 400_000),
        '{"convictions": [' + ",".join(["{}"] * 200_000) + "]}",
        "[" * 500_000,
        '{"a":' * 100_000,
        '{"x": "' + "\\" * 900_000,
    ],
    ids=["fields", "nulls", "objects", "lists", "deep", "backslashes"],
)
def test_rejects_a_json_bomb_quickly(text: str) -> None:
    started = time.process_time()
    with pytest.raises((InputError, ValidationError)):
        parse_case(text, "f.json")
    assert time.process_time() - started < 2


def test_rejects_a_file_larger_than_any_case(tmp_path: Path) -> None:
    file = tmp_path / "case.json"
    file.write_bytes(b" " * (MOST_BYTES + 1))
    with pytest.raises(InputError, match="is larger than"):
        read_case(str(file))


def test_rejects_a_missing_file_and_one_that_is_not_text(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        read_case(str(tmp_path / "none.json"))
    (tmp_path / "bytes.json").write_bytes(b'{"source": "\xff"}')
    with pytest.raises(InputError, match="UTF-8"):
        read_case(str(tmp_path / "bytes.json"))


@given(st.builds(CaseRecord, case_id=st.text(), source=st.text(), arrests=st.integers(-9, 9)))
def test_reads_back_any_text_in_a_record(record: CaseRecord) -> None:
    assert parse_case(record.model_dump_json(indent=1), "f.json") == record
