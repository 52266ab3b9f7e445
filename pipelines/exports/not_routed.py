"""What a run read and an export doesn't list, so that nothing is left out silently."""

from __future__ import annotations

from collections.abc import Mapping

from schemas.manifest import Manifest


def not_assessed(manifest: Manifest) -> dict[str, int]:
    """Return the numbers of records without a route, by what they are; none is 0."""
    counts = manifest.counts
    parts = {
        "superseded duplicates": counts.duplicates,
        "quarantined": counts.quarantined,
        "completed": counts.completed,
        "out of scope": counts.out_of_scope,
    }
    return {name: number for name, number in parts.items() if number}


def not_listed(manifest: Manifest, cases: int) -> str:
    """Say what an export doesn't list.

    Args:
        manifest: The run's manifest.
        cases: The number of cases that the export lists.

    Returns:
        Numbers with their names, which add up to all that was read; empty if there is nothing.
    """
    others = sum(manifest.counts.routed.values()) - cases
    parts = {"of other routes or courts": others} if others else {}
    return in_words(parts | not_assessed(manifest))


def in_words(parts: Mapping[str, int]) -> str:
    """Write numbers with their names."""
    return ", ".join(f"{number:,} {name}" for name, number in parts.items())
