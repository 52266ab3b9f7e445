"""No file of events is lost silently, whatever its name; real processes."""

from __future__ import annotations

import datetime
import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from pipelines.cli.exit_codes import ExitCode
from schemas.avro import avro_schema
from schemas.case_record import CaseRecord
from tests.helpers.commands import discretion, run_of
from tests.helpers.news import ELDER, event, events_of
from transforms.avro.encode import encode_blocks, write_header
from transforms.normalize.case_frame import to_frame

EVENT, CASE = avro_schema("case_event"), avro_schema("case_record")
DAY = datetime.date(2011, 11, 18)
ODD = ("plain.avro", "e[1].avro", "e*?.avro", "{a} b\\.avro", "two\nlines.avro", "UPPER.AVRO")


def news(number: int, count: int = 1) -> bytes:
    """Write a file of events, one per block."""
    made = [
        events_of(event(f"e{number}-{n}", f"c{number}", "HEARING_SET", "2011-11-17"))
        for n in range(count)
    ]
    return write_header(EVENT) + b"".join(encode_blocks(frame, EVENT) for frame in made)


def nightly(place: Path, *more: object) -> subprocess.CompletedProcess[str]:
    return discretion("nightly", "--state", place / "OUT", "--events", place / "events",
                      "--as-of", DAY, *more)  # fmt: skip


def manifest(place: Path) -> Any:
    return json.loads((run_of(place / "OUT") / "manifest.json").read_text())


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A first night on files whose names look like patterns, some damaged."""
    place = tmp_path_factory.mktemp("news")
    for folder in ("cases", "events", "elsewhere"):
        (place / folder).mkdir()
    (place / "cases/c[0].avro").write_bytes(
        write_header(CASE) + encode_blocks(to_frame([CaseRecord(**ELDER)]), CASE)
    )
    for number, name in enumerate(ODD):
        (place / "events" / name).write_bytes(news(number))
    (place / "elsewhere" / os.fsdecode(b"\xff.avro")).write_bytes(news(90))
    (place / "events/linked").symlink_to(place / "elsewhere")
    damaged = bytearray(news(91, 3))
    damaged[-40] ^= 0xFF
    (place / "events/damaged.avro").write_bytes(damaged)
    (place / "events/cut.avro").write_bytes(news(92)[:-1])
    (place / "events/other.avro").write_bytes(b"no Avro")
    (place / "events/gone.avro").symlink_to(place / "nothing")
    os.mkfifo(place / "events/pipe.avro")
    return place


def test_a_night_reads_what_it_can_and_names_the_rest(first: Path) -> None:
    done = nightly(first, "--input", first / "cases")
    assert done.returncode == ExitCode.DAMAGED
    errors = {Path(line.split(": ")[1]).name: line for line in done.stderr.splitlines()}
    assert set(errors) == {"damaged.avro", "cut.avro", "other.avro", "gone.avro", "pipe.avro"}
    assert "is damaged" in errors["damaged.avro"]
    assert errors["damaged.avro"].endswith("; ask for it again, under a new name")
    assert "is not an Avro file" in errors["other.avro"]
    assert "it waits for the next night" in errors["cut.avro"]
    assert "is a broken link" in errors["gone.avro"]
    assert "is not a regular file" in errors["pipe.avro"]

    night_manifest = manifest(first)
    night = night_manifest["nightly"]
    read = {Path(file["path"]).name for file in night["consumed"]}
    assert read == {*ODD, r"\xff.avro", "damaged.avro", "other.avro"}
    # One of three blocks is lost.
    [damage] = night_manifest["damaged"]
    assert Path(damage["path"]).name == "damaged.avro"
    assert night["events"]["read"] == len(ODD) + 1 + 2
    status = discretion("status", "--state", first / "OUT")
    assert "in 1 damaged file; left out, files and folders: 4" in status.stdout

    again = nightly(first)
    assert again.returncode == ExitCode.DAMAGED
    assert "nothing new since" in again.stdout
    assert again.stderr == done.stderr


def test_picks_up_a_repaired_file_under_a_new_name(first: Path) -> None:
    (first / "events/damaged.2.avro").write_bytes(news(91, 3))
    (first / "events/cut.avro").write_bytes(news(92))
    done = nightly(first)
    night_manifest = manifest(first)
    read = {Path(file["path"]).name for file in night_manifest["nightly"]["consumed"]}
    assert read == {"damaged.2.avro", "cut.avro"}
    assert night_manifest["nightly"]["events"] | {"pending": 0} == {
        "read": 4, "repeated": 2, "conflicts": 0, "quarantined": 0, "unread": 0, "pending": 0
    }  # fmt: skip
    # The link and the pipe are still there.
    assert (done.returncode, done.stderr.count("\n")) == (ExitCode.DAMAGED, 2)
    for name in ("gone.avro", "pipe.avro"):
        (first / "events" / name).unlink()


def test_output_is_readable_only_by_the_user(first: Path) -> None:
    for path in (first / "OUT", *(first / "OUT").rglob("*")):
        assert path.stat().st_mode & 0o077 == 0, path
        assert not path.name.startswith(".temp"), path


def test_rejects_a_first_night_in_which_no_case_can_be_read(tmp_path: Path) -> None:
    (tmp_path / "events").mkdir()
    (tmp_path / "cases.avro").write_bytes(b"no Avro")
    done = nightly(tmp_path, "--input", tmp_path / "cases.avro")
    assert done.returncode == ExitCode.INPUT
    assert done.stderr == (f"discretion nightly: {tmp_path}/cases.avro: is not an Avro file\n")


def test_a_full_or_closed_standard_output_does_not_undo_a_night(tmp_path: Path) -> None:
    (tmp_path / "events").mkdir()
    (tmp_path / "cases.avro").write_bytes(
        write_header(CASE) + encode_blocks(to_frame([CaseRecord(**ELDER)]), CASE)
    )
    command = "python -m pipelines.cli.main nightly --state OUT --events events --as-of 2011-11-18"
    script = f"{command} --input cases.avro > /dev/full; echo $?; {command} --json | head -c 1"
    root = Path(__file__).parents[2]
    done = subprocess.run(
        ["bash", "-c", f"{script}; echo ${{PIPESTATUS[0]}}"], cwd=tmp_path, text=True,
        capture_output=True, check=False, env={**os.environ, "PYTHONPATH": str(root)},
    )  # fmt: skip
    assert done.stdout == "0\n{0\n"
    assert done.stderr == (
        "discretion nightly: OUT/runs/night-2011-11-18 is complete, but the result can't be "
        "printed (No space left on device)\n"
    )
    assert not (tmp_path / "OUT/FAILED").exists()
