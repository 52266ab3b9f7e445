"""Make a workbook, or CSV files, to fill in with cases."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipelines.cli import declare
from pipelines.cli.command import Command
from pipelines.cli.exit_codes import ExitCode
from schemas.errors import UsageError
from schemas.shown import shown

if TYPE_CHECKING:
    from transforms.tables.forms import Form

ENDING = ".xlsx"


@dataclass(frozen=True, kw_only=True)
class Options:
    """Where to write the template."""

    workbook: str | None = declare.argument(
        "the workbook to make, such as cases.xlsx", default=None, nargs="?", metavar="FILE.xlsx"
    )
    csv: str | None = declare.option(
        "a new directory for the same as CSV files",
        default=None,
        type=declare.place,
        metavar="DIR",
    )
    rulebook: str | None = declare.option(
        "only the columns that this rulebook's rules depend on; default: every column",
        default=None,
        metavar="NAME|FILE",
    )
    readable_by: str | None = declare.readable_by()


def _run(options: Options) -> int:
    if options.workbook is None and options.csv is None:
        raise UsageError("name the workbook to make, such as cases.xlsx, or --csv DIR")
    if options.workbook is not None and not options.workbook.lower().endswith(ENDING):
        raise UsageError(f"{options.workbook}: the name of a workbook must end in {ENDING}")
    # Imported here so that --help doesn't wait for them.
    from schemas.rulebooks import load
    from transforms.tables.asked import asked_forms
    from transforms.tables.forms import forms

    sheets = forms() if options.rulebook is None else asked_forms(load(options.rulebook))
    if options.workbook is not None:
        _write_workbook(options.workbook, sheets)
    if options.csv is not None:
        _write_csv(options.csv.rstrip("/"), sheets)
    return ExitCode.OK


def _write_workbook(path: str, sheets: Mapping[str, Form]) -> None:
    from pipelines.runs.new_file import check_new, write_new
    from transforms.tables.template import template_workbook

    check_new(path)
    write_new(path, template_workbook(sheets))
    print(f"{shown(path)}: its first sheet says how to fill it in")


def _write_csv(folder: str, sheets: Mapping[str, Form]) -> None:
    from pipelines.runs.whole_directory import WholeDirectory
    from transforms.tables.template import template_csv

    directory = WholeDirectory(folder, "another --csv")
    with directory.alone(""):
        files = template_csv(sheets)
        for name, content in files.items():
            directory.write(name, content.decode())
        directory.close()
    print(f"{len(files)} CSV files in {shown(folder)}; cases.csv has a row per case")


main = Command(
    "template",
    __doc__,
    Options,
    _run,
).main

if __name__ == "__main__":
    sys.exit(main())
