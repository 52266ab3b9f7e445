"""What a watch reports: changes, each written once, and a line for a person or a machine."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from pipelines.cli.complain import complain
from pipelines.cli.exit_codes import ExitCode
from pipelines.cli.output import print_result
from pipelines.cli.words import counted
from pipelines.inbox.batches import batch_name
from pipelines.inbox.clock import time_told
from pipelines.inbox.plan import WatchPlan
from pipelines.runs.tallies import Tallies
from pipelines.runs.unread_fields import in_lines, unread_in
from pipelines.runs.unread_input import damaged_file_line, left_out_line
from schemas.avro import avro_schema
from schemas.errors import InputError
from schemas.shown import shown
from schemas.watch import BatchFile
from transforms.avro.encode import encode_blocks, write_header
from transforms.files.find import FoundFile
from transforms.files.names import text_path
from transforms.files.storage import exists, list_files, read_bytes, remove, write_whole
from transforms.frames.frame import Frame
from transforms.route.tally import tally_damaged
from transforms.watch.cases import Report

# The live source has ended, and the pipeline's time has run to infinity, past the clock.
BROKEN_OFF = (
    "the machine stopped for a while or its clock was set back, so the watch ended; nothing is "
    "lost; start it again"
)


# Where workers leave what the command prints.
_REPORTS = "reports"
# Files that couldn't be read whole, since the process started; the pipeline runs in this process.
_damaged: set[str] = set()
# Unread fields that have been reported.
_reported: set[str] = set()


def note_damage(quarantined: Frame) -> None:
    """Report which files of a batch are damaged.

    Args:
        quarantined: Rows of quarantined.avsc.
    """
    for file in Tallies(tally_damaged(quarantined)).damaged():
        _damaged.add(file.path)
        complain(
            "watch",
            f"{damaged_file_line(file)}; the night does the same, and its manifest counts it",
        )


def note_left_out(path: str, reason: str) -> None:
    """Report that nothing in a file or folder of the inbox is read."""
    _damaged.add(path)
    complain("watch", left_out_line(path, reason))


def note_unread_fields(files: Sequence[BatchFile]) -> None:
    """Report the fields of a batch's files that aren't read, each field once.

    Args:
        files: The files.
    """
    found = [FoundFile(text_path(file.path), file.bytes, 0.0) for file in files]
    new = [field for field in unread_in(cases=(), events=found) if field.field not in _reported]
    _reported.update(field.field for field in new)
    for line in in_lines(new):
        complain("watch", line)


def note_changed(path: str, reason: str, *, before: bool = False) -> None:
    """Report that a file of a batch has changed.

    Args:
        path: The file.
        reason: What happened to it.
        before: Whether that was before it was read; then its content now counts, if any.
    """
    if before:
        complain("watch", f"{path}: {reason} before the watch read it")
        return
    complain(
        "watch",
        f"{path}: {reason} since the watch read it; what it held counts until the next night, "
        "which reads it as it is then",
    )


def exit_code() -> ExitCode:
    """Return the exit code of a watch that was asked to stop."""
    return ExitCode.DAMAGED if _damaged else ExitCode.OK


def write_report(report: Report, plan: WatchPlan) -> None:
    """Write a report, unless it was written before.

    Raises:
        InputError: The report is for a day in the future.
    """
    # A worker's own clock may be behind.
    now = time_told(plan.place) if plan.elsewhere else plan.now()
    if now is not None and report.name > f"day-{now.date()}":
        raise InputError(BROKEN_OFF)
    path = plan.place.file("changes", report.name, report.shard)
    if report.name == batch_name(0) or exists(path):
        return
    if report.changes.height:
        _write_whole(
            plan.place.file("recommendations", report.name, report.shard),
            report.recommendations,
            "recommendation",
        )
    words = {"report": report.name, "events": report.events, "unusable": report.unusable,
             "changes": report.changes.height, "file": path}  # fmt: skip
    if plan.elsewhere:
        write_whole(_to_print(plan, report), json.dumps(words).encode())
    # This file shows that everything has been written.
    _write_whole(path, report.changes, "change")
    if not plan.elsewhere:
        _print(words, plan)


def print_reports(plan: WatchPlan) -> None:
    """Print what workers in other processes have reported since, once.

    Args:
        plan: The watch.
    """
    for file in list_files(plan.place.folder(_REPORTS), ending=".json"):
        if not str(file.path).rpartition("/")[2].startswith("_"):
            words = json.loads(read_bytes(str(file.path)))
            if exists(words["file"]):
                _print(words, plan)
                remove(str(file.path))


def _to_print(plan: WatchPlan, report: Report) -> str:
    return f"{plan.place.folder(_REPORTS)}/{report.name}-{report.shard}.json"


def _print(words: dict[str, Any], plan: WatchPlan) -> None:
    path, unusable, changes = words["file"], words["unusable"], words["changes"]
    if plan.as_json:
        print_result("watch", f"{path} is written", lambda: print(json.dumps(words)))
    elif changes or unusable:
        left = f", {unusable:,} for the next night to quarantine" if unusable else ""
        line = (
            f"{words['report']}: {counted(words['events'], 'event')}, "
            f"{counted(changes, 'change')}{left}: {path}"
        )
        print_result("watch", f"{path} is written", lambda: print(shown(line)))


def _write_whole(path: str, frame: Frame, name: str) -> None:
    schema = avro_schema(name)
    write_whole(path, write_header(schema) + encode_blocks(frame, schema))
