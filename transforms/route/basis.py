"""Basis: what must be seen before presumptions may decide an open case.

A presumption needs its basis to be TRUE on the record, such as that the charges were seen. If the
basis is UNKNOWN, seeing it may settle the route, so it is asked for like a fact that a criterion
reads.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from schemas.facts import FACTS
from schemas.rulebook.compiled import CompiledPresumption, CompiledRulebook
from transforms.route.leverage import Flags, Routes, route_bits
from transforms.route.table import UNDECIDED, RouteTable
from transforms.route.weighed import Weighed
from transforms.score.position import position_by
from transforms.score.presumptions import presumable, with_presumptions


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


def basis_questions(there: Weighed, day: pl.Series) -> list[BasisQuestion]:
    """Find what must be seen before presumptions may decide open cases.

    Args:
        there: The cases, weighed; without presumptions, nothing is asked.
        day: The as-of date of each case.

    Returns:
        A question for each source that should be looked up for some case.
    """
    rulebook, may = there.weighing.rulebook, there.presumable
    if may is None or there.weighing.presumed is None:
        return []
    table = RouteTable.of(rulebook)
    still_open = table.look_up(table.route, there.acted_on) == UNDECIDED
    nobody = np.zeros(len(still_open), dtype=bool)
    asked: dict[str, npt.NDArray[np.int64]] = {}
    for fact, resting in _resting_on(rulebook).items():
        blank = still_open & there.unknown[fact].to_numpy()
        if not blank.any():
            continue
        # For each fact that may be presumed, the cases in which only the basis is missing.
        waiting: dict[str, Flags] = {}
        for compiled in resting:
            waits = may.waits[compiled.id].to_numpy()
            for name in compiled.presumption.presume:
                flags = may.silent[name].to_numpy() & waits
                waiting[name] = waiting.get(name, nobody) | flags
        readers = np.zeros(len(blank), dtype=np.int64)
        for criterion in rulebook.criteria:
            lets = [waiting[name] for name in waiting if name in criterion.condition.facts]
            if lets:
                readers += np.logical_or.reduce(lets) & there.leverage.matters(criterion.id)
        readers[~blank] = 0
        asked[fact] = readers
    settles = _settles({fact: readers > 0 for fact, readers in asked.items()}, there, day)
    return [BasisQuestion(fact, readers, settles[fact]) for fact, readers in asked.items()]


def _resting_on(rulebook: CompiledRulebook) -> dict[str, list[CompiledPresumption]]:
    """Return, for each fact that tells that something was seen, the presumptions based on it."""
    resting: dict[str, list[CompiledPresumption]] = {}
    for compiled in rulebook.presumptions:
        for fact in compiled.basis.facts:
            if FACTS[fact].seen:
                resting.setdefault(fact, []).append(compiled)
    return resting


def _settles(asked: dict[str, Flags], there: Weighed, day: pl.Series) -> dict[str, Routes]:
    """Tell which route seeing each of some things would decide an open case for, as a bit."""
    settles = {fact: np.zeros(len(day), dtype=np.uint8) for fact in asked}
    rows = {fact: np.flatnonzero(flags) for fact, flags in asked.items()}
    every = np.concatenate([np.zeros(0, np.intp), *rows.values()])
    if not len(every):
        return settles
    # All at once, because a case costs little and a frame of cases costs much.
    taken = pl.Series(every, dtype=pl.UInt32)
    of_fact = np.repeat(np.arange(len(rows)), [len(each) for each in rows.values()])
    here = there.weighing.take(taken)
    seen = here.facts.with_columns(
        here.facts[fact].set(pl.Series(of_fact == number), True) for number, fact in enumerate(rows)
    )
    rulebook = here.rulebook
    presumed = with_presumptions(seen, presumable(seen, rulebook).applies, rulebook)
    touched = {*rows, *rulebook.presumed}
    moved = [c for c in rulebook.criteria if touched.intersection(c.condition.facts)]
    world = dataclasses.replace(here, facts=seen, presumed=presumed)
    _, values = world.values(moved, day.gather(taken))
    table = RouteTable.of(rulebook)
    after = {name: degrees[every] for name, degrees in there.effective.items()} | values
    moved_to = position_by(after, rulebook.criteria, rulebook, len(every))
    route = table.look_up(table.route, moved_to)
    for number, (fact, cases) in enumerate(rows.items()):
        to = route[of_fact == number]
        settles[fact][cases[to != UNDECIDED]] = route_bits(to[to != UNDECIDED])
    return settles
