"""Watch for an hour or so: a file of events at a time, with the delay and the memory over time.

It prints a table for docs/streaming.md. In the middle, its day ends. Afterwards, a night of the
same events has to find what the watch reported.
"""

from __future__ import annotations

import argparse
import datetime
import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from schemas.avro import avro_schema
from scripts.flink_cluster.cluster import Cluster, down, up
from scripts.flink_cluster.processes import children
from transforms.avro.encode import encode_blocks, write_header
from transforms.avro.whole import read_whole
from transforms.frames.frame import Frame

_FIRST = datetime.date(2011, 11, 17)
_TODAY = _FIRST + datetime.timedelta(days=1)
_EVENTS = 20
_MANAGERS = 2
# A watch whose clock jumps to the next day once a file is there.
_WATCH = """
import datetime, os, sys
from pipelines.inbox import plan
real = plan.utc_now
plan.utc_now = lambda: real() + datetime.timedelta(days=os.path.exists(sys.argv[1]))
from pipelines.watch import main
sys.exit(main(sys.argv[2:]))
"""


@dataclass
class Span:
    """What was seen in some minutes.

    Args:
        begun: Seconds since the start.
        delays: Seconds from each file to the line that says what it changed.
        memory: The most memory of each process, in bytes.
        load: The machine's load at the end.
    """

    begun: float
    delays: list[float] = field(default_factory=list)
    memory: dict[str, int] = field(default_factory=dict)
    load: float = 0.0

    def see(self, process: str, resident: int) -> None:
        """Note the memory of a process."""
        self.memory[process] = max(resident, self.memory.get(process, 0))


