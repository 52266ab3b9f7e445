from __future__ import annotations

import os
from pathlib import Path

import apache_beam as beam
import pytest

from pipelines.cli.runners import IN_PROCESS
from schemas.eoir.headers import HEADERS
from schemas.eoir.tables import TABLES
from transforms.eoir.files import find_release
from transforms.eoir.read import ReadTables


def test_a_table_that_becomes_shorter_is_named(tmp_path: Path) -> None:
    folder, shuffled = tmp_path / "release", tmp_path / "shuffled"
    folder.mkdir()
    shuffled.mkdir()
    for table in TABLES:
        (folder / f"{table}.csv").write_text("\t".join(HEADERS[table]) + "\n")
    path = folder / "A_TblCase.csv"
    with path.open("a") as file:
        file.write("1" + "\t" * (len(HEADERS["A_TblCase"]) - 1) + "\n")
    ranges = find_release(str(folder)).ranges(1 << 20)
    os.truncate(path, path.stat().st_size - 5)
    with (
        pytest.raises(Exception, match=f"{path}: became shorter while it was read"),
        beam.Pipeline(argv=[IN_PROCESS]) as pipeline,
    ):
        _ = pipeline | beam.Create(ranges) | ReadTables(str(shuffled), 1, lambda lines: None)
