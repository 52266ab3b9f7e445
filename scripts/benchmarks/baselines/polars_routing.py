"""Baseline in plain Polars, part 6: criteria, position in the routing table, and forecast."""

from __future__ import annotations

import datetime
import functools
import operator
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from schemas.conflicts import CONFLICTS
from scripts.benchmarks.baselines.polars_facts import MILESTONES, milestone_days
from scripts.benchmarks.baselines.polars_presumptions import (
    BOUNDED,
    PRESUMED,
    PRESUMPTIONS,
    TOUCHED,
    silent,
)
from scripts.benchmarks.baselines.polars_rules import (
    COMPOSED,
    CRITERIA,
    FAVORED,
    MOVING,
    PLAIN,
    PRIORITIES,
    WEIGHTS,
    facts_of,
    reached,
    some,
)
from scripts.benchmarks.baselines.routing_table import ATOMS, ROUTES, UNDECIDED, Table

col = pl.col
Array = npt.NDArray[Any]
CLOSE_SCORE = 9
TABLE = Table()
CONTINUES = ROUTES.index("continue")


@dataclass(frozen=True)
class Routed:
    """Cases, with everything that their recommendations are computed from.

    Args:
        facts: Facts and milestones, those in conflict unknown.
        conflicts: One Boolean column per conflict.
        quiet: Which facts the record says nothing about: one Boolean column per presumed fact.
        against: For each group of presumptions, whether something speaks against it.
        applies: Which presumptions apply: one Boolean column per presumed fact.
        real: The criteria on the facts in the record.
        effective: The criteria as routing uses them.
        known: The code of the position by the facts in the record.
        acted: The code of the position that routing uses.
    """

    facts: pl.DataFrame
    conflicts: pl.DataFrame
    quiet: pl.DataFrame
    against: list[list[pl.Series]]
    applies: pl.DataFrame
    real: pl.DataFrame
    effective: pl.DataFrame
    known: Array
    acted: Array

    @functools.cached_property
    def route(self) -> Array:
        """Return the only possible route, or a code for several."""
        return TABLE.route[self.acted]

    @functools.cached_property
    def matters(self) -> dict[str, Array]:
        """Tell for each criterion whether it is open and the route can depend on it."""
        return {name: turns != 0 for name, turns in self.turns.items()}

    @functools.cached_property
    def turns(self) -> dict[str, Array]:
        """For each open criterion, return the routes from which it can turn the case."""
        of_atom = {name: turns[self.known] for name, turns in TABLE.turns.items()}
        found = {}
        for name in CRITERIA:
            atom = "priority" if name in PRIORITIES else "favored" if name in FAVORED else name
            if name in WEIGHTS:
                atom = "enough" if WEIGHTS[name] > 0 else "short"
            if atom in of_atom:
                found[name] = np.where(self.real[name].is_null().to_numpy(), of_atom[atom], 0)
            else:
                found[name] = np.zeros(self.real.height, np.uint8)
        return found


def route_cases(facts: pl.DataFrame, conflicts: pl.DataFrame, today: datetime.date) -> Routed:
    """Route cases by their facts (unknown if in conflict) and their conflicts."""
    facts = facts.hstack(milestone_days(facts)).with_columns(reached(pl.lit(today)))
    clashes = clashing(conflicts)
    quiet = facts.select(silent(fact).alias(fact) for fact in PRESUMED)
    quiet = quiet.with_columns(quiet[fact] & ~clashes[fact] for fact in PRESUMED if fact in clashes)
    against, applies = [], []
    for group in PRESUMPTIONS:
        holds = facts.select(
            expr.fill_null(False).alias(str(place)) for place, (expr, _) in enumerate(group.against)
        ).get_columns()
        for place, (expr, _) in enumerate(group.against):
            for fact in facts_of(expr) & set(clashes):
                holds[place] = holds[place] | clashes[fact]
        against.append(holds)
        may = facts.with_columns(group.basis.fill_null(False).alias("_may"))["_may"]
        for series in holds:
            may = may & ~series
        applies += [(quiet[fact] & may).alias(fact) for fact in group.facts]
    applied = pl.DataFrame(applies)
    real = criteria(facts, PLAIN)
    effective = as_presumed(real, facts, applied)
    return Routed(
        facts, conflicts, quiet, against, applied, real, effective, code(real), code(effective)
    )


def clashing(conflicts: pl.DataFrame) -> dict[str, pl.Series]:
    """For each fact in conflict in any case, flag the cases."""
    found: dict[str, pl.Series] = {}
    for name in conflicts.columns:
        for fact in CONFLICTS[name].facts:
            found[fact] = found[fact] | conflicts[name] if fact in found else conflicts[name]
    return found


def criteria(facts: pl.DataFrame, names: Sequence[str] | dict[str, pl.Expr]) -> pl.DataFrame:
    """Evaluate the criteria on facts and milestones, and then those that combine criteria."""
    return facts.select(PLAIN[name].alias(name) for name in names).with_columns(
        expr.alias(name)
        for name, expr in COMPOSED.items()
        if set(expr.meta.root_names()) <= set(names)
    )


