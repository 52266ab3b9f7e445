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
from schemas.rulebook.compiled import CompiledPresumption, CompiledRulebook
from transforms.frames.frame import Frame
from transforms.frames.labels import empty_lists, label_lists, lists_of
from transforms.route.leverage import Leverage, Routes

CHECK: dict[str, DataTypeClass | pl.DataType] = {
    "fact": pl.String,
    "presumed": pl.String,
    "reason": pl.String,
    "not_known": pl.List(pl.String()),
}


def checks(
    leverage: Leverage,
    effective: Frame,
    route: Routes,
    applies: Frame | None,
    unknown: Frame,
    rulebook: CompiledRulebook,
) -> pl.Series:
    """Find the presumptions that each case's route leans on.

    Args:
        leverage: What each open criterion could do.
        effective: Values of the criteria that routing used.
        route: Numbers of ROUTES, or `UNDECIDED`, for which nothing leans on anything.
        applies: Which presumptions apply (`presumable`), or None with none.
        unknown: Which facts are unknown: one Boolean column per fact.
        rulebook: The rulebook.

    Returns:
        One list of structs `CHECK` per case, in the rulebook's order.
    """
    if applies is None:
        return empty_lists(pl.Struct(CHECK), effective.height)
    known = effective.select(pl.all().is_not_null())
    leans = {
        name: leverage.turns_from(name, route) & known[name].to_numpy() for name in known.columns
    }
    flags = np.zeros((effective.height, len(rulebook.presumed)), dtype=bool)
    for number, fact in enumerate(rulebook.presumed):
        readers = [leans[c.id] for c in rulebook.criteria if fact in c.condition.facts]
        if readers:
            flags[:, number] = applies[fact].to_numpy() & np.logical_or.reduce(readers)
    rows, columns = np.nonzero(flags)
    return lists_of(rows, _labels(rows, columns, route, unknown, rulebook), effective.height)


def _labels(
    rows: npt.NDArray[np.int64],
    columns: npt.NDArray[np.int64],
    route: Routes,
    unknown: Frame,
    rulebook: CompiledRulebook,
) -> pl.Series:
    """Make a struct of `CHECK` for each case and presumed fact."""
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
        there = groups == number
        cases, place[there] = np.unique(rows[there], return_inverse=True)
        place[there] += start
        start += len(cases)
        of_cases = unknown[pl.Series(cases, dtype=pl.UInt32)]
        parts.append(_not_known(rulebook.presumptions[number], of_cases))
    not_known = pl.concat(parts).gather(pl.Series(place, dtype=pl.UInt32))
    return chosen.with_columns(not_known=not_known).to_struct("check")


def _not_known(compiled: CompiledPresumption, unknown: Frame) -> pl.Series:
    """Find the unknown facts that might speak against a presumption."""
    facts = list(dict.fromkeys(fact for one in compiled.against for fact in one.facts))
    if not facts:
        return empty_lists(pl.String(), unknown.height)
    return label_lists(unknown.select(facts), pl.Series(facts))
