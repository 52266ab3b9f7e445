"""Summarize a run: its counts, its reasons, and what was quarantined."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from pipelines.cli.arguments import CommandParser
from pipelines.cli.exit_codes import ExitCode
from pipelines.cli.run_command import run_command
from pipelines.cli.runners import beam_arguments


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command.

    Args:
        arguments: Its options; None for those of the process.

    Returns:
        An exit code (`pipelines.cli.exit_codes`).
    """
    parser = CommandParser(prog="discretion show", description=__doc__)
    parser.add_argument("run", metavar="RUN", help="a run, or an output directory (its latest run)")
    parser.add_argument("--json", action="store_true", help="print the manifest as JSON")
    options = parser.parse_args(arguments)
    return run_command("show", lambda: _run(options))


def _run(options: argparse.Namespace) -> int:
    from pipelines.runs.run import load_run, run_rulebook
    from pipelines.runs.summary import print_run

    # For an object store, Beam needs its options, even if they are the defaults.
    beam_arguments([])
    run, manifest = load_run(options.run)
    print_run(run, manifest, run_rulebook(run, manifest), as_json=options.json)
    return ExitCode.OK


if __name__ == "__main__":
    sys.exit(main())
