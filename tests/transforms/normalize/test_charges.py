from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.codes import charge_families
from transforms.normalize.charges import charge_code

CODES = sorted(frozenset().union(*charge_families().values()))


def spelt(*texts: str | None) -> list[str | None]:
    frame = pl.DataFrame({"text": texts}, schema={"text": pl.String})
    return frame.select(charge_code(pl.col("text")))["text"].to_list()


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("212a02Ai  I", "212a02AiI"),
        ("(212)(a)(02)(A)(i)(I)", "212a02AiI"),
        ("237(a)(1)(B)", "237a01B"),
        ("237a1B", "237a01B"),
        ("237a01B", "237a01B"),
        ("237a2", "237a02"),
        # Two figures are a paragraph of their own, and never get a nought.
        ("212a10B", "212a10B"),
        # The case of letters tells the level.
        ("212a06A", "212a06A"),
        ("212a06Ai", "212a06Ai"),
        ("212a6ai", "212a6ai"),
        # Only after the section's own letter.
        ("241b3B", "241b3B"),
        ("x237a1B", "x237a1B"),
        (" \t\n212a\u00a07B ", "212a07B"),
        ("()", ""),
        ("", ""),
        ("odd text", "oddtext"),
        (None, None),
    ],
)
def test_a_charge_has_one_spelling(written: str | None, code: str | None) -> None:
    assert spelt(written) == [code]


def test_the_codes_of_the_tables_stand_in_that_spelling() -> None:
    assert len(CODES) > 20
    assert spelt(*CODES) == CODES


@given(st.sampled_from(CODES), st.data())
def test_blanks_and_parentheses_anywhere_say_nothing(code: str, data: st.DataObject) -> None:
    gaps = st.text(" \t()", max_size=2)
    written = "".join(data.draw(gaps) + letter for letter in code) + data.draw(gaps)
    assert spelt(written, written.replace("a0", "a", 1)) == [code, code]


@given(st.text(max_size=12))
def test_spelling_twice_changes_nothing(text: str) -> None:
    once = spelt(text)
    assert spelt(*once) == once
