import datetime

import numpy as np
import polars as pl

from transforms.sample.draw import TODAY, Draw, either, in_lists, iso, lists, where


def test_draws_keep_to_their_rates_and_bounds() -> None:
    draw = Draw([[1]], 20_000)
    assert 0.28 < draw.chance(0.3).mean() < 0.32
    whole = draw.between(2, np.array([4, 1] * 10_000))
    assert set(whole[::2]) == {2, 3, 4}
    assert set(whole[1::2]) == {2}
    words = dict(draw.pick({"a": 3.0, "b": 1.0, "never": 0.0}).value_counts().iter_rows())
    assert words.keys() == {"a", "b"}
    assert 0.72 < words["a"] / 20_000 < 0.78


def test_writes_days_ago_as_dates() -> None:
    ago = np.array([0, 1, 31_000])
    assert iso(ago).to_list() == [str(TODAY - datetime.timedelta(days=int(days))) for days in ago]


def test_chooses_values_by_case() -> None:
    there = np.array([True, False])
    assert where(there, pl.Series([1, 2])).to_list() == [1, None]
    assert either(there, "a", pl.Series(["b", "c"])).to_list() == ["a", "c"]


def test_lists_hold_the_elements_that_a_case_has_in_order() -> None:
    made = lists(
        "entries",
        (np.array([True, False, True]), {"manner": pl.Series(["ADMITTED"] * 3)}),
        (np.array([True, False, False]), {"date": pl.Series(["2001-02-03", "x", "y"])}),
    )
    assert made.to_list() == [
        [{"date": None, "manner": "ADMITTED"}, {"date": "2001-02-03", "manner": None}],
        [],
        [{"date": None, "manner": "ADMITTED"}],
    ]
    assert in_lists(np.array([], np.int64), pl.Series([], dtype=pl.String), 2).to_list() == [[], []]
