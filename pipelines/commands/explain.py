"""Explain the recommendation for one case, as an attorney would read it."""

from __future__ import annotations

import datetime
import os
import sys
from dataclasses import dataclass
from typing import NamedTuple

from pydantic import ValidationError

from pipelines.cli import declare
from pipelines.cli.command import Command
from pipelines.cli.console import complain
from pipelines.cli.exit_codes import ExitCode
from pipelines.cli.rulebooks import named, warn
from pipelines.cli.runners import beam_arguments
from schemas.case_errors import errors_in_words
from schemas.case_json import read_case
from schemas.errors import InputError, UsageError
from schemas.rulebook.compiled import CompiledRulebook
from schemas.rulebooks import DEFAULT, load
from schemas.rulebooks.in_force import outside
from transforms.explain.answers import AnswerError, parse_answer
from transforms.explain.case import explain
from transforms.explain.page import page
from transforms.frames.frame import Frame
from transforms.normalize.case_frame import to_frame
from transforms.normalize.records import normalize
from transforms.tables.endings import is_table

MOST_ERRORS = 20


@dataclass(frozen=True, kw_only=True)
class Options:
    """Which case, on what terms, and how much to show."""

    case: str = declare.argument(
        "the id of a case in a run, or a file that holds one record", metavar="CASE_ID|FILE.json"
    )
    run: str = declare.option(
        "where to look for a case id; default: out", default="out", metavar="RUN"
    )
    rulebook: str | None = declare.rulebook(of_run=True)
    as_of: datetime.date | None = declare.as_of(of_run=True)
    presume: str | None = declare.presume(of_run=True)
    answers: tuple[str, ...] = declare.option(
        "answer a question, such as arrests=0, and see what changes; can be repeated",
        default=(),
        flag="--set",
        action="append",
        metavar="FACT=VALUE",
    )
    everything: bool = declare.switch(
        "show every criterion, presumption, and question", flag="--all"
    )
    json: bool = declare.machine_json()


class _Case(NamedTuple):
    """A case record as filed, and the terms to assess it on."""

    record: Frame
    rulebook: CompiledRulebook
    as_of: datetime.date
    presume: bool


def _run(options: Options) -> int:
    try:
        given = [parse_answer(text) for text in options.answers]
    except AnswerError as error:
        raise UsageError(f"--set: {error}") from None
    _refuse_table(options.case)
    case = _of_file(options) if options.case.endswith(".json") else _of_run(options)
    if case is None:
        return ExitCode.INPUT
    warn("explain", outside(case.rulebook.rulebook, case.as_of))
    records, quarantined = normalize(case.record, case.as_of)
    if quarantined.height:
        [row] = quarantined.select("reason", "field", "detail").to_dicts()
        raise InputError(
            f"{options.case}: {row['field']}: {row['detail']} ({row['reason']}); "
            "a backlog would quarantine it"
        )
    explanation = explain(
        records,
        case.rulebook,
        case.as_of,
        presume=case.presume,
        given=given,
        everything=options.everything or options.json,
    )
    if options.json:
        print(explanation.model_dump_json(indent=2))
        return ExitCode.OK
    bold = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
    for line in page(explanation, everything=options.everything):
        print(f"\x1b[1m{line.text}\x1b[0m" if bold and line.heading else line.text)
    return ExitCode.OK


def _refuse_table(path: str) -> None:
    """Refuse a table, which may have many cases."""
    if is_table(path) and os.path.exists(path):
        raise InputError(
            f"{path}: isn't JSON; `discretion import-cases` makes case files of it, or run "
            f"`discretion backlog --input {path} --output out`, and give a case's id here"
        )


def _of_file(options: Options) -> _Case | None:
    """Read the case in a file; if it has errors, print them and return None."""
    rulebook = load(named("explain", options.rulebook or DEFAULT, options.as_of))
    try:
        record = to_frame([read_case(options.case)])
    except ValidationError as error:
        lines = errors_in_words(error)
        for line in lines[:MOST_ERRORS]:
            complain("explain", f"{options.case}: {line}")
        if (more := len(lines) - MOST_ERRORS) > 0:
            complain("explain", f"{options.case}: and {more:,} more errors")
        return None
    as_of = options.as_of or rulebook.rulebook.issued
    return _Case(record, rulebook, as_of, options.presume != "none")


def _of_run(options: Options) -> _Case:
    """Find a case of a run; the run's terms apply unless the options override them."""
    from pipelines.runs.run import find_case, load_run, run_rulebook

    # For an object store, Beam needs its options, even if they are the defaults.
    beam_arguments([])
    run, manifest = load_run(options.run)
    record = find_case(run, options.case)
    as_of = options.as_of or manifest.as_of
    if options.rulebook is None:
        rulebook = run_rulebook(run, manifest)
    else:
        rulebook = load(named("explain", options.rulebook, as_of))
    if rulebook is None:
        raise InputError(
            f"{run}: its rulebook {manifest.rulebook.id} isn't available; name it with --rulebook"
        )
    presume = manifest.presume if options.presume is None else options.presume == "listed"
    return _Case(record, rulebook, as_of, presume)


main = Command(
    "explain",
    __doc__,
    Options,
    _run,
).main

if __name__ == "__main__":
    sys.exit(main())
