"""A backlog as its user runs it: real processes, files, kills, and damage."""

from __future__ import annotations

import datetime
import fcntl
import json
import os
import pty
import random
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, NamedTuple

import fastavro
import polars as pl
import pytest

from pipelines.cli.exit_codes import ExitCode
from schemas.avro import avro_schema
from schemas.rulebooks import load
from schemas.words import warning_in_words
from tests.helpers.commands import (
    Row,
    Running,
    argv,
    content,
    discretion,
    environment,
    files_below,
    rows,
    run_of,
)
from transforms.normalize.case_frame import CASES
from transforms.normalize.records import normalize
from transforms.route.recommendation import recommend_records

ROUTES = ("close", "continue", "expedite")
AS_OF = datetime.date(2011, 11, 17)
MARKER = "ZQXMARKERZQX"


class Backlog(NamedTuple):
    """A sample and one run over it."""

    sample: Path
    output: Path
    printed: subprocess.CompletedProcess[str]

    @property
    def run(self) -> Path:
        return run_of(self.output)

    @property
    def manifest(self) -> dict[str, Any]:
        manifest: dict[str, Any] = json.loads((self.run / "manifest.json").read_text())
        return manifest


def read(paths: list[Path]) -> list[Row]:
    found: list[Row] = []
    for path in paths:
        with path.open("rb") as file:
            found += [row for row in fastavro.reader(file) if isinstance(row, dict)]
    return found


def write(path: Path, records: list[Row], block: int = 1_000) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        writer = fastavro.write.Writer(
            file, fastavro.parse_schema(avro_schema("case_record")), "deflate", 1 << 30
        )
        for number, record in enumerate(records, 1):
            writer.write(record)
            if number % block == 0:
                writer.flush()
        writer.flush()
    return path


@pytest.fixture(scope="module")
def backlog(tmp_path_factory: pytest.TempPathFactory) -> Backlog:
    folder = tmp_path_factory.mktemp("backlog")
    made = discretion("sample", "--output", folder / "raw", "--cases", 2000, "--files", 1)
    assert made.returncode == 0, made.stderr
    records = read(sorted((folder / "raw").glob("*.avro")))
    for number in range(3):
        write(folder / "in" / f"{number}.avro", records[number::3], block=100)
    printed = discretion("backlog", "--input", folder / "in", "--output", folder / "out")
    assert printed.returncode == 0, printed.stderr
    return Backlog(folder / "in", folder / "out", printed)


def inputs(backlog: Backlog) -> list[Row]:
    return read(sorted(backlog.sample.glob("*.avro")))


def test_the_counts_reconcile_with_the_files(backlog: Backlog) -> None:
    counts = backlog.manifest["counts"]
    written = content(backlog.run)
    assert counts["read"] == len(inputs(backlog))
    assert counts["routed"] == {route: len(written[route]) for route in ROUTES}
    assert counts["quarantined"] == len(written["quarantine"])
    assert counts["duplicates"] == len(written["duplicates"])
    routed = sum(counts["routed"].values())
    assert counts["read"] == routed + counts["quarantined"] + counts["duplicates"]
    assert len(written["cases"]) == routed
    for file in backlog.manifest["outputs"]:
        assert len(read([backlog.run / file["path"]])) == file["records"]
    listed = {backlog.run / file["path"] for file in backlog.manifest["outputs"]}
    assert listed == set(backlog.run.rglob("*.avro"))


def test_gives_the_routes_of_the_plain_function_on_all_records(backlog: Backlog) -> None:
    by_case: dict[str, list[Row]] = {}
    for record in inputs(backlog):
        by_case.setdefault((record["case_id"] or "").strip(), []).append(record)
    once = [found[0] for case, found in by_case.items() if len(found) == 1 and case]
    assert len(once) > 1_900
    records, _ = normalize(pl.DataFrame(once, schema=CASES), AS_OF)
    expected = recommend_records(records, load("ice-2011-11-17"), AS_OF).to_dicts()
    got = {row["case_id"]: row for route in ROUTES for row in rows(backlog.run, route)}
    for row in expected:
        assert got[row["case_id"]] == row


def test_a_superseded_record_is_never_later_than_the_winner(backlog: Backlog) -> None:
    stands = {row["case_id"]: row for row in rows(backlog.run, "cases")}
    superseded = rows(backlog.run, "duplicates")
    assert superseded
    for row in superseded:
        assert row["reason"] == "SUPERSEDED"
        old = json.loads(row["raw"])
        assert old["case_id"].strip() in stands


