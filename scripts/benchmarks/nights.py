"""Measure how long a night takes compared with a backlog run, and how fast a watch is."""

from __future__ import annotations

import datetime
import json
import shutil
import subprocess
import sys
import time
from pathlib import Path

from scripts.benchmarks.bench import ROOT, Bench, announce
from scripts.benchmarks.measure import Measured, MeasureError, WatchRun, measure

YESTERDAY, TODAY = datetime.date(2011, 11, 21), datetime.date(2011, 11, 22)
# One in 30 cases has news.
CASES_AN_EVENT = 30
FILES_AT_ONCE = 40
# The seconds between files, and the events in each.
PAUSE, EVENTS_A_FILE = 1.5, 5
PATIENCE = 120


def night_pairs(bench: Bench, size: str) -> list[tuple[Measured, Measured]]:
    """Run a night with yesterday's results and new events, and a backlog run, in pairs."""
    found = []
    for number in range(bench.repeats[size]):
        if number % 2:
            backlog = bench.run("ours", size)
            tonight = night(bench, size)
        else:
            tonight = night(bench, size)
            backlog = bench.run("ours", size)
        found.append((tonight, backlog))
    return found


def watch_run(bench: Bench, size: str) -> WatchRun:
    """Run a watch on yesterday's results, once."""
    if size not in bench.watched:
        bench.watched[size] = _watch(bench, size)
    return bench.watched[size]


def night(bench: Bench, size: str) -> Measured:
    """Run a night with yesterday's results and new events."""
    state, events = _yesterday(bench, size)
    fresh = bench.place / "night"
    shutil.rmtree(fresh, ignore_errors=True)
    shutil.copytree(state, fresh)
    announce(f"nightly, {bench.sizes[size]:,} cases")
    tonight = measure(_nightly(fresh, events, TODAY), ROOT)
    shutil.rmtree(fresh)
    return tonight


def _nightly(state: Path, events: Path, day: datetime.date, *more: str) -> list[str]:
    return [
        sys.executable, "-m", "pipelines.nightly", "--state", str(state),
        "--events", str(events), "--as-of", str(day), *more,
    ]  # fmt: skip


def _yesterday(bench: Bench, size: str) -> tuple[Path, Path]:
    """Make a first night's state and today's events, once."""
    cases = bench.sizes[size]
    place = bench.place / f"nights-{cases}"
    if not place.exists():
        sample = bench.sample(size)
        partial = bench.place / f"nights-{cases}.partial"
        shutil.rmtree(partial, ignore_errors=True)
        (partial / "none").mkdir(parents=True)
        announce(f"making a first night of {cases:,} cases")
        measure(
            _nightly(partial / "OUT", partial / "none", YESTERDAY, "--input", str(sample)), ROOT
        )
        made = [sys.executable, "-m", "pipelines.commands.sample_events",
                "--run", str(partial / "OUT"), "--output", str(partial), "--day", str(TODAY),
                "--events", str(max(100, cases // CASES_AN_EVENT))]  # fmt: skip
        measure(made, ROOT)
        partial.rename(place)
    return place / "OUT", place / "events"


def _watch(bench: Bench, size: str) -> WatchRun:
    # Imported only when needed, because the measured commands don't use it.
    import pipelines  # noqa: F401  (silences what Beam prints when imported)
    from schemas.avro import avro_schema
    from transforms.avro.whole import read_whole
    from transforms.avro.write import encode_blocks, write_header
    from transforms.frames.frame import Frame

    state, folder = _yesterday(bench, size)
    place = bench.place / "watch"
    shutil.rmtree(place, ignore_errors=True)
    shutil.copytree(state, place / "OUT")
    inbox = place / "inbox"
    inbox.mkdir()
    schema = avro_schema("case_event")
    [path] = folder.glob("*.avro")
    events = read_whole(str(path), schema)

    def drop_file(name: str, frame: Frame) -> None:
        (inbox / f".{name}").write_bytes(write_header(schema) + encode_blocks(frame, schema))
        (inbox / f".{name}").rename(inbox / f"{name}.avro")

    alone = bench.watch_files
    apart, rest = events[: alone * EVENTS_A_FILE], events[alone * EVENTS_A_FILE :]
    announce(f"watch, {bench.sizes[size]:,} cases")
    command = [
        sys.executable, "-m", "pipelines.watch", "--state", str(place / "OUT"),
        "--inbox", str(inbox), "--as-of", str(TODAY), "--json",
    ]  # fmt: skip
    with (place / "out").open("w") as out, (place / "err").open("w") as err:
        process = subprocess.Popen(command, cwd=ROOT, stdout=out, stderr=err)
    try:
        drop_file("warm", events[:1])
        _wait_for_changes(place, 1)
        for number in range(alone):
            start = number * EVENTS_A_FILE
            drop_file(f"alone-{number:04d}", apart[start : start + EVENTS_A_FILE])
            time.sleep(PAUSE)
        _wait_for_changes(place, 1 + alone)
        step = -(-rest.height // FILES_AT_ONCE)
        parts = [rest[start : start + step] for start in range(0, rest.height, step)]
        for number, part in enumerate(parts):
            drop_file(f"once-{number:04d}", part)
        _wait_for_changes(place, 1 + alone + len(parts))
    finally:
        process.terminate()
        process.wait()
    written = _written(place)
    once = {name: done for name, done in written.items() if name.startswith("once-")}
    begun = min((inbox / name).stat().st_mtime for name in once)
    run = WatchRun(
        rest.height / (max(once.values()) - begun),
        tuple(sorted(done - (inbox / name).stat().st_mtime
                     for name, done in written.items() if name.startswith("alone-"))),
    )  # fmt: skip
    shutil.rmtree(place)
    return run


def _wait_for_changes(place: Path, files: int) -> None:
    """Wait until the changes from this many files are written."""
    end = time.monotonic() + PATIENCE
    while len(_written(place)) < files:
        if time.monotonic() > end:
            errors = (place / "err").read_text().strip().splitlines() or ["no error message"]
            raise MeasureError(f"pipelines.watch: didn't finish: {errors[-1]}")
        time.sleep(0.1)


def _written(place: Path) -> dict[str, float]:
    """Return when each file's changes were written, by file name."""
    found = {}
    for path in (place / "OUT/watch/batches").glob("*/batch-*.json"):
        changes = place / "OUT/watch/changes" / path.parent.name / f"{path.stem}-0.avro"
        if changes.exists():
            for file in json.loads(path.read_text())["files"]:
                found[Path(file["path"]).name] = changes.stat().st_mtime
    return found
