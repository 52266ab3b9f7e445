"""Baseline in plain Polars, part 7: the columns of recommendation.avsc, lists included.

Left out, and so null: which facts could settle a route alone (`settling_facts`). Every missing fact
is there, in the order of how many criteria ask for it.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence

import numpy as np
import polars as pl
import pyarrow as pa

from schemas.conflicts import CONFLICTS
from schemas.facts import FACTS
from scripts.benchmarks.baselines.polars_presumptions import (
    JUDGMENTS,
    PRESUMED,
    PRESUMPTIONS,
    RULES,
    STEPS,
)
from scripts.benchmarks.baselines.polars_routing import (
    TABLE,
    Array,
    Routed,
    as_presumed,
    code,
    forecast,
    points,
    shown,
)
from scripts.benchmarks.baselines.polars_rules import (
    CITATIONS,
    CRITERIA,
    READERS,
    WEIGHTS,
    facts_of,
)
from scripts.benchmarks.baselines.routing_table import FORMS, ROUTES, ROWS, UNDECIDED

CLOSES = ROUTES.index("close")
STATES = ("ON_THE_RECORD", "AFTER_CHECKS", "OPEN")
ROW_NAMES = [row[0] for row in ROWS]
# The rows that each finding affects, and those that use the score.
NAMED = {
    "not_filed": ("favored-not-filed", "victim-not-filed", "weighed-not-filed"),
    "B5": ("victim-and-adverse",),
    "B_covered": ("victim-and-adverse",),
    "B_clear": ("victim-not-filed", "victim"),
}
WEIGHED = ("weighed-not-filed", "weighed")
AGAINST = [
    list(dict.fromkeys(fact for expr, _ in group.against for fact in facts_of(expr)))
    for group in PRESUMPTIONS
]
READ_BY_PRESUMPTIONS = {fact for group in PRESUMPTIONS for fact in facts_of(group.basis)}.union(
    *AGAINST
)
SETTLERS = ("vacated_convictions", "juvenile_adjudications")
KNOWN = {*READERS, *READ_BY_PRESUMPTIONS, *SETTLERS}


def recommendations(work: Routed, today: datetime.date) -> pl.DataFrame:
    """Make the recommendations, except for the columns copied from the records."""
    height, real = work.facts.height, work.real
    row = TABLE.row[work.acted]
    possible = TABLE.possible[work.known]
    unknown = unknown_facts(work.facts)
    bearing = bearing_conflicts(work)
    review, review_labels = review_reasons(work, row, bearing, unknown)
    reasons = [real[name].fill_null(False).to_numpy() & bears_on(name, row) for name in CRITERIA]
    low, high = (
        real.select(low=points(real, list(WEIGHTS))[0]),
        real.select(high=points(real, list(WEIGHTS))[1]),
    )
    conflicts = [work.conflicts[name].to_numpy() for name in work.conflicts.columns]
    steps = pl.Series([STEPS, [], []], dtype=pl.List(pl.String))
    route = shown(work.route)
    changes = forecast(work, today)
    return pl.DataFrame(
        {
            "rulebook": pl.Series(["ice-2011-11-17"]).new_from_index(0, height),
            "as_of": pl.Series([today]).new_from_index(0, height),
            "route": named(route, ROUTES),
            "form": named(TABLE.form[work.acted], FORMS),
            "state": named(states(work, possible, bearing), STATES),
            "rule": named(row, ROW_NAMES),
            "needs_review": np.logical_or.reduce([np.zeros(height, bool), *review]),
            "review_reasons": labels(
                review,
                pl.Series(review_labels, dtype=pl.Struct({"kind": pl.String, "reason": pl.String})),
                height,
            ),
            "reasons": labels(
                reasons,
                pl.Series([{"criterion": n, "citation": CITATIONS[n]} for n in CRITERIA]),
                height,
            ),
            "checks": checks(work, unknown),
            "steps": steps.gather(pl.Series(route.astype(np.uint32))),
            "possible_routes": labels(
                [(possible >> place) & 1 == 1 for place in range(3)], pl.Series(ROUTES), height
            ),
            "missing_facts": missing_facts(work, unknown),
            "settling_facts": pl.Series([None], dtype=pl.List(pl.String)).new_from_index(0, height),
            "conflicts": labels(
                conflicts, pl.Series(work.conflicts.columns, dtype=pl.String), height
            ),
            "criteria_true": labels(
                [real[n].fill_null(False).to_numpy() for n in CRITERIA], pl.Series(CRITERIA), height
            ),
            "criteria_unknown": labels(
                [real[n].is_null().to_numpy() for n in CRITERIA], pl.Series(CRITERIA), height
            ),
            "score_low": low["low"],
            "score_high": high["high"],
            "changes_on": changes["changes_on"],
            "changes_to": changes["changes_to"],
        }
    )


def named(numbers: Array, names: Sequence[str]) -> pl.Series:
    """Look up names by number; null for a negative number."""
    table = pl.Series([*names, None], dtype=pl.String)
    return table.gather(pl.Series(np.where(numbers < 0, len(names), numbers).astype(np.uint32)))


def labels(flags: Sequence[Array], names: pl.Series, height: int) -> pl.Series:
    """List for each row the names of the flags that are true, in order."""
    grid = np.zeros((len(flags), height), dtype=bool)
    for place, flag in enumerate(flags):
        grid[place] = flag
    across = np.ascontiguousarray(grid.T)
    which = np.flatnonzero(across.ravel()) % max(1, len(flags))
    return lists(across.sum(axis=1), names.gather(pl.Series(which.astype(np.uint32))))


def lists(sizes: Array, values: pl.Series) -> pl.Series:
    """Split values into lists of the given lengths."""
    offsets = np.zeros(len(sizes) + 1, dtype=np.int64)
    np.cumsum(sizes, out=offsets[1:])
    return pl.Series(pa.LargeListArray.from_arrays(pa.array(offsets), values.to_arrow()))


def unknown_facts(facts: pl.DataFrame) -> dict[str, Array]:
    """Tell which facts are unknown, leaving out those that can't exist."""
    exprs = []
    for name in sorted(KNOWN):
        if f"{name}.low" in facts.columns:
            low, high = pl.col(f"{name}.low"), pl.col(f"{name}.high")
            expr = ~(low == high).fill_null(False)
        else:
            expr = pl.col(name).is_null()
        only_if = FACTS[name].only_if
        if only_if is not None:
            expr = expr & pl.col(only_if).fill_null(True)
        exprs.append(expr.alias(name))
    return {series.name: series.to_numpy() for series in facts.select(exprs)}


