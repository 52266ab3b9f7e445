from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.normalize.a_numbers import a_number


def read(text: str | None) -> object:
    frame = pl.DataFrame({"x": [text]}, schema={"x": pl.String})
    return frame.select(a_number(pl.col("x"))).item()


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("A012345678", "A012345678"),
        ("A12345678", "A12345678"),
        ("A1234567", "A1234567"),
        ("a012345678", "A012345678"),
        (" A 012 345 678 ", "A012345678"),
        ("A-012-345-678", "A012345678"),
        ("A12-345-678", "A12345678"),
        ("A1-234-567", "A1234567"),
        ("A#012345678", "A012345678"),
        ("A# 012-345-678", "A012345678"),
        ("A.012.345.678", "A012345678"),
        ("A No. 012345678", "A012345678"),
        ("A-File: 87 654 321", "A87654321"),
        ("Alien Number 012345678", "A012345678"),
        ("Alien Registration No. 012-345-678", "A012345678"),
        ("(A012345678)", "A012345678"),
        ("'012345678", "A012345678"),
        ("012345678", "A012345678"),
        ("012-345-678", "A012345678"),
        ("12345678", "A12345678"),
        ("A\u2011012\u2011345\u2011678", "A012345678"),
        ("A20051231", "A20051231"),
    ],
)
def test_reads_an_a_number_in_any_form(text: str, number: str) -> None:
    assert read(text) == number


@pytest.mark.parametrize(
    "text",
    [
        "12/31/2005",
        "2005-12-31",
        "20051231",
        "12312005",
        "1.2345678E7",
        "12345678.0",
        "A12345678.0",
        "123-45-6789",
        "123 45 6789",
        "A123-45-6789",
        "-12345678",
        "+12345678",
        "A012345678; A087654321",
        "A012345678 A087654321",
        "A123456",
        "A1234567890",
        "A12",
        "B012345678",
        "A01234567X",
        "000-000-000",
        "A000000000",
        "\u0661\u0662\u0663\u0664\u0665\u0666\u0667\u0668",
        "1,234,567",
        "",
        None,
    ],
)
def test_rejects_what_is_not_an_a_number(text: str | None) -> None:
    assert read(text) is None


@given(
    st.from_regex(r"[1-9][0-9]{6,8}", fullmatch=True),
    st.sampled_from(["A", "a", "A#", "A# ", "A-", "A ", "Alien No. ", "A-File "]),
    st.sampled_from(["", " ", "-"]),
)
def test_reads_back_a_number_written_in_every_form(digits: str, label: str, gap: str) -> None:
    parts = [digits[:-6], digits[-6:-3], digits[-3:]]
    assert read(label + gap.join(parts)) == f"A{digits}"


@given(st.dates().map(lambda day: day.strftime("%m/%d/%Y")) | st.floats(1e6, 1e9).map(repr))
def test_a_date_or_a_float_is_never_a_number(text: str) -> None:
    assert read(text) is None


@given(st.from_regex(r"[0-9]{3}[- ][0-9]{2}[- ][0-9]{4}", fullmatch=True))
def test_a_social_security_number_is_never_a_number(text: str) -> None:
    assert read(text) is None
