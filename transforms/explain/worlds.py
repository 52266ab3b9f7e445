"""Worlds: every way in which what a routing table reads can turn out.

A row reads whether a priority holds, whether a favored class does, criteria by name, and the score.
If something is UNKNOWN about a case, the case is in one of several worlds. So what holds for every
world holds for every case, whatever is unknown about it.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl
import sqlglot
from sqlglot import exp

from schemas.rulebook.compiled import LISTS, SCORE
from schemas.rulebook.condition import Condition, Names, Parameter
from schemas.rulebook.conditions import compile_condition
from schemas.rulebook.model import Rulebook
from schemas.rulebook.tree import column
from transforms.frames.frame import Frame
from transforms.score.criteria import expression

_WORD = re.compile(r"(?<!:)\b[A-Za-z]\w*\b")


@dataclass(frozen=True)
class Worlds:
    """The worlds of a routing table, and which of its rows hold in each one.

    Args:
        named: The two lists, and the criteria that rows name.
        scores: The lowest and highest score of each range of scores that rows distinguish.
        frame: One row per world: `named` (Boolean), and `score` (place in `scores`).
        holds: Whether each row of the table holds: one column per row, named by its place.
    """

    named: tuple[str, ...]
    scores: tuple[tuple[int, int], ...]
    frame: Frame
    holds: Frame

    def first(self, row: int) -> pl.Series:
        """Return the worlds that a row decides: it holds, and none above it does."""
        return self.holds[str(row)] & ~self.above(row)

    def above(self, row: int) -> pl.Series:
        """Return the worlds in which a row above holds (any row, given the number of rows)."""
        rows = [str(number) for number in range(row)]
        none = pl.Series([False]).new_from_index(0, self.frame.height)
        return self.holds.select(pl.any_horizontal(rows)).to_series() if rows else none


def reads(texts: list[str]) -> set[str]:
    """Return the names that conditions mention, except parameters."""
    return {word for text in texts for word in _WORD.findall(text)}


def parameters(rulebook: Rulebook) -> dict[str, Parameter]:
    """Return the values of a rulebook's parameters."""
    return {name: note.value for name, note in rulebook.parameters.items()}


def worlds(rulebook: Rulebook) -> Worlds:
    """Make the worlds of a rulebook's routing table.

    Args:
        rulebook: A rulebook whose rows compile.
    """
    mentioned = reads([row.when for row in rulebook.routing])
    criteria = {c.id: c.list for c in rulebook.criteria}
    named = (*LISTS, *(name for name in criteria if name in mentioned))
    scores = tuple(_stretches(rulebook)) if "score" in mentioned else ((0, 0),)
    possible = [
        world
        for values in itertools.product((True, False), repeat=len(named))
        if _fits(world := dict(zip(named, values, strict=True)), criteria)
    ]
    frame = pl.DataFrame(possible, schema=dict.fromkeys(named, pl.Boolean)).join(
        pl.DataFrame({"score": pl.int_range(len(scores), eager=True)}), how="cross"
    )
    least = pl.Series([low for low, _ in scores], dtype=pl.Int32).gather(frame["score"])
    names = Names(
        {},
        {name: Condition(column(name)) for name in named},
        parameters(rulebook),
        {"score": SCORE},
        facts=False,
    )
    holds = [
        expression(compile_condition(row.when, names).sql).alias(str(number))
        for number, row in enumerate(rulebook.routing)
    ]
    read = frame.with_columns(least.alias(SCORE.low.strip('"')), least.alias(SCORE.high.strip('"')))
    columns = [str(number) for number in range(len(holds))]
    return Worlds(named, scores, frame, read.with_columns(holds).select(columns))


def _fits(world: Mapping[str, bool], criteria: Mapping[str, str]) -> bool:
    """Tell whether a list holds if one of its criteria does, and only if one may."""
    for name in LISTS:
        own = [criterion for criterion, on in criteria.items() if on == name]
        if world[name]:
            if not any(world.get(criterion, True) for criterion in own):
                return False
        elif any(world.get(criterion, False) for criterion in own):
            return False
    return True


def _stretches(rulebook: Rulebook) -> list[tuple[int, int]]:
    """Split the possible scores wherever a row may distinguish them."""
    weights = [c.weight or 0 for c in rulebook.criteria if c.list == "factor"]
    lowest, highest = sum(min(0, w) for w in weights), sum(max(0, w) for w in weights)
    cuts = {lowest}
    for row in rulebook.routing:
        for number in _numbers(row.when, parameters(rulebook)):
            cuts |= {cut for cut in (number, number + 1) if lowest < cut <= highest}
    ordered = sorted(cuts)
    return list(zip(ordered, [cut - 1 for cut in ordered[1:]] + [highest], strict=True))


def _numbers(when: str, values: Mapping[str, Parameter]) -> set[int]:
    """Return the numbers that a row compares the score with."""
    tree = sqlglot.parse_one(when)
    found = {int(node.this) for node in tree.find_all(exp.Literal) if not node.is_string}
    # A number after a minus sign is negative.
    found |= {-number for number in found}
    for node in tree.find_all(exp.Placeholder):
        value = values.get(node.name)
        if isinstance(value, int) and not isinstance(value, bool):
            found.add(value)
    return found
