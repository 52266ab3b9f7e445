"""Route table: the outcome of every possible position, computed once per rulebook.

A position is the truth of each criterion that rows name, the truth of the rest of each list, and
the two bounds of the score. All scores between two numbers in the rows have the same outcome, so
there are few positions, however large the weights are. Looking one up costs a fraction of
evaluating the rows.

First, the rows are evaluated for each way in which everything is known (a *world*). A position with
something unknown can turn out to be any of its worlds, so it reaches whatever any of them reaches.
This treats lists, criteria, and score as independent, so it is a sound superset.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import polars as pl

from schemas.outcomes import FORMS, ROUTES
from schemas.rulebook.compiled import LISTS, CompiledRulebook
from transforms.score.criteria import expression
from transforms.score.kleene import FALSE, TRUE, UNKNOWN, Degrees
from transforms.score.points import SCORE, Points
from transforms.score.position import Position

Codes: TypeAlias = npt.NDArray[np.signedinteger[Any]]
Array: TypeAlias = npt.NDArray[Any]

# In addition to the numbers of ROUTES: several routes are possible.
UNDECIDED = len(ROUTES)
NONE = -1
UP, DOWN = "up", "down"
_TABLES: dict[str, RouteTable] = {}


@dataclass(frozen=True)
class RouteTable:
    """The outcome of every position.

    Each array is indexed by the degree of each atom and by the places of the lowest and the highest
    score.

    Args:
        atoms: What positions are made of, besides the score (`CompiledRulebook.atoms`).
        cuts: The numbers that divide the scores.
        possible: The possible routes: bit N for `ROUTES[N]`.
        route: The number of the only possible route, or `UNDECIDED`.
        row: The number of the last possible row, which holds whatever the unknown ones turn out to
            be; `NONE` if undecided, or if no row may hold.
        form: The number in FORMS that all possible rows share, or `NONE`.
        turns: For each step that a criterion can make from FALSE to TRUE, the routes that it can
            turn the outcome away from: bit N for `ROUTES[N]`. A step is an atom (which then has no
            index here), or the score going `UP` or `DOWN`.
    """

    atoms: tuple[str, ...]
    cuts: npt.NDArray[np.int64]
    possible: npt.NDArray[np.uint8]
    route: npt.NDArray[np.uint8]
    row: npt.NDArray[np.int8]
    form: npt.NDArray[np.int8]
    turns: dict[str, npt.NDArray[np.uint8]]

    @classmethod
    def of(cls, rulebook: CompiledRulebook) -> RouteTable:
        """Make the table of a rulebook."""
        if rulebook.digest not in _TABLES:
            _TABLES[rulebook.digest] = _work_out(rulebook)
        return _TABLES[rulebook.digest]

    def look_up(self, array: npt.NDArray[Any], position: Position) -> npt.NDArray[Any]:
        """Look up `possible`, `route`, `row`, or `form` for some positions."""
        return self._entries(array, [position.truths[a] for a in self.atoms], position)

    def recommended(self, position: Position) -> pl.Series:
        """Return the recommended route for each position (String); an undecided case continues."""
        route = shown(self.look_up(self.route, position))
        return pl.Series("route", ROUTES).gather(pl.Series(route))

    def turned(self, step: str, position: Position) -> npt.NDArray[np.uint8]:
        """Return the routes that a step can turn the outcome away from.

        Args:
            step: A key of `turns`.
            position: The positions, with everything open that may turn out either way.
        """
        degrees = [position.truths[atom] for atom in self.atoms if atom != step]
        return self._entries(self.turns[step], degrees, position)

    def _entries(self, array: Array, degrees: list[Degrees], position: Position) -> Array:
        places = [self._places(bound) for bound in (position.low, position.high)]
        index = np.zeros(len(position.low), dtype=np.int32)
        for number, size in zip([*degrees, *places], array.shape, strict=True):
            index *= size
            index += number
        entries: Array = array.reshape(-1).take(index)
        return entries

    def _places(self, scores: Points) -> Codes:
        """Return how many cuts each score has reached."""
        # There are few cuts, so comparing with each takes a tenth of a search.
        places = np.zeros(len(scores), np.int32)
        for cut in self.cuts:
            places += scores >= cut
        return places


@dataclass(frozen=True)
class Routed:
    """How some cases were routed.

    Args:
        route: Numbers of ROUTES, or `UNDECIDED`.
        row: Numbers of rows of the routing table, or `NONE`.
    """

    route: npt.NDArray[np.uint8]
    row: npt.NDArray[np.int8]


def shown(route: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Return the numbers of the recommended routes; an undecided case continues."""
    return np.where(route == UNDECIDED, np.uint8(ROUTES.index("continue")), route)