def states(work: Routed, possible: Array, bearing: dict[str, Array]) -> Array:
    """Tell whether each route is on the record, after checks, or open."""
    conflicted = np.logical_or.reduce([np.zeros(len(possible), bool), *bearing.values()])
    sure = np.isin(possible, (1, 2, 4)) & ~conflicted
    return np.where(work.route == UNDECIDED, 2, np.where(sure, 0, 1))


def bears_on(name: str, row: Array) -> Array:
    """Tell whether a criterion affects the row that decided."""
    if name in WEIGHTS:
        rows: tuple[str, ...] = WEIGHED if WEIGHTS[name] > 0 else ()
    elif name == "not_filed" or name.startswith("B"):
        rows = NAMED.get(name, ())
    else:
        return np.ones(len(row), bool)
    return np.isin(row, [ROW_NAMES.index(row_name) for row_name in rows])


def checks(work: Routed, unknown: dict[str, Array]) -> pl.Series:
    """List the presumptions that each case's route rests on, and what might speak against each."""
    height, route = work.facts.height, work.route
    leans = {
        name: ((turns >> route) & 1).astype(bool) & work.effective[name].is_not_null().to_numpy()
        for name, turns in work.turns.items()
    }
    grid = np.zeros((height, len(PRESUMED)), bool)
    for place, fact in enumerate(PRESUMED):
        leaning = np.logical_or.reduce([leans[name] for name in READERS[fact]])
        grid[:, place] = work.applies[fact].to_numpy() & leaning
    rows, columns = np.nonzero(grid)
    texts = pl.DataFrame(
        [
            (fact, "0" if f"{fact}.high" in work.facts.columns else "false", reason)
            for fact, group in PRESUMED.items()
            for reason in (group.close, group.proceed, group.expedite)
        ],
        schema=["fact", "presumed", "reason"],
        orient="row",
    )
    chosen = texts[pl.Series(columns * 3 + route[rows], dtype=pl.UInt32)]
    groups = [PRESUMPTIONS.index(group) for group in PRESUMED.values()]
    # The unknown facts of a group, as bits: few combinations occur.
    keys = np.zeros(len(rows), np.int64)
    for number, facts in enumerate(AGAINST):
        there = np.flatnonzero(np.isin(columns, np.flatnonzero(np.array(groups) == number)))
        bits = np.zeros(len(there), np.int64)
        for place, fact in enumerate(facts):
            bits |= unknown[fact][rows[there]].astype(np.int64) << place
        keys[there] = (number << 20) | bits
    distinct, where = np.unique(keys, return_inverse=True)
    named_facts = pl.Series(
        [
            [fact for place, fact in enumerate(AGAINST[key >> 20]) if key >> place & 1]
            for key in distinct.tolist()
        ],
        dtype=pl.List(pl.String),
    )
    not_known = named_facts.gather(pl.Series(where.astype(np.uint32)))
    return lists(grid.sum(axis=1), chosen.with_columns(not_known=not_known).to_struct("check"))


