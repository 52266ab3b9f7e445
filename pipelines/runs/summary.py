"""The summary of a run, for a person at a terminal of 80 columns."""

from __future__ import annotations

from collections.abc import Iterator

from pipelines.cli.table import paragraph, table_lines
from pipelines.nights.summary import night_lines
from pipelines.runs.table_lines import table_summary
from pipelines.runs.unread_fields import unread_field_lines
from pipelines.runs.unread_input import unread_lines
from schemas.conflicts import CONFLICTS
from schemas.facts import FACTS
from schemas.manifest import Manifest
from schemas.outcomes import FORM_TEXTS, REVIEW_TEXTS, ROUTES, STATE_TEXTS, State
from schemas.rulebook.model import Rulebook
from schemas.shown import shown
from schemas.words import criterion_name, warning_in_words

MOST, FEW = 10, 5
STATE_HEADS: dict[State, str] = {
    "ON_THE_RECORD": "on the\nrecord",
    "AFTER_CHECKS": "after\nchecks",
    "OPEN": "open",
}


def print_run(
    run: str, manifest: Manifest, rulebook: Rulebook | None = None, *, as_json: bool
) -> None:
    """Print a run's manifest as JSON, or its summary (`print_summary`)."""
    if as_json:
        print(manifest.model_dump_json(indent=2, ensure_ascii=True))
    else:
        print_summary(run, manifest, rulebook)


def print_summary(run: str, manifest: Manifest, rulebook: Rulebook | None = None) -> None:
    """Print what a run read, recommended, and quarantined, and where its files are.

    Args:
        run: The run's directory.
        manifest: Its manifest.
        rulebook: Its rulebook, for the titles of the criteria; None if it isn't available.
    """
    for part in _parts(run, manifest, rulebook):
        if part:
            print()
            print("\n".join(part))


def _parts(run: str, manifest: Manifest, rulebook: Rulebook | None) -> Iterator[list[str]]:
    routed = sum(manifest.counts.routed.values())
    titles = {c.id: c.title for c in rulebook.criteria} if rulebook else {}
    yield _heading(manifest)
    yield _routes(manifest, routed)
    yield _ask_first(manifest)
    reasons = {
        criterion_name(name, titles[name]) if name in titles else name: number
        for name, number in manifest.reasons.items()
    }
    yield _most("Criteria that speak for a route", reasons, routed, MOST)
    forms = {text: manifest.forms.get(form, 0) for form, text in FORM_TEXTS.items()}
    forms = {text: number for text, number in forms.items() if number}
    yield _most("What is recommended", forms, routed, MOST)
    yield _most("Ask for: one answer could settle", _labels(manifest.settling_facts), routed, FEW)
    kinds = {REVIEW_TEXTS[kind]: n for kind, n in manifest.review_reasons.items()}
    yield _most("Needs human review because", kinds, routed, MOST)
    conflicts = {CONFLICTS[name].says: n for name, n in manifest.conflicts.items()}
    yield _most("Conflicts within a record", conflicts, routed, FEW)
    yield [*_quarantined(manifest), *_unread(manifest)]
    for table in manifest.tables:
        yield from table_summary(table, run)
    warnings = {warning_in_words(name): number for name, number in manifest.warnings.items()}
    yield _most("Values set to unknown", warnings, None, FEW)
    if manifest.nightly is not None:
        yield from night_lines(manifest.nightly)
    yield _closing(run, manifest)


def _heading(manifest: Manifest) -> list[str]:
    presumed = "" if manifest.presume else ", without presumptions"
    lines = [f"{shown(manifest.rulebook.id)} as of {manifest.as_of}{presumed}"]
    lines += [paragraph(f"note: {shown(notice)}", "  ") for notice in manifest.rulebook.notices]
    only = [part for part in (manifest.scope, ", ".join(manifest.courts or ())) if part]
    return [*lines, *([paragraph(f"only: {shown('; '.join(only))}", "  ")] if only else [])]


