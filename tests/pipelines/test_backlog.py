"""A backlog as its user runs it: real processes and files."""

from __future__ import annotations

import datetime
import json
import os
import pty
import random
import re
import subprocess
import sys
from pathlib import Path

import fastavro
import polars as pl

from schemas.avro import avro_schema
from schemas.rulebooks import load
from schemas.words import warning_in_words
from tests.helpers.backlogs import Backlog, inputs, read, write
from tests.helpers.commands import (
    Row,
    argv,
    content,
    discretion,
    environment,
    rows,
    run_of,
)
from transforms.normalize.case_frame import CASES
from transforms.normalize.records import normalize
from transforms.route.recommendation import recommend_records

ROUTES = ("close", "continue", "expedite")
AS_OF = datetime.date(2011, 11, 17)
MARKER = "ZQXMARKERZQX"


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
