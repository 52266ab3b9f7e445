"""Explain the recommendation for one case, as an attorney would read it."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from pydantic import ValidationError

from pipelines.cli.arguments import CommandParser, add_rulebook_options
from pipelines.cli.console import complain
from pipelines.cli.exit_codes import ExitCode
from pipelines.cli.rulebooks import named, warn
from pipelines.cli.run_command import run_command
from pipelines.cli.runners import beam_arguments
from schemas.case_errors import errors_in_words
from schemas.case_json import read_case
from schemas.errors import InputError, UsageError
from schemas.rulebooks import DEFAULT, load
from schemas.rulebooks.in_force import outside
from transforms.explain.answers import AnswerError, parse_answer
from transforms.explain.case import explain
from transforms.explain.page import page
from transforms.normalize.case_frame import to_frame
from transforms.normalize.records import normalize

MOST_ERRORS = 20


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command.

    Args:
        arguments: Its options; None for those of the process.

    Returns:
        An exit code (`pipelines.cli.exit_codes`).
    """
    parser = CommandParser(prog="discretion explain", description=__doc__, allow_abbrev=False)
    parser.add_argument(
        "case",
        metavar="CASE_ID|FILE.json",
        help="the id of a case in a run, or a file that holds one record",
    )
    parser.add_argument(
        "--run", default="out", metavar="RUN", help="where to look for a case id; default: out"
    )
    add_rulebook_options(parser, of_run=True)
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        dest="answers",
        metavar="FACT=VALUE",
        help="answer a question, such as arrests=0, and see what changes; can be repeated",
    )
    parser.add_argument(
        "--all", action="store_true", help="show every criterion, presumption, and question"
    )
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args(arguments)
    return run_command("explain", lambda: _run(options))


def _run(options: argparse.Namespace) -> int:
    try:
        given = [parse_answer(text) for text in options.answers]
    except AnswerError as error:
        raise UsageError(f"--set: {error}") from None
    presume = options.presume != "none"
    if options.case.endswith(".json"):
        rulebook = load(named("explain", options.rulebook or DEFAULT, options.as_of))
        as_of = options.as_of or rulebook.rulebook.issued
        try:
            record = to_frame([read_case(options.case)])
        except ValidationError as error:
            lines = errors_in_words(error)
            for line in lines[:MOST_ERRORS]:
                complain("explain", f"{options.case}: {line}")
            if (more := len(lines) - MOST_ERRORS) > 0:
                complain("explain", f"{options.case}: and {more:,} more errors")
            return ExitCode.INPUT
    else:
        from pipelines.runs.run import find_case, load_run, run_rulebook

        # For an object store, Beam needs its options, even if they are the defaults.
        beam_arguments([])
        run, manifest = load_run(options.run)
        record = find_case(run, options.case)
        as_of = options.as_of or manifest.as_of
        if options.rulebook is None:
            used = run_rulebook(run, manifest)
        else:
            used = load(named("explain", options.rulebook, as_of))
        if used is None:
            raise InputError(
                f"{run}: its rulebook {manifest.rulebook.id} isn't available; name it with "
                "--rulebook"
            )
        rulebook = used
        presume = manifest.presume if options.presume is None else presume
    warn("explain", outside(rulebook.rulebook, as_of))
    records, quarantined = normalize(record, as_of)
    if quarantined.height:
        [row] = quarantined.select("reason", "field", "detail").to_dicts()
        raise InputError(
            f"{options.case}: {row['field']}: {row['detail']} ({row['reason']}); "
            "a backlog would quarantine it"
        )
    explanation = explain(
        records,
        rulebook,
        as_of,
        presume=presume,
        given=given,
        everything=options.all or options.json,
    )
    if options.json:
        print(explanation.model_dump_json(indent=2))
        return ExitCode.OK
    bold = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
    for said in page(explanation, everything=options.all):
        print(f"\x1b[1m{said.text}\x1b[0m" if bold and said.heading else said.text)
    return ExitCode.OK


if __name__ == "__main__":
    sys.exit(main())
