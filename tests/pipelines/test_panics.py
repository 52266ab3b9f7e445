"""Nobody sees what polars prints when damaged bytes make it panic; real processes."""

from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path

import pytest

from pipelines.cli.exit_codes import ExitCode
from schemas.avro import avro_schema
from scripts.fault_trials.container import StoredBlock, build
from scripts.fault_trials.damage import WAYS
from tests.helpers.commands import environment
from transforms.avro.blocks import write_block
from transforms.avro.varint import varint

FILES = 6


@pytest.fixture(scope="module")
def damaged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Files without a codec, whose damage polars itself meets."""
    folder = tmp_path_factory.mktemp("damaged")
    rows = [{"case_id": f"case-{number}", "court": "LOS"} for number in range(60)]
    whole = build(avro_schema("case_record"), rows, "null", block_rows=20)
    for number, way in enumerate(["noise over the records", "flip a bit", "one record less"] * 2):
        name = next(known for known in WAYS if known.startswith(way))
        content = WAYS[name](whole, random.Random(number)).content
        (folder / f"{number}.avro").write_bytes(content)
    # A text that ends far past its block makes polars panic.
    first = whole.blocks[0].records[0]
    data = b"".join(record.data for record in whole.blocks[0].records)
    data = b"\2" + varint(100_000) + data.removeprefix(first.fields["case_id"])
    broken = StoredBlock((), write_block(20, data, whole.header[-16:]))
    (folder / "panic.avro").write_bytes(whole.put(0, broken).content)
    return folder


def backlog(words: list[str], damaged: Path, output: Path, **more: str) -> tuple[int, list[str]]:
    """Run a backlog; return its exit code, and its lines on standard error."""
    done = subprocess.run(
        [sys.executable, "-m", *words, "--input", damaged, "--output", output],
        capture_output=True, text=True, check=False,
        env=environment() | {"RUST_BACKTRACE": "1"} | more,
    )  # fmt: skip
    return done.returncode, done.stderr.splitlines()


@pytest.mark.parametrize("words", [["pipelines.backlog"], ["pipelines.cli.main", "backlog"]])
def test_hides_the_text_of_a_panic(words: list[str], damaged: Path, tmp_path: Path) -> None:
    code, lines = backlog(words, damaged, tmp_path / "out")
    assert code == ExitCode.DAMAGED
    assert sum("damaged in" in line for line in lines) == FILES + 1
    assert [line for line in lines if not line.startswith("discretion backlog: ")] == []


def test_polars_does_panic(damaged: Path, tmp_path: Path) -> None:
    words = ["pipelines.backlog"]
    _, lines = backlog(words, damaged, tmp_path / "out", DISCRETION_DEBUG="1")
    assert any("panicked" in line for line in lines)
