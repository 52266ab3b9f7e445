"""Make an invented release in the format of the court's public data, messy on purpose."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

from pipelines.cli import declare
from pipelines.cli.command import Command
from pipelines.cli.exit_codes import ExitCode
from schemas.errors import OutputError

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
    tidy: bool = declare.switch("make clean data, without an agency's mess")


def _run(options: Options) -> int:
    folder = Path(options.output)
    if options.cases < 1:
        raise OutputError("--cases is at least 1")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise OutputError(f"{folder}: is not empty; give a new directory")
        rows = write_release(folder, options.cases, options.seed, tidy=options.tidy)
    except OSError as error:
        raise OutputError(f"{folder}: cannot be written ({error.strerror})") from None
    print(
        f"{sum(rows.values()):,} rows of {options.cases:,} cases in {len(rows)} tables in {folder}"
    )
    return ExitCode.OK


def write_release(
    folder: Path, cases: int, seed: int, *, tidy: bool, tabbed: float | None = None
) -> dict[str, int]:
    """Write a release.

    Args:
        folder: An empty directory.
        cases: The number of cases.
        seed: The seed for all random choices.
        tidy: Whether to make clean data.
        tabbed: The share of rows with a stray tab; None for real releases' share.

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
        for number, (table, rows) in enumerate(
            release_rows(seed, first, min(BLOCK, cases - first)).items()
        ):
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
