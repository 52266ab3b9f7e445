"""Explain the recommendation for one case, as an attorney would read it."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass

from pipelines.cli import declare
from pipelines.cli.command import Command
from pipelines.cli.exit_codes import ExitCode
from pipelines.cli.start import importing
from pipelines.commands.case_options import CaseOptions


@dataclass(frozen=True, kw_only=True)
class Options(CaseOptions):
    """Which case, on what terms, and how much to show."""

    everything: bool = declare.switch(
        "show every criterion, presumption, and question", flag="--all"
    )
    json: bool = declare.machine_json()


def _run(options: Options) -> int:
    # Imported here so that --help doesn't wait for them.
    with importing():
        from pipelines.commands.one_case import read_one
        from transforms.explain.page import page

    case = read_one("explain", options)
    if case is None:
        return ExitCode.INPUT
    explanation = case.explained(everything=options.everything or options.json)
    if options.json:
        print(explanation.model_dump_json(indent=2))
        return ExitCode.OK
    bold = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
    for line in page(explanation, everything=options.everything):
        print(f"\x1b[1m{line.text}\x1b[0m" if bold and line.heading else line.text)
    return ExitCode.OK


main = Command(
    "explain",
    __doc__,
    Options,
    _run,
).main

if __name__ == "__main__":
    sys.exit(main())
