"""Missing facts: unknown facts that can still change the route, in the order to ask for them."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import polars as pl

from schemas.facts import FACTS, high
from transforms.frames.frame import Frame, whole
from transforms.frames.labels import empty_lists, lists_of
from transforms.route.basis import basis_questions
from transforms.route.leverage import Routes
from transforms.route.settling import settles
from transforms.route.weighed import Weighed

Counts: TypeAlias = npt.NDArray[np.int16]
Keys: TypeAlias = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Missing:
    """What to ask about each case, as lists of facts.

    Args:
        facts: Every unknown fact that can still change the route, the most decisive first.
        settling: The ones that can settle the route alone.
    """

    facts: pl.Series
    settling: pl.Series


def nothing_missing(height: int) -> Missing:
    """Return empty lists for a number of cases."""
    nothing = empty_lists(pl.String(), height)
    return Missing(nothing, nothing)


def missing_facts(there: Weighed, as_of: datetime.date) -> Missing:
    """Find the unknown facts of each case that can still change its route.

    A fact can if it is read by an open criterion that can change the route, whatever the other open
    criteria are. This is a sound superset, read off the routing table without trying out the
    unknown facts. Facts that can settle the route alone come first, then facts that more such
    criteria read, then catalog order. What must be seen before presumptions may decide an open case
    is asked for, too (`transforms.route.basis`).

    Args:
        there: The cases, weighed as of the date.
        as_of: The as-of date.

    Returns:
        The facts.
    """
    asked = facts_to_ask(there, as_of)
    keys = _in_order(asked)
    alone = keys[(keys >> _NOT_ALONE) & 1 == 0]
    height = there.weighing.facts.height
    return Missing(_listed(keys, height), _listed(alone, height))


@dataclass(frozen=True)
class FactsToAsk:
    """What to ask about each case, by fact.

    Args:
        readers: How many criteria read the fact that can change the route; 0 if it isn't asked.
        settles: The routes that the fact can settle the case to alone, bit N for `ROUTES[N]`.
    """

    readers: dict[str, Counts]
    settles: dict[str, Routes]


def facts_to_ask(there: Weighed, as_of: datetime.date, *, every_answer: bool = False) -> FactsToAsk:
    """Find what to ask about each case.

    Args:
        there: The cases, weighed as of the date.
        as_of: The as-of date.
        every_answer: Whether to try every answer, or only until one settles the case.

    Returns:
        The facts, as `missing_facts` lists them.
    """
    leverage, unknown, height = there.leverage, there.unknown, there.weighing.facts.height
    rulebook = there.weighing.rulebook
    matters = {c.id: leverage.matters(c.id).astype(np.int16) for c in rulebook.criteria}
    counts: dict[str, Counts] = {}
    for fact, readers in rulebook.readers.items():
        read: Counts = np.zeros(height, np.int16)
        for reader in readers:
            read += matters[reader]
        read *= unknown[fact].to_numpy()
        if read.any():
            counts[fact] = read
    asked = {fact: read > 0 for fact, read in counts.items()}
    settling = settles(there, as_of, asked, every_answer=every_answer) if asked else {}
    day = whole("day", as_of, pl.Date(), height)
    for question in basis_questions(there, day):
        before = counts.get(question.fact, np.zeros(height, np.int16))
        counts[question.fact] = np.maximum(before, question.readers.astype(np.int16))
        settles_too = settling.get(question.fact, np.zeros(height, np.uint8))
        settling[question.fact] = settles_too | question.settles
    _ask_what_settles(there.weighing.facts, unknown, counts, settling)
    return FactsToAsk(counts, settling)


def _ask_what_settles(
    facts: Frame, unknown: Frame, counts: dict[str, Counts], settling: dict[str, Routes]
) -> None:
    """Ask for what settles a fact instead of the fact, if everything that it counts is listed."""
    for fact in FACTS.values():
        if not fact.settled_by or fact.name not in counts:
            continue
        count, alone = counts[fact.name], settling[fact.name]
        listed = facts[high(fact.name) if fact.kind == "count" else fact.columns[-1]]
        asked = (count > 0) & listed.is_not_null().to_numpy()
        instead = np.zeros(len(asked), dtype=bool)
        for name in fact.settled_by:
            here = asked & unknown[name].to_numpy()
            if here.any():
                other = counts.setdefault(name, np.zeros_like(count))
                other[here] = np.maximum(other[here], count[here])
                settling.setdefault(name, np.zeros_like(alone))[here] |= alone[here]
                instead |= here
        count[instead] = 0
        alone[instead] = 0


# Sort keys, in ascending order: the row, whether the fact settles nothing alone, how few criteria
# read the fact, and its place in the catalog.
_NOT_ALONE, _FEWER, _ROW = 32, 16, 33
_MOST = (1 << 15) - 1


def _in_order(asked: FactsToAsk) -> Keys:
    """Return the keys of all facts to ask for, in order."""
    keys = [np.zeros(0, dtype=np.int64)]
    for number, fact in enumerate(FACTS):
        if fact in asked.readers:
            readers = asked.readers[fact]
            rows = np.flatnonzero(readers)
            not_alone = (asked.settles[fact][rows] == 0).astype(np.int64)
            fewer = _MOST - readers[rows].astype(np.int64)
            keys.append(rows << _ROW | not_alone << _NOT_ALONE | fewer << _FEWER | number)
    return np.sort(np.concatenate(keys))


def _listed(keys: Keys, height: int) -> pl.Series:
    """List the facts of each row that has keys."""
    names = pl.Series(list(FACTS), dtype=pl.String)
    facts = names.gather(pl.Series((keys & ((1 << _FEWER) - 1)).astype(np.uint32)))
    return lists_of(keys >> _ROW, facts, height)
