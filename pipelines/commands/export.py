"""Write a run as a worklist for a spreadsheet, or as tables for other programs."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.cli import declare
from pipelines.cli.command import Command
from pipelines.cli.exit_codes import ExitCode
from pipelines.exports.share_key import new_key, read_key, write_key
from schemas.errors import UsageError
from schemas.outcomes import Route
from schemas.shown import shown

if TYPE_CHECKING:
    from pipelines.exports.write import Export

FORMATS = ("csv", "xlsx", "parquet", "duckdb")
# What is to be done comes first.
ORDER: tuple[Route, ...] = ("close", "expedite", "continue")


@dataclass(frozen=True, kw_only=True)
class Options:
    """Which run, which of its cases, and in which form."""

    run: str = declare.run()
    format: str | None = declare.option(
        "csv, xlsx, parquet, or duckdb; default: as the file's name ends",
        default=None,
        choices=FORMATS,
        metavar="FORMAT",
    )
    output: str = declare.option("the new file", type=declare.place, metavar="FILE")
    route: tuple[Route, ...] | None = declare.routes()
    courts: tuple[str, ...] | None = declare.courts("only these courts' cases")
    share: bool = declare.switch(
        "make a copy to give away: pseudonyms, no facts of a case, small cells pooled"
    )
    share_key: str | None = declare.option(
        "the key of the pseudonyms, made if it isn't there; default: the output and .key",
        default=None,
        type=declare.place,
        metavar="FILE",
    )
    readable_by: str | None = declare.readable_by()


def _run(options: Options) -> int:
    # Imported here so that --help doesn't wait for them.
    from pipelines.cli.progress import Progress, Stage
    from pipelines.exports.about import README
    from pipelines.exports.not_routed import not_listed
    from pipelines.exports.ordered import Ordered, Wanted
    from pipelines.exports.write import Export
    from pipelines.runs.run import load_run, needed_rulebook
    from pipelines.runs.whole_file import whole_file

    form = _form(options)
    if options.share_key and not options.share:
        raise UsageError("--share-key: is for --share")
    run, manifest = load_run(options.run)
    rulebook = needed_rulebook(run, manifest)
    routes = tuple(route for route in ORDER if route in (options.route or ORDER))
    key_file = options.share_key or f"{options.output}.key"
    known = read_key(key_file) if options.share else None
    key = (known or new_key()) if options.share else None
    name = os.path.basename(options.output)
    readmes = (name + README,) if form == "csv" else ()
    with (
        whole_file(options.output, readmes) as place,
        Progress([Stage("cases", "writing", "cases")]),
    ):
        ordered = Ordered.of(Wanted(run, routes, options.courts), key)
        export = Export(manifest, rulebook, ordered, f"{place}.aside", key)
        export.write(form, f"{place}/{name}")
        for readme in readmes:
            Path(place, readme).write_text(export.readme(), "utf-8")
        if key is not None and known is None:
            write_key(key_file, key)
    print(f"{ordered.places.height:,} cases in {shown(options.output)}")
    if others := not_listed(manifest, ordered.places.height):
        print(_where(form, export, others))
    if options.share:
        print(f"the key of the pseudonyms is in {shown(key_file)}; keep it to yourself")
    return ExitCode.OK


def _where(form: str, export: Export, others: str) -> str:
    """Say where the records are that aren't among the cases of an export."""
    has_tables = export.key is None and export.is_whole
    if form == "duckdb" and has_tables:
        return f"in tables of their own: {others}"
    also = "; with --format duckdb, they have tables of their own" * has_tables
    return f"not in it: {others}{also if form == 'parquet' else ''}"


def _form(options: Options) -> str:
    """The format that is asked for, or that the file's name has."""
    ending = os.path.splitext(options.output)[1].lower().removeprefix(".")
    if options.format is None and ending not in FORMATS:
        raise UsageError(f"--format: give {', '.join(FORMATS[:-1])}, or {FORMATS[-1]}")
    form = options.format or ending
    if ending in FORMATS and ending != form:
        raise UsageError(f"--output: {shown(options.output)} ends in .{ending}; give .{form}")
    return form


main = Command(
    "export",
    __doc__,
    Options,
    _run,
).main

if __name__ == "__main__":
    sys.exit(main())
