from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from schemas.case_record import CaseRecord, Tie
from transforms.nightly.events import EVENTS, base_events
from transforms.normalize.case_frame import to_frame
from transforms.shuffle.bucket_batches import read_bucket, write_buckets

SCHEMA = pl.Schema({"key": pl.Int64, "text": pl.String, "day": pl.Date})


@given(
    keys=st.lists(st.lists(st.integers(0, 10**12), max_size=20), min_size=1, max_size=3),
    buckets=st.integers(1, 5),
)
def test_puts_each_row_in_the_bucket_of_its_key_once_and_in_order(
    tmp_path_factory: pytest.TempPathFactory, keys: list[list[int]], buckets: int
) -> None:
    folder = tmp_path_factory.mktemp("shuffle")
    frames = []
    for number, part in enumerate(keys):
        texts = [f"{number}-{at}" if at % 3 else None for at in range(len(part))]
        frame = pl.DataFrame({"key": part, "text": texts, "day": None}, schema=SCHEMA)
        frames.append(frame)
        write_buckets(frame, frame["key"] % buckets, buckets, str(folder / f"{number}.arrow"))
    paths = [str(folder / f"{number}.arrow") for number in range(len(keys))]
    whole = pl.concat(frames)
    for bucket in range(buckets):
        wanted = whole.filter(pl.col("key") % buckets == bucket)
        assert_frame_equal(read_bucket(paths, bucket, SCHEMA), wanted)


def test_reads_rows_with_facts_from_buckets_with_and_without_rows(tmp_path: Path) -> None:
    records = to_frame([CaseRecord(case_id="1", custody="DETAINED", ties=[Tie(kind="HOME")])])
    events, path = base_events(records), str(tmp_path / "0.arrow")
    write_buckets(events, pl.Series([1]), 3, path, "lz4")
    found = [read_bucket([path], bucket, EVENTS) for bucket in range(3)]
    for frame, wanted in zip(found, [events.clear(), events, events.clear()], strict=True):
        assert_frame_equal(frame, wanted)


def test_a_folder_that_is_given_up_while_rows_are_prepared_is_not_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, split = tmp_path / "shuffle", np.argsort
    folder.mkdir()

    def slow(*args: Any, **more: Any) -> Any:
        folder.rmdir()
        return split(*args, **more)

    monkeypatch.setattr(np, "argsort", slow)
    rows = pl.DataFrame({"key": [1, 2]})
    with pytest.raises(FileNotFoundError):
        write_buckets(rows, rows["key"] % 2, 2, str(folder / "0.arrow"))
    assert not folder.exists()