def test_outputs_have_the_declared_schema(backlog: Backlog) -> None:
    declared = dict.fromkeys(ROUTES, "recommendation") | {
        "cases": "case_record",
        "quarantine": "quarantined",
        "duplicates": "quarantined",
    }
    for path in backlog.run.rglob("*.avro"):
        with path.open("rb") as file:
            metadata = fastavro.reader(file).metadata
        assert json.loads(metadata["avro.schema"]) == avro_schema(declared[path.parent.name])


def test_the_result_does_not_depend_on_files_splits_or_order(
    backlog: Backlog, tmp_path: Path
) -> None:
    records = inputs(backlog)
    random.Random(1).shuffle(records)
    for number in range(5):
        write(tmp_path / "in" / f"deep{number}" / "x.avro", records[number::5], block=7 + number)
    again = subprocess.run(
        [
            *(sys.executable, "-m", "pipelines.backlog", "--input", tmp_path / "in"),
            *("--output", tmp_path / "out", "--json", "--run-id", "again"),
        ],
        capture_output=True,
        text=True,
        check=False,
        env=environment(),
    )
    assert again.returncode == 0, again.stderr
    assert again.stderr == ""
    assert content(run_of(tmp_path / "out")) == content(backlog.run)
    manifest = json.loads(again.stdout)
    assert manifest["run_id"] == "again"
    for name in (
        "counts",
        "reasons",
        "unknown",
        "missing_facts",
        "states",
        "needs_review",
        "rulebook",
    ):
        assert manifest[name] == backlog.manifest[name]


def test_limits_to_courts_and_scope_and_leaves_out_presumptions(
    backlog: Backlog, tmp_path: Path
) -> None:
    done = discretion(
        *("backlog", "--input", f"{backlog.sample}/*.avro", "--output", tmp_path / "out"),
        *("--courts", "bal, den", "--scope", "vincent-2011", "--presume", "none", "--json"),
    )
    assert done.returncode == 0, done.stderr
    manifest = json.loads(done.stdout)
    assert manifest["courts"] == ["BAL", "DEN"]
    assert (manifest["scope"], manifest["presume"]) == ("vincent-2011", False)
    run = run_of(tmp_path / "out")
    routed = [row for route in ROUTES for row in rows(run, route)]
    assert routed
    assert {row["court"] for row in routed} <= {"BAL", "DEN", None}
    assert all(row["checks"] == [] for row in routed)
    assert manifest["counts"]["out_of_scope"] > 0
    # The snapshot keeps every case.
    assert rows(run, "cases") == rows(backlog.run, "cases")
    case = routed[0]
    explained = discretion("explain", case["case_id"], "--run", tmp_path / "out", "--json")
    assert explained.returncode == 0, explained.stderr
    explanation = json.loads(explained.stdout)
    assert (explanation["outcome"]["route"], explanation["checks"]) == (case["route"], [])


def test_prints_a_summary_and_nothing_on_stderr_when_piped(
    backlog: Backlog,
) -> None:
    assert backlog.printed.stderr == ""
    counts = backlog.manifest["counts"]
    for route in ROUTES:
        assert re.search(rf"{route} +{counts['routed'][route]:,} ", backlog.printed.stdout)
    assert f"{counts['read']:,}" in backlog.printed.stdout
    assert str(backlog.run) in backlog.printed.stdout
    assert "An attorney decides" in backlog.printed.stdout


