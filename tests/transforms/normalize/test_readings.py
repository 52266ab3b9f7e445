from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from transforms.normalize.readings import Readings

TEXTS = st.lists(st.none() | st.text(max_size=3), max_size=12)


def second_letter(text: pl.Expr) -> pl.Expr:
    return pl.when(text.str.len_chars() > 1).then(text.str.slice(1, 1))


def by_hand(texts: Sequence[str | None]) -> list[str | None]:
    return [text[1] if text is not None and len(text) > 1 else None for text in texts]


def read(readings: Readings, texts: Sequence[str | None]) -> list[str | None]:
    frame = pl.DataFrame({"text": texts}, schema={"text": pl.String})
    return frame.select(readings.of(pl.col("text")))["text"].to_list()


class Counted:
    """Reads text in capitals, and notes what it was given."""

    def __init__(self) -> None:
        self.given: list[list[str]] = []

    def __call__(self, text: pl.Expr) -> pl.Expr:
        return text.map_batches(self._note, pl.String, is_elementwise=True).str.to_uppercase()

    def _note(self, texts: pl.Series) -> pl.Series:
        self.given.append(sorted(texts))
        return texts


@given(st.lists(TEXTS, max_size=6), st.integers(1, 8))
def test_readings_are_what_the_reader_gives_in_any_batches_and_beyond_the_bound(
    batches: list[list[str | None]], most: int
) -> None:
    readings = Readings(second_letter, most)
    for texts in batches:
        assert read(readings, texts) == by_hand(texts)


@given(TEXTS)
def test_readings_within_lists_are_the_same(texts: list[str | None]) -> None:
    readings = Readings(second_letter)
    items = [{"at": text} for text in texts]
    frame = pl.DataFrame(
        {"list": [[], items, None, items]}, schema={"list": pl.List(pl.Struct({"at": pl.String}))}
    )
    within = pl.col("list").list.eval(readings.of(pl.element().struct.field("at")))
    assert frame.select(within)["list"].to_list() == [[], by_hand(texts), None, by_hand(texts)]


def test_each_text_is_read_once() -> None:
    counted = Counted()
    readings = Readings(counted)
    assert read(readings, ["b", "a", "b", None]) == ["B", "A", "B", None]
    assert read(readings, ["c", "a"]) == ["C", "A"]
    assert read(readings, [None, "b"]) == [None, "B"]
    assert read(readings, []) == []
    assert counted.given == [["a", "b"], ["c"]]


def test_when_too_many_are_kept_all_are_read_again() -> None:
    counted = Counted()
    readings = Readings(counted, most=2)
    for texts in (["a", "b"], ["a"], ["a", "c"], ["c"], ["d", "e", "f"], ["d"]):
        assert read(readings, texts) == [text.upper() for text in texts]
    assert counted.given == [["a", "b"], ["a", "c"], ["d", "e", "f"], ["d"]]


def test_threads_share_readings() -> None:
    readings = Readings(second_letter, most=40)
    batches = [[f"{number % 50}x{number % 7}" for number in range(n, n + 30)] for n in range(200)]
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda texts: read(readings, texts), batches))
    assert found == [by_hand(texts) for texts in batches]
