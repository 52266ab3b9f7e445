"""Tabulate what each built-in rulebook recommends for the sample and for an imported release.

The shares are of invented cases: they show how a rulebook behaves, not how a docket would. Every
case is assessed as of the first day on which the rulebook was in force.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipelines.cli import declare
from pipelines.cli.command import Command
from pipelines.cli.exit_codes import ExitCode
from schemas.errors import InputError, OutputError
from schemas.outcomes import ROUTES, STATES
from schemas.rulebooks import load, names
from scripts.marks import NoMarksError, between_marks

PENDING_ON = "2011-11-17"
HEADS = (
    "rulebook",
    "close",
    "continue",
    "expedite",
    "on the record",
    "after checks",
    "open",
    "needs review",
)


@dataclass(frozen=True, kw_only=True)
class Options:
    """How many cases, and which rulebooks."""

    cases: int = declare.number(20_000)
    rulebook: tuple[str, ...] = declare.option(
        "use only this rulebook; may be repeated", default=(), action="append", choices=names()
    )
    into: str | None = declare.option(
        "put the tables into this Markdown page", default=None, metavar="PAGE"
    )


def _run(options: Options) -> int:
    chosen = options.rulebook or names()
    lines: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        for title, cases in _inputs(Path(folder), options.cases):
            for line in ("", title, "", *_table(cases, chosen, Path(folder))):
                print(line, flush=True)
                lines.append(line)
    if options.into is not None:
        try:
            between_marks(Path(options.into), "shares", "\n".join([*lines[1:], ""]))
        except (NoMarksError, OSError) as error:
            raise OutputError(f"{options.into}: {error}") from None
    return ExitCode.OK


def _inputs(folder: Path, cases: int) -> Iterator[tuple[str, Path]]:
    """Make the sample and an imported release, each with a line that describes it."""
    _command("pipelines.commands.sample", "--output", folder / "sample", "--cases", cases)
    yield f"The sample of {cases:,} cases:", folder / "sample"
    _command("scripts.eoir_release", "--output", folder / "release", "--cases", cases)
    _command(
        "pipelines.import_eoir",
        *(folder / "release", "--output", folder / "docket", "--pending-on", PENDING_ON),
    )
    title = f"An invented release of {cases:,} cases, those pending on {PENDING_ON} imported:"
    yield title, folder / "docket"


def _table(cases: Path, chosen: Sequence[str], folder: Path) -> Iterator[str]:
    yield f"| {' | '.join(HEADS)} |"
    yield f"|---|{'---:|' * (len(HEADS) - 1)}"
    for name in chosen:
        manifest = _assessed(cases, name, folder / f"{cases.name}-{name}")
        states = manifest["states"]
        counts = [
            *(sum(states.get(route, {}).values()) for route in ROUTES),
            *(sum(states.get(route, {}).get(state, 0) for route in ROUTES) for state in STATES),
            sum(manifest["needs_review"].values()),
        ]
        whole = sum(counts[: len(ROUTES)])
        shares = (f"{100 * count / whole:.1f} %" for count in counts)
        yield f"| `{name}` | {' | '.join(shares)} |"


def _assessed(cases: Path, name: str, output: Path) -> dict[str, Any]:
    since = load(name).rulebook.in_force[0].since
    _command(
        "pipelines.backlog",
        *("--input", cases, "--output", output, "--rulebook", name),
        *("--as-of", since, "--run-id", "shares"),
    )
    manifest: dict[str, Any] = json.loads((output / "runs/shares/manifest.json").read_text("utf-8"))
    return manifest


def _command(module: str, *arguments: object) -> None:
    """Run one of the project's commands as a user would, discarding its output."""
    done = subprocess.run(
        [sys.executable, "-m", module, *map(str, arguments)], capture_output=True, text=True
    )
    if done.returncode not in (ExitCode.OK, ExitCode.DAMAGED):
        raise InputError(f"{module} failed: {done.stderr.strip()}")


main = Command("shares", __doc__, Options, _run, program="scripts/").main

if __name__ == "__main__":
    sys.exit(main())
