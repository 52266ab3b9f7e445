"""A backlog that fails or half fails: bad input, damage, full disks, kills, and a second run."""

from __future__ import annotations

import fcntl
import json
import os
import re
import signal
import subprocess
import time
from pathlib import Path

import fastavro
import pytest

from pipelines.cli.exit_codes import ExitCode
from tests.helpers.backlogs import Backlog, inputs, read, refused
from tests.helpers.commands import (
    Running,
    argv,
    content,
    discretion,
    environment,
    files_below,
    rows,
    run_of,
)

BAD_INPUT: dict[str, tuple[bytes | None, str]] = {
    "missing": (None, "no such file"),
    "empty": (b"", "is empty"),
    "text": (b"case_id,court\n1,BAL\n", "is not an Avro file"),
    "header": (b"Obj\x01\x04\x14avro", "cut short or damaged in its header"),
}


@pytest.mark.parametrize("name", BAD_INPUT)
def test_reports_unreadable_input_in_one_line(name: str, tmp_path: Path) -> None:
    data, message = BAD_INPUT[name]
    path = tmp_path / "x.avro"
    if data is not None:
        path.write_bytes(data)
    refused(3, message, "--input", path, "--output", tmp_path / "out")


def test_rejects_files_of_another_kind(backlog: Backlog, tmp_path: Path) -> None:
    out = ("--output", tmp_path / "out")
    refused(3, "holds discretion.Recommendation", "--input", backlog.run / "close", *out)
    other = tmp_path / "other.avro"
    schema = {"type": "record", "name": "Song", "fields": [{"name": "tune", "type": "string"}]}
    with other.open("wb") as file:
        fastavro.writer(file, fastavro.parse_schema(schema), [{"tune": "a"}])
    refused(3, "no field matches", "--input", other, *out)


@pytest.mark.parametrize(
    ("code", "message", "options"),
    [
        (2, "is not a date; write YYYY-MM-DD", ["--as-of", "2011-13-01"]),
        (2, "unknown option --frobnicate", ["--frobnicate", "1"]),
        (2, "unexpected argument stray", ["--rulebook", "ice-2011-11-17"]),
        (2, "has no scope nowhere", ["--scope", "nowhere"]),
        (3, "no such rulebook or file", ["--rulebook", "nowhere"]),
        (2, "--run-id: ", ["--run-id", "../up"]),
    ],
)
def test_rejects_invalid_options(
    backlog: Backlog, tmp_path: Path, code: int, message: str, options: list[str]
) -> None:
    if message == "unexpected argument stray":
        options = [*options, "stray"]
    refused(code, message, "--input", backlog.sample, "--output", tmp_path / "out", *options)


def test_never_overwrites_a_run(backlog: Backlog) -> None:
    before = {path: path.read_bytes() for path in files_below(backlog.output)}
    done = discretion("backlog", "--input", backlog.sample, "--output", backlog.output)
    assert done.returncode == 4
    assert done.stderr.endswith("exists; give another --run-id or remove it\n")
    assert {path: path.read_bytes() for path in files_below(backlog.output)} == before


