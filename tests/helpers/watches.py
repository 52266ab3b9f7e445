"""Watches as real processes, what arrives in their inbox, and what they report."""

from __future__ import annotations

import datetime
import json
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import fastavro

from schemas.avro import avro_schema
from schemas.case_event import CaseEvent
from tests.helpers.commands import Row, Running, discretion
from tests.helpers.news import events_of
from transforms.avro.encode import encode_blocks, write_header
from transforms.frames.frame import Frame

N1, N2, N3, N4 = (datetime.date(2011, 11, day) for day in (15, 16, 18, 19))
# How long a busy machine may take; this says nothing about a watch's speed.
PATIENCE = 300


def encoded(frame: Frame, name: str) -> bytes:
    schema = avro_schema(name)
    return write_header(schema) + encode_blocks(frame, schema)


def land(inbox: Path, name: str, *events: CaseEvent) -> None:
    land_bytes(inbox, name, encoded(events_of(*events), "case_event"))


def land_bytes(inbox: Path, name: str, content: bytes) -> None:
    (inbox / f".{name}").write_bytes(content)
    (inbox / f".{name}").rename(inbox / f"{name}.avro")


def until(true: Callable[[], Any]) -> Any:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if found := true():
            return found
        time.sleep(0.05)
    raise AssertionError("it did not come")


@contextmanager
def watching(place: Path, as_of: datetime.date, *more: object) -> Iterator[Running]:
    """Run a watch, with its output in `said.txt` and `err.txt`, and kill it in the end."""
    words = ("watch", "--state", place / "OUT", "--inbox", place / "inbox", "--as-of", as_of, *more)
    out, err = place / "said.txt", place / "err.txt"
    for file in (out, err):
        # What an earlier watch printed isn't this one's.
        file.write_text("")
    process = Running(*words, "--json", out=out, err=err)
    try:
        yield process
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()


def stopped(process: Running) -> int:
    """Ask a watch to end, and return its exit code."""
    process.send_signal(signal.SIGTERM)
    return process.wait(PATIENCE)


def printed(place: Path) -> dict[str, Row]:
    """Return what the last watch has printed, by name."""
    lines = (place / "said.txt").read_text().splitlines()
    return {line["report"]: line for line in map(json.loads, lines)}


def changes(place: Path, run: str) -> dict[str, list[Row]]:
    """The changes reported on a night's snapshot, by file."""
    found = {}
    for path in sorted((place / "OUT/watch/changes" / run).glob("*.avro")):
        with path.open("rb") as file:
            part = [row for row in fastavro.reader(file) if isinstance(row, dict)]
        found[path.stem.rsplit("-", 1)[0]] = part
    return found


def lines_of(stderr: str) -> list[str]:
    """Return the lines printed, except the warning that the rulebook isn't in force yet."""
    return [line for line in stderr.splitlines() if "is not in force on" not in line]


def nightly(place: Path, as_of: datetime.date, *more: object) -> None:
    done = discretion("nightly", "--state", place / "OUT", "--events", place / "inbox",
                      "--as-of", as_of, *more)  # fmt: skip
    assert (done.returncode, lines_of(done.stderr)) == (0, [])
