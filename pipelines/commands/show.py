"""Summarize a run: its counts, its reasons, and what was quarantined."""

from __future__ import annotations

import sys
from dataclasses import dataclass

from pipelines.cli import declare
from pipelines.cli.command import Command
from pipelines.cli.exit_codes import ExitCode
from pipelines.cli.runners import beam_arguments


@dataclass(frozen=True, kw_only=True)
class Options:
    """Which run, and in which form."""

    run: str = declare.argument("a run, or an output directory (its latest run)", metavar="RUN")
    json: bool = declare.manifest_json()


def _run(options: Options) -> int:
    from pipelines.runs.run import load_run, run_rulebook
    from pipelines.runs.summary import print_run

    # For an object store, Beam needs its options, even if they are the defaults.
    beam_arguments([])
    run, manifest = load_run(options.run)
    print_run(run, manifest, run_rulebook(run, manifest), as_json=options.json)
    return ExitCode.OK


main = Command(
    "show",
    __doc__,
    Options,
    _run,
).main

if __name__ == "__main__":
    sys.exit(main())
