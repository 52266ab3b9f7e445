"""Make a sample backlog: invented cases of the shape of 2011, messy on purpose."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from pipelines.exit_codes import ExitCode
from pipelines.options import OutputProblem, run_command


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command.

    Args:
        arguments: Its options; None for those of the process.

    Returns:
        An exit code (`pipelines.exit_codes`).
    """
    parser = argparse.ArgumentParser(prog="discretion sample", description=__doc__)
    parser.add_argument("--output", required=True, metavar="DIR", help="a new or empty directory")
    parser.add_argument("--cases", type=int, default=300_000, metavar="N", help="default: 300000")
    parser.add_argument("--seed", type=int, default=2011, metavar="N", help="default: 2011")
    parser.add_argument("--files", type=int, default=8, metavar="N", help="default: 8")
    parser.add_argument("--clean", action="store_true", help="leave the mess out")
    parser.add_argument(
        "--damage", action="store_true", help="overwrite one block of the last file with noise"
    )
    options = parser.parse_args(arguments)
    return run_command("sample", lambda: _run(options))


def _run(options: argparse.Namespace) -> int:
    from schemas.avro import avro_schema
    from transforms.sample import BLOCK, people, sample_block
    from transforms.write_avro import encode_blocks, write_header

    folder, schema = Path(options.output), avro_schema("case_record")
    if options.cases < 1 or options.files < 1:
        raise OutputProblem("--cases and --files are at least 1")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise OutputProblem(f"{folder}: is not empty; give a new directory")
        pool = people(options.seed, clean=options.clean)
        blocks = -(-options.cases // BLOCK)
        records = 0
        for number in range(options.files):
            path = folder / f"cases-{number:03d}-of-{options.files:03d}.avro"
            with path.open("wb") as file:
                file.write(write_header(schema))
                for block in range(number, blocks, options.files):
                    cases = min(BLOCK, options.cases - block * BLOCK)
                    frame = sample_block(pool, options.seed, block, cases, clean=options.clean)
                    file.write(encode_blocks(frame, schema))
                    records += frame.height
        if options.damage:
            _damage(path)
    except (OSError, ValueError) as error:
        if isinstance(error, OutputProblem):
            raise
        reason = getattr(error, "strerror", None) or str(error)
        raise OutputProblem(f"{folder}: cannot be written ({reason})") from None
    print(f"{records:,} records of {options.cases:,} cases in {options.files} files in {folder}")
    return ExitCode.OK


def _damage(path: Path) -> None:
    """Overwrite the middle of a file's last third with noise, so that a block cannot be read."""
    with path.open("r+b") as file:
        file.seek(path.stat().st_size * 2 // 3)
        file.write(b"\xff" * 64)


if __name__ == "__main__":
    sys.exit(main())
