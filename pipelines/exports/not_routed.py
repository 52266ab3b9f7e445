"""What a run read and an export doesn't list, so that nothing is left out silently."""

from __future__ import annotations

from schemas.manifest import Manifest


def not_listed(manifest: Manifest, cases: int) -> str:
    """Say what an export doesn't list.

    Args:
        manifest: The run's manifest.
        cases: The number of cases that the export lists.

    Returns:
        Numbers with their names, which add up to all that was read; empty if there is nothing.
    """
    counts = manifest.counts
    parts = (
        (sum(counts.routed.values()) - cases, "of other routes or courts"),
        (counts.duplicates, "superseded duplicates"),
        (counts.quarantined, "quarantined"),
        (counts.completed, "completed"),
        (counts.out_of_scope, "out of scope"),
    )
    return ", ".join(f"{number:,} {name}" for number, name in parts if number)
