"""Make sample events and reviews for the cases of a run: a day's news, to try `nightly` with."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from pipelines.cli.arguments import CommandParser, add_readers, date
from pipelines.cli.console import shown
from pipelines.cli.exit_codes import ExitCode
from pipelines.cli.run_command import run_command
from pipelines.cli.runners import beam_arguments
from schemas.errors import OutputError, UsageError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command.

    Args:
        arguments: Its options; None for those of the process.

    Returns:
        An exit code (`pipelines.cli.exit_codes`).
    """
    parser = CommandParser(prog="discretion sample-events", description=__doc__)
    parser.add_argument(
        "--run", required=True, metavar="RUN", help="a run, or the directory of the runs"
    )
    parser.add_argument(
        "--output", required=True, metavar="DIR", help="directory for events/ and reviews/"
    )
    parser.add_argument(
        "--day", required=True, type=date, metavar="DATE", help="the date of the events"
    )
    parser.add_argument("--events", type=int, default=1_000, metavar="N", help="default: 1000")
    parser.add_argument("--reviews", type=int, default=0, metavar="N", help="default: 0")
    parser.add_argument("--seed", type=int, default=2011, metavar="N", help="default: 2011")
    add_readers(parser)
    options = parser.parse_args(arguments)
    return run_command("sample-events", lambda: _run(options))


def _run(options: argparse.Namespace) -> int:
    import polars as pl

    from pipelines.runs.run import files, load_run
    from schemas.avro import avro_schema
    from schemas.outcomes import ROUTES
    from transforms.avro.write import encode_blocks, write_header
    from transforms.nightly.bucket_files import read_whole
    from transforms.sample.events import sample_events, sample_reviews

    if options.events < 0 or options.reviews < 0:
        raise UsageError("--events and --reviews: give 0 or more")
    # For an object store, Beam needs its options, even if they are the defaults.
    beam_arguments([])
    run, _ = load_run(options.run)
    schema = avro_schema("recommendation")
    routed = pl.concat(
        read_whole(path, schema, ("case_id", "route"))
        for route in ROUTES
        for path in files(run, route)
    )
    made = {}
    if options.events:
        ids = routed["case_id"].sort().to_list()
        made["events", "case_event"] = sample_events(ids, options.events, options.day, options.seed)
    if options.reviews:
        made["reviews", "review"] = sample_reviews(
            routed, options.reviews, options.day, options.seed
        )
    for (folder, name), frame in made.items():
        path = Path(options.output, folder, f"{options.day}.avro")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            # It gets its name only when it is complete, as every writer of events should do.
            aside = path.with_name(f"_{path.name}")
            written = avro_schema(name)
            aside.write_bytes(write_header(written) + encode_blocks(frame, written))
            aside.rename(path)
        except OSError as error:
            raise OutputError(f"{path}: cannot be written ({error.strerror})") from None
        print(f"{frame.height:,} {folder} in {shown(path)}")
    return ExitCode.OK


if __name__ == "__main__":
    sys.exit(main())
