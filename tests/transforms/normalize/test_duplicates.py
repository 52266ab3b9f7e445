from typing import Any

import apache_beam as beam
import polars as pl
from apache_beam.runners.portability.fn_api_runner import FnApiRunner
from apache_beam.testing.util import assert_that
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from schemas.case_record import CaseRecord
from transforms.avro.quarantined import QUARANTINED
from transforms.normalize.case_frame import to_frame
from transforms.normalize.duplicates import (
    FindRepeated,
    ResolveRepeated,
    SplitRepeated,
    id_hashes,
    repeated_hashes,
    resolve,
)


def cases(*rows: tuple[str | None, str | None, str]) -> pl.DataFrame:
    return to_frame(
        CaseRecord(case_id=case, updated_at=updated, source=source)
        for case, updated, source in rows
    )


def winner(*rows: tuple[str | None, str | None, str]) -> str:
    winners, losers = resolve(cases(*rows))
    assert (winners.height, losers.height) == (1, len(rows) - 1)
    source: str = winners["source"].item()
    return source


def test_the_latest_update_wins() -> None:
    assert winner(("1", "2011-01-01", "old"), (" 1 ", "2011-02-01T08:00:00", "new")) == "new"


def test_compares_times_however_they_are_written() -> None:
    assert winner(("1", "11/17/2010", "old"), ("1", "2011-01-01", "new")) == "new"
    assert (
        winner(("1", "2011-01-01 09:00:00", "new"), ("1", "2011-01-01T08:00:00Z", "old")) == "new"
    )


def test_an_unknown_time_is_the_oldest() -> None:
    for unknown in (None, "", "UNKNOWN", "lately"):
        assert winner(("1", unknown, "unknown"), ("1", "1990-01-01", "known")) == "known"


def test_lists_the_superseded_records() -> None:
    winners, losers = resolve(cases(("1", "2011-01-01", "a"), ("1", "2010-01-01", "b")))
    assert winners["source"].to_list() == ["a"]
    assert losers.schema == QUARANTINED
    row = losers.row(0, named=True)
    assert (row["stage"], row["reason"], row["case_id"]) == ("deduplicate", "SUPERSEDED", "1")
    assert b'"source":"b"' in row["raw"]


def test_finds_repeated_hashes_of_trimmed_ids_across_frames() -> None:
    parts = [cases(("1", None, "a"), ("2", None, "a")), cases((" 1", None, "b"), (None, None, "b"))]
    blank = cases((" ", None, "c"), ("", None, "c"), (None, None, "c"))
    repeated = repeated_hashes(id_hashes(part) for part in (*parts, blank))
    assert_frame_equal(repeated, id_hashes(cases(("1", None, "a"))))


def test_ids_that_share_only_a_bucket_all_win() -> None:
    winners, losers = resolve(cases(("1", None, "a"), ("2", None, "a"), ("3", None, "a")))
    assert winners.height == 3
    assert losers.is_empty()


ROW = st.tuples(
    st.sampled_from(["1", " 1", "2", "3"]),
    st.sampled_from([None, "2011-01-01", "1/1/2011", "2011-01-02T00:00:00", "N/A"]),
    st.sampled_from("abc"),
)


@settings(deadline=None)
@given(
    st.lists(ROW, min_size=1, max_size=8).flatmap(
        lambda rows: st.tuples(st.just(rows), st.permutations(rows))
    )
)
def test_order_does_not_matter(both: tuple[list[Any], list[Any]]) -> None:
    one, other = (resolve(cases(*rows)) for rows in both)
    assert_frame_equal(one[0], other[0])
    assert_frame_equal(one[1], other[1], check_row_order=False)
    assert one[0].height + one[1].height == len(both[0])
    assert_frame_equal(resolve(one[0])[0], one[0])


def test_a_pipeline_finds_the_same_winners_as_one_frame() -> None:
    rows = [(str(n % 70), f"2011-01-{1 + n % 28:02}", str(n)) for n in range(100)]
    whole = cases(*rows, (None, None, "no id"), (" ", None, "blank id"))
    latest = {
        case: max((when, source) for id_, when, source in rows if id_ == case)[1]
        for case, _, _ in rows
    }
    expected = ["blank id", "no id", *latest.values()]
    for size in (7, 40, 200):

        def check(frames: list[pl.DataFrame]) -> None:
            found = sorted(source for frame in frames for source in frame["source"])
            assert found == sorted(expected)

        def check_losers(frames: list[pl.DataFrame]) -> None:
            assert sum(frame.height for frame in frames) == 30

        with beam.Pipeline(runner=FnApiRunner()) as pipeline:
            records = pipeline | beam.Create(list(whole.iter_slices(size)), reshuffle=False)
            split = records | SplitRepeated(records | FindRepeated())
            resolved = split.repeated | ResolveRepeated()
            kept = (split.unique, resolved.winners) | beam.Flatten()
            assert_that(kept, check, label="winners")
            assert_that(resolved.superseded, check_losers, label="losers")
