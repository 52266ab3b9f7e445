from __future__ import annotations

from pathlib import Path

import polars as pl

from pipelines.runs.tallies import Tallies, read_frame, write_frame

ROWS = [
    ("ground", "F4", 2),
    ("ground", "F2", 2),
    ("ground", "P1", 5),
    ("look", "", 3),
    ("missing_fact", "arrests", 1),
]


def test_counts_are_of_one_thing_the_largest_first() -> None:
    tallies = Tallies(pl.DataFrame(ROWS, schema=["of", "key", "count"], orient="row"))
    assert list(tallies.counts("ground").items()) == [("P1", 5), ("F2", 2), ("F4", 2)]
    assert (tallies.total("ground"), tallies.total("look"), tallies.total("firm")) == (9, 3, 0)
    review = tallies.of_review()
    assert review["missing_facts"] == {"arrests": 1}
    assert (review["look"], review["firm"], review["unknown"]) == (3, 0, {})


def test_a_frame_is_read_as_it_was_written(tmp_path: Path) -> None:
    frame = pl.DataFrame(ROWS, schema=["of", "key", "count"], orient="row")
    write_frame(frame, str(tmp_path / "tally.ndjson"))
    assert read_frame(str(tmp_path / "tally.ndjson")).equals(frame)
