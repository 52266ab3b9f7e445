"""The summary of a run that a person can read."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table

from pipelines.cli.console import SafeConsole, shown
from pipelines.nights.summary import print_night
from pipelines.runs.damage import unread_lines
from schemas.manifest import Manifest
from schemas.outcomes import ROUTES
from schemas.rulebook_compile import CompiledRulebook

MOST = 10


def print_run(
    run: str, manifest: Manifest, rulebook: CompiledRulebook | None = None, *, as_json: bool
) -> None:
    """Print a run's manifest for machines, or its summary (`print_summary`)."""
    if as_json:
        print(manifest.model_dump_json(indent=2, ensure_ascii=True))
    else:
        print_summary(run, manifest, rulebook)


def print_summary(run: str, manifest: Manifest, rulebook: CompiledRulebook | None = None) -> None:
    """Print what a run read, said and set aside, and where its files are.

    Args:
        run: The run's directory.
        manifest: Its manifest.
        rulebook: Its rulebook, for the titles of the criteria; None where it is not at hand.
    """
    console = SafeConsole()
    counts = manifest.counts
    routed = sum(counts.routed.values())
    presumed = "" if manifest.presume else ", no presumptions"
    console.print(f"\n{shown(manifest.rulebook.id)} as of {manifest.as_of}{presumed}")
    for notice in manifest.rulebook.notices:
        console.print(f"note: {shown(notice)}")
    if manifest.scope or manifest.courts:
        only = [part for part in (manifest.scope, ", ".join(manifest.courts or ())) if part]
        console.print(f"only: {shown('; '.join(only))}")

    table = _table("route", "cases", "share")
    for route in ROUTES:
        table.add_row(route, f"{counts.routed[route]:,}", _share(counts.routed[route], routed))
    table.add_section()
    table.add_row("routed", f"{routed:,}", "")
    for name, number in (
        ("quarantined", counts.quarantined),
        ("superseded duplicates", counts.duplicates),
        ("completed", counts.completed),
        ("out of scope", counts.out_of_scope),
    ):
        if number:
            table.add_row(name, f"{number:,}", "")
    table.add_row("records read", f"{counts.read:,}", "")
    console.print(table)

    titles = {c.id: c.criterion.title for c in rulebook.criteria} if rulebook else {}
    _most(console, "most frequent grounds", manifest.grounds, routed, titles)
    _most(console, "most often unknown", manifest.missing_facts, routed, {}, 5)
    if manifest.quarantine:
        _set_aside(console, manifest)
    if counts.unreadable_places:
        console.print(
            f"{counts.unreadable_places} unreadable places hold an unknown number of records"
        )
    for line in unread_lines(manifest)[:MOST]:
        console.print(shown(line))
    if manifest.warnings:
        _most(console, "fields set to unknown", manifest.warnings, None, {}, 5)
    console.print(
        f"{manifest.firm:,} are firm: no missing fact can change them. "
        f"{manifest.look:,} are marked for a person's look{_why_look(rulebook)}."
    )
    if manifest.nightly is not None:
        print_night(console, manifest.nightly)
    rate = counts.read / manifest.seconds if manifest.seconds else 0
    console.print(f"{manifest.seconds:,.1f} seconds, {rate:,.0f} cases a second")
    console.print("An attorney decides; these are recommendations.")
    console.print(f"files: {shown(run)}/{{{','.join(ROUTES)},quarantine,duplicates,cases}}/")


def _why_look(rulebook: CompiledRulebook | None) -> str:
    """Why a rulebook marks cases so, where it has one reason."""
    rows = [row for row in rulebook.rulebook.routing if row.needs_review] if rulebook else []
    return f": {rows[0].why.rstrip('.')}" if len(rows) == 1 else ""


def _set_aside(console: Console, manifest: Manifest) -> None:
    """Every reason: the records add up; an entry may hold many, or none of a case."""
    table = _table("set aside", "records", "entries")
    records = manifest.quarantined_records or {}
    for reason in sorted(manifest.quarantine, key=lambda reason: -records.get(reason, 0)):
        number = f"{records[reason]:,}" if reason in records else ""
        table.add_row(shown(reason), number, f"{manifest.quarantine[reason]:,}")
    console.print(table)


def _most(
    console: Console,
    title: str,
    numbers: dict[str, int],
    whole: int | None,
    titles: dict[str, str],
    most: int = MOST,
) -> None:
    if not numbers:
        return
    table = _table(title, "cases", "share" if whole else "")
    for name, number in list(numbers.items())[:most]:
        label = f"{name}  {titles[name]}" if name in titles else name
        table.add_row(shown(label), f"{number:,}", _share(number, whole) if whole else "")
    console.print(table)


def _table(first: str, *others: str) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(first, min_width=34, no_wrap=False)
    for other in others:
        table.add_column(other, justify="right")
    return table


def _share(number: int, whole: int | None) -> str:
    return f"{100 * number / whole:.1f} %" if whole else ""
