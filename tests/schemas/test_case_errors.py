from __future__ import annotations

import json

import pytest
from pydantic import ValidationError

from schemas.case_errors import errors_in_words
from schemas.case_record import CaseRecord

OR_NULL = ", or null if it isn't known"


def lines(text: str) -> list[str]:
    with pytest.raises(ValidationError) as raised:
        CaseRecord.model_validate_json(text)
    return errors_in_words(raised.value)


@pytest.mark.parametrize(
    ("record", "line"),
    [
        (
            {"custody": "JAILED"},
            f"custody: must be DETAINED, RELEASED or NEVER_DETAINED{OR_NULL}",
        ),
        (
            {"custody": "never detaind"},
            f"custody: must be DETAINED, RELEASED or NEVER_DETAINED{OR_NULL}; "
            "did you mean NEVER_DETAINED",
        ),
        ({"case_idd": "1"}, "case_idd: there is no such field; did you mean case_id"),
        ({"xyzzy": "1"}, "xyzzy: there is no such field; docs/data.md lists them"),
        (
            {"entries": [{}, {"day": "x"}]},
            "entries[1].day: there is no such field; the fields are date, manner",
        ),
        (
            {"relatives": [{"relatoin": "SPOUSE"}]},
            "relatives[0].relatoin: there is no such field; did you mean relation",
        ),
        ({"birth_date": 1980}, f"birth_date: must be text in quotes{OR_NULL}"),
        ({"arrests": 1.5}, f"arrests: must be a whole number{OR_NULL}"),
        ({"arrests": "many"}, f"arrests: must be a whole number{OR_NULL}"),
        ({"gang_member": "maybe"}, f"gang_member: must be true or false{OR_NULL}"),
        (
            {"removals": {}},
            "removals: must be a list, like [...]; [] means known to have none" + OR_NULL,
        ),
        ({"removals": [3]}, "removals[0]: must be an object, like {...}" + OR_NULL),
        ([1], "must be an object of fields, like {...}"),
        ({"a\x1b[2J": 1}, "a\\x1b[2J: there is no such field; docs/data.md lists them"),
    ],
)
def test_reports_each_error_with_its_place(record: object, line: str) -> None:
    assert lines(json.dumps(record)) == [line]


def test_reports_every_error() -> None:
    record = {"custody": "JAILED", "arrests": "many", "entries": [{"day": 1}], "nope": 1}
    found = lines(json.dumps(record))
    assert [line.split(":")[0] for line in found] == [
        "custody",
        "entries[0].day",
        "arrests",
        "nope",
    ]


def test_reports_where_text_stops_being_json() -> None:
    assert lines('{"case_id": "1",\n "arrests" 2}') == ["line 2, column 12: is not JSON"]


def test_error_lines_never_contain_a_value() -> None:
    secret = "Jane-Roe-A123"
    record = {name: secret for name in CaseRecord.model_fields if name != "case_id"}
    found = lines(json.dumps(record))
    assert len(found) > 30
    assert not [line for line in found if secret in line]
