"""Coverage: which values of each criterion, and which rows of the table, examples cover."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from schemas.rulebook.model import Rulebook


@dataclass(frozen=True)
class Coverage:
    """How many examples cover what.

    Args:
        criteria: For each criterion's id, the number of examples that expect it to be TRUE, FALSE,
            and UNKNOWN.
        rows: For each row's id, the number of examples that it decides.
        undecided: Examples that no single row decides.
    """

    criteria: dict[str, tuple[int, int, int]]
    rows: dict[str, int]
    undecided: int


def coverage(rulebook: Rulebook, rules: Sequence[str | None]) -> Coverage:
    """Count what a rulebook's examples cover.

    Args:
        rulebook: The rulebook.
        rules: The row that decided each example that could be run; None if no row did.
    """
    shown = [
        (criterion, value)
        for e in rulebook.examples
        for criterion, value in e.expect.criteria.items()
    ]
    times = Counter(shown)
    return Coverage(
        {
            c.id: (times[c.id, True], times[c.id, False], times[c.id, "unknown"])
            for c in rulebook.criteria
        },
        {row.id: sum(rule == row.id for rule in rules) for row in rulebook.routing},
        sum(rule is None for rule in rules),
    )
