"""Human review: which cases an attorney must review before anything else happens, and why.

A fact that is merely unknown is asked for, but never flags a case.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import polars as pl

from schemas.conflicts import CONFLICTS
from schemas.outcomes import ROUTES, ReviewReason
from transforms.frames.frame import Frame
from transforms.frames.labels import empty_lists, label_lists
from transforms.route.leverage import Flags, Routes
from transforms.route.table import RouteTable, shown
from transforms.route.weighed import Weighed
from transforms.score.conflicts import Conflicting
from transforms.score.criteria import holds
from transforms.score.position import Weighing, position_by
from transforms.score.presumptions import with_presumptions

REVIEW_REASON = pl.Struct({"kind": pl.String, "reason": pl.String})


@dataclass
class _Reasons:
    """Flags with their texts, in order."""

    flags: dict[str, pl.Series] = field(default_factory=dict)
    labels: list[tuple[str, str]] = field(default_factory=list)

    def add(self, kind: ReviewReason, reason: str, flag: pl.Series | Flags) -> None:
        series = pl.Series(flag)
        if series.any():
            self.flags[str(len(self.flags))] = series
            self.labels.append((kind, reason))


def review_reasons(there: Weighed, day: pl.Series, bearing: Mapping[str, Flags]) -> pl.Series:
    """Say why each case needs human review.

    Args:
        there: The cases, weighed.
        day: The as-of date of each case.
        bearing: The conflicts that affect the routes (`bearing_conflicts`).

    Returns:
        One list of `REVIEW_REASON` per case; empty if it needs no review.
    """
    rulebook, routed, real = there.weighing.rulebook, there.routed, there.real
    facts = there.weighing.on(day)
    reasons = _Reasons()
    for conflict, flag in bearing.items():
        reasons.add("CONFLICT", CONFLICTS[conflict].says, flag)
    for number, row in enumerate(rulebook.rulebook.routing):
        if row.needs_review:
            reasons.add("TABLE", row.why, routed.row == number)
    holding = holds(facts, [condition for _, condition in rulebook.human_review])
    for (rule, _), here in zip(rulebook.human_review, holding, strict=True):
        of_route = np.isin(shown(routed.route), [ROUTES.index(route) for route in rule.routes])
        reasons.add("RULE", rule.why, here.to_numpy() & of_route)
    judgments = [
        (c.id, c.criterion.judgment.why, c.judgment)
        for c in rulebook.criteria
        if c.judgment is not None and c.criterion.judgment is not None
    ]
    holding = holds(facts, [condition for _, _, condition in judgments])
    for (name, why, _), here in zip(judgments, holding, strict=True):
        reasons.add("JUDGMENT", why, here & real[name].fill_null(True))
    for reason, flag in _markers(there, day):
        reasons.add("MARKER", reason, flag)
    if not reasons.flags:
        return empty_lists(REVIEW_REASON, real.height)
    labels = pl.DataFrame(reasons.labels, schema=["kind", "reason"], orient="row")
    return label_lists(pl.DataFrame(reasons.flags), labels.to_struct("reason"))


def bearing_conflicts(there: Weighed) -> dict[str, Flags]:
    """Find the conflicts that affect a case's route.

    These are conflicts in facts that a criterion reads, if it can still change the route. For a
    case that closes, they are all conflicts in facts that a criterion or a presumption reads.

    Args:
        there: The cases, weighed.

    Returns:
        One flag per case, by conflict.
    """
    rulebook, leverage = there.weighing.rulebook, there.leverage
    closes = there.routed.route == ROUTES.index("close")
    readers = rulebook.readers
    against = {
        fact for p in rulebook.presumptions for one in (p.basis, *p.against) for fact in one.facts
    }
    found = {}
    for conflict, rows in Conflicting(there.weighing.facts).rows.items():
        touched = [fact for fact in CONFLICTS[conflict].facts if fact in readers or fact in against]
        if touched:
            matters = [leverage.matters(c) for fact in touched for c in readers.get(fact, [])]
            found[conflict] = rows.to_numpy() & np.logical_or.reduce([closes, *matters])
    return found


def _markers(there: Weighed, day: pl.Series) -> list[tuple[str, Flags]]:
    """Find signs of an unknown adverse fact that is decisive.

    There is such a sign if, with every presumption made whatever its basis and whatever is against
    it, the case would have another route; and something is against a presumption whose unknown fact
    can still change the route.
    """
    height = there.real.height
    if there.presumable is None or not height:
        return []
    silent = there.presumable.silent
    nobody = np.zeros(height, dtype=bool)
    open_facts = _open_facts(there, silent)
    # A sign may point to many unknown facts. It is one reason, and the facts are among the
    # questions.
    marked: dict[str, Flags] = {}
    for compiled in there.weighing.rulebook.presumptions:
        presumed = [open_facts[f] for f in compiled.presumption.presume if f in open_facts]
        if not presumed:
            continue
        could = np.logical_or.reduce(presumed)
        for number, sign in enumerate(compiled.presumption.against):
            points = there.presumable.against[compiled.id, number].to_numpy()
            if points.any():
                reason = f"{sign.says}, but the adverse facts that it points to aren't known"
                marked[reason] = marked.get(reason, nobody) | (points & could)
    if not marked:
        return []
    rows = np.flatnonzero(np.logical_or.reduce(list(marked.values())))
    otherwise = np.zeros(height, dtype=bool)
    otherwise[rows] = _route_if_all_presumed(there.weighing, day, silent, rows) != shown(
        there.routed.route[rows]
    )
    return [(reason, flag & otherwise) for reason, flag in marked.items()]


def _open_facts(there: Weighed, silent: Frame) -> dict[str, Flags]:
    """Tell which facts that could be presumed are unknown and can still change the route."""
    rulebook, leverage = there.weighing.rulebook, there.leverage
    found = {}
    for fact in rulebook.presumed:
        matters = [leverage.matters(c) for c in rulebook.readers.get(fact, [])]
        if matters:
            blank = silent[fact].to_numpy() & there.unknown[fact].to_numpy()
            found[fact] = blank & np.logical_or.reduce(matters)
    return found


def _route_if_all_presumed(
    weighing: Weighing, day: pl.Series, silent: Frame, rows: npt.NDArray[np.intp]
) -> Routes:
    """Route some cases as if every fact that the record is silent about were presumed."""
    rulebook = weighing.rulebook
    table = RouteTable.of(rulebook)
    taken = pl.Series(rows, dtype=pl.UInt32)
    there = weighing.take(taken)
    presumed = with_presumptions(there.facts, silent[taken], rulebook)
    world = dataclasses.replace(there, presumed=presumed)
    _, values = world.values(rulebook.criteria, day.gather(taken))
    moved = position_by(values, rulebook.criteria, rulebook, len(rows))
    return shown(table.look_up(table.route, moved))
