"""Summarize a run, or count its cases by court, month, or any other column."""

from __future__ import annotations

import sys
from dataclasses import dataclass

from pipelines.cli import declare
from pipelines.cli.command import Command
from pipelines.cli.exit_codes import ExitCode
from pipelines.cli.start import importing
from schemas.errors import UsageError


@dataclass(frozen=True, kw_only=True)
class Options:
    """Which run, and in which form."""

    run: str = declare.run()
    by: str | None = declare.option(
        "count cases by these columns, such as court,month(next_hearing)",
        default=None,
        metavar="COLUMN,...",
    )
    csv: bool = declare.switch("print the counts as CSV")
    json: bool = declare.switch("print the manifest, or the counts, as JSON")


def _run(options: Options) -> int:
    with importing():
        from pipelines.runs.run import load_run, rulebook_in_words
        from pipelines.runs.summary import print_run

    if options.csv and (options.by is None or options.json):
        raise UsageError("--csv: goes with --by, and without --json")
    if options.by is not None:
        return _count(options, options.by)
    run, manifest = load_run(options.run)
    print_run(run, manifest, rulebook_in_words(run, manifest), as_json=options.json)
    return ExitCode.OK


def _count(options: Options, written: str) -> int:
    with importing():
        from pipelines.runs.groups import count_groups, print_csv, print_groups, print_json, read_by
        from pipelines.runs.run import load_run

    by = read_by(written)
    run, _ = load_run(options.run)
    printer = print_json if options.json else print_csv if options.csv else print_groups
    printer(count_groups(run, by), by)
    return ExitCode.OK


main = Command(
    "show",
    __doc__,
    Options,
    _run,
).main

if __name__ == "__main__":
    sys.exit(main())
