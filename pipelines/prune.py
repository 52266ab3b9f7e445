"""Remove old nights. Each night carries the cases, log and reviews on, so nothing is lost."""

from __future__ import annotations

import argparse
import datetime
import os
import re
import shutil
import sys
from collections.abc import Sequence
from contextlib import nullcontext

from pipelines.exit_codes import ExitCode
from pipelines.failures import read_text
from pipelines.lock import locked
from pipelines.options import CommandParser, InputProblem, UsageError, run_command

_NIGHT = re.compile(r"^night-(\d{4}-\d\d-\d\d)(?:\.(\d+))?$")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command.

    Args:
        arguments: Its options; None for those of the process.

    Returns:
        An exit code (`pipelines.exit_codes`).
    """
    parser = CommandParser(
        prog="discretion prune",
        description="Remove all but the newest nights, and what killed nights have left. The last "
        "good night stays, whatever is asked.",
        allow_abbrev=False,
    )
    parser.add_argument("--state", required=True, metavar="OUT", help="where nights are kept")
    parser.add_argument("--keep", required=True, type=int, metavar="N", help="how many nights stay")
    parser.add_argument("--dry-run", action="store_true", help="only say what would be removed")
    options = parser.parse_args(arguments)
    return run_command("prune", lambda: _run(options))


def _run(options: argparse.Namespace) -> int:
    state = options.state.rstrip("/")
    if options.keep < 1:
        raise UsageError("--keep: keep one night or more")
    if "://" in state:
        raise UsageError(
            f"{state}: only a state on a local disk is pruned; use the store's own lifecycle rules "
            "for runs/ older than LATEST"
        )
    if read_text(f"{state}/LATEST") is None:
        raise InputProblem(f"{state}: has no night yet")
    with nullcontext() if options.dry_run else locked(state):
        latest = (read_text(f"{state}/LATEST") or "").strip()
        runs = f"{state}/runs"
        if read_text(f"{runs}/{latest}/manifest.json") is None:
            raise InputProblem(f"{runs}/{latest}: LATEST names it, and it is no finished run")
        there = os.listdir(runs)
        old = old_nights(there, latest, options.keep)
        left = sorted(name for name in there if re.match(r"^_night-.*\.partial$", name))
        says = "would remove" if options.dry_run else "removed"
        for name in (*left, *old):
            if not options.dry_run:
                _remove(state, name)
            print(f"{says} {runs}/{name}")
        if not left and not old:
            print("nothing to remove")
    return ExitCode.OK


def old_nights(there: Sequence[str], latest: str, keep: int) -> list[str]:
    """The nights to remove, oldest first.

    Args:
        there: Names of the runs.
        latest: The last good night, which stays.
        keep: How many stay, it among them.
    """
    nights = sorted((name for name in there if _NIGHT.match(name)), key=_order)
    others = [name for name in nights if name != latest]
    return others[: max(0, len(others) - (keep - 1))]


def _order(name: str) -> tuple[datetime.date, int]:
    found = _NIGHT.match(name)
    assert found is not None
    return datetime.date.fromisoformat(found[1]), int(found[2] or 1)


def _remove(state: str, name: str) -> None:
    """Remove a run; ended half way, it leaves what the next night or prune removes."""
    gone = name
    if not name.startswith("_"):
        gone = f"_{name}.partial"
        os.rename(f"{state}/runs/{name}", f"{state}/runs/{gone}")
    shutil.rmtree(f"{state}/runs/{gone}")
    for what in ("batches", "changes", "recommendations"):
        # A watch on that night has ended: there is a later one.
        shutil.rmtree(f"{state}/watch/{what}/{name}", ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
