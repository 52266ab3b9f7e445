"""One case: the record that a command is about, read on the terms that it is assessed on."""

from __future__ import annotations

import datetime
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from pydantic import ValidationError

from pipelines.cli.complain import complain
from pipelines.cli.rulebooks import named, warn
from pipelines.cli.start import importing
from pipelines.commands.case_options import CaseOptions
from schemas.case_errors import errors_in_words
from schemas.case_json import read_case
from schemas.errors import InputError, UsageError
from schemas.explanation import Explanation
from schemas.facts import Fact
from schemas.rulebook.compiled import CompiledRulebook
from schemas.rulebook.default import DEFAULT
from schemas.rulebooks import load
from schemas.rulebooks.in_force import outside
from transforms.explain.answers import AnswerError, parse_answer
from transforms.explain.case import explain
from transforms.frames.frame import Frame
from transforms.normalize.case_frame import to_frame
from transforms.normalize.records import normalize
from transforms.tables.endings import is_table

MOST_ERRORS = 20
# A record as it is on file, the rulebook, the as-of date, and whether to presume.
_OnTerms: TypeAlias = tuple[Frame, CompiledRulebook, datetime.date, bool]


@dataclass(frozen=True)
class OneCase:
    """A case record, and the terms to assess it on.

    Args:
        record: The record, in a frame of one row.
        rulebook: The rulebook.
        as_of: The as-of date.
        presume: Whether to use the rulebook's presumptions.
        given: Answers to questions.
    """

    record: Frame
    rulebook: CompiledRulebook
    as_of: datetime.date
    presume: bool
    given: Sequence[tuple[Fact, Mapping[str, Any]]]

    def explained(self, *, everything: bool) -> Explanation:
        """Explain the recommendation, with every criterion and question or only the first."""
        return explain(
            self.record,
            self.rulebook,
            self.as_of,
            presume=self.presume,
            given=self.given,
            everything=everything,
        )


def read_one(command: str, options: CaseOptions) -> OneCase | None:
    """Read the case that a command is about, and normalize it.

    Args:
        command: The command, for messages.
        options: Its options.

    Returns:
        The case; None if its file has errors, which have been reported.

    Raises:
        InputError: There is no such case, or it can't be normalized.
        UsageError: An answer or another option isn't valid.
    """
    try:
        given = [parse_answer(text) for text in options.answers]
    except AnswerError as error:
        raise UsageError(f"--set: {error}") from None
    _refuse_table(options.case)
    of_file = options.case.endswith(".json")
    case = _of_file(command, options) if of_file else _of_run(command, options)
    if case is None:
        return None
    record, rulebook, as_of, presume = case
    warn(command, outside(rulebook.rulebook, as_of))
    records, quarantined = normalize(record, as_of)
    if quarantined.height:
        [row] = quarantined.select("reason", "field", "detail").to_dicts()
        raise InputError(
            f"{options.case}: {row['field']}: {row['detail']} ({row['reason']}); "
            "a backlog would quarantine it"
        )
    return OneCase(records, rulebook, as_of, presume, given)


def _refuse_table(path: str) -> None:
    """Refuse a table, which may have many cases."""
    if is_table(path) and os.path.exists(path):
        raise InputError(
            f"{path}: isn't JSON; `discretion import-cases` makes case files of it, or run "
            f"`discretion backlog --input {path} --output out`, and give a case's id here"
        )


def _of_file(command: str, options: CaseOptions) -> _OnTerms | None:
    """Read a case from a file; None if it has errors, which are reported."""
    rulebook = load(named(command, options.rulebook or DEFAULT, options.as_of))
    try:
        record = to_frame([read_case(options.case)])
    except ValidationError as error:
        lines = errors_in_words(error)
        for line in lines[:MOST_ERRORS]:
            complain(command, f"{options.case}: {line}")
        if (more := len(lines) - MOST_ERRORS) > 0:
            complain(command, f"{options.case}: and {more:,} more errors")
        return None
    as_of = options.as_of or rulebook.rulebook.issued
    return record, rulebook, as_of, options.presume != "none"


def _of_run(command: str, options: CaseOptions) -> _OnTerms:
    """Read a case from a run, on the run's terms where the options say nothing else."""
    with importing():
        from pipelines.runs.run import find_case, load_run, run_rulebook

    run, manifest = load_run(options.run)
    record = find_case(run, options.case)
    as_of = options.as_of or manifest.as_of
    if options.rulebook is None:
        rulebook = run_rulebook(run, manifest)
    else:
        rulebook = load(named(command, options.rulebook, as_of))
    if rulebook is None:
        raise InputError(
            f"{run}: its rulebook {manifest.rulebook.id} isn't available; name it with --rulebook"
        )
    presume = manifest.presume if options.presume is None else options.presume == "listed"
    return record, rulebook, as_of, presume
