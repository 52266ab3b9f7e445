"""Checks: the presumptions that a route leans on, to be checked before anybody acts.

A route leans on a presumption if the presumption makes a criterion FALSE that, if TRUE, could turn
the case away from its route, whatever else is open. So all presumptions that aren't checks could be
unknown at once, and the route would stay the same.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl
from polars.datatypes import DataTypeClass

from schemas.outcomes import ROUTES
from schemas.rulebook.compiled import CompiledPresumption
from transforms.frames.frame import Frame
from transforms.frames.labels import empty_lists, label_lists, lists_of
from transforms.route.weighed import Weighed
from transforms.score.kleene import UNKNOWN

CHECK: dict[str, DataTypeClass | pl.DataType] = {
    "fact": pl.String,
    "presumed": pl.String,
    "reason": pl.String,
    "not_known": pl.List(pl.String()),
}


def checks(there: Weighed) -> pl.Series:
    """Find the presumptions that each case's route leans on.

    Args:
        there: The cases, weighed; an undecided route leans on nothing.

    Returns:
        One list of structs `CHECK` per case, in the rulebook's order.
    """
    rulebook, route = there.weighing.rulebook, there.routed.route
    if there.presumable is None or there.weighing.presumed is None:
        return empty_lists(pl.Struct(CHECK), len(route))
    leans = {
        name: there.leverage.turns_from(name, route) & (degrees != UNKNOWN)
        for name, degrees in there.effective.items()
    }
    flags = np.zeros((len(route), len(rulebook.presumed)), dtype=bool)
    for number, fact in enumerate(rulebook.presumed):
        readers = [leans[c.id] for c in rulebook.criteria if fact in c.condition.facts]
        if readers:
            flags[:, number] = there.presumable.applies[fact].to_numpy() & np.logical_or.reduce(
                readers
            )
    rows, columns = np.nonzero(flags)
    return lists_of(rows, _labels(rows, columns, there), len(route))


def _labels(
    rows: npt.NDArray[np.int64], columns: npt.NDArray[np.int64], there: Weighed
) -> pl.Series:
    """Make a struct of `CHECK` for each case and presumed fact."""
    rulebook, route = there.weighing.rulebook, there.routed.route
    presumed = list(rulebook.presumed.items())
    texts = pl.DataFrame(
        [
            (fact, str(p.presumption.presume[fact]).lower(), p.presumption.reason_for(name))
            for fact, p in presumed
            for name in ROUTES
        ],
        schema={name: CHECK[name] for name in ("fact", "presumed", "reason")},
        orient="row",
    )
    chosen = texts[pl.Series(columns * len(ROUTES) + route[rows], dtype=pl.UInt32)]
    group = {p.id: number for number, p in enumerate(rulebook.presumptions)}
    groups = np.array([group[p.id] for _, p in presumed], dtype=np.int64)[columns]
    parts = [pl.Series([], dtype=CHECK["not_known"])]
    place = np.zeros(len(rows), dtype=np.int64)
    start = 0
    for number in np.unique(groups):
        of_group = groups == number
        cases, place[of_group] = np.unique(rows[of_group], return_inverse=True)
        place[of_group] += start
        start += len(cases)
        taken = pl.Series(cases, dtype=pl.UInt32)
        parts.append(_not_known(rulebook.presumptions[number], there.unknown, taken))
    not_known = pl.concat(parts).gather(pl.Series(place, dtype=pl.UInt32))
    return chosen.with_columns(not_known=not_known).to_struct("check")


def _not_known(compiled: CompiledPresumption, unknown: Frame, rows: pl.Series) -> pl.Series:
    """Find the unknown facts of some cases that might speak against a presumption."""
    facts = list(dict.fromkeys(fact for one in compiled.against for fact in one.facts))
    if not facts:
        return empty_lists(pl.String(), len(rows))
    return label_lists(unknown.select(facts)[rows], pl.Series(facts))
