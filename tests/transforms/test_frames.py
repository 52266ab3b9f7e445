from __future__ import annotations

import polars as pl

from transforms.frames import concat_frames


def test_frames_are_joined_in_order_and_in_one_chunk() -> None:
    schema = pl.Schema({"a": pl.Int32()})
    parts = [pl.DataFrame({"a": [n]}, schema=schema) for n in (3, 1, 2)]
    joined = concat_frames(parts, schema)
    assert joined["a"].to_list() == [3, 1, 2]
    assert joined.n_chunks() == 1
    assert concat_frames([], schema).equals(schema.to_frame())
