"""Which datasets a run read and wrote, worked out by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.lineage.datasets import Dataset, given, read_from, written_to
from pipelines.lineage.events import name_of
from schemas.manifest import InputFile, OutputFile


def files(**sizes: int) -> list[InputFile]:
    return [InputFile(path=path, bytes=size, sha256="") for path, size in sizes.items()]


def test_a_glob_stands_for_the_folder_that_it_searches(tmp_path: Path) -> None:
    (tmp_path / "odd[1]").mkdir()
    paths = ["a/b/", "a/b/*.avro", "a/*/c.avro", "x.csv", "*.avro", f"{tmp_path}/odd[1]"]
    assert [dataset.path for dataset in given(paths)] == [
        *("a/b", "a", "x.csv", ".", f"{tmp_path}/odd[1]")
    ]


def test_files_count_for_the_path_that_was_named() -> None:
    read = files(**{"in/1.avro": 3, "in/deep/2.avro": 4, "into/3.avro": 8, "one.avro": 5})
    assert read_from(["in", "one.avro", "empty"], read, 99) == (
        Dataset("in", size=7, files=2),
        Dataset("one.avro", size=5, files=1),
        Dataset("empty", size=0, files=0),
        # Nothing that was named holds it.
        Dataset("into/3.avro", size=8, files=1),
    )


def test_a_single_dataset_has_all_rows() -> None:
    read = files(**{"1.avro": 3, "deep/2.avro": 4})
    assert read_from(["*.avro"], read, 99) == (Dataset(".", rows=99, size=7, files=2),)


def test_each_part_of_a_run_is_a_dataset() -> None:
    outputs = [
        OutputFile(path=path, records=records)
        for path, records in (("close/1.avro", 3), ("cases/1.avro", 9), ("close/2.avro", 4))
    ]
    assert written_to("out/", outputs, "run 1") == (
        Dataset("out/close", "run 1", 7, files=2),
        Dataset("out/cases", "run 1", 9, files=1),
    )


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/srv/a/../cases", ("file", "/srv/cases")),
        ("s3://bucket/a/cases", ("s3://bucket", "a/cases")),
        ("gs://bucket", ("gs://bucket", "/")),
    ],
)
def test_names_follow_the_naming_of_openlineage(path: str, name: tuple[str, str]) -> None:
    assert name_of(path) == name
