"""Tables among a run's inputs: made into case files in the run's directory, then read as such."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import NamedTuple

from pipelines.cli.complain import complain
from pipelines.cli.exit_codes import ExitCode
from pipelines.runs.imported_tables import ImportedTable, import_table, refused_cells
from pipelines.runs.table_lines import refused_file_line, refused_line
from schemas.errors import InputError
from schemas.manifest import InputFile, Manifest
from transforms.files.find import ENDING, FoundFile, find_files
from transforms.files.storage import is_local, make_directory, remove, size_of
from transforms.tables.endings import is_table
from transforms.tables.forms import CASES_SHEET

_FOLDER = "_imported"


class Inputs(NamedTuple):
    """What a user names as input: tables, and the patterns of other files."""

    tables: tuple[str, ...]
    others: tuple[str, ...]


class ReadTables(NamedTuple):
    """Tables whose case records are in the run's directory.

    Args:
        files: The Avro files made of them.
        tables: The tables, one per file.
    """

    files: tuple[FoundFile, ...] = ()
    tables: tuple[ImportedTable, ...] = ()


def split_inputs(patterns: Sequence[str]) -> Inputs:
    """Tell tables from other input, by their endings, or by the cases.csv in a folder.

    Args:
        patterns: Files, folders, or patterns.

    Raises:
        InputError: A pattern finds nothing, or a folder has both kinds of files.
    """
    tables: dict[str, None] = {}
    others = []
    for pattern in patterns:
        if is_table(pattern):
            is_pattern = any(mark in pattern for mark in "*?[") and not os.path.lexists(pattern)
            named = [file.path for file in find_files([pattern]).files] if is_pattern else [pattern]
            tables |= dict.fromkeys(named)
        elif _is_folder_of_tables(pattern):
            tables[pattern.rstrip("/")] = None
        else:
            others.append(pattern)
    return Inputs(tuple(tables), tuple(others))


def refuse_tables(patterns: Sequence[str]) -> None:
    """Refuse tables where only case files are read, and say how to make these.

    Raises:
        InputError: A pattern names a table.
    """
    for table in split_inputs(patterns).tables:
        raise InputError(
            f"{table}: is not an Avro file; `discretion import-cases {table} --output DIR` makes "
            "case files of it, in DIR/cases"
        )


def _is_folder_of_tables(path: str) -> bool:
    if not is_local(path) or not os.path.isdir(path):
        return False
    names = sorted(os.listdir(path))
    has_avro = any(name.lower().endswith(ENDING) for name in names)
    if f"{CASES_SHEET}.csv" in map(str.lower, names):
        if has_avro:
            raise InputError(f"{path}: has {CASES_SHEET}.csv and {ENDING} files; name each to read")
        return True
    tables = [name for name in names if is_table(name)]
    if tables and not has_avro and not any(os.path.isdir(f"{path}/{name}") for name in names):
        # Nobody can tell which of them are cases.
        raise InputError(f"{path}: has no {ENDING} file; to read {tables[0]}, name the file itself")
    return False


def read_tables(tables: Sequence[str], root: str) -> ReadTables:
    """Make case files of tables, in the directory of an unfinished run.

    Args:
        tables: Their paths.
        root: The directory, which also gets the list of refused cells.

    Raises:
        InputError: A table can't be read.
    """
    if not tables:
        return ReadTables()
    folder = f"{root}/{_FOLDER}"
    make_directory(folder)
    made, files = [], []
    with refused_cells(root) as refused:
        for number, path in enumerate(tables):
            target = f"{folder}/{number:05d}{ENDING}"
            made.append(import_table(path, target, refused))
            files.append(FoundFile(target, size_of(target)))
    return ReadTables(tuple(files), tuple(made))


def original_inputs(inputs: dict[str, InputFile], read: ReadTables) -> tuple[InputFile, ...]:
    """Return a run's input files by name, with the tables instead of the files made of them."""
    made = {file.name for file in read.files}
    kept = [file for name, file in inputs.items() if name not in made]
    theirs = [file for table in read.tables for file in table.inputs]
    return tuple(sorted([*kept, *theirs], key=lambda file: file.path))


def remove_made(root: str) -> None:
    """Remove the files made of tables: the run's snapshot has their records."""
    remove(f"{root}/{_FOLDER}")


def report_refused(command: str, manifest: Manifest, run: str) -> ExitCode:
    """Report on standard error which tables had refused cells.

    Args:
        command: The command's name.
        manifest: The run's manifest.
        run: The run's directory.

    Returns:
        The exit code of such a run.
    """
    tables = [table for table in manifest.tables if table.refused_cells]
    for table in tables:
        complain(command, refused_file_line(table, run))
    return ExitCode.DAMAGED if tables else ExitCode.OK


def complain_of_refused(command: str, manifest: Manifest) -> ExitCode:
    """Report the first refused cells on standard error, for a run that isn't kept.

    Args:
        command: The command's name.
        manifest: The run's manifest.

    Returns:
        The exit code of such a run.
    """
    tables = [table for table in manifest.tables if table.refused_cells]
    for table in tables:
        for cell in table.first_refused:
            complain(command, f"{table.path}: {refused_line(cell)}")
        if (more := table.refused_cells - len(table.first_refused)) > 0:
            complain(command, f"{table.path}: {more:,} more; import-cases lists them all")
    return ExitCode.DAMAGED if tables else ExitCode.OK
