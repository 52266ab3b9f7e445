"""Release checks of an import: the one before it is read, and what differs is written and shown."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import polars as pl

from pipelines.cli.table import paragraph, table_lines
from pipelines.cli.words import counted
from pipelines.runs.frames import part_frames
from pipelines.runs.whole_directory import WholeDirectory
from schemas.errors import InputError
from schemas.import_manifest import ImportManifest
from schemas.release_checks import CodeCheck, ReleaseChecks
from schemas.shown import shown
from transforms.eoir.release_checks import compare_imports, sum_up
from transforms.files import storage

MANIFEST, CHECKS, PAGE, VANISHED = "manifest.json", "checks.json", "checks.html", "vanished.csv"
_ID = pl.Schema({"case_id": pl.String})
_MOST = 8


def load_import(where: str) -> tuple[str, ImportManifest]:
    """Load an import: its directory and manifest.

    Raises:
        InputError: There is no import.
    """
    folder = where.rstrip("/")
    manifest = f"{folder}/{MANIFEST}"
    if not storage.exists(manifest):
        raise InputError(f"{where}: no finished import there (an import has a {MANIFEST})")
    try:
        return folder, ImportManifest.model_validate_json(storage.read_bytes(manifest))
    except ValueError:
        raise InputError(
            f"{manifest}: is damaged, of another version, or not an import's"
        ) from None


def check_import(
    place: WholeDirectory, manifest: ImportManifest, against: tuple[str, ImportManifest]
) -> ReleaseChecks:
    """Compare an unfinished import with the one before it, and write what differs.

    Args:
        place: The import, unfinished; it gets `checks.json`, `checks.html`, and `vanished.csv`.
        manifest: Its manifest.
        against: The directory and the manifest of the one before.

    Returns:
        What differs.

    Raises:
        InputError: The two can't be compared.
    """
    # Imported here so that an import that isn't checked doesn't wait for the page's templates.
    from transforms.eoir.checks_page import checks_page

    folder, before = against
    if before.pending_on != manifest.pending_on:
        raise InputError(
            f"--against: {folder} is for {before.pending_on or 'every case'}, and this import is "
            f"for {manifest.pending_on or 'every case'}; compare imports of the same day"
        )
    compared = compare_imports(
        manifest,
        before,
        sum_up(part_frames(place.partial, "cases", "case_record"), manifest.started.date()),
        sum_up(part_frames(folder, "cases", "case_record"), before.started.date()),
        _vanished(folder),
        folder,
    )
    place.write(CHECKS, compared.checks.model_dump_json(indent=2) + "\n")
    place.write(PAGE, checks_page(compared.checks))
    place.write(VANISHED, compared.vanished.to_frame().write_csv())
    return compared.checks


def leave_page(final: str, checks: ReleaseChecks) -> str:
    """Write the page of checks that stopped an import, beside where the import would be.

    Args:
        final: The directory that the import would have.
        checks: What differs.

    Returns:
        The page: `FINAL-checks.html`, or with a number, if there is one of an earlier try.
    """
    from pipelines.runs.new_file import write_new
    from transforms.eoir.checks_page import checks_page

    names = itertools.chain(
        [f"{final}-checks.html"], (f"{final}-checks-{number}.html" for number in itertools.count(2))
    )
    page = next(name for name in names if not storage.exists(name))
    write_new(page, checks_page(checks, stopped=True).encode())
    return page


def _vanished(folder: str) -> pl.Series:
    """Return the ids that an import noted as gone; none if it wasn't compared with another."""
    path = f"{folder}/{VANISHED}"
    if not storage.exists(path):
        return _ID.to_frame()["case_id"]
    try:
        return pl.read_csv(storage.read_bytes(path), schema=_ID)["case_id"]
    except pl.exceptions.PolarsError:
        raise InputError(f"{path}: is damaged; the import it belongs to made it") from None


def checks_lines(checks: ReleaseChecks) -> Iterator[str]:
    """Write the checks for a terminal: what needs a look, and the cases that came and went."""
    cases = checks.cases
    yield paragraph(
        f"Against {shown(checks.against)}: {counted(cases.new, 'new case')}, "
        f"{cases.vanished:,} vanished, {cases.reappeared:,} reappeared."
    )
    rows = [
        (one.table, [_number(one.before), _number(one.now), _number(one.stated)])
        for one in checks.tables
        if one.level != "fine"
    ]
    yield from _table("Tables to look at", ["rows\nbefore", "rows now", "stated"], rows)
    rows = [
        (_value(one), [_share(one.before), _share(one.now), one.level])
        for one in checks.codes
        if one.level != "fine"
    ]
    yield from _table("Values that couldn't be read", ["before", "now", "level"], rows)
    rows = [
        (one.field, [_share(one.before), _share(one.now)])
        for one in checks.fields
        if one.level != "fine"
    ]
    yield from _table("Fields that cases lack", ["before", "now"], rows)
    rows = [
        (one.field, [str(one.before or "none"), str(one.now or "none")])
        for one in checks.days
        if one.level != "fine"
    ]
    yield from _table("Newest day, not later than before", ["before", "now"], rows)
    rows = [(shown(one.name), [one.change]) for one in checks.columns]
    yield from _table("Tables and columns", ["change"], rows)


def _table(title: str, heads: list[str], rows: list[tuple[str, list[str]]]) -> Iterator[str]:
    if rows:
        yield ""
        yield from table_lines(title, heads, rows[:_MOST])
        if len(rows) > _MOST:
            yield f"  and {len(rows) - _MOST} more: see {PAGE}"


def _value(one: CodeCheck) -> str:
    return f"{one.column}: {one.reason.lower().replace('_', ' ')}"


def _number(number: int | None) -> str:
    return "none" if number is None else f"{number:,}"


def _share(share: float) -> str:
    return f"{100 * share:.2f}\N{NO-BREAK SPACE}%"
