"""Table proofs: rows that never decide, rows that overlap, and cases without a row."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping

import polars as pl

from schemas.outcomes import FORM_TEXTS
from schemas.rulebook.compiled import LISTS, Problem
from schemas.rulebook.model import RoutingRow, Rulebook
from transforms.explain.notes import Note
from transforms.explain.worlds import Worlds, parameters, reads, worlds

HOLDS = {
    "priority": ("a priority holds", "no priority holds"),
    "favored": ("a favored class holds", "no favored class holds"),
}


def table_problems(rulebook: Rulebook) -> Iterator[Problem]:
    """Describe what is wrong with a routing table.

    Args:
        rulebook: A rulebook that compiles.

    Yields:
        Rows that never decide a case although no parameter turns them off, and every region that no
        row covers.
    """
    table = worlds(rulebook)
    for number, row in enumerate(rulebook.routing):
        if not table.first(number).any() and not turned_off(rulebook, number):
            reason = (
                "the rows above it take every case in which it holds"
                if table.holds[str(number)].any()
                else "its condition is never true"
            )
            yield Problem(("routing", number), f"no case can reach the row {row.id}: {reason}")
    for region in _no_row(table, rulebook):
        yield Problem(
            ("routing",),
            f"no row covers a case where {region}; it would continue without a reason. "
            'Add a row, such as a last one with `when: "TRUE"`',
        )


def table_notes(rulebook: Rulebook) -> Iterator[Note]:
    """Describe what a reader of a routing table should know, although it may be intended.

    Args:
        rulebook: A rulebook that compiles.

    Yields:
        Pairs of rows for which only their order decides, unless the lower one reads the score, and
        rows that a parameter turns off.
    """
    table, rows = worlds(rulebook), rulebook.routing
    for number, row in enumerate(rows):
        if not table.first(number).any() and (parameter := turned_off(rulebook, number)):
            yield Note(
                ("routing", number),
                f"the row {row.id} is turned off by :{parameter}",
                "OFF",
                f"row {row.id}",
                f":{parameter}",
            )
    for upper, lower in itertools.combinations(range(len(rows)), 2):
        if _outcome(rows[upper]) == _outcome(rows[lower]):
            continue
        # The score comes after the lists, so rows on the score belong below rows on the lists.
        if "score" in reads([rows[lower].when]) and "score" not in reads([rows[upper].when]):
            continue
        free = ~table.above(upper)
        one, other = table.holds[str(upper)] & free, table.holds[str(lower)] & free
        # A row for a special case belongs above one for the general case.
        if (one & other).any() and (one & ~other).any() and (other & ~one).any():
            read = reads([rows[upper].when, rows[lower].when])
            where = _first_in_words(table, one & other, read, rulebook)
            above, below = _outcome(rows[upper]), _outcome(rows[lower])
            yield Note(
                ("routing", upper),
                f"the rows {rows[upper].id} and {rows[lower].id} overlap where {where}: "
                f"the upper one decides ({above}, not {below})",
                "OVERLAP",
                f"{rows[upper].id} ({rows[upper].route})",
                f"before {rows[lower].id} ({rows[lower].route})",
            )


def turned_off(rulebook: Rulebook, row: int) -> str | None:
    """Find the true-or-false parameter that keeps a row from deciding any case.

    Args:
        rulebook: A rulebook that compiles.
        row: The place of the row in the table.

    Returns:
        The parameter's name; None if the row decides cases, or if no parameter helps.
    """
    if worlds(rulebook).first(row).any():
        return None
    when = rulebook.routing[row].when
    for name, value in parameters(rulebook).items():
        if isinstance(value, bool) and f":{name}" in when:
            notes = dict(rulebook.parameters)
            notes[name] = notes[name].model_copy(update={"value": not value})
            otherwise = rulebook.model_copy(update={"parameters": notes})
            if worlds(otherwise).first(row).any():
                return name
    return None


def _outcome(row: RoutingRow) -> str:
    return f"{row.route}: {FORM_TEXTS[row.form]}" if row.form else row.route


def _no_row(table: Worlds, rulebook: Rulebook) -> Iterator[str]:
    """Describe the regions without a row."""
    names = list(table.named)
    covered = table.frame.with_columns(left=~table.above(len(rulebook.routing)))
    by_world = covered.group_by(names, maintain_order=True).agg(pl.col("score").filter("left"))
    scores = {tuple(world): tuple(own) for *world, own in by_world.rows()}
    for pattern in sorted(set(scores.values()) - {()}):
        for region in _regions({w for w, own in scores.items() if own == pattern}, set(scores)):
            parts = [_holds(names[place], value, rulebook) for place, value in region.items()]
            if len(pattern) < len(table.scores):
                parts.append(_score_words([table.scores[score] for score in pattern]))
            yield " and ".join(parts) or "nothing else is known"


def _regions(
    worlds: set[tuple[bool, ...]], possible: set[tuple[bool, ...]], place: int = 0
) -> Iterator[dict[int, bool]]:
    """Combine possible worlds into a few regions: the places that must be TRUE or FALSE."""
    if not worlds:
        return
    if worlds == possible:
        yield {}
        return
    halves = {
        value: {
            frozenset(enumerate(world[place + 1 :])) for world in worlds if world[place] is value
        }
        for value in (True, False)
    }
    apart = halves[True] != halves[False]
    for value in (True, False):
        inside = {world for world in worlds if world[place] is value}
        among = {world for world in possible if world[place] is value}
        if apart:
            for region in _regions(inside, among, place + 1):
                yield {place: value, **region}
    if not apart:
        yield from _regions(worlds, possible, place + 1)


def _first_in_words(table: Worlds, where: pl.Series, read: set[str], rulebook: Rulebook) -> str:
    """Describe one world, as far as two rows read it."""
    world: Mapping[str, bool | int] = table.frame.filter(where).row(0, named=True)
    parts = [_holds(name, bool(world[name]), rulebook) for name in table.named if name in read]
    if "score" in read:
        parts.append(_score_words([table.scores[int(world["score"])]]))
    return " and ".join(parts)


def _holds(name: str, value: bool, rulebook: Rulebook) -> str:
    if name in LISTS:
        return HOLDS[name][0 if value else 1]
    title = next(c.title for c in rulebook.criteria if c.id == name)
    return f"{name} ({title}) {'holds' if value else 'does not hold'}"


def _score_words(stretches: list[tuple[int, int]]) -> str:
    joined: list[tuple[int, int]] = []
    for low, high in stretches:
        if joined and joined[-1][1] + 1 == low:
            joined[-1] = (joined[-1][0], high)
        else:
            joined.append((low, high))
    words = [f"{low}" if low == high else f"from {low} to {high}" for low, high in joined]
    return f"the score is {' or '.join(words)}"
