"""Make an invented release in the format of the court's public data, messy on purpose."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.cli import declare
from pipelines.cli.command import Command
from pipelines.cli.exit_codes import ExitCode
from schemas.errors import OutputError

if TYPE_CHECKING:
    from transforms.frames.frame import Frame

BLOCK = 20_000
JUVENILE_LOOKUP = (
    "idnJuvenile\tstrCode\tstrDescription\n"
    "1\tUJ\tUnaccompanied Juvenile\n"
    "2\tAJ\tAccompanied Juvenile\n"
    "3\tJ1\tReleased to guardian or turned 18\n"
)


@dataclass(frozen=True, kw_only=True)
class Options:
    """How many cases, how messy, and where they are written."""

    output: str = declare.option("a new or empty directory", metavar="DIR")
    cases: int = declare.number(10_000)
    seed: int = declare.number(2011)
    as_published: int | None = declare.option(
        "plant the closures by discretion that were published for October 2011 to December 2013, "
        "divided by N; the number of cases follows from them, and the data is clean",
        default=None, type=int, metavar="N",
    )  # fmt: skip
    tidy: bool = declare.switch("make clean data, without an agency's mess")


def _run(options: Options) -> int:
    # Imported here so that --help doesn't wait for it.
    from transforms.eoir.planted import planted

    folder = Path(options.output)
    if options.cases < 1 or (options.as_published is not None and options.as_published < 1):
        raise OutputError("--cases and --as-published are at least 1")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise OutputError(f"{folder}: is not empty; give a new directory")
        if options.as_published is None:
            cases = options.cases
            rows = write_release(folder, cases, options.seed, tidy=options.tidy)
        else:
            plan = planted(options.as_published, options.seed)
            cases = plan.height
            rows = write_release(folder, cases, options.seed, tidy=True, plan=plan)
    except OSError as error:
        raise OutputError(f"{folder}: cannot be written ({error.strerror})") from None
    print(f"{sum(rows.values()):,} rows of {cases:,} cases in {len(rows)} tables in {folder}")
    return ExitCode.OK


def write_release(
    folder: Path,
    cases: int,
    seed: int,
    *,
    tidy: bool,
    tabbed: float | None = None,
    plan: Frame | None = None,
) -> dict[str, int]:
    """Write a release.

    Args:
        folder: An empty directory.
        cases: The number of cases.
        seed: The seed for all random choices.
        tidy: Whether to make clean data.
        tabbed: The share of rows with a stray tab; None for real releases' share.
        plan: What is planted, a row per case (`transforms.eoir.planted.planted`).

    Returns:
        Rows by table.
    """
    from schemas.eoir.headers import HEADERS
    from transforms.eoir.mess import TABBED, messy_lines, tidy_lines
    from transforms.eoir.release import release_rows

    tabbed = TABBED if tabbed is None else tabbed
    counts = dict.fromkeys(HEADERS, 0)
    for table, header in HEADERS.items():
        (folder / f"{table}.csv").write_text("\t".join(header) + "\n")
    for first in range(0, cases, BLOCK):
        part = None if plan is None else plan[first : first + BLOCK]
        made = release_rows(seed, first, min(BLOCK, cases - first), part)
        for number, (table, rows) in enumerate(made.items()):
            mess = (seed, first, number)
            lines = tidy_lines(rows) if tidy else messy_lines(rows, table, mess, tabbed)
            with (folder / f"{table}.csv").open("ab") as file:
                file.write(lines)
            counts[table] += rows.height
    (folder / "Lookup").mkdir()
    (folder / "Lookup" / "tblLookup_Juvenile.csv").write_text(JUVENILE_LOOKUP)
    (folder / "Count.txt").write_text(
        "".join(f"{table}.csv\t{count}\n" for table, count in counts.items())
    )
    return counts


main = Command(
    "eoir-release",
    __doc__,
    Options,
    _run,
    program="scripts/",
).main

if __name__ == "__main__":
    sys.exit(main())
