"""Shared counts: from a run's manifest and tallies to a copy that is fit to give away."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from schemas.conflicts import CONFLICTS
from schemas.outcomes import FORM_TEXTS, REVIEW_TEXTS, ROUTES, STATES, Route
from schemas.shown import shown
from schemas.words import label, warning_in_words
from transforms.explain.page import STATES as STATE_WORDS
from transforms.frames.frame import Frame
from transforms.report.counts import FIRST, STEPS, TITLES, Counted, accounted, months_of
from transforms.report.docket import AGES, COUNTED, PROTECTED
from transforms.report.labels import criterion_label, value_label
from transforms.report.model import Count, Months, Row, Step, Table, folded
from transforms.report.overlaps import given_away
from transforms.report.pooling import pool
from transforms.report.sharing import (
    NOT_SHOWN,
    Group,
    MarkedCell,
    group_routes,
    is_small,
    mark,
    outward,
    shown_months,
    shown_steps,
    total,
)
from transforms.report.tallies import by_value
from transforms.route.cover import cover

# The values of these are a short list, so naming those that are pooled tells nothing of anybody.
NAMED = ("forms", *COUNTED, "sex")
Counts = Mapping[str | None, Mapping[str, int]]


@dataclass(frozen=True)
class Marked:
    """Numbers of cases that overlap: a row for each that may be shown, and how many have none.

    Args:
        rows: The name, the anchor of what it is about (None without one), and a cell per column.
        left: How many more there are, each of whose cells is marked.
    """

    rows: tuple[tuple[str, str | None, tuple[MarkedCell, ...]], ...]
    left: int


class Shared:
    """The counts of a run that a copy to give away shows.

    Args:
        counted: The run's counts; it has at least `schemas.small_cells.LEAST` cases.
        overlaps: `transforms.report.overlaps.SCHEMA`, added up.
    """

    def __init__(self, counted: Counted, overlaps: Frame) -> None:
        self.counted = counted
        self._overlaps = overlaps
        self.manifest = counted.manifest
        self.groups: tuple[Group, ...] = group_routes(self.manifest.counts.routed)
        names = {route: one.name for one in self.groups for route in one.routes}
        self._tally = (
            counted.tally.with_columns(pl.col("route").replace(names))
            .group_by("by", "value", "route")
            .agg(pl.col("count").sum())
            .sort("by", "value", "route")
        )

    def bounds(self, group: Group) -> tuple[int, int]:
        """Return the bounds that unknown facts allow, rounded outward."""
        least, most = (
            sum(numbers.get(group.name, 0) for numbers in by_value(self._tally, name).values())
            for name in ("certain", "possible")
        )
        return outward(least, min(most, self.counted.routed), self.counted.routed)

    def states(self, group: Group) -> tuple[Count, ...]:
        """Count the cases of a group by state, in words."""
        return _pooled_counts(
            (STATE_WORDS[state], sum(self.manifest.states[r].get(state, 0) for r in group.routes))
            for state in STATES
        )

    def needs_review(self, group: Group) -> MarkedCell:
        """Count the cases of a group that an attorney must review first."""
        number = sum(self.manifest.needs_review[route] for route in group.routes)
        return mark(number, [group.cases])

    @property
    def accounted(self) -> tuple[Count, ...]:
        """Say what happened to records that have no route; none if all of these are few."""
        others = [one for one in accounted(self.manifest) if one.label != "routed"]
        if is_small(sum(one.number for one in others)):
            return ()
        return _pooled_counts((one.label, one.number) for one in others)

    @property
    def is_accounted(self) -> bool:
        """Whether the number of records that were read is shown."""
        return bool(self.accounted) or self.manifest.counts.read == self.counted.routed

    @property
    def quarantined(self) -> tuple[Count, ...]:
        """Count quarantined records by reason, if their total is shown."""
        if all(one.label != "quarantined" for one in self.accounted):
            return ()
        return _pooled_counts(self.manifest.quarantined_records.items())

    def changes(self) -> Months | None:
        """Count the cases whose route changes by itself, by month."""
        months = months_of(by_value(self._tally, "changes"))
        return shown_months(months, {one.name: one.cases for one in self.groups})

    def tables(self) -> tuple[Table, ...]:
        """Count routes by court, custody, age of the case, representation, and calendar."""
        return tuple(self._pooled(name) for name in ("court", *COUNTED))

    def protected(self) -> tuple[Table, ...]:
        """Count routes by protected attributes."""
        return tuple(self._pooled(name) for name in PROTECTED)

    def forms(self) -> Table:
        """Count routes by what is recommended."""
        forms = dict[str, str](FORM_TEXTS.items())
        return _table(
            ("forms", "What it comes to", "recommended"),
            by_value(self._tally, "form"),
            lambda form: forms.get(form, shown(form)) if form else "leave the case where it is",
        )

    def _pooled(self, name: str) -> Table:
        counts = by_value(self._tally, name)
        order = AGES if name == "age" else ()
        return _table((name, *TITLES[name]), counts, lambda value: value_label(name, value), order)

    def reasons(self) -> Marked:
        """Count the criteria that speak for a route."""
        book = self.counted.rulebook
        return self._marked(
            "reason",
            lambda name: (criterion_label(book, name), f"criterion-{name}"),
            lambda group: [group.cases],
        )

    def one_away(self) -> Marked:
        """Count decided cases by the fact of which one answer would give another route."""
        return self._marked(
            "settles",
            lambda fact: (label(fact), None),
            lambda group: [group.cases, group.cases - self._open(group)],
        )

    def _marked(
        self,
        by: str,
        name: Callable[[str], tuple[str, str | None]],
        wholes: Callable[[Group], Sequence[int]],
    ) -> Marked:
        counts = by_value(self._tally, by)
        hidden = [given_away(self._overlaps, by, one.routes) for one in self.groups]
        rows = [
            (*name(value), self._cells(value, counts[value], hidden, wholes))
            for value in sorted(counts, key=lambda one: (-sum(counts[one].values()), one or ""))
            if value is not None
        ]
        kept = tuple(row for row in rows if any(cell.number for cell in row[2]))
        return Marked(kept, len(rows) - len(kept))

    def _cells(
        self,
        value: str,
        numbers: Mapping[str, int],
        hidden: Sequence[frozenset[str]],
        wholes: Callable[[Group], Sequence[int]],
    ) -> tuple[MarkedCell, ...]:
        cells = [
            MarkedCell(None, NOT_SHOWN)
            if value in by_others
            else mark(numbers.get(one.name, 0), wholes(one))
            for one, by_others in zip(self.groups, hidden, strict=True)
        ]
        return (*cells, total(cells))

    @property
    def open(self) -> int | None:
        """Return the number of open cases; None if that isn't shown."""
        name = STATE_WORDS["OPEN"]
        for group in self.groups:
            number = self._open(group)
            if number and all(one.label != name for one in self.states(group)):
                return None
        return sum(self._open(group) for group in self.groups)

    def _open(self, group: Group) -> int:
        return sum(self.manifest.states[route].get("OPEN", 0) for route in group.routes)

    def steps(self) -> tuple[Step, ...]:
        """Choose the few facts that could settle most open cases; none if their number is hidden.

        How many an answer to each fact could settle isn't shown: with the steps, that would tell
        how many cases two facts have in common.
        """
        if self.open is None:
            return ()
        found = shown_steps(cover(self.counted.sets, STEPS), self.open)
        return tuple(Step(label(one.fact), one.more, one.together) for one in found)

    def review(self) -> Marked:
        """Count the reasons for which an attorney must review a case first."""
        needed = sum(self.manifest.needs_review.values())
        numbers = self.manifest.review_reasons
        return self._overlapping(
            "review", numbers, [needed], lambda kind: REVIEW_TEXTS.get(kind, kind)
        )

    def ask_first(self) -> Marked:
        """Count the facts that are presumed absent for cases to expedite."""
        leaning = self.manifest.states["expedite"].get("AFTER_CHECKS", 0)
        wholes = [leaning, self.manifest.counts.routed["expedite"]]
        return self._overlapping("check", self.manifest.ask_first, wholes, label, ("expedite",))

    def conflicts(self) -> Marked:
        """Count the records that contradict themselves."""
        return self._overlapping(
            "conflict",
            self.manifest.conflicts,
            [self.manifest.counts.read],
            lambda name: CONFLICTS[name].says if name in CONFLICTS else name,
        )

    def warnings(self) -> Marked:
        """Count the values that couldn't be read."""
        wholes = [self.manifest.counts.read]
        return self._overlapping("warning", self.manifest.warnings, wholes, warning_in_words)

    def _overlapping(
        self,
        by: str,
        numbers: Mapping[str, int],
        wholes: Sequence[int],
        name: Callable[[str], str],
        routes: Sequence[Route] = ROUTES,
    ) -> Marked:
        """Count what isn't counted by route."""
        hidden = given_away(self._overlaps, by, routes)
        wholes = [*wholes, self.counted.routed]
        there = {key: number for key, number in numbers.items() if number}
        rows = tuple(
            (shown(name(key)), None, (mark(there[key], wholes),))
            for key in sorted(there, key=lambda key: (-there[key], key))
            if key not in hidden
        )
        kept = tuple(row for row in rows if row[2][0].number is not None)
        return Marked(kept, len(there) - len(kept))