def main() -> int:
    """Run the command.

    Returns:
        0 if the watch reported every file, each change once, and ended as it should.
    """
    parser = argparse.ArgumentParser(prog="python -m scripts.benchmarks.soak", description=__doc__)
    parser.add_argument("--engine", choices=("in-process", "flink"), default="in-process")
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--every", type=float, default=10, help="seconds between files")
    parser.add_argument("--span", type=float, default=5, help="minutes of a row of the table")
    parser.add_argument("--cases", type=int, default=40_000)
    parser.add_argument("--shards", type=int, default=2, help="on Flink, over two TaskManagers")
    options = parser.parse_args()
    # So that clusters and workers end in any case.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with tempfile.TemporaryDirectory(prefix="discretion-soak-") as folder:
        place = Path(folder)
        files = max(1, int(options.minutes * 60 / options.every))
        events = _first_night(place, options.cases, files * _EVENTS)
        if options.engine == "in-process":
            return _soak(place, events, options, None)
        cluster = up(place / "cluster", _MANAGERS, 0, 0, slots=-(-options.shards // _MANAGERS))
        try:
            return _soak(place, events, options, cluster)
        finally:
            down(place / "cluster")


def _first_night(place: Path, cases: int, number: int) -> Frame:
    """Make a first night, and return events about its cases."""
    (place / "inbox").mkdir()
    state = place / "OUT"
    _run("cli.main", "sample", "--output", place / "cases", "--cases", cases)
    _run("cli.main", "nightly", "--state", state, "--events", place / "inbox",
         "--as-of", _FIRST, "--input", place / "cases")  # fmt: skip
    _run("commands.sample_events", "--run", state, "--output", place, "--day", _TODAY,
         "--events", number)  # fmt: skip
    [path] = (place / "events").glob("*.avro")
    return read_whole(str(path), avro_schema("case_event"))


def _run(module: str, *words: object) -> None:
    command = [sys.executable, "-m", f"pipelines.{module}", *map(str, words)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def _soak(place: Path, events: Frame, options: argparse.Namespace, cluster: Cluster | None) -> int:
    command = [sys.executable, "-c", _WATCH, place / "tomorrow", "--state", place / "OUT",
               "--inbox", place / "inbox", "--as-of", _TODAY, "--json"]  # fmt: skip
    if cluster is not None:
        command += [f"--engine=flink=localhost:{cluster.port}",
                    f"--flink_master=localhost:{cluster.rest_port}",
                    f"--parallelism={options.shards}"]  # fmt: skip
    watch = subprocess.Popen(list(map(str, command)), stdout=subprocess.PIPE, text=True)
    said = _Lines(watch)
    try:
        spans = _spans(said, place, events, options, cluster)
        if cluster is not None:
            print(f"the job was started again {_restarts(cluster)} times")
        watch.send_signal(signal.SIGINT)
        watch.wait(120)
    finally:
        watch.kill()
    print(_table(spans))
    return watch.returncode or _differs_from_night(place, said.reports)


def _restarts(cluster: Cluster) -> int:
    """Return how often Flink has started its job again."""
    [job] = [one["id"] for one in cluster.ask("jobs")["jobs"] if one["status"] == "RUNNING"]
    return int(cluster.ask(f"jobs/{job}/metrics?get=numRestarts")[0]["value"])


def _differs_from_night(place: Path, reports: list[str]) -> int:
    """Return 1 if what a watch reported, in this order, isn't what a night of its events finds."""
    tomorrow = _TODAY + datetime.timedelta(days=1)
    _run("cli.main", "nightly", "--state", place / "OUT", "--events", place / "inbox",
         "--as-of", tomorrow)  # fmt: skip
    there = place / f"OUT/watch/changes/night-{_FIRST}"
    watched = _changes(path for name in reports for path in sorted(there.glob(f"{name}-*.avro")))
    night = _changes((place / "OUT/runs" / f"night-{tomorrow}").glob("changes/*.avro"))
    followed = watched.with_columns(pl.col("from").shift(-1).over("case_id").alias("next"))
    twice = followed.filter(pl.col("next").is_not_null() & pl.col("next").ne(pl.col("to")))
    net = watched.group_by("case_id").agg(pl.col("from").first(), pl.col("to").last())
    both = net.join(night, on="case_id", how="full", coalesce=True, suffix="_night")
    absent = pl.col("from_night").is_null()
    differ = both.filter(
        pl.when(absent)
        .then(pl.col("from").ne_missing(pl.col("to")))
        .otherwise(
            pl.col("from").ne_missing(pl.col("from_night"))
            | pl.col("to").ne_missing(pl.col("to_night"))
        )
    )
    print(f"{watched.height} changes of {net.height} cases; the night found {night.height} changed "
          f"cases; {twice.height} out of order or twice, {differ.height} that differ")  # fmt: skip
    return int(bool(twice.height or differ.height or not night.height))


def _changes(paths: Iterable[Path]) -> Frame:
    """Return the changes in some files: `case_id`, `from`, and `to` (as text)."""
    schema = avro_schema("change")
    found = pl.concat([read_whole(str(path), schema) for path in paths])
    return found.select(
        "case_id",
        *(
            pl.struct(f"{side}_route", pl.col(f"{side}_reasons").list.join(","))
            .struct.json_encode()
            .alias(side)
            for side in ("from", "to")
        ),
    )


def _spans(
    said: _Lines,
    place: Path,
    events: Frame,
    options: argparse.Namespace,
    cluster: Cluster | None,
) -> list[Span]:
    """Give the watch a file at a time, and note what it takes."""
    begun = time.monotonic()
    spans = [Span(0.0)]
    sent, seconds = 0, options.minutes * 60
    while (now := time.monotonic() - begun) < seconds and sent < events.height:
        if now - spans[-1].begun >= options.span * 60:
            print(_table(spans[-1:]), file=sys.stderr, flush=True)
            spans.append(Span(now))
        if now > seconds / 2:
            (place / "tomorrow").touch()
        part = events[sent : sent + _EVENTS]
        sent += part.height
        landed = time.monotonic()
        _land(place / "inbox", f"{sent:07d}", part)
        spans[-1].delays.append(said.until(sent) - landed)
        spans[-1].see("command", _resident(said.watch.pid))
        for one in cluster.processes if cluster is not None else ():
            spans[-1].see(one.name.rstrip("-0123456789"), _resident(one.pid))
            for worker in children(one.pid):
                spans[-1].see("worker", _resident(worker))
        spans[-1].load = os.getloadavg()[0]
        time.sleep(max(0.0, landed + options.every - time.monotonic()))
    return spans


class _Lines:
    """What a watch has printed, and when."""

    def __init__(self, watch: subprocess.Popen[str]) -> None:
        self.watch = watch
        self.reached: list[tuple[int, float]] = [(0, 0.0)]
        self.reports: list[str] = []
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self.watch.stdout is not None
        for line in self.watch.stdout:
            words = json.loads(line)
            # Each shard has a line.
            if words["report"] not in self.reports:
                self.reports.append(words["report"])
            self.reached.append((self.reached[-1][0] + int(words["events"]), time.monotonic()))

    def until(self, events: int) -> float:
        """Wait until so many events have been reported, and return when they were."""
        while self.reached[-1][0] < events:
            if self.watch.poll() is not None:
                raise SystemExit(f"the watch ended with exit code {self.watch.returncode}")
            time.sleep(0.01)
        return next(at for reached, at in self.reached if reached >= events)


def _land(inbox: Path, name: str, events: Frame) -> None:
    schema = avro_schema("case_event")
    (inbox / f".{name}").write_bytes(write_header(schema) + encode_blocks(events, schema))
    (inbox / f".{name}").rename(inbox / f"{name}.avro")


def _resident(pid: int) -> int:
    """Return a process's resident memory in bytes; 0 if it has ended."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except OSError:
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")


def _table(spans: list[Span]) -> str:
    names = sorted({name for span in spans for name in span.memory})
    lines = [
        "| minutes | files | delay, median (s) | delay, most (s) | "
        + "".join(f"{name} (MB) | " for name in names)
        + "load |",
        "|" + "---|" * (5 + len(names)),
    ]
    for span in spans:
        delays = span.delays or [0.0]
        memory = "".join(f"{span.memory.get(name, 0) / 1e6:.0f} | " for name in names)
        lines.append(
            f"| {span.begun / 60:.0f} | {len(span.delays)} | {statistics.median(delays):.2f} | "
            f"{max(delays):.2f} | {memory}{span.load:.1f} |"
        )
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
