from __future__ import annotations

from collections.abc import Callable

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.codes import null_words
from transforms.frames.nulls import given_code, given_text, is_no_code, is_no_date, is_nothing

Test = Callable[[pl.Expr], pl.Expr]


def of(text: str | None, test: Test) -> object:
    frame = pl.DataFrame({"x": [text]}, schema={"x": pl.String})
    return frame.select(test(pl.col("x"))).item()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "  ",
        "\t\n",
        "N/A",
        "n/a ",
        "#N/A",
        "NA",
        "NULL",
        "(null)",
        "None",
        "NaN",
        "NaT",
        "<NA>",
        r"\N",
        "-",
        "--",
        "---",
        "?",
        "?????",
        "?" * 200,
        ".",
        "...",
        "UNKNOWN",
        "Unk",
        "TBD",
        "b6",
        "(b)(6)",
        "B(6)",
        "(b) (7) (C)",
        "b(7)(c)",
        "B7C",
        "(b)(6); (b)(7)(C)",
        "(b)(6),(b)(7)(C)",
        "(b)(6) and (b)(7)(C)",
        "A.2.a",
        "not available",
    ],
)
def test_recognizes_text_that_means_unknown(text: str) -> None:
    for test in (is_nothing, is_no_code, is_no_date):
        assert of(text, test) is True
    assert of(text, given_text) is None
    assert of(text, given_code) is None


@pytest.mark.parametrize(
    "text",
    [
        "none of these",
        "NAB",
        "unknown vessel",
        "a?",
        "N",
        "0-1",
        "?1",
        "nullify",
        "é",
        "C",
        "6",
        "B1",
        "B7",
        "B6 visa",
        "(b)(5)",
    ],
)
def test_recognizes_text_with_a_meaning(text: str) -> None:
    for test in (is_nothing, is_no_code, is_no_date):
        assert of(text, test) is False
    assert of(f" {text} ", given_text) == text


@pytest.mark.parametrize(
    ("text", "in_text", "in_code", "in_date"),
    [
        ("0", False, False, True),
        ("00", False, True, True),
        ("000000000", False, True, True),
        ("00/00/0000", False, False, True),
        ("0000-00-00 00:00:00", False, False, True),
        ("100", False, False, False),
        ("007", False, False, False),
    ],
)
def test_zeros_mean_unknown_only_in_codes_and_dates(
    text: str, in_text: bool, in_code: bool, in_date: bool
) -> None:
    assert (of(text, is_nothing), of(text, is_no_code), of(text, is_no_date)) == (
        in_text,
        in_code,
        in_date,
    )


def test_null_stays_null() -> None:
    assert of(None, is_nothing) is None
    assert of(None, given_text) is None
    assert of(None, given_code) is None


@given(
    st.sampled_from(sorted(null_words())),
    st.sampled_from([str.lower, str.upper, str.title, str.swapcase]),
    st.text(" \t\n\u00a0", max_size=3),
)
def test_ignores_case_and_blanks_in_null_spellings(
    word: str, case: Callable[[str], str], blanks: str
) -> None:
    assert of(blanks + case(word) + blanks, is_nothing) is True


@given(st.text(max_size=10))
def test_trimming_twice_changes_nothing(text: str) -> None:
    for given_form in (given_text, given_code):
        once = of(text, given_form)
        assert once is None or of(str(once), given_form) == once
