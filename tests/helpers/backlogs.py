"""A sample backlog and a run over it, for tests that run the command as its user does."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any, NamedTuple

import fastavro

from schemas.avro import avro_schema
from tests.helpers.commands import Row, discretion, files_below, run_of


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


def inputs(backlog: Backlog) -> list[Row]:
    return read(sorted(backlog.sample.glob("*.avro")))


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
