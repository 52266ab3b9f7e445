"""Checks: the presumptions that a route leans on, each to be checked before anybody acts.

A presumption is a check where the route would differ were a criterion that reads its fact TRUE, or
were all that read it. And presumptions may matter together though none does alone, as small
factors add up: then each of them is a check. So whatever is presumed and is no check could be
unknown, all of it at once, and the route would stay as it is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import polars as pl

from schemas.rulebook_compile import CompiledCriterion, CompiledRulebook
from transforms.frames.frame import Frame
from transforms.frames.labels import label_lists
from transforms.route.consequence import Consequence
from transforms.route.table import FALSE, TRUE, UNKNOWN, Coded, Codes, RouteTable

Flags: TypeAlias = npt.NDArray[np.bool_]
CHECK = {"fact": pl.String, "presumed": pl.String, "reason": pl.String}


def checks(
    real: Frame,
    effective: Frame,
    standing: Frame,
    consequence: Consequence,
    applies: Frame | None,
    rulebook: CompiledRulebook,
) -> pl.Series:
    """The presumptions that matter to each case.

    Args:
        real: Values of the criteria on facts in the record.
        effective: Values that routing went by.
        standing: The standing that routing went by.
        consequence: What settling each criterion alone would do.
        applies: Which presumptions apply (`score.presumptions.presumable`), or None with none.
        rulebook: The rulebook.

    Returns:
        A list of structs of `CHECK` a case, in the rulebook's order.
    """
    if applies is None:
        return pl.Series([[]], dtype=pl.List(pl.Struct(CHECK))).new_from_index(0, real.height)
    table = RouteTable.of(rulebook)
    now = table.code(standing)
    here = table.look_up(now)
    unknown = {c: real[c].is_null().to_numpy() for c in real.columns}
    presumed = {c: unknown[c] & effective[c].is_not_null().to_numpy() for c in real.columns}
    matters = {c: consequence.if_true[c].to_numpy() for c in real.columns}
    for part in _parts(rulebook):
        spare = {c.id: presumed[c.id] & ~matters[c.id] for c in part}
        together = table.look_up(_were_unknown(now, part, spare)) != here
        for c in spare:
            matters[c] = matters[c] | (spare[c] & together)
    jointly: dict[tuple[CompiledCriterion, ...], Flags] = {}
    flags = []
    for fact in rulebook.presumed:
        readers = tuple(c for c in rulebook.criteria if fact in c.condition.facts)
        if readers not in jointly:
            differs = table.look_up(_were_true(now, readers, unknown, presumed)) != here
            jointly[readers] = np.logical_or.reduce([differs, *(matters[c.id] for c in readers)])
        flag = pl.lit(pl.Series(jointly[readers]))
        flags.append((pl.col(fact) & flag).alias(fact))
    labels = pl.DataFrame(
        {
            "fact": list(rulebook.presumed),
            "presumed": [
                str(p.presumption.presume[fact]).lower() for fact, p in rulebook.presumed.items()
            ],
            "reason": [p.presumption.reason_for("close") for p in rulebook.presumed.values()],
        },
        schema=CHECK,
    )
    return label_lists(applies.select(flags), labels.to_struct("check"))


def _parts(rulebook: CompiledRulebook) -> list[Sequence[CompiledCriterion]]:
    """Criteria that may matter together: factors against, factors for, and at last all."""
    factors = rulebook.of_list("factor")
    against = [c for c in factors if (c.criterion.weight or 0) < 0]
    return [against, [c for c in factors if c not in against], rulebook.criteria]


def _were_unknown(
    now: Coded, criteria: Sequence[CompiledCriterion], flags: Mapping[str, Flags]
) -> Coded:
    """The standing, were flagged criteria that count as FALSE unknown."""
    low, high = now.low, now.high
    lists: dict[str, Codes | int] = {"priority": now.priority, "favored": now.favored}
    for criterion in criteria:
        name, flag = criterion.criterion.list, flags[criterion.id]
        if name == "factor":
            weight = criterion.criterion.weight or 0
            low, high = low + flag * min(0, weight), high + flag * max(0, weight)
        else:
            lists[name] = np.where(flag & (lists[name] == FALSE), np.int32(UNKNOWN), lists[name])
    return Coded(low=low, high=high, **lists)


def _were_true(
    now: Coded,
    criteria: Sequence[CompiledCriterion],
    unknown: Mapping[str, Flags],
    presumed: Mapping[str, Flags],
) -> Coded:
    """The standing, were those criteria TRUE that are unknown in the record."""
    low, high = now.low, now.high
    lists: dict[str, Codes | int] = {"priority": now.priority, "favored": now.favored}
    for criterion in criteria:
        name, flag = criterion.criterion.list, unknown[criterion.id]
        if name == "factor":
            weight = criterion.criterion.weight or 0
            both = presumed[criterion.id] * weight
            open_still = flag & ~presumed[criterion.id]
            low = low + both + open_still * max(0, weight)
            high = high + both + open_still * min(0, weight)
        else:
            lists[name] = np.where(flag, np.int32(TRUE), lists[name])
    return Coded(low=low, high=high, **lists)
