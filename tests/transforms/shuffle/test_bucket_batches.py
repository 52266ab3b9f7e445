import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

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
