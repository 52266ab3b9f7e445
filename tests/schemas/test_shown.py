from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.shown import shown


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("Núñez, J. [bold]", "Núñez, J. [bold]"),
        ("\x1b[31mred", "\\x1b[31mred"),
        ("one\ntwo\r\tthree", "one\\ntwo\\r\\tthree"),
        ("abc\u202edcba", "abc\\u202edcba"),
        ("zero\u200bwidth\u2028line", "zero\\u200bwidth\\u2028line"),
        ("\x9b31m", "\\x9b31m"),
        ("\ud800", "\\ud800"),
        (7, "7"),
    ],
)
def test_nothing_is_hidden_and_nothing_controls_a_terminal(value: object, text: str) -> None:
    assert shown(value) == text


@given(st.text())
def test_shows_any_text_as_one_plain_line(value: str) -> None:
    text = shown(value)
    assert len(text.splitlines()) <= 1
    assert not [char for char in text if unicodedata.category(char)[0] == "C"]
