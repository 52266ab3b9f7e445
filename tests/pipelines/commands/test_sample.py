from __future__ import annotations

import hashlib
from pathlib import Path

import fastavro
import pytest

from pipelines.commands.sample import main
from schemas.avro import avro_schema
from tests.helpers.commands import discretion
from transforms.avro.blocks import Block, blocks
from transforms.avro.file import read_file
from transforms.avro.header import read_header


def digests(folder: Path) -> dict[str, str]:
    return {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in folder.iterdir()}


def make(folder: Path, *words: object) -> Path:
    options = ["--output", folder, "--cases", "600", "--files", "3", *words]
    assert main([str(word) for word in options]) == 0
    return folder


def test_makes_a_sample(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "sample"
    done = discretion("sample", "--output", folder, "--cases", 100, "--files", 2, "--clean")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"100 records of 100 cases in 2 files in {folder}\n"
    rows = []
    for path in sorted(folder.iterdir()):
        with path.open("rb") as file:
            reader = fastavro.reader(file)
            assert reader.metadata["avro.codec"] == "snappy"
            rows += [row["case_id"] for row in reader if isinstance(row, dict)]
    assert rows == [f"7{number:08d}" for number in range(1, 101)]


def test_the_same_options_give_the_same_bytes(tmp_path: Path) -> None:
    first, again = make(tmp_path / "a"), make(tmp_path / "b")
    assert digests(first) == digests(again)
    other = make(tmp_path / "c", "--seed", 7)
    assert not set(digests(first).values()) & set(digests(other).values())


def test_damages_one_block_whose_count_is_known(tmp_path: Path) -> None:
    whole, damaged = make(tmp_path / "a"), make(tmp_path / "b", "--damage")
    names = sorted(path.name for path in whole.iterdir())
    differ = [n for n in names if (whole / n).read_bytes() != (damaged / n).read_bytes()]
    assert differ == [names[-1]]
    path = damaged / differ[0]
    with path.open("rb") as file:
        header = read_header(file)
        [block] = blocks(file, header, 0, path.stat().st_size)
    assert isinstance(block, Block)
    read = list(read_file(str(path), avro_schema("case_record"), None, 1_000))
    assert sum(frame.height for _, frame in read if "reason" not in frame.columns) == 0


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["--cases", "0"], 2),
        (["--files", "0"], 2),
        (["--cases", "3", "--files", "4"], 2),
        (["--seed", "-1"], 2),
    ],
)
def test_rejects_invalid_numbers(
    tmp_path: Path, words: list[str], code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--output", str(tmp_path / "x"), *words]) == code
    assert capsys.readouterr().err.count("\n") == 1
    assert not (tmp_path / "x").exists()


def test_reports_an_unwritable_directory_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "mine").write_text("kept")
    for place in (tmp_path, tmp_path / "mine", Path("/proc/nowhere")):
        assert main(["--output", str(place), "--cases", "5", "--files", "1"]) == 4
        error = capsys.readouterr().err
        assert error.startswith(f"discretion sample: {place}: ")
        assert error.count("\n") == 1
    assert (tmp_path / "mine").read_text() == "kept"
