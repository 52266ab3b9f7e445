import datetime
from typing import Any

import pytest
from pydantic import ValidationError

from schemas.options import BacklogOptions

GIVEN: dict[str, Any] = {
    "rulebook": "ice-2011-11-17",
    "as_of": "2011-11-17",
    "courts": ["BAL", "DEN"],
    "input": ["cases"],
    "output": "out",
}


def test_json_out_and_in_are_the_same_options() -> None:
    options = BacklogOptions.model_validate(GIVEN)
    assert options.as_of == datetime.date(2011, 11, 17)
    assert options.courts == ("BAL", "DEN")
    assert BacklogOptions.model_validate_json(options.model_dump_json()) == options


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("courts", ["BALTIMORE"], "BALTIMORE isn't a court code; write codes such as BAL,DEN"),
        ("courts", [], "names no court"),
        ("input", [], "at least 1 item"),
        ("output", "", "at least 1 character"),
        ("run_id", "../elsewhere", "match pattern"),
        ("as_of", "2011-02-30", "valid date"),
        ("nightly", True, "not permitted"),
    ],
)
def test_what_makes_no_sense_is_refused(field: str, value: object, reason: str) -> None:
    with pytest.raises(ValidationError, match=reason):
        BacklogOptions.model_validate({**GIVEN, field: value})
