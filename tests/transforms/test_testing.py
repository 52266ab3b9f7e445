from __future__ import annotations

import datetime

import pytest

from transforms.normalize.records import normalize
from transforms.testing import assert_cells, case_frame


def test_a_transform_test_takes_five_lines() -> None:
    cases = case_frame([{"case_id": "1", "court": " baltimore "}, {"case_id": "2"}])
    records, _ = normalize(cases, datetime.date(2011, 11, 17))
    assert_cells(records, [{"court": "BAL"}, {"court": None}])


def test_shows_each_differing_cell_with_its_place() -> None:
    frame = case_frame([{"case_id": "1", "court": "BAL"}])
    with pytest.raises(AssertionError, match="row 0, court: 'BAL', expected 'DEN'"):
        assert_cells(frame, [{"case_id": "1", "court": "DEN"}])
    with pytest.raises(AssertionError, match="row 0, nowhere: 'no such column'"):
        assert_cells(frame, [{"nowhere": None}])
    with pytest.raises(AssertionError, match="1 rows, expected 2"):
        assert_cells(frame, [{}, {}])
