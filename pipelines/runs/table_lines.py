"""What a summary says about imported tables, in lines of at most 80 columns."""

from __future__ import annotations

from collections.abc import Sequence

from pipelines.cli.table import paragraph, table_lines
from schemas.cases_manifest import CasesManifest
from schemas.shown import shown
from schemas.table_import import REASONS, REFUSED_FILE, RefusedCell, TableImport

MOST = 10
_LONGEST = 60


def table_summary(table: TableImport, folder: str) -> list[list[str]]:
    """Say what happened to a table, in paragraphs.

    Args:
        table: The table.
        folder: The directory that has the list of refused cells.
    """
    return [part for part in (_rows(table), _refused(table, folder), _others(table)) if part]


def _rows(table: TableImport) -> list[str]:
    names = ("rows", "used", "examples", "quarantined")
    shown_names = [
        name
        for name in names
        if name == "rows" or any(getattr(sheet, name) for sheet in table.sheets.values())
    ]
    rows = [
        (name, [f"{getattr(sheet, column):,}" for column in shown_names])
        for name, sheet in table.sheets.items()
        if sheet.rows > sheet.examples or name == "cases"
    ]
    cases = "1 case" if table.cases == 1 else f"{table.cases:,} cases"
    return [f"{cases} from {shown(table.path)}", *table_lines("Rows", shown_names, rows)]


def _refused(table: TableImport, folder: str) -> list[str]:
    if not table.refused_cells:
        return []
    one = table.refused_cells == 1
    title = f"Refused: {table.refused_cells:,} {'cell' if one else 'cells'}"
    lines = [f"{title}; what {'it says' if one else 'they say'} counts as not known"]
    cells = table.first_refused[:MOST]
    lines += [paragraph(f"  {refused_line(cell)}", "    ") for cell in cells]
    more = table.refused_cells - len(cells)
    lines.append(f"  {'all' if not more else f'{more:,} more'} in {shown(folder)}/{REFUSED_FILE}")
    return lines


def refused_line(cell: RefusedCell) -> str:
    """Say where a refused cell is, what kind of value it has, and what is allowed.

    Examples:
        >>> refused_line(
        ...     RefusedCell(
        ...         file="cases.xlsx", sheet="cases", row=7, column="I", title="Custody",
        ...         path="custody", reason="UNKNOWN_CODE", kind="text", allowed="Detained",
        ...     )
        ... )
        "cases, row 7, column I (Custody): text that isn't one of the values; allowed: Detained"
    """
    column = f"column {cell.column} ({cell.title})" if cell.column else shown(cell.title)
    place = f"{cell.sheet}, row {cell.row:,}, {column}"
    return f"{place}: {REASONS[cell.reason].format(kind=cell.kind)}; allowed: {cell.allowed}"


def _others(table: TableImport) -> list[str]:
    lines = [f"{shown(table.path)}: {note}" for note in table.notes]
    if table.open_lists:
        lists = ", ".join(f"{name} ({count:,})" for name, count in table.open_lists.items())
        lines.append(f"cases that may have more than is listed, unless No other says yes: {lists}")
    for column in table.unread_columns[:MOST]:
        meant = f"; did you mean {column.meant}?" if column.meant else ""
        name, what = shown(column.name[:_LONGEST]), "nothing in it was read"
        lines.append(f'{column.sheet}: the column "{name}" isn\'t in the template: {what}{meant}')
    if (more := len(table.unread_columns) - MOST) > 0:
        lines.append(f"{more:,} more columns that weren't read; manifest.json names them")
    if table.unread_sheets:
        lines.append(f"sheets that weren't read: {_names(table.unread_sheets)}")
    return [paragraph(line, "  ") for line in lines]


def refused_file_line(table: TableImport, folder: str) -> str:
    """Say in one line that cells of a table were refused, and where they are named."""
    number = table.refused_cells
    cells = "1 cell was" if number == 1 else f"{number:,} cells were"
    return f"{table.path}: {cells} refused; {folder}/{REFUSED_FILE} names each"


def print_import(output: str, manifest: CasesManifest, *, as_json: bool) -> None:
    """Print what happened to an imported table, or the manifest.

    Args:
        output: The directory of the case files.
        manifest: What was done.
        as_json: Whether to print the manifest as JSON.
    """
    if as_json:
        print(manifest.model_dump_json(indent=2, ensure_ascii=True))
        return
    folder = shown(output)
    for part in table_summary(manifest.table, output):
        print()
        print("\n".join(part))
    print()
    print(f"{manifest.seconds:,.1f} seconds")
    print(f"files: {folder}/{{cases,quarantine}}/")
    print(f"       {folder}/{{{REFUSED_FILE},manifest.json}}")
    print(f"next:  discretion backlog --input {folder}/cases --output out")


def _names(names: Sequence[str]) -> str:
    return ", ".join(shown(name[:_LONGEST]) for name in names[:MOST])
