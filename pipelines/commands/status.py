"""The status of the nights: the last good one, its age and counts, and what has failed since.

It reads plain files and, for a local state, doesn't wait for Beam: a monitor can call it every
minute.
"""

from __future__ import annotations

import argparse
import datetime
import glob
import math
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pipelines.cli import declare
from pipelines.cli.command import Command
from pipelines.cli.exit_codes import ExitCode
from pipelines.cli.words import counted
from pipelines.nights.failures import last_failure, read_text
from pipelines.runs.latest import LATEST, run_named
from schemas.errors import InputError, UsageError
from schemas.manifest import Manifest
from schemas.outcomes import ROUTES, STATES, Route, State
from schemas.shown import shown
from schemas.status import GoodNight, Status
from schemas.words import queue_mark

HOUR = 3600
# Seconds by which two machines' clocks may differ.
CLOCKS_DIFFER = 300


def hours(text: str) -> float:
    """Parse an option that is a number of hours."""
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not 0 < number < math.inf:
        raise argparse.ArgumentTypeError(
            f"{text!r} isn't a number of hours; write a number above 0"
        )
    return number


@dataclass(frozen=True, kw_only=True)
class Options:
    """Which state, how old its last night may be, and in which format to report."""

    state: str = declare.state()
    max_age: float | None = declare.option(
        "the oldest that the last good night may be", default=None, type=hours, metavar="HOURS"
    )
    json: bool = declare.switch("print JSON")
    prometheus: bool = declare.switch("print Prometheus metrics")


def _run(options: Options) -> int:
    if options.json and options.prometheus:
        raise UsageError("--json and --prometheus: give one of them")
    try:
        status = read_status(options.state.rstrip("/") or "/", datetime.datetime.now(datetime.UTC))
    except OSError as error:
        raise InputError(f"{error.filename}: cannot be read ({error.strerror})") from None
    if options.json:
        print(status.model_dump_json(indent=2, ensure_ascii=True))
    else:
        for line in prometheus(status) if options.prometheus else status_lines(status):
            print(shown(line))
    good = status.last_good
    if good is None:
        return ExitCode.STALE
    if options.max_age is None:
        return ExitCode.OK
    is_old = good.age_seconds > options.max_age * HOUR
    return ExitCode.STALE if is_old or is_ahead(good) else ExitCode.OK


def is_ahead(good: GoodNight) -> bool:
    """Tell whether a night ended in the future, so that its age is unknown."""
    return good.age_seconds < -CLOCKS_DIFFER


def read_status(state: str, now: datetime.datetime) -> Status:
    """Read the status of a state's nights.

    Args:
        state: The directory of the nights.
        now: The time, UTC.

    Raises:
        InputError: The last good night's manifest is missing, damaged, or not a night's.
    """
    if "://" in state:
        from transforms.files.reach import check_place
        from transforms.files.storage import names_in

        check_place(state, InputError)
        names = names_in(f"{state}/runs", "_")
        left = [f"{state}/runs/{name}" for name in names if name.endswith(".partial")]
    else:
        left = glob.glob(f"{glob.escape(state)}/runs/_*.partial")
    return Status(
        state=state,
        last_good=_last_good(state, now),
        failed=last_failure(state),
        # Trying the lock could make a night that starts just then fail.
        unfinished=tuple(sorted(left)),
    )


