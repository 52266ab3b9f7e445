"""An import as its user runs it: real releases, processes, kills, and bad input."""

from __future__ import annotations

import contextlib
import datetime
import itertools
import json
import os
import pty
import shutil
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import apache_beam as beam
import polars as pl
import pytest
from apache_beam.options.pipeline_options import PipelineOptions

from pipelines.cli.exit_codes import ExitCode
from pipelines.cli.runners import IN_PROCESS
from pipelines.import_eoir import import_release
from pipelines.runs.imported_release import PARTS, ImportPlan
from pipelines.runs.whole_directory import WholeDirectory
from scripts.eoir_release import write_release
from tests.helpers.commands import argv, discretion, environment, files_below, rows, unwrapped
from transforms.eoir.files import find_release
from transforms.eoir.rows import Rules
from transforms.shuffle.bucket_batches import SHUFFLE

DAY = "2011-11-17"
CASES = 600
# If a row is lost, another row takes its place.
RESTS_ON_ONE_ROW = ("next_hearing", "calendar_type", "custody", "juvenile", "represented_since")


def release(folder: Path, *, tidy: bool) -> Path:
    folder.mkdir()
    # Many more stray tabs than in real releases, so that there are some.
    write_release(folder, CASES, 7, tidy=tidy, tabbed=0.02)
    return folder


