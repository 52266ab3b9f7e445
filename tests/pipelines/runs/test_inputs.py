"""Input files that change while they are read, with a pipeline over real files."""

from __future__ import annotations

import hashlib
from pathlib import Path

import apache_beam as beam
import pytest

from pipelines.runs.inputs import WriteAccount, accounted
from schemas.avro import Schema
from schemas.errors import InputError
from schemas.manifest import InputFile
from tests.helpers.random_avro import written
from transforms.avro.read import ReadFrames
from transforms.files.find import FoundFile

SCHEMA: Schema = {
    "type": "record",
    "name": "R",
    "fields": [{"name": "a", "type": ["null", "string"], "default": None}],
}
FILE = written(SCHEMA, [{"a": f"row {number}"} for number in range(50)], block_rows=5)


def run(files: list[FoundFile], root: Path, times: int = 2) -> None:
    """Read files a number of times, and write the account."""
    with beam.Pipeline(runner="BundleBasedDirectRunner") as pipeline:
        read = [pipeline | f"Read {number}" >> ReadFrames(files, SCHEMA) for number in range(times)]
        tuple(each.stretches for each in read) | WriteAccount(str(root), files)


def found(path: Path, content: bytes = FILE, listed: int | None = None) -> FoundFile:
    path.write_bytes(content)
    return FoundFile(str(path), len(content) if listed is None else listed)


def test_accounts_for_unchanged_files_with_their_digests(tmp_path: Path) -> None:
    files = [
        found(tmp_path / "a[1].avro"),
        found(tmp_path / "b.avro", written(SCHEMA, [])),
        found(tmp_path / "damaged.avro", FILE[:-3]),
    ]
    run(files, tmp_path)
    assert accounted(str(tmp_path), files) == {
        file.name: InputFile(
            path=file.path,
            bytes=file.bytes,
            sha256=hashlib.sha256(Path(file.path).read_bytes()).hexdigest(),
        )
        for file in files
    }


def test_no_files_give_an_empty_account(tmp_path: Path) -> None:
    run([], tmp_path, times=1)
    assert accounted(str(tmp_path), []) == {}


@pytest.mark.parametrize("more", [-1, 1, 100])
def test_names_a_file_whose_size_differs_from_the_listing(tmp_path: Path, more: int) -> None:
    files = [found(tmp_path / "a.avro"), found(tmp_path / "b.avro", listed=len(FILE) + more)]
    run(files, tmp_path)
    with pytest.raises(InputError, match=r"b\.avro: changed while it was read: it had"):
        accounted(str(tmp_path), files)


def test_names_a_file_replaced_between_two_readings(tmp_path: Path) -> None:
    files = [found(tmp_path / "a.avro")]
    run(files, tmp_path)
    before = (tmp_path / "_stretches.ndjson").read_bytes()
    found(tmp_path / "a.avro", FILE.replace(b"row 7", b"row 8"))
    run(files, tmp_path)
    # The first reading saw the previous content.
    with (tmp_path / "_stretches.ndjson").open("ab") as file:
        file.write(before)
    with pytest.raises(InputError, match=r"a\.avro: changed while it was read; run it again"):
        accounted(str(tmp_path), files)


@pytest.mark.parametrize("content", [b"", b"a,b", None])
def test_names_a_file_emptied_replaced_or_removed_before_it_is_read(
    tmp_path: Path, content: bytes | None
) -> None:
    files = [found(tmp_path / "a.avro")]
    path = tmp_path / "a.avro"
    path.unlink() if content is None else path.write_bytes(content)
    with pytest.raises(InputError, match=r"a\.avro: changed while it was read"):
        run(files, tmp_path)