def test_rejects_an_output_directory_below_a_file(backlog: Backlog, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    options = ("--input", backlog.sample, "--output", tmp_path / "file" / "out")
    refused(4, "cannot be written (Not a directory)", *options)


def test_a_full_disk_prints_one_line_and_leaves_nothing(backlog: Backlog, tmp_path: Path) -> None:
    command = ("backlog", "--input", backlog.sample, "--output", tmp_path / "out")
    done = discretion(*command, limit="ulimit -f 60")
    assert done.returncode == 4
    assert done.stdout == ""
    assert done.stderr == (
        "discretion backlog: cannot write: File too large; nothing was left behind\n"
    )
    assert not files_below(tmp_path / "out")


def test_reads_past_damage_and_cuts_and_reports_them(backlog: Backlog, tmp_path: Path) -> None:
    whole, cut, damaged = ((backlog.sample / f"{number}.avro").read_bytes() for number in range(3))
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "0.avro").write_bytes(whole)
    (folder / "1.avro").write_bytes(cut[:-40])
    with (backlog.sample / "2.avro").open("rb") as file:
        second = list(fastavro.block_reader(file))[1]
    middle = second.offset + 50
    (folder / "2.avro").write_bytes(damaged[:middle] + b"\xff" * 64 + damaged[middle + 64 :])
    done = discretion("backlog", "--input", folder, "--output", tmp_path / "out")
    assert done.returncode == ExitCode.DAMAGED
    last = len(read([backlog.sample / "1.avro"])) % 100
    assert done.stderr.splitlines() == [
        f"discretion backlog: {folder}/1.avro: is cut short, or damaged at its end: an unknown "
        "number of records in it were quarantined unread; records after the cut aren't counted",
        f"discretion backlog: {folder}/2.avro: is damaged in 1 place: an unknown number of "
        "records in it were quarantined unread",
    ]
    assert "TRUNCATED_FILE" in done.stdout
    assert "UNREADABLE_BLOCK" in done.stdout
    run = run_of(tmp_path / "out")
    manifest = json.loads((run / "manifest.json").read_text())
    lost = {row["source_file"]: row for row in rows(run, "quarantine") if row["stage"] == "read"}
    assert set(lost) == {str(folder / "1.avro"), str(folder / "2.avro")}
    table = done.stdout[done.stdout.index("\nQuarantined") :].splitlines()[2:]
    shown = {}
    for line in table:
        if not (found := re.fullmatch(r" *([A-Z_]+) +(?:([\d,]+) +)?([\d,]+) *", line)):
            break
        shown[found[1]] = [int((number or "0").replace(",", "")) for number in found.groups()[1:]]
    quarantined = rows(run, "quarantine")
    assert shown == {
        reason: [
            sum(row["record_count"] or 0 for row in quarantined if row["reason"] == reason),
            sum(row["reason"] == reason for row in quarantined),
        ]
        for reason in {row["reason"] for row in quarantined}
    }
    assert sum(records for records, _ in shown.values()) == manifest["counts"]["quarantined"]
    # The header of a block that doesn't decode isn't trusted.
    assert [row["record_count"] for row in lost.values()] == [None, None]
    assert manifest["counts"]["read"] == len(inputs(backlog)) - last - 100
    assert manifest["counts"]["unreadable_places"] == 2
    kept = sum(manifest["counts"]["routed"].values())
    expected = sum(backlog.manifest["counts"]["routed"].values())
    assert 0 < expected - kept <= last + 100


def test_reports_records_lost_after_a_cut_and_behind_a_damaged_header(
    backlog: Backlog, tmp_path: Path
) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    for number, damage in enumerate((_cut_in_the_first_block, _cut_in_a_header, _no_count)):
        source = backlog.sample / f"{number}.avro"
        with source.open("rb") as file:
            at = [block.offset for block in fastavro.block_reader(file)]
        (folder / source.name).write_bytes(damage(source.read_bytes(), at))
    done = discretion("backlog", "--input", folder, "--output", tmp_path / "out", "--json")
    assert done.returncode == ExitCode.DAMAGED
    assert done.stderr.splitlines() == [
        f"discretion backlog: {folder}/{line}"
        for line in (
            "0.avro: is cut short, or damaged at its end: an unknown number of records in it were "
            "quarantined unread; records after the cut aren't counted",
            "1.avro: is cut short, or damaged at its end: an unknown number of records in it were "
            "quarantined unread; records after the cut aren't counted",
            "2.avro: is damaged in 2 places: an unknown number of records in it were quarantined "
            "unread",
        )
    ]
    manifest = json.loads(done.stdout)
    assert [list(file.values())[1:] for file in manifest["damaged"]] == [
        [1, 0, 1, True],
        [1, 0, 1, True],
        [2, 0, 2, False],
    ]
    # Two blocks of file 1 are left, and all but two of file 2.
    left = 200 + len(read([backlog.sample / "2.avro"])) - 200
    assert manifest["counts"]["read"] == left
    assert manifest["counts"]["unreadable_places"] == 4
    assert json.loads((run_of(tmp_path / "out") / "manifest.json").read_text()) == manifest
    shown = discretion("show", tmp_path / "out")
    assert shown.returncode == 0
    # The summary wraps lines longer than 80 columns.
    text = " ".join(shown.stdout.split())
    for line in done.stderr.splitlines():
        assert line.removeprefix("discretion backlog: ") in text


def _cut_in_the_first_block(data: bytes, at: list[int]) -> bytes:
    return data[: at[1] - 20]