@pytest.fixture(scope="module")
def messy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A messy release, with rows beyond repair, other names and lines of another system."""
    folder = release(tmp_path_factory.mktemp("eoir") / "messy", tidy=False)
    (folder / "tbl_RepsAssigned.csv").rename(folder / "TBL_REPSASSIGNED.TXT")
    case = folder / "A_TblCase.csv"
    lines = case.read_bytes().split(b"\n")
    lines[0] = lines[0].lower() + b"\r"
    lines[5] = b"cut\tshort"
    case.write_bytes(b"\n".join(lines))
    return folder


@pytest.fixture(scope="module")
def imported(messy: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    output = tmp_path_factory.mktemp("out") / "imported"
    done = discretion("import-eoir", messy, "--output", output, "--pending-on", DAY, "--json")
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout) == manifest(output)
    return output


def manifest(output: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((output / "manifest.json").read_text())
    return content


def test_accounts_for_every_row_of_every_table(messy: Path, imported: Path) -> None:
    made = manifest(imported)
    assert made["cases"] == len(rows(imported, "cases")) > 50
    assert sum(t["quarantined"] for t in made["tables"].values()) == len(
        rows(imported, "quarantine")
    )
    for name, counts in made["tables"].items():
        [path] = [path for path in messy.iterdir() if path.stem.lower() == name.lower()]
        lines = path.read_bytes().split(b"\n")[1:]
        assert counts["read"] == sum(1 for line in lines if line.strip(b"\0\r\t ")), name
    # What Count.txt expects is what the generator wrote.
    assert all(t["expected"] == t["read"] for t in made["tables"].values())


def test_keeps_a_row_beyond_repair_with_its_place(imported: Path, messy: Path) -> None:
    path = str(messy / "A_TblCase.csv")
    found = [row for row in rows(imported, "quarantine") if row["raw"] == b"cut\tshort"]
    assert [(row["source_file"], row["offset"], row["reason"]) for row in found] == [
        (path, 5, "TOO_FEW_FIELDS")
    ]


def test_leaves_nothing_but_results(imported: Path) -> None:
    assert {path.relative_to(imported).parts[0] for path in files_below(imported)} <= {
        "cases",
        "quarantine",
        "manifest.json",
    }
    assert [path.name for path in imported.parent.iterdir()] == ["imported"]


def test_no_record_knows_a_fact_from_after_the_day(imported: Path) -> None:
    for row in rows(imported, "cases"):
        dates = [row["nta_issued"], row["represented_since"]]
        for name in ("entries", "orders", "applications"):
            for item in row[name] or []:
                dates += [item.get("date"), item.get("filed")] if item else []
        assert all(date is None or date <= DAY for date in dates)
        assert row["next_hearing"] is None or row["next_hearing"] > DAY
        assert row["court_outcome_date"] is None or row["court_outcome_date"] > DAY


def test_messy_and_tidy_releases_agree_where_nothing_is_lost(
    imported: Path, tmp_path: Path
) -> None:
    output = tmp_path / "tidy"
    folder = release(tmp_path / "release", tidy=True)
    assert (
        discretion("import-eoir", folder, "--output", output, "--pending-on", DAY).returncode == 0
    )
    assert rows(output, "quarantine") == []
    tidy = {row["case_id"]: row for row in rows(output, "cases")}
    messy_cases = {row["case_id"]: row for row in rows(imported, "cases")}
    assert set(messy_cases) <= set(tidy)
    assert len(tidy) - len(messy_cases) <= 5
    differ = [case for case, row in messy_cases.items() if row != tidy[case]]
    assert len(differ) <= len(messy_cases) * 0.02
    assert [
        (case, name)
        for case in differ
        for name, value in messy_cases[case].items()
        if name not in RESTS_ON_ONE_ROW and not is_left_of(value, tidy[case][name])
    ] == []


def is_left_of(value: Any, whole: Any) -> bool:
    """Tell whether a value equals another, except for what was lost."""
    if value is None or value == whole:
        return True
    if isinstance(value, dict) and isinstance(whole, dict):
        return all(is_left_of(value[name], whole[name]) for name in whole)
    if isinstance(value, list) and isinstance(whole, list):
        rest = iter(whole)
        return all(any(is_left_of(item, other) for other in rest) for item in value)
    return False


def test_repairs_nearly_every_row_shifted_by_tabs(imported: Path) -> None:
    tables = manifest(imported)["tables"].values()
    repaired = sum(table["repaired"] for table in tables)
    # One of those quarantined was cut on purpose.
    assert repaired > 30
    assert sum(table["quarantined"] for table in tables) - 1 <= 0.05 * repaired


def test_ranges_cover_each_file_of_a_release_without_gaps(messy: Path) -> None:
    found = find_release(str(messy))
    for size in (1000, 1 << 20):
        for file in found.files:
            parts = [part for part in found.ranges(size) if part.file == file]
            assert parts[0].start == file.body
            assert parts[-1].end == file.bytes
            assert all(a.end == b.start for a, b in itertools.pairwise(parts))


def test_the_imported_files_run_as_a_backlog(imported: Path, tmp_path: Path) -> None:
    done = discretion("backlog", "--input", imported / "cases", "--output", tmp_path / "runs")
    assert done.returncode == 0, done.stderr
    assert f" records read {manifest(imported)['cases']:,} " in unwrapped(done.stdout)


def test_prints_what_was_read(messy: Path, tmp_path: Path) -> None:
    folder = tmp_path / "release"
    shutil.copytree(messy, folder)
    counts = folder / "Count.txt"
    printed = dict(line.split("\t") for line in counts.read_text().splitlines())
    there = int(printed["tbl_Court_Appln.csv"])
    printed["tbl_Court_Appln.csv"] = f"{there + 1:,}"
    counts.write_text("".join(f"{name}\t{rows}\n" for name, rows in printed.items()))
    done = discretion("import-eoir", folder, "--output", tmp_path / "out")
    assert done.returncode == 0
    assert [line for line in done.stdout.splitlines() if "Count.txt" in line] == [
        f"tbl_Court_Appln: Count.txt says {there + 1:,} rows, but there are {there:,}"
    ]
    assert "every case, as of the release" in done.stdout
    assert "B_TblProceedCharges" in done.stdout
    assert done.stderr == ""


def test_bad_input_prints_one_line_and_leaves_nothing(messy: Path, tmp_path: Path) -> None:
    def broken(name: str, text: str | None) -> Path:
        folder = tmp_path / f"bad-{len(list(tmp_path.iterdir()))}"
        shutil.copytree(messy, folder)
        (folder / name).unlink()
        if text is not None:
            (folder / name).write_text(text)
        return folder

    empty = tmp_path / "empty"
    empty.mkdir()
    for folder, says in (
        (tmp_path / "nowhere", "no such directory"),
        (empty, "no table of a release"),
        (broken("B_TblProceeding.csv", None), "there is no B_TblProceeding.csv"),
        (broken("A_TblCase.csv", "IDNCASE|NAT|LANG\n1|MX|SP\n"), "the header has no IDNCASE"),
        (broken("tbl_schedule.csv", "IDNSCHEDULE\tIDNCASE\n"), "tab-separated tbl_schedule"),
    ):
        before = sorted(tmp_path.iterdir())
        done = discretion("import-eoir", folder, "--output", tmp_path / "out")
        assert (done.returncode, done.stdout) == (ExitCode.INPUT, "")
        assert says in done.stderr
        assert done.stderr.count("\n") == 1
        assert sorted(tmp_path.iterdir()) == before


def test_rejects_bad_output_and_dates(messy: Path, imported: Path, tmp_path: Path) -> None:
    exists = discretion("import-eoir", messy, "--output", imported)
    assert (exists.returncode, exists.stderr.count("\n")) == (ExitCode.OUTPUT, 1)
    file = tmp_path / "file"
    file.touch()
    below = discretion("import-eoir", messy, "--output", file / "out")
    assert (below.returncode, below.stderr.count("\n")) == (ExitCode.OUTPUT, 1)
    wrong = discretion("import-eoir", messy, "--output", tmp_path / "o", "--pending-on", "17/11/11")
    assert wrong.returncode == ExitCode.USAGE
    assert list(tmp_path.iterdir()) == [file]


def test_a_full_disk_prints_one_line_and_leaves_nothing(messy: Path, tmp_path: Path) -> None:
    done = discretion("import-eoir", messy, "--output", tmp_path / "out", limit="ulimit -f 4")
    assert (done.returncode, done.stderr.count("\n")) == (ExitCode.OUTPUT, 1), done.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_a_killed_import_leaves_no_result_and_can_be_repeated(
    messy: Path, tmp_path: Path, how: signal.Signals
) -> None:
    output = tmp_path / "out"
    command = argv("import-eoir", messy, "--output", output)
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment()
    )
    deadline = time.monotonic() + 60
    while not list(tmp_path.glob("_out.*.partial")) and time.monotonic() < deadline:
        time.sleep(0.01)
    process.send_signal(how)
    process.communicate()
    assert not output.exists()
    if how is not signal.SIGKILL:
        assert process.returncode == ExitCode.INTERRUPTED
        assert list(tmp_path.iterdir()) == []
    again = discretion("import-eoir", messy, "--output", output)
    assert again.returncode == 0
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
    assert manifest(output)["pending_on"] is None
    assert datetime.datetime.fromisoformat(manifest(output)["started"])


def test_a_second_import_to_the_same_place_leaves_the_first_alone(
    messy: Path, tmp_path: Path
) -> None:
    output = tmp_path / "out"
    command = ("import-eoir", messy, "--output", output)
    with subprocess.Popen(argv(*command), stdout=subprocess.PIPE, env=environment()) as process:
        deadline = time.monotonic() + 60
        while not list(tmp_path.glob("_out.*.partial")) and time.monotonic() < deadline:
            time.sleep(0.01)
        process.send_signal(signal.SIGSTOP)
        try:
            second = discretion(*command)
        finally:
            process.send_signal(signal.SIGCONT)
        process.communicate()
    assert second.returncode == ExitCode.BUSY
    assert second.stderr == f"discretion import-eoir: {output}: another process is writing it\n"
    assert process.returncode == 0
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_many_stretches_and_buckets_give_the_same_result_as_one(
    messy: Path, imported: Path, tmp_path: Path
) -> None:
    output = WholeDirectory(str(tmp_path / "out"), "another")
    output.open(*PARTS, SHUFFLE)
    found = find_release(str(messy))
    plan = ImportPlan(
        found, output, Rules(datetime.date.fromisoformat(DAY), found.juveniles), 5, 4000
    )
    pipeline = beam.Pipeline(options=PipelineOptions([IN_PROCESS]))
    import_release(pipeline, plan)
    pipeline.run().wait_until_finish()
    for part in PARTS:
        assert rows(Path(output.partial), part) == rows(imported, part)
    assert len(list(Path(output.partial, "cases").iterdir())) == 5


def test_frames_of_cases_are_never_pickled(
    messy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pickled = []

    def remembering(frame: pl.DataFrame) -> bytes:
        pickled.append(frame.columns)
        return state(frame)

    state = pl.DataFrame.__getstate__
    monkeypatch.setattr(pl.DataFrame, "__getstate__", remembering)
    period = datetime.date(2011, 1, 1), datetime.date(2012, 12, 31)
    plan = ImportPlan(
        release=find_release(str(messy)),
        output=WholeDirectory(str(tmp_path / "out"), "another --output"),
        rules=Rules(None, {}, period),
        buckets=3,
    )
    with plan.output.alone(*plan.parts, SHUFFLE):
        with beam.Pipeline(options=PipelineOptions([IN_PROCESS])) as pipeline:
            import_release(pipeline, plan)
        assert rows(Path(plan.output.partial), "outcomes")
    assert not [columns for columns in pickled if columns != ["of", "key", "count"]]


def test_shows_progress_only_on_a_terminal(messy: Path, tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    command = argv("import-eoir", messy, "--output", tmp_path / "out", "--json")
    env = environment() | {"TERM": "xterm"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=theirs, env=env) as process:
        os.close(theirs)
        shown = b""
        # Reading the terminal raises once the process has closed it.
        with contextlib.suppress(OSError):
            while part := os.read(ours, 4096):
                shown += part
        printed, _ = process.communicate()
    os.close(ours)
    assert process.returncode == 0
    assert b"starting" in shown
    assert json.loads(printed)["cases"] > 0
