"""Cells as people fill them in: what each becomes, and what is refused with its row."""

from __future__ import annotations

import polars as pl
import pytest

from transforms.tables.forms import forms
from transforms.tables.judge import judge, kinds


def judged(path: str, *texts: str | None) -> tuple[list[object], list[tuple[object, ...]]]:
    """What cells become, and the row (from 1), reason, and kind of each that is refused."""
    of, _, field = path.rpartition(".")
    column = forms()[of or "cases"].column(field)
    rows = range(1, len(texts) + 1)
    frame = pl.DataFrame({"row": rows, field: texts}, schema={"row": pl.Int64, field: pl.String})
    found = judge(frame, [column])
    assert set(found.refused["path"]) <= {path}
    return found.frame[field].to_list(), found.refused.select("row", "reason", "kind").rows()


def test_yes_no_numbers_and_enums_are_read_as_written() -> None:
    assert judged("represented", "Yes", "n", "TRUE", "0", "N/A", None, "maybe", "x") == (
        [True, False, True, False, None, None, None, None],
        [(7, "UNKNOWN_CODE", "text"), (8, "UNKNOWN_CODE", "text")],
    )
    assert judged("arrests", "3", "3.0", " 2 ", "unknown", "-1", "many", "99999999999") == (
        [3, 3, 2, None, -1, None, None],
        [
            (5, "OUT_OF_RANGE", "a whole number"),
            (6, "BAD_NUMBER", "text"),
            (7, "OUT_OF_RANGE", "a whole number"),
        ],
    )
    # A person may mean 0 or no; it's read as unknown, as elsewhere, but not silently.
    assert judged("arrests", " None ") == ([None], [(1, "BAD_NUMBER", "text")])
    assert judged("represented", "none") == ([None], [(1, "UNKNOWN_CODE", "text")])
    never = "NEVER_DETAINED"
    assert judged("custody", "Never detained", "never\u00a0DETAINED", "UNKNOWN", "jail", "-") == (
        [never, never, None, None, None],
        [(4, "UNKNOWN_CODE", "text")],
    )
    # A status of none is known; it isn't a blank cell.
    assert judged("relatives.status", "None", None) == (["NONE", None], [])


def test_text_stays_as_written_and_unreadable_text_is_refused() -> None:
    dates = ["11/17/2011\u00a0", "2011-11-17", "00/00/0000", "11/17/45", "13/45/2011", "1/1/1900",
             "1/0/1900", "40864", "9:30"]  # fmt: skip
    text, refused = judged("next_hearing", *dates)
    assert text == dates
    assert refused == [
        (4, "BAD_DATE", "text"),
        (5, "BAD_DATE", "text"),
        (6, "PLACEHOLDER", "text"),
        (7, "PLACEHOLDER", "text"),
        (8, "BAD_DATE", "a whole number"),
        (9, "BAD_DATE", "a time of day"),
    ]
    # Only of a birth is a month or a year enough.
    assert judged("birth_date", "1975", "11/1975")[1] == []
    assert [row for row, _, _ in judged("next_hearing", "1975", "11/1975")[1]] == [1, 2]
    assert judged("court", " baltimore ", "BAL", "Atlantis", "n/a")[1] == [
        (3, "UNKNOWN_CODE", "text")
    ]
    assert judged("charges.code", "212a06Ai", "INA 237?")[1] == [(2, "UNREADABLE_CHARGE", "text")]
    assert judged("a_number", "12345678", "A-12-345-678", "123")[1] == [
        (3, "BAD_NUMBER", "a whole number")
    ]


def test_a_date_in_the_future_is_left_to_the_as_of_date() -> None:
    assert judged("nta_issued", "2150-01-01") == (["2150-01-01"], [])


def test_a_refused_typed_value_is_a_warning_of_its_record() -> None:
    columns = [forms()["cases"].column(name) for name in ("custody", "court", "no_other_ties")]
    texts = pl.DataFrame(
        {
            "row": [5, 6],
            "custody": ["jail", None],
            "court": ["?!", "BAL"],
            "no_other_ties": ["x", "y"],
        }
    )
    found = judge(texts, columns)
    # Normalization warns of the court, and `no_other_ties` isn't a field of a record.
    assert found.frame["lost"].to_list() == [["custody:UNKNOWN_CODE"], []]
    assert found.refused["row"].to_list() == [5, 5, 5]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("", "blank"),
        ("2011-11-17", "a date"),
        ("9:30", "a time of day"),
        ("-7.0", "a whole number"),
        ("1,234.5", "a number"),
        ("TRUE", "yes or no"),
        ("#REF!", "an error of the spreadsheet"),
        ("A-7", "text"),
    ],
)
def test_the_kind_of_a_value_reveals_nothing_of_it(text: str, kind: str) -> None:
    assert kinds(pl.Series("x", [text])).to_list() == [kind]
