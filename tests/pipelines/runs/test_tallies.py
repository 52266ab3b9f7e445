from __future__ import annotations

from pathlib import Path

import polars as pl

from pipelines.runs.tallies import Tallies, read_frame, write_frame

ROWS = [
    ("reason", "F4", 2),
    ("reason", "F2", 2),
    ("reason", "P1", 5),
    ("state", "close AFTER_CHECKS", 4),
    ("state", "close OPEN", 1),
    ("needs_review", "close", 3),
    ("missing_fact", "arrests", 1),
]


def test_lists_counts_of_one_thing_from_the_largest() -> None:
    tallies = Tallies(pl.DataFrame(ROWS, schema=["of", "key", "count"], orient="row"))
    assert list(tallies.counts("reason").items()) == [("P1", 5), ("F2", 2), ("F4", 2)]
    assert (tallies.total("reason"), tallies.total("needs_review")) == (9, 3)
    review = tallies.of_review()
    assert review["missing_facts"] == {"arrests": 1}
    assert review["states"]["close"] == {"ON_THE_RECORD": 0, "AFTER_CHECKS": 4, "OPEN": 1}
    assert not any(review["states"]["expedite"].values())
    assert review["needs_review"] == {"close": 3, "continue": 0, "expedite": 0}
    assert review["unknown"] == {}


def test_reads_a_frame_as_it_was_written(tmp_path: Path) -> None:
    frame = pl.DataFrame(ROWS, schema=["of", "key", "count"], orient="row")
    path = str(tmp_path / "tally.ndjson")
    for rows in (frame, frame.clear()):
        write_frame(rows, path)
        assert read_frame(path, frame.schema).equals(rows)
