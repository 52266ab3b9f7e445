"""Basis: what must be seen before presumptions may decide an open case.

A presumption needs its basis to be TRUE on the record, such as that the charges were seen. If the
basis is UNKNOWN, seeing it may settle the route, so it is asked for like a fact that a criterion
reads.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from schemas.facts import FACTS
from schemas.rulebook.compiled import CompiledPresumption, CompiledRulebook
from transforms.frames.frame import Frame, whole
from transforms.route.leverage import Flags, Leverage, Routes, route_bits
from transforms.route.table import UNDECIDED, RouteTable
from transforms.score.criteria import expression
from transforms.score.position import Position, Weighing, position
from transforms.score.presumptions import presumable, with_presumptions, withdrawn


@dataclass(frozen=True)
class BasisQuestion:
    """A source that may not have been seen, and what seeing it could do.

    Args:
        fact: The fact that tells whether it was seen.
        readers: By case, how many criteria that matter could then be presumed FALSE.
        settles: By case, the route that seeing it would settle: bit N for `ROUTES[N]`, or none.
    """

    fact: str
    readers: npt.NDArray[np.int64]
    settles: Routes


def basis_questions(
    weighing: Weighing,
    day: pl.Series,
    effective: Frame,
    acted_on: Position,
    leverage: Leverage,
    unknown: Frame,
) -> Iterator[BasisQuestion]:
    """Find what must be seen before presumptions may decide open cases.

    Args:
        weighing: The cases; without presumptions, nothing is asked.
        day: The as-of date of each case.
        effective: Values of the criteria that routing used.
        acted_on: The positions that routing used.
        leverage: What each open criterion could do.
        unknown: Which facts are unknown.

    Yields:
        A question for each source that should be looked up for some case.
    """
    if weighing.presumed is None:
        return
    rulebook = weighing.rulebook
    table = RouteTable.of(rulebook)
    still_open = table.look_up(table.route, acted_on) == UNDECIDED
    against: Frame | None = None
    silent, nobody = weighing.silent, np.zeros(len(still_open), dtype=bool)
    for fact, resting in _resting_on(rulebook).items():
        blank = still_open & unknown[fact].to_numpy()
        if not blank.any():
            continue
        if against is None:
            against = withdrawn(weighing.facts, rulebook)
        # For each fact that may be presumed, the cases in which only the basis is missing.
        waiting: dict[str, Flags] = {}
        for compiled in resting:
            waits = _waits(compiled, weighing.facts, against)
            for name in compiled.presumption.presume:
                waiting[name] = waiting.get(name, nobody) | (silent[name].to_numpy() & waits)
        readers = np.zeros(len(blank), dtype=np.int64)
        for criterion in rulebook.criteria:
            lets = [waiting[name] for name in waiting if name in criterion.condition.facts]
            if lets:
                readers += np.logical_or.reduce(lets) & leverage.matters(criterion.id)
        readers[~blank] = 0
        yield BasisQuestion(
            fact, readers, _settles(fact, readers > 0, weighing, day, effective, rulebook)
        )


def _resting_on(rulebook: CompiledRulebook) -> dict[str, list[CompiledPresumption]]:
    """Return, for each fact that tells that something was seen, the presumptions based on it."""
    resting: dict[str, list[CompiledPresumption]] = {}
    for compiled in rulebook.presumptions:
        for fact in compiled.basis.facts:
            if FACTS[fact].seen:
                resting.setdefault(fact, []).append(compiled)
    return resting


def _waits(compiled: CompiledPresumption, facts: Frame, against: Frame) -> Flags:
    """Tell whether a presumption lacks only its basis: it is UNKNOWN, with nothing against it."""
    basis = facts.select(expression(compiled.basis.sql).is_null().alias("open"))["open"]
    waits: Flags = basis.to_numpy() & ~against[compiled.id].to_numpy()
    return waits


def _settles(
    fact: str,
    asked: Flags,
    weighing: Weighing,
    day: pl.Series,
    effective: Frame,
    rulebook: CompiledRulebook,
) -> Routes:
    """Tell which route seeing something would decide an open case for, as a bit."""
    settles = np.zeros(len(asked), dtype=np.uint8)
    rows = np.flatnonzero(asked)
    if not len(rows):
        return settles
    taken = pl.Series(rows, dtype=pl.UInt32)
    there = dataclasses.replace(weighing, presumed=None).take(taken)
    seen = there.facts.with_columns(whole(fact, True, pl.Boolean(), len(rows)))
    presumed = with_presumptions(seen, presumable(seen, rulebook), rulebook)
    touched = {fact, *rulebook.presumed}
    moved = [c for c in rulebook.criteria if touched.intersection(c.condition.facts)]
    world = dataclasses.replace(there, facts=seen, presumed=presumed)
    _, values = world.values(moved, day.gather(taken))
    table = RouteTable.of(rulebook)
    after = effective[taken].with_columns(values.get_columns())
    route = table.look_up(table.route, position(after, rulebook.criteria, rulebook))
    settles[rows[route != UNDECIDED]] = route_bits(route[route != UNDECIDED])
    return settles
