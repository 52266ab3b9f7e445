"""Sharing: which counts a copy to give away may show.

A count from 1 to 10 could tell something about a person whom somebody knows, and so could one that
subtracting one number of the page from another gives. Three kinds of counts need three remedies:

- Where each case is in one row, rows are pooled (`transforms.report.pooling`).
- Where a case may be in several rows, a number is marked if it is small, or if few are missing.
- A bound is rounded outward, since it is compared with so many others.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from schemas.outcomes import ROUTES, Route
from schemas.small_cells import FEWER, LEAST
from transforms.report.model import Column, Month, Months
from transforms.report.pooling import pool
from transforms.route.cover import Asked

ALL_BUT_FEW = f"all but {FEWER}"
NOT_SHOWN = "not shown"


@dataclass(frozen=True)
class Group:
    """Routes that share a column, since one of them has too few cases; most often one route.

    Args:
        name: What it is called.
        routes: The routes.
        tone: The route whose color it takes.
        cases: The number of cases.
    """

    name: str
    routes: tuple[Route, ...]
    tone: Route
    cases: int

    @property
    def column(self) -> Column:
        """Return its column."""
        return Column(self.name, self.tone)


@dataclass(frozen=True)
class MarkedCell:
    """A number, or the mark that stands in its place.

    Args:
        number: The number; None if it isn't shown.
        mark: The mark; empty for a number.
    """

    number: int | None
    mark: str = ""

    @property
    def text(self) -> str:
        """Return what the page shows."""
        return self.mark if self.number is None else f"{self.number:,}"


def is_small(number: int) -> bool:
    """Return whether a number of cases is too small to be shown."""
    return 0 < number < LEAST


def group_routes(routed: Mapping[Route, int]) -> tuple[Group, ...]:
    """Decide which routes share a column.

    Args:
        routed: The number of cases by route.

    Returns:
        Groups of at least `LEAST` cases, or of none; empty if all cases together are too few.

    Examples:
        >>> [one.name for one in group_routes({"close": 90, "continue": 30, "expedite": 4})]
        ['close', 'continue or expedite']
    """
    found = pool({route: {"cases": routed[route]} for route in ROUTES})
    if not found.kept and is_small(sum(routed.values())):
        return ()
    pooled = tuple(route for route in ROUTES if route in found.pooled)
    groups: list[tuple[Route, ...]] = [(route,) for route in ROUTES if route in found.kept]
    if pooled:
        groups.append(pooled)
    return tuple(
        Group(
            " or ".join(routes) if len(routes) < len(ROUTES) else "any route",
            routes,
            max(routes, key=lambda route: routed[route]),
            sum(routed[route] for route in routes),
        )
        for routes in sorted(groups, key=lambda routes: ROUTES.index(routes[0]))
    )


def mark(number: int, wholes: Iterable[int]) -> MarkedCell:
    """Show a number of cases that overlaps with others, or mark it.

    Args:
        number: The number of cases.
        wholes: The numbers of cases that it is part of, and that the reader may know.

    Examples:
        >>> mark(40, [90]).text, mark(7, [90]).text, mark(85, [90]).text
        ('40', '<11', 'all but <11')
    """
    if is_small(number):
        return MarkedCell(None, FEWER)
    # A number of 0 leaves the whole, which is shown anyway.
    if number and any(is_small(whole - number) for whole in wholes):
        return MarkedCell(None, ALL_BUT_FEW)
    return MarkedCell(number)


def total(cells: Sequence[MarkedCell]) -> MarkedCell:
    """Add up the cells of a row; a total would give away the only cell that is marked."""
    numbers = [cell.number for cell in cells if cell.number is not None]
    if len(numbers) < len(cells):
        return MarkedCell(None, NOT_SHOWN)
    return MarkedCell(sum(numbers))


def outward(certain: int, possible: int, whole: int) -> tuple[int, int]:
    """Round the bounds of a number of cases outward, by steps that hide small differences.

    Args:
        certain: The lower bound.
        possible: The upper bound.
        whole: All cases.

    Returns:
        Bounds that hold too; multiples of at least `LEAST`, or all cases.

    Examples:
        >>> outward(32, 67, 90), outward(1_234, 9_876, 10_000)
        ((22, 77), (1200, 9900))
    """
    step = max(LEAST, whole // 100)
    return certain // step * step, min(-(-possible // step) * step, whole)


def shown_steps(steps: Sequence[Asked], whole: int) -> tuple[Asked, ...]:
    """Keep the first steps of a cover whose numbers, and what they leave, aren't small.

    Args:
        steps: The facts to ask for, one after the other.
        whole: The number of open cases.
    """
    kept = list(steps)
    for place, step in enumerate(steps):
        if is_small(step.more):
            kept = kept[:place]
            break
    while kept and is_small(whole - kept[-1].together):
        kept.pop()
    return tuple(kept)


def shown_months(months: Months, cases: Mapping[str, int]) -> Months | None:
    """Pool the months in which few routes change.

    Args:
        months: The cases whose route changes by itself.
        cases: All cases, by route as `months` has it.

    Returns:
        Months without the kinds of changes that have few cases, and without those that come later;
        None if only few cases don't change, or if no kind of change is left.
    """
    sums = {move: sum(month.moves.get(move, 0) for month in months.months) for move in months.moves}
    moves = tuple(move for move in months.moves if not is_small(sums[move]))
    rest = dict(cases)
    for move in moves:
        rest[move[0]] -= sums[move]
    if not moves or any(map(is_small, rest.values())):
        return None
    found = pool(
        {one.month: {move: one.moves.get(move, 0) for move in moves} for one in months.months}
    )
    kept = [
        Month(one.label, one.month, {move: one.moves.get(move, 0) for move in moves})
        for one in months.months
        if one.month in found.kept
    ]
    if found.pooled:
        text = f"{len(found.pooled)} months, pooled" if len(found.pooled) > 1 else "one month"
        kept.append(Month(text, "", found.counts))
    return Months(moves, tuple(kept), 0)
