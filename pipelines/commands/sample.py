"""Make a sample backlog: invented cases like those of 2011, messy on purpose."""

from __future__ import annotations

import sys
from collections import deque
from dataclasses import dataclass
from pathlib import Path

from pipelines.cli import declare
from pipelines.cli.command import Command
from pipelines.cli.exit_codes import ExitCode
from pipelines.cli.words import counted
from schemas.errors import OutputError, UsageError
from schemas.shown import shown
from transforms.frames.background import Job


@dataclass(frozen=True, kw_only=True)
class Options:
    """How many cases, how messy, and where they are written."""

    output: str = declare.option("a new or empty directory", metavar="DIR")
    cases: int = declare.number(300_000)
    seed: int = declare.number(2011)
    files: int = declare.number(8)
    clean: bool = declare.switch("make clean data, without an agency's mess")
    damage: bool = declare.switch("overwrite one block of the last file with noise")
    readable_by: str | None = declare.readable_by()


def _run(options: Options) -> int:
    if options.seed < 0:
        raise UsageError("--seed: give a whole number, 0 or more")
    if not 1 <= options.files <= options.cases:
        raise UsageError("--cases and --files: give 1 or more, with at least one case per file")
    folder = Path(options.output)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise OutputError(f"{folder}: is not empty; give a new directory")
        records = _write(folder, options)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise OutputError(f"{folder}: cannot be written ({reason})") from None
    made = (
        f"{counted(records, 'record')} of {counted(options.cases, 'case')} "
        f"in {counted(options.files, 'file')}"
    )
    print(f"{made} in {shown(folder)}")
    return ExitCode.OK


def _write(folder: Path, options: Options) -> int:
    # Imported here so that --help doesn't wait for them.
    from schemas.avro import avro_schema
    from transforms.avro.encode import encode_blocks, write_header
    from transforms.sample.backlog import TOGETHER, sample_cases
    from transforms.sample.noise import overwrite_block

    schema, records = avro_schema("case_record"), 0
    paths = [
        folder / f"cases-{number:03d}-of-{options.files:03d}.avro"
        for number in range(options.files)
    ]
    for path in paths:
        path.write_bytes(write_header(schema))
    made = sample_cases(options.seed, options.cases, options.files, clean=options.clean)
    waiting: deque[tuple[Path, Job[bytes]]] = deque()
    for number, frame in made:
        waiting.append((paths[number], Job(encode_blocks, frame, schema)))
        records += frame.height
        # Some are encoded while the next are made.
        if len(waiting) > 2 * TOGETHER:
            _append(*waiting.popleft())
    for path, encoded in waiting:
        _append(path, encoded)
    if options.damage:
        overwrite_block(paths[-1], options.seed)
    return records


def _append(path: Path, encoded: Job[bytes]) -> None:
    with path.open("ab") as file:
        file.write(encoded.result())


main = Command(
    "sample",
    __doc__,
    Options,
    _run,
).main

if __name__ == "__main__":
    sys.exit(main())
