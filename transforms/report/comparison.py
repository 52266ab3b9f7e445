"""Comparison: from moves between two runs to what the page says of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from schemas.manifest import Manifest
from schemas.outcomes import ROUTES
from schemas.rulebook.compiled import CompiledRulebook
from schemas.shown import shown
from schemas.words import day
from transforms.export.compare import same_criteria
from transforms.report.flows import MoveCounts, cause_key
from transforms.report.labels import cause_label, criterion_label
from transforms.report.model import Comparison, Count

MOST_CAUSES = 40


def differing(before: Manifest, after: Manifest) -> dict[str, str]:
    """Say what differs between two runs that could change a route.

    Args:
        before: The earlier run's manifest.
        after: The later run's manifest.

    Returns:
        By kind of cause (change.avsc), a sentence.
    """
    found: dict[str, str] = {}
    if before.rulebook.digest != after.rulebook.digest:
        ids = shown(before.rulebook.id), shown(after.rulebook.id)
        edited = f"Another version of the rulebook {ids[0]}."
        found["RULEBOOK"] = (
            edited if ids[0] == ids[1] else f"Another rulebook: {ids[1]} instead of {ids[0]}."
        )
    options = ((run.presume, run.scope, run.courts) for run in (before, after))
    if len(set(options)) > 1:
        found["OPTIONS"] = "Other presumptions, another scope, or other courts."
    if before.as_of != after.as_of:
        dates = day(after.as_of), day(before.as_of)
        found["CALENDAR"] = f"Another as-of date: {dates[0]} instead of {dates[1]}."
    if _read(before) != _read(after):
        found["FACT"] = "Other case files, events, or reviews."
    if before.versions.get("discretion") != after.versions.get("discretion"):
        found["SOFTWARE"] = "Another version of the software."
    return found


def _read(manifest: Manifest) -> tuple[object, ...]:
    """Return what tells whether two runs had the same facts; a night's depend on its state."""
    digests = tuple(sorted(file.sha256 for file in manifest.inputs))
    return (digests, manifest.run_id if manifest.nightly else None)


def against(
    before: Manifest,
    moves: MoveCounts,
    both: int,
    differ: Mapping[str, str],
    rulebook: CompiledRulebook,
    earlier: CompiledRulebook | None,
) -> Comparison:
    """Say what moved between two runs.

    Args:
        before: The earlier run's manifest.
        moves: What moved, counted by `same_in_both`.
        both: The number of cases with a route in both runs.
        differ: From `differing`.
        rulebook: The later run's rulebook, which names the criteria.
        earlier: The earlier run's; None if it isn't available.
    """
    there = moves.cases(in_both=True)
    lines = [
        f"{there:,} of the {both:,} cases that have a route in both runs have another one.",
        *differ.values(),
    ]
    if not differ:
        lines.append("Both runs had the same case files, rulebook, date, and options.")
    title = f"Against {shown(before.run_id)}"
    return _comparison("against", title, lines, moves, (rulebook, earlier))


def tonight(manifest: Manifest, moves: MoveCounts, rulebook: CompiledRulebook) -> Comparison | None:
    """Say what a night changed; None for a run that isn't a night's.

    Args:
        manifest: The run's manifest.
        moves: Its changes, counted.
        rulebook: The rulebook, which names the criteria.
    """
    night = manifest.nightly
    if night is None:
        return None
    routes = moves.cases(in_both=False)
    since = f"since {shown(night.previous)}" if night.previous else "on this first night"
    lines = [
        f"{night.changed:,} recommendations changed {since}, "
        f"{routes:,} of them to another route, or to or from none. "
        f"{night.events.read:,} events were read, and {night.opened:,} cases opened."
    ]
    return _comparison("tonight", "Tonight", lines, moves, (rulebook, None))


def same_in_both(
    rulebook: CompiledRulebook, earlier: CompiledRulebook | None
) -> frozenset[str] | None:
    """Return the ids that mean the same criterion in two runs; None for all."""
    return None if earlier is None else same_criteria(earlier, rulebook)


def _comparison(
    anchor: str,
    title: str,
    lines: Iterable[str],
    moves: MoveCounts,
    rulebooks: tuple[CompiledRulebook, CompiledRulebook | None],
) -> Comparison:
    flows = moves.flows
    targets = {new for counts in flows.values() for new in counts}
    now, before = rulebooks
    return Comparison(
        anchor,
        title,
        tuple(lines),
        tuple(route for route in (*ROUTES, None) if route in targets),
        {old: flows[old] for old in (*ROUTES, None) if old in flows},
        tuple(_causes(moves.causes)),
        tuple(_reasons("gained", moves.gained, now)),
        tuple(_reasons("lost", moves.lost, before or now)),
    )


def _causes(counts: Mapping[tuple[str, str | None], int]) -> Iterable[Count]:
    for (kind, what), number in list(counts.items())[:MOST_CAUSES]:
        yield Count(cause_label(kind, what), number, wanted=f"cause:{cause_key(kind, what)}")


def _reasons(side: str, counts: Mapping[str, int], book: CompiledRulebook) -> Iterable[Count]:
    for criterion, number in counts.items():
        yield Count(criterion_label(book, criterion), number, wanted=f"{side}:{criterion}")