def _pooled_counts(numbers: Iterable[tuple[str, int]]) -> tuple[Count, ...]:
    """Pool numbers that add up to one that is shown; the shared one has all the names."""
    there = {name: number for name, number in numbers if number}
    found = pool({name: {"all": number} for name, number in there.items()})
    kept = [Count(name, number) for name, number in there.items() if name in found.kept]
    if found.pooled:
        names = [name for name in there if name in found.pooled]
        kept.append(Count(" or ".join(names), found.counts["all"]))
    return tuple(kept)


def _table(
    titles: tuple[str, str, str],
    counts: Counts,
    name: Callable[[str | None], str],
    order: Sequence[str] = (),
) -> Table:
    anchor, title, head = titles
    found = pool(counts)
    places = {value: place for place, value in enumerate(order)}
    # Values without a place stay in the order of size, after those with one.

    def place(value: str | None) -> int:
        return places.get(value or "", len(places))

    rows = [Row(name(value), counts[value]) for value in sorted(found.kept, key=place)]
    if found.pooled:
        names = "; ".join(name(value) for value in sorted(found.pooled, key=place))
        several = f"{len(found.pooled)} values, pooled"
        rows.append(Row(names if anchor in NAMED else several, found.counts))
    return folded(Table(anchor, title, head, tuple(rows)), FIRST)