def _last_good(state: str, now: datetime.datetime) -> GoodNight | None:
    latest = read_text(f"{state}/{LATEST}")
    if latest is None:
        return None
    path = f"{state}/runs/{run_named(latest, f'{state}/{LATEST}')}/manifest.json"
    text = read_text(path)
    if text is None:
        raise InputError(f"{path}: is missing, but LATEST names that run")
    try:
        manifest = Manifest.model_validate_json(text)
    except ValueError:
        raise InputError(f"{path}: is damaged or of another version") from None
    night = manifest.nightly
    if night is None:
        raise InputError(f"{path}: belongs to a backlog run, not to a night")
    try:
        finished = manifest.started + datetime.timedelta(seconds=manifest.seconds)
    except (OverflowError, ValueError):
        raise InputError(f"{path}: is damaged: no night has ended then") from None
    return GoodNight(
        run_id=manifest.run_id,
        as_of=manifest.as_of,
        rulebook=manifest.rulebook.id,
        finished=finished,
        age_seconds=(now - finished).total_seconds(),
        seconds=manifest.seconds,
        cases=night.cases,
        routed=_every_state(manifest.states),
        needs_review=manifest.needs_review,
        completed=manifest.counts.completed,
        out_of_scope=manifest.counts.out_of_scope,
        quarantined=manifest.counts.quarantined,
        changed=night.changed,
        causes=night.causes,
        queue=night.queue,
        reviews=night.reviews.kept,
        pending=night.events.pending,
        left_unread=len(night.left_unread),
        foreign=len(night.foreign),
        damaged_files=len(manifest.damaged),
        lost_records=sum(file.records for file in manifest.damaged),
        lost_uncounted=sum(file.uncounted for file in manifest.damaged),
        left_out=len(manifest.left_out),
    )


def status_lines(status: Status) -> list[str]:
    """Describe the status for a person, line by line."""
    good, lines = status.last_good, []
    if good is None:
        lines.append(f"{status.state}: has no good night yet")
    else:
        age = good.age_seconds / HOUR
        ago = (
            f"{-age:,.1f} hours ahead of this machine's clock, which is wrong now or was wrong then"
            if is_ahead(good)
            else f"{max(0.0, age):,.1f} hours ago"
        )
        lines += [
            f"last good night: {good.run_id}, as of {good.as_of} under {good.rulebook}",
            f"finished {good.finished:%Y-%m-%d %H:%M} UTC, {ago}",
            f"cases: {good.cases:,} ({_parts(_routed(good) | _others(good))})",
            *_by_state(good),
            f"changed: {good.changed:,} ({_parts(good.causes) or 'none'})",
            f"waiting for an attorney: {sum(good.queue.values()):,} ({_parts(_marks(good.queue))})",
            f"reviews kept: {good.reviews:,}; events waiting for their case: {good.pending:,}",
            f"files left unread: {good.left_unread:,}; not of events or reviews: {good.foreign:,}",
        ]
        if good.damaged_files or good.left_out:
            lines.append(f"NOT READ: {_not_read(good)}; discretion show {status.state} names them")
    if status.failed:
        lines.append(f"FAILED since, {status.failed.at:%Y-%m-%d %H:%M} UTC: {status.failed.why}")
    lines += [f"unfinished, running or killed: {path}" for path in status.unfinished]
    return lines


def _not_read(good: GoodNight) -> str:
    """Say which part of a night's input couldn't be read."""
    uncounted = counted(good.lost_uncounted, "place")
    unknown = f" and an unknown number in {uncounted}" if good.lost_uncounted else ""
    lost = f"{counted(good.lost_records, 'record')}{unknown}"
    files = counted(good.damaged_files, "damaged file")
    return f"{lost} lost in {files}; left out, files and folders: {good.left_out:,}"


def _every_state(
    counted: Mapping[Route, Mapping[State, int]],
) -> dict[Route, dict[State, int]]:
    """Count cases by route and state, including states without cases."""
    return {
        route: {state: counted.get(route, {}).get(state, 0) for state in STATES} for route in ROUTES
    }


def _routed(good: GoodNight) -> dict[str, int]:
    return {route: sum(states.values()) for route, states in good.routed.items()}


def _by_state(good: GoodNight) -> Iterator[str]:
    """Break down each route by state, one line per route."""
    for route, states in good.routed.items():
        parts = {state.lower().replace("_", " "): number for state, number in states.items()}
        review = good.needs_review.get(route, 0)
        yield f"  {route}: {_parts(parts)}; needs review {review:,}"


