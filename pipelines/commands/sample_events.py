"""Make sample events and reviews for the cases of a run: a day's news, to try `nightly` with."""

from __future__ import annotations

import datetime
import sys
from dataclasses import dataclass
from pathlib import Path

from pipelines.cli import declare
from pipelines.cli.command import Command
from pipelines.cli.exit_codes import ExitCode
from schemas.errors import OutputError, UsageError
from schemas.shown import shown


@dataclass(frozen=True, kw_only=True)
class Options:
    """The run, how many events and reviews, their date, and where to write them."""

    run: str = declare.option("a run, or the directory of the runs", metavar="RUN")
    output: str = declare.option("directory for events/ and reviews/", metavar="DIR")
    day: datetime.date = declare.option("the date of the events", type=declare.date, metavar="DATE")
    events: int = declare.number(1_000)
    reviews: int = declare.number(0)
    seed: int = declare.number(2011)
    readable_by: str | None = declare.readable_by()


def _run(options: Options) -> int:
    import polars as pl

    from pipelines.runs.run import files, load_run
    from schemas.avro import avro_schema
    from schemas.outcomes import ROUTES
    from transforms.avro.whole import read_whole
    from transforms.avro.write import encode_blocks, write_header
    from transforms.sample.events import sample_events, sample_reviews

    if options.events < 0 or options.reviews < 0:
        raise UsageError("--events and --reviews: give 0 or more")
    run, _ = load_run(options.run)
    schema = avro_schema("recommendation")
    routed = pl.concat(
        read_whole(path, schema, ("case_id", "route", "court"))
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
        if path.exists():
            raise OutputError(f"{path}: already exists; give another --day or --output")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            # It gets its name only when it is complete, as every writer of events should do.
            partial = path.with_name(f"_{path.name}")
            written = avro_schema(name)
            partial.write_bytes(write_header(written) + encode_blocks(frame, written))
            partial.rename(path)
        except OSError as error:
            raise OutputError(f"{path}: cannot be written ({error.strerror})") from None
        print(f"{frame.height:,} {folder} in {shown(path)}")
    return ExitCode.OK


main = Command(
    "sample-events",
    __doc__,
    Options,
    _run,
).main

if __name__ == "__main__":
    sys.exit(main())
