from __future__ import annotations

import json

import polars as pl

from transforms.frames.frame import concat_frames, json_lines, put


def test_joins_frames_in_order_and_in_one_chunk() -> None:
    schema = pl.Schema({"a": pl.Int32()})
    parts = [pl.DataFrame({"a": [n]}, schema=schema) for n in (3, 1, 2)]
    joined = concat_frames(parts, schema)
    assert joined["a"].to_list() == [3, 1, 2]
    assert joined.n_chunks() == 1
    assert concat_frames([], schema).equals(schema.to_frame())


def test_puts_values_at_some_rows_of_any_dtype() -> None:
    lists = pl.Series("a", [[1], None, [], [2, 3]])
    rows = pl.Series([3, 1], dtype=pl.UInt32)
    assert put(lists, rows, pl.Series([[9], [8, 8]])).to_list() == [[1], [8, 8], [], [9]]
    none = pl.Series([], dtype=pl.UInt32)
    assert put(lists, none, pl.Series([], dtype=lists.dtype)).to_list() == lists.to_list()


def test_writes_each_row_as_one_line_of_json() -> None:
    frame = pl.DataFrame({"a": ["x\u2028y\x85z\nw", None]})
    assert [json.loads(line) for line in json_lines(frame)] == frame.to_dicts()
