"""Write a run as one page: what is recommended, why, what isn't known, and a queue per route."""

from __future__ import annotations

import itertools
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.cli import declare
from pipelines.cli.command import Command
from pipelines.cli.exit_codes import ExitCode
from schemas.errors import RunError, UsageError
from schemas.manifest import Manifest
from schemas.rulebook.compiled import CompiledRulebook
from schemas.shown import shown
from schemas.small_cells import LEAST

if TYPE_CHECKING:
    from collections.abc import Iterable

    from markupsafe import Markup

    from transforms.frames.frame import Frame


@dataclass(frozen=True, kw_only=True)
class Options:
    """Which run, and what of it goes where."""

    run: str = declare.run()
    against: str | None = declare.option(
        "an earlier run: say which cases have another route now, and why",
        default=None,
        metavar="RUN",
    )
    output: str = declare.option(
        "the page; default: report.html", default="report.html", type=declare.place, metavar="FILE"
    )
    no_cases: bool = declare.switch("leave out every case; only counts remain")
    share: bool = declare.switch(
        "make a copy to give away: counts only, with small ones pooled or marked"
    )
    readable_by: str | None = declare.readable_by()


def _run(options: Options) -> int:
    from pipelines.runs.run import load_run, needed_rulebook
    from pipelines.runs.whole_file import whole_file

    if options.share and options.against:
        raise UsageError("--against: doesn't go with --share, whose counts two runs could undo")
    run, manifest = load_run(options.run)
    rulebook = needed_rulebook(run, manifest)
    if options.share and sum(manifest.counts.routed.values()) < LEAST:
        raise RunError(f"{run}: has fewer than {LEAST} cases, too few for a copy to give away")
    with whole_file(options.output) as place:
        if options.share:
            html = _shared_page(run, manifest, rulebook)
        else:
            html = _page(run, manifest, rulebook, options.against, cases=not options.no_cases)
        Path(place, os.path.basename(options.output)).write_text(html, "utf-8")
    print(f"report: {shown(options.output)}")
    return ExitCode.OK


def _page(
    run: str,
    manifest: Manifest,
    rulebook: CompiledRulebook,
    against: str | None,
    *,
    cases: bool,
) -> str:
    from pipelines.commands.report_data import Extra, first_entries, read_run
    from pipelines.commands.report_moves import (
        marks_of_night,
        moves_against,
        moves_of_night,
        night_compared,
    )
    from pipelines.runs.unread_fields import unread_field_lines
    from pipelines.runs.unread_input import unread_lines
    from transforms.report.page import Page, write_page

    compared = night_compared(run, manifest, rulebook)
    comparisons, same = [compared] if compared else [], None
    moves: Iterable[Frame] = moves_of_night(run)
    if against is not None:
        moved, compared, same = moves_against(run, manifest, rulebook, against)
        moves = [moved]
        comparisons.append(compared)
    extra = Extra(moves, marks_of_night(run) if manifest.nightly else None, same)
    read = read_run(run, manifest, rulebook, extra if cases else None)
    return write_page(
        Page(
            counted=read.counted,
            comparisons=comparisons,
            rulebook_text=_rulebook_text(rulebook),
            unread=[*unread_lines(manifest), *unread_field_lines(manifest)],
            entries=list(first_entries(run)),
            queues=read.queues,
            data=read.data,
        )
    )


def _shared_page(run: str, manifest: Manifest, rulebook: CompiledRulebook) -> str:
    from pipelines.commands.report_data import read_run
    from transforms.report.shared_page import write_shared_page

    read = read_run(run, manifest, rulebook, None, overlapping=True)
    return write_shared_page(read.counted, read.overlaps, _rulebook_text(rulebook))


def _rulebook_text(rulebook: CompiledRulebook) -> Markup:
    from pipelines.commands.rulebook_page import page
    from transforms.report.rulebook_text import rulebook_html

    book = rulebook.rulebook
    # Its title, the first paragraph, is at the top of the page.
    lines = itertools.dropwhile(bool, page(book))
    return rulebook_html(lines, [one.id for one in book.criteria])


main = Command(
    "report",
    __doc__,
    Options,
    _run,
).main

if __name__ == "__main__":
    sys.exit(main())
