"""Missing facts: what is not known and can still change the route, in the order to ask for it."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from schemas.facts import FACTS, high, low
from schemas.rulebook_compile import CompiledRulebook
from transforms.frames.frame import Frame
from transforms.frames.labels import lists_of
from transforms.route.leverage import Flags, Leverage
from transforms.route.settling import settles
from transforms.route.table import Position
from transforms.score.position import Weighing


@dataclass(frozen=True)
class Missing:
    """What to ask of each case, as lists of facts.

    Args:
        facts: Every unknown fact that can still change the route, the most decisive first.
        settling: Those of them that can settle the route alone.
    """

    facts: pl.Series
    settling: pl.Series


def unknown_facts(facts: Frame) -> Frame:
    """Which facts are not known, of those that there can be.

    Args:
        facts: Facts.

    Returns:
        A Boolean column a fact, never null.
    """
    exprs = []
    for fact in FACTS.values():
        unknown = pl.col(fact.columns[0]).is_null()
        if fact.kind in ("count", "date"):
            unknown = ~(pl.col(low(fact.name)) == pl.col(high(fact.name))).fill_null(False)
        if fact.only_if is not None:
            unknown = unknown & pl.col(fact.only_if).fill_null(True)
        exprs.append(unknown.alias(fact.name))
    return facts.select(exprs)


def missing_facts(
    weighing: Weighing,
    as_of: datetime.date,
    effective: Frame,
    position: Position,
    leverage: Leverage,
    unknown: Frame,
) -> Missing:
    """What is not known of each case and can still change its route.

    A fact can where a criterion reads it that is open and can change the route with the other open
    criteria anywhere. That is a sound superset, read off the routing table: no completion of the
    unknown facts is ever tried. What can settle the route alone comes first, then what more such
    criteria read, then the catalog's order.

    Args:
        weighing: The cases.
        as_of: The day as of which they are weighed.
        effective: Values of the criteria that routing went by.
        position: The positions that routing went by.
        leverage: What each open criterion could do.
        unknown: Which facts are unknown (`unknown_facts`).

    Returns:
        The facts.
    """
    rulebook = weighing.rulebook
    catalog = list(FACTS)
    counts = np.zeros((effective.height, len(catalog)), dtype=np.int64)
    settling = np.zeros(counts.shape, dtype=bool)
    matters = {c.id: leverage.matters(c.id) for c in rulebook.criteria}
    readers = read_by(rulebook)
    for fact in readers:
        readers_that_matter = [matters[c] for c in readers[fact]]
        read = np.sum(readers_that_matter, axis=0, dtype=np.int64)
        counts[:, catalog.index(fact)] = np.where(unknown[fact].to_numpy(), read, 0)
    for fact, rows in settles(weighing, as_of, effective, position, counts > 0):
        settling[rows, catalog.index(fact)] = True
    _ask_what_settles(weighing.facts, unknown, counts, settling)
    return Missing(_listed(counts, settling), _listed(np.where(settling, counts, 0), settling))


def read_by(rulebook: CompiledRulebook) -> dict[str, list[str]]:
    """The ids of the criteria that read each fact."""
    readers: dict[str, list[str]] = {}
    for criterion in rulebook.criteria:
        for fact in rulebook.facts_read(criterion.condition):
            readers.setdefault(fact, []).append(criterion.id)
    return readers


def _ask_what_settles(
    facts: Frame, unknown: Frame, counts: npt.NDArray[np.int64], settling: Flags
) -> None:
    """Ask for what settles a fact, where all that it counts is listed, rather than for the fact."""
    catalog = list(FACTS)
    for number, fact in enumerate(FACTS.values()):
        if not fact.settled_by or not counts[:, number].any():
            continue
        listed = facts[high(fact.name) if fact.kind == "count" else fact.columns[-1]]
        asked = (counts[:, number] > 0) & listed.is_not_null().to_numpy()
        instead = np.zeros(len(asked), dtype=bool)
        for name in fact.settled_by:
            other = catalog.index(name)
            here = asked & unknown[name].to_numpy()
            counts[here, other] = np.maximum(counts[here, other], counts[here, number])
            settling[here, other] |= settling[here, number]
            instead |= here
        counts[instead, number] = 0
        settling[instead, number] = False


def _listed(counts: npt.NDArray[np.int64], settling: Flags) -> pl.Series:
    """The facts of each row with a count, as ordered."""
    rows, columns = np.nonzero(counts)
    order = np.lexsort((columns, -counts[rows, columns], ~settling[rows, columns], rows))
    names: Any = pl.Series(list(FACTS), dtype=pl.String)
    return lists_of(rows, names.gather(pl.Series(columns[order], dtype=pl.UInt32)), len(counts))
