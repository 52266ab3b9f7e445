"""The summary of a run that a person can read."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table

from pipelines.cli.console import SafeConsole, shown
from pipelines.nights.summary import print_night
from pipelines.runs.damage import unread_lines
from pipelines.runs.unread_fields import unread_field_lines
from schemas.conflicts import CONFLICTS
from schemas.facts import FACTS
from schemas.manifest import Manifest
from schemas.outcomes import ROUTES, STATE_TEXTS, State
from schemas.rulebook_compile import CompiledRulebook

MOST = 10
STATE_NAMES: dict[State, str] = {
    "ON_THE_RECORD": "on the record",
    "AFTER_CHECKS": "after checks",
    "OPEN": "open",
}
REVIEW_NAMES = {
    "CONFLICT": "facts that conflict",
    "TABLE": "what the routing table leaves to a person",
    "RULE": "a rule of the rulebook",
    "JUDGMENT": "words that a person must judge",
    "MARKER": "a marker for an adverse fact that is not known",
}


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

    table = _table("route", "cases", "share", *STATE_NAMES.values(), "needs review")
    for route in ROUTES:
        number, states = counts.routed[route], manifest.states[route]
        split = [*(states.get(state, 0) for state in STATE_NAMES), manifest.needs_review[route]]
        table.add_row(route, f"{number:,}", _share(number, routed), *(f"{n:,}" for n in split))
    table.add_section()
    totals = [
        sum(states.get(state, 0) for states in manifest.states.values()) for state in STATE_NAMES
    ]
    totals.append(sum(manifest.needs_review.values()))
    table.add_row("routed", f"{routed:,}", "", *(f"{number:,}" for number in totals))
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
    _ask_first(console, manifest)
    _most(console, "most frequent reasons", manifest.reasons, routed, titles)
    _most(console, "one answer could settle", _labels(manifest.settling_facts), routed, {}, 5)
    if manifest.forms:
        forms = {form.replace("_", " ").lower(): n for form, n in manifest.forms.items()}
        _most(console, "form of the outcome", forms, routed, {})
    if manifest.review_reasons:
        kinds = {REVIEW_NAMES[kind]: n for kind, n in manifest.review_reasons.items()}
        _most(console, "needs human review for", kinds, routed, {})
    if manifest.conflicts:
        conflicts = {CONFLICTS[name].says: n for name, n in manifest.conflicts.items()}
        _most(console, "records that conflict", conflicts, routed, {}, 5)
    if manifest.quarantine:
        _set_aside(console, manifest)
    if counts.unreadable_places:
        console.print(
            f"{counts.unreadable_places} unreadable places hold an unknown number of records"
        )
    for line in unread_lines(manifest)[:MOST]:
        console.print(shown(line))
    for line in unread_field_lines(manifest):
        console.print(shown(line))
    if manifest.warnings:
        _most(console, "fields set to unknown", manifest.warnings, None, {}, 5)
    for state in STATE_NAMES:
        console.print(STATE_TEXTS[state])
    if manifest.nightly is not None:
        print_night(console, manifest.nightly)
    rate = counts.read / manifest.seconds if manifest.seconds else 0
    console.print(f"{manifest.seconds:,.1f} seconds, {rate:,.0f} cases a second")
    console.print("An attorney decides; these are recommendations.")
    console.print(f"files: {shown(run)}/{{{','.join(ROUTES)},quarantine,duplicates,cases}}/")


def _ask_first(console: Console, manifest: Manifest) -> None:
    """What to ask before anybody accelerates a case that leans on what is presumed absent."""
    leaning = manifest.states["expedite"].get("AFTER_CHECKS", 0)
    if leaning and manifest.ask_first:
        console.print(
            f"[bold]{leaning:,} of the cases to expedite lean on what is presumed absent.[/] "
            "Ask before anybody accelerates them:"
        )
        _most(console, "ask first", _labels(manifest.ask_first), leaning, {}, 5)


def _labels(numbers: dict[str, int]) -> dict[str, int]:
    """Facts by what a person calls them."""
    return {FACTS[name].label if name in FACTS else name: n for name, n in numbers.items()}


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
