"""Model: what the page shows, ready to be written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from schemas.outcomes import ROUTES, Route


@dataclass(frozen=True)
class RouteCount:
    """How many cases a route has, and how firmly.

    Args:
        route: The route.
        cases: The number of cases.
        routed: The number of cases of all routes.
        certain: The cases that have this route whatever the unknown facts turn out to be.
        possible: The cases that may have it, depending on unknown facts.
        states: The cases by state, in words.
        needs_review: The cases that an attorney must review first.
    """

    route: Route
    cases: int
    routed: int
    certain: int
    possible: int
    states: Mapping[str, int]
    needs_review: int


@dataclass(frozen=True)
class Column:
    """A column of numbers of cases: the key of its numbers, and the route whose color it takes."""

    name: str
    tone: Route


ROUTE_COLUMNS = tuple(Column(route, route) for route in ROUTES)


@dataclass(frozen=True)
class Row:
    """A row of a table: what is counted, and the cases by route.

    Args:
        label: What it is called.
        counts: The cases by route.
        wanted: Which cases of a queue these are, as `KEY:VALUE`; None if the queues can't tell.
        note: What must be known about the row.
        link: The anchor of what it is about; None without one.
    """

    label: str
    counts: Mapping[str, int]
    wanted: str | None = None
    note: str | None = None
    link: str | None = None

    @property
    def total(self) -> int:
        """Return the number of cases of all routes."""
        return sum(self.counts.values())

    def of(self, route: str) -> int:
        """Return the number of cases of a route."""
        return self.counts.get(route, 0)

    def parts(self, columns: Sequence[Column]) -> list[tuple[str, float, float]]:
        """Return the part of a bar that each column takes: its color, start, and length of 1,000.

        Args:
            columns: The columns, in order.
        """
        of = self.total or 1
        found: list[tuple[str, float, float]] = []
        start = 0.0
        for column in columns:
            length = 1000 * self.of(column.name) / of
            if length:
                found.append((column.tone, round(start, 1), round(length, 1)))
            start += length
        return found


@dataclass(frozen=True)
class Table:
    """Cases by route, for each value of something.

    Args:
        id: Its anchor.
        title: Its heading.
        head: The heading of the labels.
        rows: Its first rows.
        rest: Further rows, which are folded away.
        note: What must be known about it.
    """

    id: str
    title: str
    head: str
    rows: tuple[Row, ...]
    rest: tuple[Row, ...] = ()
    note: str | None = None

    @property
    def most(self) -> int:
        """Return the largest total of a row."""
        return max((row.total for row in (*self.rows, *self.rest)), default=0)


@dataclass(frozen=True)
class Month:
    """A month, and the cases whose route changes in it, by the old and the new route."""

    label: str
    month: str
    moves: Mapping[tuple[str, str], int]


@dataclass(frozen=True)
class Months:
    """The cases whose route changes by itself.

    Args:
        moves: The old and the new route of each kind of change.
        months: The months, in order.
        later: The cases that change after these months.
    """

    moves: tuple[tuple[str, str], ...]
    months: tuple[Month, ...]
    later: int

    @property
    def most(self) -> int:
        """Return the most cases that change in one month."""
        return max((sum(month.moves.values()) for month in self.months), default=0)


@dataclass(frozen=True)
class Count:
    """A number of something, with its name.

    Args:
        label: What it is called.
        number: How many.
        note: What must be known about it.
        route: The route of the queue that lists them; None if several do.
        wanted: Which cases of the queues they are, as `KEY:VALUE`; None if no queue lists them.
        link: The anchor of another list of them; None without one.
    """

    label: str
    number: int
    note: str | None = None
    route: str | None = None
    wanted: str | None = None
    link: str | None = None


@dataclass(frozen=True)
class Step:
    """A fact to ask for after others, and how many open cases they could settle together.

    Args:
        label: What the fact is called.
        more: The further cases that it could settle.
        together: The cases that it or one before could settle.
        facts: The names of the facts so far, in order; this one is the last.
    """

    label: str
    more: int
    together: int
    facts: tuple[str, ...] = ()

    @property
    def wanted_more(self) -> str:
        """Return which cases of a queue the further ones are, as `KEY:VALUE`."""
        return f"further:{' '.join(self.facts)}"

    @property
    def wanted_together(self) -> str:
        """Return which cases of a queue all of them are, as `KEY:VALUE`."""
        return f"any:{' '.join(self.facts)}"


@dataclass(frozen=True)
class Comparison:
    """What differs between two runs, or what a night changed.

    Args:
        id: Its anchor.
        title: Its heading.
        lines: What was compared, in sentences.
        targets: The new routes, None for no route: the columns.
        flows: The cases by the old route (None for none) and the new one.
        causes: How many of the cases each cause contributes to.
        gained: How many cases have each criterion as a new reason.
        lost: How many cases no longer have each criterion as a reason.
        waiting: How many cases wait for an attorney, by mark; empty if this isn't a night.
    """

    id: str
    title: str
    lines: tuple[str, ...]
    targets: tuple[str | None, ...]
    flows: Mapping[str | None, Mapping[str | None, int]]
    causes: tuple[Count, ...]
    gained: tuple[Count, ...]
    lost: tuple[Count, ...]
    waiting: tuple[tuple[str, Count], ...] = ()

    @property
    def most(self) -> int:
        """Return the most cases that left one route."""
        return max((sum(counts.values()) for counts in self.flows.values()), default=0)


def folded(table: Table, most: int) -> Table:
    """Fold away all but the first rows of a table."""
    if len(table.rows) <= most + 2:
        return table
    return Table(
        table.id, table.title, table.head, table.rows[:most], table.rows[most:], table.note
    )
