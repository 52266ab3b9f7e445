"""Try a pilot in a few courts on a run: what it would find, and how many attorneys it takes."""

from __future__ import annotations

import datetime
import sys
from dataclasses import dataclass

from pipelines.cli import declare
from pipelines.cli.command import Command
from pipelines.cli.exit_codes import ExitCode
from pipelines.commands.oversight.findings import Forms, check_forms, emit
from schemas.errors import UsageError


@dataclass(frozen=True, kw_only=True)
class Options(Forms):
    """Which run, the plan, and in which form."""

    courts: tuple[str, ...] = declare.option(
        "the courts; default: BAL,DEN", default=("BAL", "DEN"), type=declare.court_codes,
        metavar="BAL,DEN",
    )  # fmt: skip
    first: datetime.date = declare.option(
        "the first day; default: 2011-12-04", default=datetime.date(2011, 12, 4),
        type=declare.date, flag="--from", metavar="DATE",
    )  # fmt: skip
    last: datetime.date = declare.option(
        "the last day; default: 2012-01-13", default=datetime.date(2012, 1, 13),
        type=declare.date, flag="--to", metavar="DATE",
    )  # fmt: skip
    detained: bool = declare.switch("review detained people's cases, too")
    minutes: int = declare.option(
        "minutes an attorney takes for a case; default: 20", default=20, type=int, metavar="N"
    )
    attorneys: int | None = declare.option(
        "how many attorneys there are", default=None, type=int, metavar="N"
    )


def _run(options: Options) -> int:
    # Imported here so that --help doesn't wait for them.
    from pipelines.exports.about import terms
    from pipelines.runs.frames import case_frame_of, routed_frame
    from pipelines.runs.run import load_run
    from transforms.oversight.attributes import OF_CASE, OF_RECOMMENDATION, people
    from transforms.oversight.pilot import Plan, in_courts, pilot

    check_forms(options)
    if options.last < options.first:
        raise UsageError("--to: must not be earlier than --from")
    if options.minutes < 1 or (options.attorneys is not None and options.attorneys < 1):
        raise UsageError("--minutes and --attorneys: give 1 or more")
    run, manifest = load_run(options.run)
    recommended = routed_frame(run, (*OF_RECOMMENDATION, "needs_review"))
    cases = case_frame_of(run, OF_CASE)
    everybody = people(cases, recommended, manifest.as_of, ()).join(
        recommended.select("case_id", "route", "needs_review"), on="case_id", maintain_order="left"
    )
    inside = in_courts(options.courts, detained=options.detained)
    plan = Plan(
        courts=options.courts,
        first=options.first,
        last=options.last,
        minutes=options.minutes,
        attorneys=options.attorneys,
    )
    counts = manifest.counts
    found = pilot(everybody.with_columns(inside=inside), plan, counts.read, counts.quarantined)
    emit(found, options, f"{run} ({terms(manifest)})")
    return ExitCode.OK


main = Command(
    "pilot",
    __doc__,
    Options,
    _run,
).main

if __name__ == "__main__":
    sys.exit(main())
