"""Compare two runs, or one run's cases under two rulebooks: who has another route, and why."""

from __future__ import annotations

import datetime
import json
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipelines.cli import declare
from pipelines.cli.command import Command
from pipelines.cli.exit_codes import ExitCode
from schemas.errors import UsageError
from schemas.shown import shown

if TYPE_CHECKING:
    from pipelines.exports.compared import Compared


@dataclass(frozen=True, kw_only=True)
class Options:
    """What is compared, and where the list goes."""

    runs: tuple[str, ...] = declare.argument(
        "two runs; or one, with --rulebooks (an output directory means its latest run)",
        nargs="+",
        metavar="RUN",
    )
    rulebooks: str | None = declare.option(
        "assess the cases of one run under these two", default=None, metavar="A,B"
    )
    as_of: datetime.date | None = declare.option(
        "with --rulebooks: assess as of this date; default: the run's",
        default=None,
        type=declare.date,
        metavar="DATE",
    )
    output: str | None = declare.option(
        "a new directory for who moved, as Avro and CSV, and the counts",
        default=None,
        type=declare.place,
        metavar="DIR",
    )
    readable_by: str | None = declare.readable_by()
    json: bool = declare.switch("print the counts as JSON")


def _run(options: Options) -> int:
    # Imported here so that --help doesn't wait for them.
    from pipelines.cli.output import print_result
    from pipelines.cli.runners import beam_arguments
    from pipelines.exports.compared_lines import compared_lines
    from pipelines.runs.whole_directory import WholeDirectory

    wanted = 2 if options.rulebooks is None else 1
    if len(options.runs) != wanted:
        raise UsageError("give two runs, or one run and --rulebooks A,B")
    if options.as_of is not None and options.rulebooks is None:
        raise UsageError("--as-of: goes with --rulebooks; each run has its own date")
    # For an object store, Beam needs its options, even if they are the defaults.
    beam_arguments([])
    place = options.output.rstrip("/") if options.output else None

    def print_it(compared: Compared) -> None:
        if options.json:
            print(json.dumps(compared.as_json()))
            return
        for line in compared_lines(compared):
            print(line)
        if place:
            print()
            print(
                f"files: {shown(place)}/{{moved/,moved.csv,routes.csv,criteria.csv,compare.json}}"
            )
        print("It recommends. An attorney decides.")

    if place is None:
        print_it(_compared(options))
        return ExitCode.OK
    directory = WholeDirectory(place, "another --output")
    with directory.alone("moved"):
        compared = _compared(options)
        compared.write(directory.partial)
        directory.write("compare.json", json.dumps(compared.as_json(), indent=2) + "\n")
        directory.close("compare.json")
    print_result("compare", f"{place} is complete", lambda: print_it(compared))
    return ExitCode.OK


def _compared(options: Options) -> Compared:
    from pipelines.cli.rulebooks import named, warn
    from pipelines.exports.about import terms
    from pipelines.exports.compared import compare, two_rulebooks, two_runs
    from pipelines.runs.run import load_run, needed_rulebook
    from schemas.rulebooks import load
    from schemas.rulebooks.in_force import outside
    from transforms.assess.frame import Terms

    found = [load_run(run) for run in options.runs]
    if options.rulebooks is None:
        sides = [
            (f"{run} ({terms(manifest)})", needed_rulebook(run, manifest))
            for run, manifest in found
        ]
        return compare(two_runs(found[0][0], found[1][0]), *sides)
    [(run, manifest)] = found
    names = [name.strip() for name in options.rulebooks.split(",") if name.strip()]
    if len(names) != 2:
        raise UsageError("--rulebooks: give two names or files, such as A,B")
    as_of = options.as_of or manifest.as_of
    books = [load(named("compare", name, as_of)) for name in names]
    for book in books:
        warn("compare", outside(book.rulebook, as_of))
    on = [Terms(book, as_of, manifest.presume) for book in books]
    sides = [(f"{book.id} as of {as_of}, on the cases of {run}", book) for book in books]
    return compare(two_rulebooks(run, on[0], on[1]), *sides)


main = Command(
    "compare",
    __doc__,
    Options,
    _run,
).main

if __name__ == "__main__":
    sys.exit(main())
