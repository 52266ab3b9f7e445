"""Backtest a rulebook on the court's own outcomes: what it recommends as of the day before each."""

from __future__ import annotations

import datetime
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipelines.cli import declare
from pipelines.cli.command import Command
from pipelines.cli.exit_codes import ExitCode
from pipelines.commands.oversight.findings import Forms, check_forms, emit
from schemas.errors import InputError, UsageError

if TYPE_CHECKING:
    from schemas.import_manifest import ImportManifest
    from schemas.rulebook.compiled import CompiledRulebook
    from transforms.oversight.closures import Docket


@dataclass(frozen=True, kw_only=True)
class Options(Forms):
    """Which import, under which rulebook, and in which form."""

    run: str = declare.argument(
        "an import with outcomes (discretion import-eoir --outcomes-from)", metavar="IMPORT"
    )
    rulebook: str = declare.rulebook()
    presume: str = declare.presume()
    first: datetime.date | None = declare.option(
        "the first day of the outcomes; default: the import's",
        default=None, type=declare.date, flag="--from", metavar="DATE",
    )  # fmt: skip
    last: datetime.date | None = declare.option(
        "the last day; default: the import's",
        default=None, type=declare.date, flag="--to", metavar="DATE",
    )  # fmt: skip


def _run(options: Options) -> int:
    # Imported here so that --help doesn't wait for them.
    from pipelines.runs.frames import part_frames
    from pipelines.runs.release_checks import load_import
    from schemas.shown import shown
    from transforms.frames.frame import concat_frames
    from transforms.oversight.backtest import backtest
    from transforms.oversight.replay import OUTCOMES, replay

    check_forms(options)
    folder, manifest = load_import(options.run)
    first, last = _period(options, folder, manifest)
    rulebook_on, named = _rulebook(options, first)
    presume = options.presume == "listed"
    replayed = [
        replay(frame, rulebook_on, presume=presume)
        for frame in part_frames(folder, "outcomes", "case_record")
    ]
    found = backtest(concat_frames(replayed, OUTCOMES), first, last, _docket(folder, manifest))
    presumed = "" if presume else ", without presumptions"
    emit(found, options, f"{folder} (release {shown(manifest.release)}), {named}{presumed}")
    return ExitCode.OK


def _period(
    options: Options, folder: str, manifest: ImportManifest
) -> tuple[datetime.date, datetime.date]:
    from_, to = manifest.outcomes_from, manifest.outcomes_to
    if from_ is None or to is None:
        raise InputError(
            f"{folder}: has no outcomes; import the release with --outcomes-from "
            "(and with --pending-on, for shares of a docket)"
        )
    first, last = options.first or from_, options.last or to
    if last < first:
        raise UsageError("--to: must not be earlier than --from")
    if first < from_ or last > to:
        raise UsageError(f"--from and --to: the import has outcomes from {from_} to {to}")
    return first, last


def _rulebook(
    options: Options, first: datetime.date
) -> tuple[Callable[[datetime.date], CompiledRulebook | None], str]:
    """Return the rulebook that applies on a day, and its name."""
    from pipelines.cli.rulebooks import notices, warn
    from schemas.rulebooks import load
    from schemas.rulebooks.in_force import IN_FORCE, all_in_force, shipped

    if options.rulebook == IN_FORCE:
        books = shipped()

        def in_force(day: datetime.date) -> CompiledRulebook | None:
            governing = next(iter(all_in_force(day, books)), None)
            return None if governing is None else load(governing.id)

        return in_force, "under the rulebook in force on the day before each outcome"
    rulebook = load(options.rulebook)
    warn("backtest", *notices(options.rulebook, rulebook, first))
    return lambda day: rulebook, f"under {rulebook.id} as of the day before each outcome"


def _docket(folder: str, manifest: ImportManifest) -> Docket | None:
    from pipelines.runs.frames import case_frame_of
    from transforms.oversight.closures import Docket

    if manifest.pending_on is None:
        return None
    cases = case_frame_of(folder, ("case_id", "court", "nationality"))
    return Docket(day=manifest.pending_on, cases=cases)


main = Command(
    "backtest",
    __doc__,
    Options,
    _run,
).main

if __name__ == "__main__":
    sys.exit(main())
