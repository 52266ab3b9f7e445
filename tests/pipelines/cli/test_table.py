from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pipelines.cli.table import WIDTH, paragraph, table_lines

WORDS = st.lists(st.text("abcdefgh-", min_size=1, max_size=20), min_size=1, max_size=12)
NUMBERS = st.lists(st.integers(0, 10**7).map("{:,}".format), max_size=3)


@given(rows=st.lists(st.tuples(WORDS.map(" ".join), NUMBERS), min_size=1, max_size=6))
def test_a_table_fits_its_width_and_keeps_every_word_and_number(
    rows: list[tuple[str, list[str]]],
) -> None:
    lines = table_lines("Title", ["cases", "on the\nrecord", "share"], rows)
    assert max(map(len, lines)) <= WIDTH
    words = [word for line in lines for word in line.split()]
    assert sorted(words) == sorted(
        ["Title", "cases", "on", "the", "record", "share"]
        + [word for label, numbers in rows for word in (*label.split(), *numbers)]
    )


def test_columns_line_up_on_the_right() -> None:
    lines = table_lines("Routes", ["cases"], [("close", ["1,234"]), ("expedite", ["5"])], 24)
    assert lines == [
        "Routes             cases",
        "  close            1,234",
        "  expedite             5",
    ]


def test_a_word_longer_than_a_line_stays_whole() -> None:
    path = "a/" * 60
    assert paragraph(f"files: {path}") == f"files:\n{path}"