def _work_out(rulebook: CompiledRulebook) -> RouteTable:
    atoms, cuts = rulebook.atoms, np.array(rulebook.cuts, dtype=np.int64)
    rows = rulebook.rulebook.routing
    routes = np.array([ROUTES.index(row.route) for row in rows] + [ROUTES.index("continue")])
    forms = [NONE if row.form is None else FORMS.index(row.form) for row in rows] + [NONE]
    first = _first_rows(rulebook)
    reached = _between(_with_unknown(np.uint64(1) << first.astype(np.uint64), len(atoms)))

    def among(numbers: list[int]) -> Array:
        mask = np.uint64(sum(1 << n for n in numbers))
        return np.asarray((reached & mask) != 0)

    possible = np.zeros(reached.shape, np.uint8)
    for number in range(len(ROUTES)):
        possible[among(list(np.flatnonzero(routes == number)))] |= np.uint8(1 << number)
    route = np.full(reached.shape, UNDECIDED, np.uint8)
    for number in range(len(ROUTES)):
        route[possible == 1 << number] = number
    row = np.full(reached.shape, NONE, np.int8)
    form = np.full(reached.shape, NONE, np.int8)
    for number in range(len(rows)):
        row[among([number])] = number
    row[(route == UNDECIDED) | among([len(rows)])] = NONE
    for number in {*forms} - {NONE}:
        others = [n for n, other in enumerate(forms) if other != number]
        form[(route != UNDECIDED) & ~among(others)] = number
    turns = dict(_turns(atoms, routes[first]))
    return RouteTable(atoms, cuts, possible, route, row, form, turns)


def _first_rows(rulebook: CompiledRulebook) -> Array:
    """Find the first row that holds in each world; if none does, the number after the last row."""
    atoms, cuts = rulebook.atoms, rulebook.cuts
    shape = (*(2 for _ in atoms), len(cuts) + 1)
    *truths, place = np.indices(shape).reshape(len(shape), -1)
    score = np.array([*(cut - 1 for cut in cuts[:1]), *cuts] or [0])[place]
    columns = {atom: truth.astype(bool) for atom, truth in zip(atoms, truths, strict=True)}
    for name in LISTS:
        named = [columns[c.id] for c in rulebook.of_list(name) if c.id in columns]
        columns[name] = np.logical_or.reduce([columns[name], *named])
    worlds = pl.DataFrame(columns | dict.fromkeys(SCORE, score))
    holds = worlds.with_columns(
        expression(row.sql).alias(f"row.{number}") for number, row in enumerate(rulebook.routing)
    ).select(pl.concat_list(f"row.{number}" for number in range(len(rulebook.routing))))
    first = holds.to_series().list.eval(pl.element().arg_max()).list.first()
    some = holds.to_series().list.any()
    number = pl.select(pl.when(some).then(first).otherwise(len(rulebook.routing))).to_series()
    return number.to_numpy().reshape(shape)


def _turns(atoms: tuple[str, ...], route: Array) -> Iterator[tuple[str, npt.NDArray[np.uint8]]]:
    def differ(before: Array, after: Array) -> Array:
        return np.where(before != after, 1 << before, 0).astype(np.uint8)

    for number, atom in enumerate(atoms):
        no, yes = (np.take(route, truth, axis=number) for truth in (False, True))
        yield atom, _between(_with_unknown(differ(no, yes), len(atoms) - 1))
    below, above = route[..., :-1], route[..., 1:]
    for step, before, after in ((UP, below, above), (DOWN, above, below)):
        yield step, _crossing(_with_unknown(differ(before, after), len(atoms)))


def _with_unknown(array: Array, atoms: int) -> Array:
    """Make degrees the indices of the atoms; UNKNOWN has the bits of both TRUE and FALSE."""
    for axis in range(atoms):
        no, yes = np.split(array, 2, axis=axis)
        by_degree = {FALSE: no, UNKNOWN: no | yes, TRUE: yes}
        array = np.concatenate([by_degree[n] for n in sorted(by_degree)], axis=axis)
    return array


def _between(array: Array) -> Array:
    """Index the array by low and high score: bits that are set anywhere in between."""
    places = array.shape[-1]
    spread = np.zeros((*array.shape, places), array.dtype)
    for low in range(places):
        spread[..., low, low:] = np.bitwise_or.accumulate(array[..., low:], axis=-1)
    return spread


def _crossing(array: Array) -> Array:
    """Index the array of cuts by low and high score: bits that any cut in between sets."""
    cuts = array.shape[-1]
    spread = np.zeros((*array.shape[:-1], cuts + 1, cuts + 1), array.dtype)
    for low in range(cuts):
        spread[..., low, low + 1 :] = np.bitwise_or.accumulate(array[..., low:], axis=-1)
    return spread
