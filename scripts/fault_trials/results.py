"""What runs say, read back from their files by another reader than the project's own."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from pathlib import Path
from typing import Any

import fastavro

ROUTES = ("close", "continue", "expedite")
# What a run says, whatever the day and the place.
BACKLOG = (*ROUTES, "quarantine", "duplicates", "cases")
NIGHT = (*ROUTES, "cases", "log", "reviews", "changes", "queue")

Row = dict[str, Any]
Content = dict[str, list[str]]


def rows(folder: Path) -> list[Row]:
    """The records of the Avro files in a folder and below it."""
    return [row for path in sorted(folder.rglob("*.avro")) for row in rows_of(path)]


def rows_of(path: Path) -> list[Row]:
    """The records of one file."""
    with path.open("rb") as file:
        return [row for row in fastavro.reader(file) if isinstance(row, dict)]


def content(run: Path, parts: tuple[str, ...]) -> Content:
    """All that parts of a run say, in no order of files."""
    return {part: sorted(map(repr, rows(run / part))) for part in parts}


def by_case(run: Path) -> dict[str, list[str]]:
    """What is recommended for each case, route and all."""
    found: dict[str, list[str]] = {}
    for route in ROUTES:
        for row in rows(run / route):
            found.setdefault(row["case_id"], []).append(repr((route, row)))
    return found


def read_ids(run: Path) -> list[str | None]:
    """The id of each record that a run has read, wherever it stands now."""
    there = [row["case_id"] for part in ("cases", "duplicates") for row in rows(run / part)]
    aside = [row["case_id"] for row in rows(run / "quarantine") if row["stage"] != "read"]
    return [*there, *aside]


def manifest(run: Path) -> Any:
    """A run's manifest."""
    return json.loads((run / "manifest.json").read_text())


def latest(output: Path) -> Path | None:
    """The latest run of an output directory."""
    try:
        run = output / "runs" / (output / "LATEST").read_text().strip()
    except OSError:
        return None
    return run if (run / "manifest.json").exists() else None


def digests(folder: Path) -> dict[str, str]:
    """The digest of each file below a folder."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def recounted(run: Path) -> list[str]:
    """What the manifest of a run says otherwise than its files.

    Args:
        run: The run's directory.
    """
    said = manifest(run)
    wrong = []
    there = {str(path.relative_to(run)): len(rows_of(path)) for path in run.rglob("*.avro")}
    listed = {file["path"]: file["records"] for file in said["outputs"]}
    if there != listed:
        wrong.append("the manifest lists other files or counts than there are")
    parts: Counter[str] = Counter()
    for path, records in there.items():
        parts[path.split("/")[0]] += records
    counts = said["counts"]
    if any(counts["routed"][route] != parts[route] for route in ROUTES):
        wrong.append("routed counts differ from the files")
    if counts["duplicates"] != parts["duplicates"]:
        wrong.append("the count of duplicates differs from the files")
    accounted = sum(counts["routed"].values()) + sum(
        counts[name] for name in ("quarantined", "duplicates", "completed", "out_of_scope")
    )
    if counts["read"] != accounted or min(counts["read"], counts["quarantined"]) < 0:
        wrong.append("the counts do not add up")
    return wrong