def _cut_in_a_header(data: bytes, at: list[int]) -> bytes:
    return data[: at[2] + 1]


def _no_count(data: bytes, at: list[int]) -> bytes:
    """The second block's count is -1, and the fourth block's bytes are noise."""
    data = data[: at[1]] + b"\x01" + data[at[1] + 1 :]
    return data[: at[3] + 20] + b"\xff" * 64 + data[at[3] + 84 :]


def test_input_without_a_whole_block_gives_no_run(backlog: Backlog, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    for number in range(2):
        source = backlog.sample / f"{number}.avro"
        with source.open("rb") as file:
            second = list(fastavro.block_reader(file))[1].offset
        (folder / source.name).write_bytes(source.read_bytes()[: second - 1])
    message = (
        f"{folder}/0.avro: is cut short, or damaged at its end, and 1 more such files: "
        "nothing can be read"
    )
    refused(3, message, "--input", folder, "--output", tmp_path / "out")


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_a_killed_run_leaves_no_result_and_can_run_again(
    backlog: Backlog, tmp_path: Path, how: signal.Signals
) -> None:
    out = tmp_path / "out"
    command = ("backlog", "--input", backlog.sample, "--output", out)
    process = Running(*command, out=os.devnull, err=tmp_path / "err.txt")
    deadline = time.monotonic() + 60
    while not list(out.glob("runs/*/close")) and time.monotonic() < deadline:
        time.sleep(0.01)
    process.send_signal(how)
    # Pressing Ctrl-C again during cleanup gives the same result.
    time.sleep(0.1)
    process.send_signal(how)
    code = process.wait()
    if how != signal.SIGKILL:
        assert code == ExitCode.INTERRUPTED
        assert (tmp_path / "err.txt").read_text() == "discretion backlog: interrupted\n"
        assert not list(out.rglob("*.avro"))
    assert not (out / "LATEST").exists()
    assert not list(out.rglob("manifest.json"))
    assert all(run.name.startswith("_") for run in out.glob("runs/*"))
    assert discretion("show", out).returncode == 3
    assert discretion("backlog", "--input", out, "--output", tmp_path / "no").returncode == 3
    if how == signal.SIGKILL:
        again = discretion(*command)
        assert again.returncode == 0, again.stderr
        assert content(run_of(out)) == content(backlog.run)
        assert [run.name for run in out.glob("runs/*")] == [run_of(out).name]


def test_a_completed_run_succeeds_even_if_interrupted_while_printing(
    backlog: Backlog, tmp_path: Path
) -> None:
    """Nobody reads its output, so it is still printing when the signal comes."""
    out = tmp_path / "out"
    command = argv("backlog", "--input", backlog.sample, "--output", out)
    reader, writer = os.pipe()
    os.write(writer, bytes(fcntl.fcntl(writer, fcntl.F_GETPIPE_SZ)))
    with subprocess.Popen(
        command, stdout=writer, stderr=subprocess.PIPE, env=environment()
    ) as process:
        deadline = time.monotonic() + 60
        while not (out / "LATEST").exists() and time.monotonic() < deadline:
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        _, complained = process.communicate()
    os.close(reader)
    os.close(writer)
    assert (process.returncode, complained) == (ExitCode.OK, b"")
    assert content(run_of(out)) == content(backlog.run)


def test_a_second_run_with_the_same_id_leaves_the_first_alone(
    backlog: Backlog, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    command = ("backlog", "--input", backlog.sample, "--output", out, "--run-id", "one")
    with subprocess.Popen(argv(*command), stdout=subprocess.PIPE, env=environment()) as process:
        deadline = time.monotonic() + 60
        while not list(out.glob("runs/*/close")) and time.monotonic() < deadline:
            time.sleep(0.01)
        process.send_signal(signal.SIGSTOP)
        try:
            half = files_below(out)
            assert half
            second = discretion(*command)
            assert (second.returncode, second.stdout) == (ExitCode.BUSY, "")
            assert second.stderr == (
                f"discretion backlog: {out}/runs/one: another process is writing it\n"
            )
            assert files_below(out) == half
        finally:
            process.send_signal(signal.SIGCONT)
        process.communicate()
    assert process.returncode == 0
    assert content(run_of(out)) == content(backlog.run)
    assert [run.name for run in out.glob("runs/*")] == ["one"]
