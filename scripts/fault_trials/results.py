"""Read a run's output with fastavro, which shares no code with the project's reader."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from pathlib import Path
from typing import Any

import fastavro

ROUTES = ("close", "continue", "expedite")
# The parts of a run that don't depend on when and where it ran.
BACKLOG = (*ROUTES, "quarantine", "duplicates", "cases")
NIGHT = (*ROUTES, "cases", "log", "reviews", "changes", "queue")

Row = dict[str, Any]
Content = dict[str, list[str]]


def rows(folder: Path) -> list[Row]:
    """Read the records of all Avro files in a folder and below it."""
    return [row for path in sorted(folder.rglob("*.avro")) for row in rows_of(path)]


def rows_of(path: Path) -> list[Row]:
    """Read the records of one file."""
    with path.open("rb") as file:
        return [row for row in fastavro.reader(file) if isinstance(row, dict)]


def content(run: Path, parts: tuple[str, ...]) -> Content:
    """Read parts of a run, in an order that doesn't depend on its files."""
    return {part: sorted(map(repr, rows(run / part))) for part in parts}


def by_case(run: Path) -> dict[str, list[str]]:
    """Return each case's recommendations, with their routes."""
    found: dict[str, list[str]] = {}
    for route in ROUTES:
        for row in rows(run / route):
            found.setdefault(row["case_id"], []).append(repr((route, row)))
    return found


def read_ids(run: Path) -> list[str | None]:
    """Return the id of each record that a run read, whichever part it ended up in."""
    there = [row["case_id"] for part in ("cases", "duplicates") for row in rows(run / part)]
    quarantined = [row["case_id"] for row in rows(run / "quarantine") if row["stage"] != "read"]
    return [*there, *quarantined]


def manifest(run: Path) -> Any:
    """Read a run's manifest."""
    return json.loads((run / "manifest.json").read_text())


def latest(output: Path) -> Path | None:
    """Find the latest complete run of an output directory."""
    try:
        run = output / "runs" / (output / "LATEST").read_text().strip()
    except OSError:
        return None
    return run if (run / "manifest.json").exists() else None


def digests(folder: Path) -> dict[str, str]:
    """Return the digest of each file below a folder."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def recounted(run: Path) -> list[str]:
    """List how a run's manifest differs from its files.

    Args:
        run: The run's directory.
    """
    recorded = manifest(run)
    wrong = []
    there = {str(path.relative_to(run)): len(rows_of(path)) for path in run.rglob("*.avro")}
    listed = {file["path"]: file["records"] for file in recorded["outputs"]}
    if there != listed:
        wrong.append("the manifest's list of files or counts is wrong")
    parts: Counter[str] = Counter()
    for path, records in there.items():
        parts[path.split("/")[0]] += records
    counts = recorded["counts"]
    if any(counts["routed"][route] != parts[route] for route in ROUTES):
        wrong.append("routed counts differ from the files")
    if counts["duplicates"] != parts["duplicates"]:
        wrong.append("the count of duplicates differs from the files")
    accounted = sum(counts["routed"].values()) + sum(
        counts[name] for name in ("quarantined", "duplicates", "completed", "out_of_scope")
    )
    if counts["read"] != accounted or min(counts["read"], counts["quarantined"]) < 0:
        wrong.append("the counts don't add up")
    return wrong
