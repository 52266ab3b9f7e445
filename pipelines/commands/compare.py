"""Compare two runs, or the same cases under two rulebooks: who has another route, and why."""

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
    from pipelines.exports.moved_cases import MovedCases


@dataclass(frozen=True, kw_only=True)
class Options:
    """What is compared, and where the list goes."""

    runs: tuple[str, ...] = declare.argument(
        "two runs; or one, with --rulebooks (an output directory means its latest run)",
        default=(),
        nargs="*",
        metavar="RUN",
    )
    input: tuple[str, ...] = declare.cases("instead of a run, with --rulebooks: ", default=())
    rulebooks: str | None = declare.option(
        "assess the same cases, of a run or of --input, under these two",
        default=None,
        metavar="A,B",
    )
    as_of: datetime.date | None = declare.option(
        "with --rulebooks: assess as of this date; default: the run's, or, with --input, the day "
        "guidance A was issued",
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
    from pipelines.exports.compared_lines import compared_lines
    from pipelines.exports.moved_cases import MovedCases
    from pipelines.runs.whole_directory import WholeDirectory
    from transforms.files.storage import remove
    from transforms.shuffle.bucket_batches import SHUFFLE

    _check(options)
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
        compared, code = _compared(options, None)
        print_it(compared)
        return code
    directory = WholeDirectory(place, "another --output")
    with directory.alone("moved", SHUFFLE):
        shuffle = f"{directory.partial}/{SHUFFLE}"
        who = MovedCases(shuffle)
        compared, code = _compared(options, who)
        who.write(directory.partial)
        compared.write(directory.partial)
        remove(shuffle)
        directory.write("compare.json", json.dumps(compared.as_json(), indent=2) + "\n")
        directory.close("compare.json")
    print_result("compare", f"{place} is complete", lambda: print_it(compared))
    return code


def _check(options: Options) -> None:
    """Refuse what doesn't say two sides."""
    given = len(options.runs), bool(options.input), options.rulebooks is not None
    if given not in ((2, False, False), (1, False, True), (0, True, True)):
        raise UsageError(
            "give two runs; or one run and --rulebooks A,B; or --input FILES and --rulebooks A,B"
        )
    if options.as_of is not None and options.rulebooks is None:
        raise UsageError("--as-of: goes with --rulebooks; each run has its own date")


def _compared(options: Options, who: MovedCases | None) -> tuple[Compared, int]:
    """Compare; the second value is the exit code, which tells whether all input was read."""
    from pipelines.commands.compare_sides import inputs_compared, run_compared, runs_compared
    from pipelines.runs.run import load_run

    if options.rulebooks is None:
        first, second = map(load_run, options.runs)
        return runs_compared(first, second, who), ExitCode.OK
    names = [name.strip() for name in options.rulebooks.split(",") if name.strip()]
    if len(names) != 2:
        raise UsageError("--rulebooks: give two names or files, such as A,B")
    if options.input:
        return inputs_compared(options.input, names, options.as_of, who)
    [found] = map(load_run, options.runs)
    return run_compared(*found, names, options.as_of, who), ExitCode.OK


main = Command(
    "compare",
    __doc__,
    Options,
    _run,
).main

if __name__ == "__main__":
    sys.exit(main())
