"""No cell of a CSV file is a formula."""

from __future__ import annotations

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from transforms.export.cells import STARTS, as_written, without_formulas

TEXTS = st.text(alphabet=st.sampled_from([*STARTS, "'", "a", "1", " ", "é"]), max_size=4)


@given(st.lists(TEXTS, min_size=1))
def test_no_text_starts_like_a_formula_and_each_can_be_read_back(texts: list[str]) -> None:
    written = without_formulas(pl.DataFrame({"a": texts}))["a"].to_list()
    assert not any(text.startswith(STARTS) for text in written)
    for text, cell in zip(texts, written, strict=True):
        # A text that already begins as a guarded one does is the only one that comes back shorter.
        assert as_written(cell) == (as_written(text) if cell == text else text)


def test_numbers_and_blanks_stay() -> None:
    frame = pl.DataFrame({"score": [-3, None], "text": [None, "-3"]})
    assert without_formulas(frame).rows() == [(-3, None), (None, "'-3")]
