"""Make a sample backlog: invented cases like those of 2011, messy on purpose."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from pipelines.cli.arguments import CommandParser, add_readers
from pipelines.cli.console import shown
from pipelines.cli.exit_codes import ExitCode
from pipelines.cli.run_command import run_command
from schemas.errors import OutputError, UsageError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command.

    Args:
        arguments: Its options; None for those of the process.

    Returns:
        An exit code (`pipelines.cli.exit_codes`).
    """
    parser = CommandParser(prog="discretion sample", description=__doc__)
    parser.add_argument("--output", required=True, metavar="DIR", help="a new or empty directory")
    parser.add_argument("--cases", type=int, default=300_000, metavar="N", help="default: 300000")
    parser.add_argument("--seed", type=int, default=2011, metavar="N", help="default: 2011")
    parser.add_argument("--files", type=int, default=8, metavar="N", help="default: 8")
    parser.add_argument(
        "--clean", action="store_true", help="make clean data, without an agency's mess"
    )
    parser.add_argument(
        "--damage", action="store_true", help="overwrite one block of the last file with noise"
    )
    add_readers(parser)
    options = parser.parse_args(arguments)
    return run_command("sample", lambda: _run(options))


def _run(options: argparse.Namespace) -> int:
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
    made = f"{records:,} records of {options.cases:,} cases in {options.files} files"
    print(f"{made} in {shown(folder)}")
    return ExitCode.OK


def _write(folder: Path, options: argparse.Namespace) -> int:
    # Imported here so that --help doesn't wait for them.
    from schemas.avro import avro_schema
    from transforms.avro.encode import encode_blocks, write_header
    from transforms.sample.backlog import sample_cases
    from transforms.sample.damage import damage_block

    schema, records = avro_schema("case_record"), 0
    paths = [
        folder / f"cases-{number:03d}-of-{options.files:03d}.avro"
        for number in range(options.files)
    ]
    for path in paths:
        path.write_bytes(write_header(schema))
    made = sample_cases(options.seed, options.cases, options.files, clean=options.clean)
    for number, frame in made:
        with paths[number].open("ab") as file:
            file.write(encode_blocks(frame, schema))
        records += frame.height
    if options.damage:
        damage_block(paths[-1], options.seed)
    return records


if __name__ == "__main__":
    sys.exit(main())
