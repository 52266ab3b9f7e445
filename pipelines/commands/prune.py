"""Remove old nights. Each night carries forward the cases, log, and reviews: nothing is lost.

If an archive is named, event files that every remaining night has read are moved there.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass

from pipelines.cli import declare
from pipelines.cli.command import Command
from pipelines.cli.exit_codes import ExitCode
from pipelines.nights.archive import check_apart, move_read
from pipelines.nights.failures import read_text
from pipelines.nights.state import find_previous, in_order, read_through
from pipelines.runs.lock import check_local, locked
from schemas.errors import InputError, OutputError, UsageError
from schemas.shown import shown


@dataclass(frozen=True, kw_only=True)
class Options:
    """How many nights stay, and where event files go."""

    state: str = declare.state()
    keep: int = declare.option("how many nights to keep", type=int, metavar="N")
    events: str | None = declare.option(
        "also move the event files that every remaining night has read", default=None, metavar="DIR"
    )
    archive: str | None = declare.option("directory to move them to", default=None, metavar="DIR")
    dry_run: bool = declare.dry_run()


def _run(options: Options) -> int:
    state = options.state.rstrip("/")
    check_local(state)
    if options.keep < 1:
        raise UsageError("--keep: give 1 or more")
    if (options.events is None) != (options.archive is None):
        raise UsageError("--events and --archive: give both or neither")
    if read_text(f"{state}/LATEST") is None:
        raise InputError(f"{state}: has no night yet")
    with nullcontext() if options.dry_run else locked(state):
        lines = _prune(options, state)
        try:
            print(shown(next(lines, "nothing to remove")))
            for line in lines:
                print(shown(line))
        except OSError as error:
            if error.filename is None:
                raise
            raise OutputError(f"{error.filename}: {error.strerror}") from None
    return ExitCode.OK


def _prune(options: Options, state: str) -> Iterator[str]:
    """Remove and move files, or only report it, one line each."""
    if options.events is not None and options.archive is not None:
        check_apart(options.events, options.archive)
    last = find_previous(state)
    if last is None:
        raise InputError(f"{state}: has no night yet")
    # If the last night is damaged, the last good one would be removed.
    read_through(last)
    runs = f"{state}/runs"
    there = os.listdir(runs)
    old = old_nights(there, last.manifest.run_id, options.keep)
    left = sorted(name for name in there if re.match(r"^_night-.*\.partial$", name))
    for name in (*left, *old):
        if not options.dry_run:
            _remove(runs, name)
        yield f"{'would remove' if options.dry_run else 'removed'} {runs}/{name}"
    stay = [name for name in in_order(there) if name not in old]
    if not options.dry_run:
        _forget_watches(state, stay)
    if options.events is not None and options.archive is not None:
        kept = [f"{runs}/{name}" for name in stay]
        yield from move_read(kept, options.events, options.archive, dry_run=options.dry_run)


def old_nights(there: Sequence[str], latest: str, keep: int) -> list[str]:
    """Choose the nights to remove, oldest first.

    Args:
        there: The names of the runs.
        latest: The last good night, which is kept.
        keep: How many to keep, including that one.
    """
    others = [name for name in in_order(there) if name != latest]
    return others[: max(0, len(others) - (keep - 1))]


def _remove(runs: str, name: str) -> None:
    """Remove a run. If it stops halfway, the next night or prune removes the rest."""
    unfinished = name
    if not name.startswith("_"):
        unfinished = f"_{name}.partial"
        os.rename(f"{runs}/{name}", f"{runs}/{unfinished}")
    shutil.rmtree(f"{runs}/{unfinished}")


def _forget_watches(state: str, stay: Sequence[str]) -> None:
    """Remove what watches wrote for nights that are gone."""
    for what in ("batches", "changes", "recommendations", "reports"):
        folder = f"{state}/watch/{what}"
        if os.path.isdir(folder):
            for name in in_order(os.listdir(folder)):
                if name not in stay:
                    shutil.rmtree(f"{folder}/{name}")


main = Command(
    "prune",
    "Remove all but the newest nights, and what killed nights left behind. The last good night "
    "always stays.",
    Options,
    _run,
).main

if __name__ == "__main__":
    sys.exit(main())
