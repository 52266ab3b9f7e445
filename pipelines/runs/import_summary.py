"""The summary of an import, for a person."""

from __future__ import annotations

from rich.table import Table

from pipelines.cli.console import SafeConsole
from pipelines.cli.words import counted
from schemas.import_manifest import ImportManifest
from schemas.shown import shown

_COLUMNS = (
    "read",
    "used",
    "not_pending",
    "after",
    "no_case",
    "repeated",
    "quarantined",
    "repaired",
)
_MOST = 8
_LONGEST = 60


def print_import(output: str, manifest: ImportManifest, *, as_json: bool) -> None:
    """Print what happened to the rows of a release, or the manifest.

    Args:
        output: The directory of the records.
        manifest: What was done.
        as_json: Whether to print the manifest as JSON.
    """
    if as_json:
        print(manifest.model_dump_json(indent=2, ensure_ascii=True))
        return
    console = SafeConsole()
    # Piped output has no width of its own, and a shortened name is useless.
    console.width = max(console.width, 120)
    day = manifest.pending_on
    what = f"pending on {day}" if day else "every case, as of the release"
    console.print(f"\n{counted(manifest.cases, 'case')}, {what}\n")
    if manifest.outcomes is not None:
        console.print(
            f"{counted(manifest.outcomes, 'outcome')} from {manifest.outcomes_from} to "
            f"{manifest.outcomes_to}, each with its case as of the day before\n"
        )
    # A column without any counts only takes up space.
    columns = [
        name
        for name in _COLUMNS
        if name in ("read", "used") or any(getattr(t, name) for t in manifest.tables.values())
    ]
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("rows of")
    for name in columns:
        table.add_column(name.replace("_", " "), justify="right")
    for name, counts in manifest.tables.items():
        table.add_row(shown(name), *(f"{getattr(counts, column):,}" for column in columns))
    console.print(table)
    for name, counts in manifest.tables.items():
        if counts.expected is not None and counts.expected != counts.read:
            console.print(
                f"{name}: Count.txt says {counted(counts.expected, 'row')}, "
                f"but there are {counts.read:,}"
            )
    for name in manifest.missing_tables:
        console.print(f"{name}: not in the release, so what it would say is unknown")
    for name, missing in manifest.missing_columns.items():
        console.print(f"{name}: has no {', '.join(missing)}; unknown")
    for name, unknown in manifest.unknown_columns.items():
        named = ", ".join(shown(column[:_LONGEST]) for column in unknown[:_MOST])
        more = f" and {len(unknown) - _MOST:,} more" if len(unknown) > _MOST else ""
        console.print(f"{name}: {named}{more}: not known; nothing in it was read")
    for title, numbers in (
        ("quarantined", manifest.quarantine),
        ("set to unknown", manifest.warnings),
    ):
        if numbers:
            rows = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
            rows.add_column(title, min_width=44)
            rows.add_column("rows", justify="right")
            for name, count in list(numbers.items())[:_MOST]:
                rows.add_row(shown(name), f"{count:,}")
            console.print(rows)
    rate = sum(t.read for t in manifest.tables.values()) / max(manifest.seconds, 0.001)
    console.print(f"{manifest.seconds:,.1f} seconds, {rate:,.0f} rows a second")
    folders = "cases,quarantine" if manifest.outcomes is None else "cases,outcomes,quarantine"
    console.print(f"files: {shown(output)}/{{{folders}}}/, {shown(output)}/manifest.json")
