"""Audit a run: on whom its recommendations fall, and whether a protected attribute moves them."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from pipelines.cli.command import Command
from pipelines.cli.exit_codes import ExitCode
from pipelines.commands.oversight.findings import Forms, check_forms, emit

if TYPE_CHECKING:
    from transforms.assess.frame import Terms
    from transforms.frames.frame import Frame
    from transforms.oversight.counterfactual import Change


def _run(options: Forms) -> int:
    # Imported here so that --help doesn't wait for them.
    from pipelines.exports.about import terms
    from pipelines.runs.frames import case_frame_of, routed_frame
    from pipelines.runs.run import load_run, needed_rulebook
    from transforms.assess.frame import Terms
    from transforms.oversight.attributes import OF_CASE, OF_RECOMMENDATION, of_protected, people
    from transforms.oversight.audit import audit

    check_forms(options)
    run, manifest = load_run(options.run)
    rulebook = needed_rulebook(run, manifest)
    recommended = routed_frame(run, OF_RECOMMENDATION)
    cases = case_frame_of(run, OF_CASE)
    everybody = people(cases, recommended, manifest.as_of, of_protected(rulebook))
    on = Terms(rulebook, manifest.as_of, manifest.presume)
    changed = _changed(run, cases, recommended.select("case_id"), on)
    emit(audit(everybody, changed), options, f"{run} ({terms(manifest)})")
    return ExitCode.OK


def _changed(run: str, cases: Frame, routed: Frame, on: Terms) -> list[Change]:
    """Change each protected attribute of the cases that have a route."""
    from pipelines.runs.frames import part_frames
    from transforms.assess.frame import assess
    from transforms.oversight.attributes import PROTECTED
    from transforms.oversight.counterfactual import added, change, protected_in, values_to_try

    seen = protected_in(cases.select(PROTECTED))
    values = {name: values_to_try(name, seen[name], on.rulebook) for name in PROTECTED}
    parts: dict[str, list[Change]] = {name: [] for name in PROTECTED}
    for frame in part_frames(run, "cases", "case_record"):
        mine = frame.join(routed, on="case_id", how="semi")
        before = assess(mine, on).recommendations
        for name in PROTECTED:
            parts[name].append(change(mine, before, on, name, values[name]))
    return [added(found) for found in parts.values() if found]


main = Command(
    "audit",
    __doc__,
    Forms,
    _run,
).main

if __name__ == "__main__":
    sys.exit(main())