def _routes(manifest: Manifest, routed: int) -> list[str]:
    """Tabulate the routes, split by state, and every record without a route; the parts add up."""
    counts = manifest.counts
    rows: list[tuple[str, list[str]]] = []
    for route in ROUTES:
        number, states = counts.routed[route], manifest.states[route]
        split = [*(states.get(state, 0) for state in STATE_HEADS), manifest.needs_review[route]]
        rows.append((route, [f"{number:,}", _share(number, routed), *(f"{n:,}" for n in split)]))
    totals = [sum(manifest.states[r].get(state, 0) for r in ROUTES) for state in STATE_HEADS]
    totals.append(sum(manifest.needs_review.values()))
    rows.append(("routed", [f"{routed:,}", "", *(f"{number:,}" for number in totals)]))
    others = {
        "quarantined": counts.quarantined,
        "superseded duplicates": counts.duplicates,
        "completed": counts.completed,
        "out of scope": counts.out_of_scope,
    }
    rows += [(name, [f"{number:,}"]) for name, number in others.items() if number]
    rows.append(("records read", [f"{counts.read:,}"]))
    heads = ["cases", "share", *STATE_HEADS.values(), "needs\nreview"]
    held = [text for total, text in zip(totals, STATE_TEXTS.values(), strict=False) if total]
    legend = [paragraph(f"  {text}", "    ") for text in held]
    return [*table_lines("Routes", heads, rows), *legend]


def _ask_first(manifest: Manifest) -> list[str]:
    """List what to ask before anybody accelerates a case that leans on presumptions."""
    leaning = manifest.states["expedite"].get("AFTER_CHECKS", 0)
    if not leaning or not manifest.ask_first:
        return []
    text = (
        f"{leaning:,} of the cases to expedite lean on facts that are presumed absent. "
        "Ask before anybody accelerates them:"
    )
    return [paragraph(text), *_most("Ask first", _labels(manifest.ask_first), leaning, FEW)]


def _labels(numbers: dict[str, int]) -> dict[str, int]:
    """Label facts as a person would call them."""
    return {FACTS[name].label if name in FACTS else name: n for name, n in numbers.items()}


def _quarantined(manifest: Manifest) -> list[str]:
    """Tabulate every reason. The records add up; an entry may hold many records or none."""
    if not manifest.quarantine:
        return []
    records = manifest.quarantined_records
    rows = [
        (shown(reason), [f"{records[reason]:,}" if reason in records else "", f"{entries:,}"])
        for reason, entries in sorted(
            manifest.quarantine.items(), key=lambda item: -records.get(item[0], 0)
        )
    ]
    return table_lines("Quarantined", ["records", "entries"], rows)


def _unread(manifest: Manifest) -> list[str]:
    places = manifest.counts.unreadable_places
    hold = "place holds" if places == 1 else "places hold"
    unknown = f"{places:,} unreadable {hold} an unknown number of records"
    return [
        *([unknown] if places else []),
        *(paragraph(shown(line), "  ") for line in unread_lines(manifest)[:MOST]),
        *(paragraph(shown(line), "  ") for line in unread_field_lines(manifest)),
    ]


def _most(title: str, numbers: dict[str, int], whole: int | None, most: int) -> list[str]:
    """Tabulate the largest counts, and say how many are left out."""
    if not numbers:
        return []
    rows = [
        (shown(name).strip(), [f"{number:,}", *([_share(number, whole)] if whole else [])])
        for name, number in list(numbers.items())[:most]
    ]
    left = len(numbers) - most
    more = [(f"... and {left:,} more", ())] if left > 0 else []
    return table_lines(title, ["cases", *(["share"] if whole else [])], [*rows, *more])


def _closing(run: str, manifest: Manifest) -> list[str]:
    rate = manifest.counts.read / manifest.seconds if manifest.seconds else 0
    folders = [*ROUTES, "quarantine", "duplicates", "cases"]
    if manifest.nightly is not None:
        folders += ["changes", "queue"]
    return [
        f"{manifest.seconds:,.1f} seconds, {rate:,.0f} cases a second",
        f"files: {shown(run)}/",
        f"       {{{','.join(folders)}}}/",
        "It recommends. An attorney decides.",
    ]


def _share(number: int, whole: int | None) -> str:
    return f"{100 * number / whole:.1f} %" if whole else ""