def put_in(facts: pl.DataFrame, applies: pl.DataFrame) -> pl.DataFrame:
    """Fill in FALSE or 0 where it is presumed."""
    return facts.with_columns(
        pl.when(applies[fact]).then(0).otherwise(col(f"{fact}.high")).alias(f"{fact}.high")
        if fact in BOUNDED
        else pl.when(applies[fact]).then(False).otherwise(col(fact)).alias(fact)
        for fact in PRESUMED
        if fact in facts.columns or f"{fact}.high" in facts.columns
    )


def as_presumed(real: pl.DataFrame, facts: pl.DataFrame, applies: pl.DataFrame) -> pl.DataFrame:
    """Return the criteria as routing uses them: a presumption may make one FALSE, never TRUE."""
    names = [name for name in TOUCHED if name in real.columns]
    presumed = criteria(put_in(facts, applies), names)
    return real.with_columns(
        pl.when(~presumed[name]).then(False).otherwise(col(name)).alias(name)
        for name in presumed.columns
    )


def points(values: pl.DataFrame, names: Sequence[str]) -> tuple[pl.Expr, pl.Expr]:
    """Return the lowest and the highest total of the factors."""
    return tuple(  # type: ignore[return-value]
        functools.reduce(
            operator.add,
            [
                col(n).fill_null((WEIGHTS[n] > 0) == most).cast(pl.Int32) * WEIGHTS[n]
                for n in names
                if n in values.columns
            ],
        )
        for most in (False, True)
    )


def code(values: pl.DataFrame) -> Array:
    """Return the code of each case's position in the routing table."""
    low, high = points(values, list(WEIGHTS))
    return coded(
        values.with_columns(
            some(*PRIORITIES).alias("priority"),
            some(*FAVORED).alias("favored"),
            pl.when(low >= CLOSE_SCORE)
            .then(True)
            .when(high < CLOSE_SCORE)
            .then(False)
            .alias("enough"),
        )
    )


def coded(atoms: pl.DataFrame) -> Array:
    """Return the code of each case's position, given the values that rows read."""
    digits = [
        col(name).cast(pl.Int32).fill_null(2) * 3 ** (len(ATOMS) - 1 - place)
        for place, name in enumerate(ATOMS)
    ]
    return atoms.select(functools.reduce(operator.add, digits).alias("code"))["code"].to_numpy()


def shown(route: Array) -> Array:
    """Return the route as recommended: an undecided case continues."""
    return np.where(route == UNDECIDED, CONTINUES, route)


def forecast(work: Routed, today: datetime.date) -> pl.DataFrame:
    """Find the first day on which the route changes by itself, and the route from then on.

    The route can change only on a milestone's day, so each one is tried, for all cases at once.
    """
    facts, values = work.facts, work.effective
    factors = [name for name in WEIGHTS if name not in MOVING and name != "A1"]
    low, high = points(values, factors)
    still = values.select(
        some(*(n for n in PRIORITIES if n not in MOVING)).alias("_p"),
        some(*(n for n in FAVORED if n not in MOVING)).alias("_f"),
        *(name for name in ATOMS if name in values.columns),
        low.alias("_low"),
        high.alias("_high"),
    )
    now = pl.DataFrame(
        {"_row": np.arange(facts.height, dtype=np.uint32), "_now": shown(work.route)}
    )
    moments = []
    for name in MILESTONES:
        first, last = facts[f"{name}.low"], facts[f"{name}.high"]
        moments.append(now.with_columns(_day=first).filter(first > today))
        moments.append(now.with_columns(_day=last).filter((last > today) & last.ne_missing(first)))
    later = pl.concat(moments)
    rows = later["_row"]
    read = [column for name in MOVING for column in PLAIN[name].meta.root_names()]
    columns = [name for name in dict.fromkeys(read) if name not in MILESTONES]
    bounds = [f"{name}.{bound}" for name in MILESTONES for bound in ("low", "high")]
    there = facts.select(*columns, *bounds)[rows].with_columns(later["_day"])
    there = there.with_columns(reached(col("_day")))
    moved = as_presumed(criteria(there, MOVING), there, work.applies[rows])
    then = still[rows].hstack(moved)
    least, most = points(moved, list(WEIGHTS))
    then = then.with_columns(
        (col("_p") | col("P4")).alias("priority"),
        (col("_f") | some(*(n for n in FAVORED if n in MOVING))).alias("favored"),
    ).with_columns(
        (col("_low") + least + col("priority").fill_null(True) * WEIGHTS["A1"]).alias("_low"),
        (col("_high") + most + col("priority").fill_null(False) * WEIGHTS["A1"]).alias("_high"),
    )
    route = shown(
        TABLE.route[
            coded(
                then.with_columns(
                    pl.when(col("_low") >= CLOSE_SCORE)
                    .then(True)
                    .when(col("_high") < CLOSE_SCORE)
                    .then(False)
                    .alias("enough")
                )
            )
        ]
    )
    first_change = (
        later.with_columns(_route=route)
        .filter(col("_route") != col("_now"))
        .sort("_row", "_day")
        .unique("_row", keep="first", maintain_order=True)
    )
    names = pl.Series(ROUTES)
    return now.join(first_change, on="_row", how="left", maintain_order="left").select(
        col("_day").alias("changes_on"),
        pl.lit(names).gather(col("_route")).alias("changes_to"),
    )