def _others(good: GoodNight) -> dict[str, int]:
    """Count the cases without a route."""
    return {
        "completed": good.completed,
        "out of scope": good.out_of_scope,
        "quarantined": good.quarantined,
    }


def _parts(numbers: Mapping[Any, int]) -> str:
    return ", ".join(f"{name} {number:,}" for name, number in numbers.items())


def _marks(queue: Mapping[str, int]) -> dict[str, int]:
    return {queue_mark(mark): number for mark, number in queue.items()}


def prometheus(status: Status) -> Iterator[str]:
    """Write the status in Prometheus's text format, line by line."""
    good = status.last_good
    yield from _gauge("night_failed", "1 if a night has failed since", {"": bool(status.failed)})
    yield from _gauge("unfinished_runs", "Runs in progress or killed", {"": len(status.unfinished)})
    if good is None:
        return
    finished = {"": good.finished.timestamp()}
    yield from _gauge("last_good_timestamp_seconds", "When the last good night ended", finished)
    yield from _gauge("last_good_duration_seconds", "How long it took", {"": good.seconds})
    yield from _gauge("cases", "Cases in its snapshot", {"": good.cases})
    by_state = {
        (route, state.lower()): number
        for route, states in good.routed.items()
        for state, number in states.items()
    }
    yield from _gauge("routed_cases", "Cases by route and state", by_state, "route", "state")
    yield from _gauge(
        "needs_review_cases", "Cases flagged for human review", good.needs_review, "route"
    )
    yield from _gauge("completed_cases", "Cases completed", {"": good.completed})
    yield from _gauge("out_of_scope_cases", "Cases left out", {"": good.out_of_scope})
    yield from _gauge("quarantined_records", "Records quarantined", {"": good.quarantined})
    yield from _gauge("changed_cases", "Recommendations changed", {"": good.changed})
    yield from _gauge("changes", "Changed cases by cause", good.causes, "cause")
    yield from _gauge("queue_cases", "Cases waiting for an attorney, by mark", good.queue, "mark")
    yield from _gauge("reviews", "Reviews kept", {"": good.reviews})
    yield from _gauge("pending_events", "Events waiting for their case", {"": good.pending})
    yield from _gauge(
        "unread_files", "Files cut short, waiting for their end", {"": good.left_unread}
    )
    yield from _gauge("damaged_files", "Files read in part", {"": good.damaged_files})
    yield from _gauge("lost_records", "Records lost in them", {"": good.lost_records})
    yield from _gauge(
        "lost_uncounted_places",
        "Places that hold an unknown number of records",
        {"": good.lost_uncounted},
    )
    yield from _gauge("left_out_files", "Files from which nothing was read", {"": good.left_out})
    yield from _gauge("clock_ahead", "1 if it ended in the future", {"": is_ahead(good)})
    yield from _gauge("foreign_files", "Files that held something else", {"": good.foreign})


# Written by hand, because a monitor may call this every minute, and importing
# prometheus_client takes 0.1 seconds.
def _gauge(name: str, help_: str, values: Mapping[Any, float], *labels: str) -> Iterator[str]:
    if not values:
        return
    yield f"# HELP discretion_{name} {help_}."
    yield f"# TYPE discretion_{name} gauge"
    for key, value in values.items():
        # Keys are our own names: letters, digits, and underscores.
        keys = key if isinstance(key, tuple) else (key,)
        pairs = ",".join(f'{label}="{part}"' for label, part in zip(labels, keys, strict=False))
        number = f"{value:.3f}" if isinstance(value, float) else int(value)
        yield f"discretion_{name}{f'{{{pairs}}}' if pairs else ''} {number}"


main = Command(
    "status",
    "Report the last good night, and what has failed since.",
    Options,
    _run,
    epilog="The exit code is 6 if there is no good night or it is older than --max-age.",
).main

if __name__ == "__main__":
    sys.exit(main())