def missing_facts(work: Routed, unknown: dict[str, Array]) -> pl.Series:
    """List the unknown facts that can still change the route."""
    catalog = list(FACTS)
    counts = np.zeros((work.facts.height, len(catalog)), np.int64)
    for fact, names in READERS.items():
        asked = np.sum([work.matters[name] for name in names], axis=0, dtype=np.int64)
        counts[:, catalog.index(fact)] = np.where(unknown[fact], asked, 0)
    for fact, asked in what_to_see(work, unknown).items():
        place = catalog.index(fact)
        counts[:, place] = np.maximum(counts[:, place], asked)
    # If every conviction is listed, ask instead for what settles whether it counts.
    for fact in READERS:
        if FACTS[fact].settled_by:
            column = counts[:, catalog.index(fact)]
            listed = (column > 0) & work.facts[f"{fact}.high"].is_not_null().to_numpy()
            instead = np.zeros(len(listed), bool)
            for name in SETTLERS:
                here = listed & unknown[name]
                other = counts[:, catalog.index(name)]
                other[here] = np.maximum(other[here], column[here])
                instead |= here
            column[instead] = 0
    rows, columns = np.nonzero(counts)
    order = np.lexsort((columns, -counts[rows, columns], rows))
    names_of = pl.Series(catalog).gather(pl.Series(columns[order].astype(np.uint32)))
    return lists((counts > 0).sum(axis=1), names_of)


def what_to_see(work: Routed, unknown: dict[str, Array]) -> dict[str, Array]:
    """For open cases, count the criteria that wait for something to be seen before presuming."""
    undecided = work.route == UNDECIDED
    found = {}
    for seen in ("charges_seen", "agency_record_seen"):
        asked = np.zeros(work.facts.height, np.int64)
        waiting: dict[str, Array] = {}
        for group, holds in zip(PRESUMPTIONS, work.against, strict=True):
            if seen not in facts_of(group.basis):
                continue
            waits = work.facts.select(group.basis.is_null().alias("w"))["w"].to_numpy()
            for points_at in holds:
                waits = waits & ~points_at.to_numpy()
            for fact in group.facts:
                lets = waits & work.quiet[fact].to_numpy()
                for name in READERS[fact]:
                    waiting[name] = waiting[name] | lets if name in waiting else lets
        for name, lets in waiting.items():
            asked += lets & work.matters[name]
        found[seen] = np.where(undecided & unknown[seen], asked, 0)
    return found


def bearing_conflicts(work: Routed) -> dict[str, Array]:
    """Find the conflicts that affect a case's route."""
    found = {}
    for name in sorted(work.conflicts.columns):
        facts = CONFLICTS[name].facts
        if not any(fact in READERS or fact in READ_BY_PRESUMPTIONS for fact in facts):
            continue
        readers = {reader for fact in facts for reader in READERS.get(fact, ())}
        matters = [work.matters[reader] for reader in readers]
        is_decisive = np.logical_or.reduce([work.route == CLOSES, *matters])
        found[name] = work.conflicts[name].to_numpy() & is_decisive
    return found


def review_reasons(
    work: Routed, row: Array, bearing: dict[str, Array], unknown: dict[str, Array]
) -> tuple[list[Array], list[dict[str, str]]]:
    """Find why cases need human review: flags, and the reason for each."""
    flags: list[Array] = []
    reasons: list[dict[str, str]] = []

    def add(kind: str, reason: str, flag: Array) -> None:
        if flag.any():
            flags.append(flag)
            reasons.append({"kind": kind, "reason": reason})

    for name, flag in bearing.items():
        add("CONFLICT", CONFLICTS[name].says, flag)
    for number, (_, _, _, why) in enumerate(ROWS):
        if why:
            add("TABLE", why, row == number)
    closes = work.route == CLOSES
    conditions = [expr for expr, _ in RULES] + [expr for _, expr, _ in JUDGMENTS]
    held = work.facts.select(
        expr.fill_null(False).alias(str(place)) for place, expr in enumerate(conditions)
    ).get_columns()
    for (_, why), holds in zip(RULES, held, strict=False):
        add("RULE", why, holds.to_numpy() & closes)
    for (name, _, why), holds in zip(JUDGMENTS, held[len(RULES) :], strict=True):
        add("JUDGMENT", why, holds.to_numpy() & work.real[name].fill_null(True).to_numpy())
    for reason, flag in markers(work, unknown):
        add("MARKER", reason, flag)
    return flags, reasons


def markers(work: Routed, unknown: dict[str, Array]) -> list[tuple[str, Array]]:
    """Find signs of an unknown fact that the route depends on.

    There is one if the route would be different with everything unknown presumed.
    """
    marked: dict[str, Array] = {}
    for group, holds in zip(PRESUMPTIONS, work.against, strict=True):
        for (_, says), points_at in zip(group.against, holds, strict=True):
            if not points_at.any():
                continue
            reason = f"{says}, but the adverse facts that it points to aren't known"
            for fact in group.facts:
                is_decisive = np.logical_or.reduce([work.matters[name] for name in READERS[fact]])
                flag = (
                    points_at.to_numpy() & work.quiet[fact].to_numpy() & unknown[fact] & is_decisive
                )
                marked[reason] = marked[reason] | flag if reason in marked else flag
    if not marked:
        return []
    rows = np.flatnonzero(np.logical_or.reduce(list(marked.values())))
    at = pl.Series(rows.astype(np.uint32))
    presumed = as_presumed(work.real[at], work.facts[at], work.quiet[at])
    other = np.zeros(work.facts.height, bool)
    other[rows] = shown(TABLE.route[code(presumed)]) != shown(work.route[rows])
    return [(reason, flag & other) for reason, flag in marked.items()]