def test_shows_progress_on_a_terminal(backlog: Backlog, tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    command = argv("backlog", "--input", backlog.sample, "--output", tmp_path / "out")
    with subprocess.Popen(
        command, stderr=theirs, stdout=subprocess.DEVNULL, env={**environment(), "TERM": "xterm"}
    ) as process:
        os.close(theirs)
        shown = b""
        while True:
            try:
                part = os.read(ours, 4096)
            except OSError:
                break
            if not part:
                break
            shown += part
    os.close(ours)
    assert process.returncode == 0
    assert b"starting" in shown
    assert b"assessing" in shown


def test_show_prints_the_same_for_a_run_and_its_output_directory(backlog: Backlog) -> None:
    of_run, of_output = discretion("show", backlog.run), discretion("show", backlog.output)
    assert of_run.returncode == of_output.returncode == 0
    assert of_run.stdout == of_output.stdout == backlog.printed.stdout
    assert json.loads(discretion("show", backlog.output, "--json").stdout) == backlog.manifest


def test_explain_agrees_with_the_run(backlog: Backlog, tmp_path: Path) -> None:
    case = next(row for row in rows(backlog.run, "expedite") if row["warnings"])
    explained = discretion("explain", case["case_id"], "--run", backlog.output, "--json")
    assert explained.returncode == 0, explained.stderr
    explanation = json.loads(explained.stdout)
    assert explanation["outcome"]["route"] == case["route"] == "expedite"
    assert explanation["rule"] == case["rule"]
    assert explanation["warnings"] == case["warnings"]
    assert [one["fact"] for one in explanation["ask"]] == case["missing_facts"]
    for one in explanation["criteria"]:
        assert (one["value"] == "true") == (one["criterion"] in case["criteria_true"])
    words = discretion("explain", case["case_id"], "--run", backlog.run)
    assert words.stdout.startswith(f"{case['case_id']}, as of November 17, 2011\n")
    assert "\nEXPEDITE" in words.stdout
    for warning in case["warnings"]:
        assert f"\n  {warning_in_words(warning)}\n" in words.stdout
    record = next(row for row in rows(backlog.run, "cases") if row["case_id"] == case["case_id"])
    (tmp_path / "case.json").write_text(json.dumps(record))
    of_file = discretion("explain", tmp_path / "case.json", "--json")
    assert of_file.returncode == 0, of_file.stderr
    assert json.loads(of_file.stdout) == explanation


def test_explain_reports_an_unknown_case(backlog: Backlog) -> None:
    explained = discretion("explain", "no-such-case", "--run", backlog.output)
    assert (explained.returncode, explained.stdout) == (3, "")
    assert explained.stderr == f"discretion explain: {backlog.run}: there is no case with that id\n"


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


def refused(code: int, message: str, *options: object) -> None:
    done = discretion("backlog", *options)
    assert done.returncode == code, done.stderr
    assert done.stdout == ""
    last = done.stderr.splitlines()[-1]
    assert last.startswith("discretion backlog: ")
    assert message in last
    assert "Traceback" not in done.stderr
    output = Path(str(options[options.index("--output") + 1]))
    assert not output.is_dir() or not [
        path for path in files_below(output) if "LATEST" not in path.name
    ]


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


def test_prints_no_personal_data(tmp_path: Path) -> None:
    empty: Row = dict.fromkeys(CASES.names())
    texts = [name for name, dtype in CASES.items() if dtype == pl.String]
    marked = {**empty, **dict.fromkeys(texts, MARKER)}
    before_birth = {
        **empty,
        "case_id": f"{MARKER}2",
        "birth_date": "1980-01-01",
        "entries": [{"date": "1970-01-01", "manner": None}],
        "language": MARKER,
    }
    convicted = {
        **empty,
        "case_id": f"{MARKER}3",
        "convictions": [
            {**dict.fromkeys(names_of("convictions")), "category": MARKER, "date": MARKER}
        ],
    }
    filled = [
        {**empty, **{name: record[name] or symbol for name, symbol in SYMBOLS.items()}}
        | {name: value for name, value in record.items() if value is not None}
        for record in (marked, before_birth, convicted, marked, {**marked, "case_id": None})
    ]
    file = write(tmp_path / "x.avro", filled)
    done = discretion("backlog", "--input", file, "--output", tmp_path / "out")
    assert done.returncode == 0, done.stderr
    assert MARKER not in done.stdout + done.stderr
    run = run_of(tmp_path / "out")
    assert len(rows(run, "quarantine")) == 1
    assert MARKER not in (run / "manifest.json").read_text()
    file.write_bytes(file.read_bytes()[:-30])
    done = discretion("backlog", "--input", file, "--output", tmp_path / "cut")
    # Its only block.
    assert done.returncode == 3
    assert MARKER not in done.stdout + done.stderr
    (tmp_path / "case.json").write_text(json.dumps({"case_id": "1", "custody": MARKER}))
    explained = discretion("explain", tmp_path / "case.json")
    assert explained.returncode == 3
    assert MARKER not in explained.stdout + explained.stderr


SYMBOLS = {name: None for name, dtype in CASES.items() if dtype == pl.Enum}


def names_of(column: str) -> list[str]:
    dtype = CASES[column]
    assert isinstance(dtype, pl.List)
    assert isinstance(dtype.inner, pl.Struct)
    return [field.name for field in dtype.inner.fields]
