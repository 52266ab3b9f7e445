"""Hits: how often a recommendation to close and the court's closure by discretion went together."""

from __future__ import annotations

from typing import NamedTuple

import polars as pl

from transforms.frames.frame import Frame
from transforms.oversight.figures import rate


class Bounds(NamedTuple):
    """The least and the most that a share can be, whatever unknown facts turn out to be."""

    least: float | None
    most: float | None


class Counts(NamedTuple):
    """Outcomes that were judged.

    Args:
        cases: How many there are.
        close: Those for which the rulebook recommends to close.
        certain: Those that no unknown fact can keep from closing.
        possible: Those that can be closed if facts turn out so; the certain ones are among them.
    """

    cases: int
    close: int
    certain: int
    possible: int

    @classmethod
    def of(cls, judged: Frame) -> Counts:
        """Count outcomes (columns `transforms.oversight.replay.OUTCOMES`)."""
        row = judged.select(
            pl.len(), (pl.col("route") == "close").sum(), pl.sum("only_close", "may_close")
        ).row(0)
        return cls(*(int(number) for number in row))


def recall_bounds(by_discretion: Counts) -> Bounds:
    """Bound the share of closures by discretion for which the rulebook recommends to close."""
    if not by_discretion.cases:
        return Bounds(None, None)
    return Bounds(
        by_discretion.certain / by_discretion.cases, by_discretion.possible / by_discretion.cases
    )


def precision_bounds(by_discretion: Counts, otherwise: Counts) -> Bounds:
    """Bound the share of cases recommended to close that were closed by discretion.

    The least is when every open case that was closed by discretion turns out not to be recommended,
    and every other open case does; the most is the other way around.

    Args:
        by_discretion: Outcomes that are closures by discretion.
        otherwise: All other outcomes.

    Returns:
        The bounds over all ways in which at least one case is recommended to close; none if there
        is no such way.
    """
    if not by_discretion.possible + otherwise.possible:
        return Bounds(None, None)
    worst, best = (
        (by_discretion.certain, otherwise.possible),
        (by_discretion.possible, otherwise.certain),
    )
    # With nothing certain and nothing possible on the other side, one open case is enough.
    least = worst[0] / sum(worst) if sum(worst) else 1.0
    most = best[0] / sum(best) if sum(best) else 0.0
    return Bounds(least, most)


def hits(judged: Frame) -> list[dict[str, object]]:
    """Work out precision and recall.

    Args:
        judged: Outcomes that were judged (columns `transforms.oversight.replay.OUTCOMES`).

    Returns:
        A row for each, with the share, its Wilson interval, and its bounds; shares of fewer than
        `transforms.oversight.floors.RATES_FROM` aren't worked out.
    """
    yes = Counts.of(judged.filter("discretion"))
    no = Counts.of(judged.filter(~pl.col("discretion")))
    rows = []
    recommended = yes.close + no.close
    for measure, whole, bounds in (
        ("recall: recommended, of those closed", yes.cases, recall_bounds(yes)),
        ("precision: closed, of those recommended", recommended, precision_bounds(yes, no)),
    ):
        row: dict[str, object] = {"measure": measure, "cases": whole, "hits": yes.close}
        rows.append(row | rate(yes.close, whole) | bounds._asdict())
    return rows
