"""Take the decisions in a worklist as reviews, for the nights."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass

from pipelines.cli import declare
from pipelines.cli.command import Command
from pipelines.cli.complain import complain
from pipelines.cli.exit_codes import ExitCode
from schemas.shown import shown


@dataclass(frozen=True, kw_only=True)
class Options:
    """Which worklist, and where the reviews go."""

    worklist: str = declare.argument(
        "a worklist in which decisions were filled in", metavar="FILE.xlsx|FILE.csv"
    )
    output: str = declare.option(
        "the directory of review files, as `nightly --reviews` takes it",
        type=declare.place,
        metavar="DIR",
    )
    readable_by: str | None = declare.readable_by()


def _run(options: Options) -> int:
    # Imported here so that --help doesn't wait for them.
    from pipelines.exports.decided import read_decisions
    from pipelines.exports.review_files import write_reviews

    book = read_decisions(options.worklist)
    made = sum(one.reviews.height for one in book.decided)
    written = write_reviews(options.output.rstrip("/"), book)
    for note in book.notes:
        print(f"{shown(options.worklist)}: {shown(note)}")
    for sheet, name, meant in book.unknown:
        hint = f"; did you mean {meant}?" if meant else ""
        print(f"{shown(sheet)}: the column {shown(name)} isn't read{hint}")
    for cell in book.refused:
        column = f"column {cell.column} ({cell.name})" if cell.column else cell.name
        place = f"{shown(cell.sheet)}, row {cell.row:,}, {column}"
        print(f"{place}: {cell.wrong}; allowed: {cell.allowed}")
    counts = {
        "without a decision": sum(one.undecided for one in book.decided),
        "not taken": sum(one.incomplete for one in book.decided),
        "repeated": sum(one.repeated for one in book.decided),
    }
    rest = "".join(f", {number:,} {name}" for name, number in counts.items() if number)
    print(f"{_rows(sum(counts.values()) + made)}: {made:,} decided{rest}")
    if written is not None:
        again = " (it was there already)" if written.was_there else ""
        print(f"{shown(os.fspath(written.path))}{again}")
    if not book.refused:
        return ExitCode.OK
    number = len(book.refused)
    cells = "1 cell was" if number == 1 else f"{number:,} cells were"
    # Where both streams go to one file, the cells come before their number.
    sys.stdout.flush()
    complain("import-reviews", f"{options.worklist}: {cells} refused")
    return ExitCode.DAMAGED


def _rows(number: int) -> str:
    return "1 row" if number == 1 else f"{number:,} rows"


main = Command(
    "import-reviews",
    __doc__,
    Options,
    _run,
).main

if __name__ == "__main__":
    sys.exit(main())
