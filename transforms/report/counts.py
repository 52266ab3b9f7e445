"""Counts: from a run's manifest and tallies to the tables of the page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from schemas.facts import FACTS
from schemas.manifest import Manifest
from schemas.outcomes import ROUTES, STATES
from schemas.rulebook.compiled import CompiledRulebook
from schemas.small_cells import LEAST
from schemas.words import label
from transforms.explain.page import STATES as STATE_WORDS
from transforms.frames.frame import Frame
from transforms.report.docket import AGES, COUNTED, PROTECTED
from transforms.report.labels import criterion_label, month_label, value_label
from transforms.report.model import Count, Month, Months, RouteCount, Row, Step, Table, folded
from transforms.report.pooling import pool
from transforms.report.tallies import by_value
from transforms.route.cover import cover

FIRST = 12
STEPS = 8
TITLES = {
    "court": ("By court", "court"),
    "custody": ("By custody", "custody"),
    "age": ("By age of the case", "since the Notice to Appear"),
    "representation": ("By representation", "representation"),
    "calendar": ("By calendar of the next hearing", "calendar"),
    "nationality": ("By nationality", "nationality"),
    "sex": ("By sex", "sex"),
    "language": ("By language of the hearings", "language"),
}
Counts = Mapping[str | None, Mapping[str, int]]


@dataclass(frozen=True)
class Counted:
    """What a run's page is made from, besides its cases.

    Args:
        manifest: The run's manifest.
        rulebook: The rulebook that it applied.
        tally: `transforms.report.tallies.SCHEMA`, added up.
        sets: `transforms.route.fact_sets.SETS`, added up.
    """

    manifest: Manifest
    rulebook: CompiledRulebook
    tally: Frame
    sets: Frame

    @property
    def routed(self) -> int:
        """Return the number of cases with a route."""
        return sum(self.manifest.counts.routed.values())


def routes(counted: Counted) -> tuple[RouteCount, ...]:
    """Count the cases of each route, with the bounds that unknown facts allow."""
    certain = by_value(counted.tally, "certain")
    possible = by_value(counted.tally, "possible")
    manifest = counted.manifest
    return tuple(
        RouteCount(
            route,
            manifest.counts.routed[route],
            counted.routed,
            sum(counts.get(route, 0) for counts in certain.values()),
            sum(counts.get(route, 0) for counts in possible.values()),
            {STATE_WORDS[state]: manifest.states[route].get(state, 0) for state in STATES},
            manifest.needs_review[route],
        )
        for route in ROUTES
    )


def dockets(counted: Counted) -> tuple[Table, ...]:
    """Count routes by court, custody, age of the case, representation, and calendar."""
    return tuple(
        folded(_by(name, by_value(counted.tally, name)), FIRST) for name in ("court", *COUNTED)
    )


def protected(counted: Counted) -> tuple[Table, ...]:
    """Count routes by protected attributes, with small cells pooled."""
    return tuple(folded(_pooled(name, by_value(counted.tally, name)), FIRST) for name in PROTECTED)


def _by(name: str, counts: Counts) -> Table:
    title, head = TITLES[name]
    values = _by_size(counts)
    if name == "age":
        values = [value for value in AGES if value in counts] + [None] * (None in counts)
    rows = [
        Row(value_label(name, value), counts[value], f"{name}:{value or ''}") for value in values
    ]
    return Table(name, title, head, tuple(rows))


def _by_size(counts: Counts) -> list[str | None]:
    """Return the values, the most frequent first."""
    return sorted(counts, key=lambda value: (-sum(counts[value].values()), value or ""))


def _pooled(name: str, counts: Counts) -> Table:
    title, head = TITLES[name]
    found = pool(counts)
    rows = [Row(value_label(name, value), counts[value]) for value in found.kept]
    if found.pooled:
        names = ", ".join(value_label(name, value) for value in found.pooled)
        text = f"{len(found.pooled)} values, pooled" if len(found.pooled) > 1 else names
        rows.append(Row(text, found.counts, note=names))
    note = f"Values with a number below {LEAST} share a row." if found.pooled else None
    return Table(name, title, head, tuple(rows), note=note)


def reasons(counted: Counted) -> Table:
    """Count the criteria that speak for a route."""
    counts = by_value(counted.tally, "reason")
    rows = [
        Row(
            criterion_label(counted.rulebook, criterion),
            counts[criterion],
            f"reason:{criterion}",
            link=f"criterion-{criterion}",
        )
        for criterion in _by_size(counts)
        if criterion is not None
    ]
    table = Table("reasons", "Criteria that speak for a route", "criterion", tuple(rows))
    return folded(table, FIRST)


def steps(counted: Counted) -> tuple[Step, ...]:
    """Choose the few facts that could settle most open cases."""
    chosen = cover(counted.sets, STEPS)
    facts = [asked.fact for asked in chosen]
    return tuple(
        Step(label(asked.fact), asked.more, asked.together, tuple(facts[: number + 1]))
        for number, asked in enumerate(chosen)
    )


def settling(counted: Counted) -> tuple[Count, ...]:
    """Count open cases by the fact of which one answer could settle them."""
    counts = by_value(counted.tally, "settles_open")
    return tuple(
        Count(
            label(fact),
            sum(counts[fact].values()),
            note=_asked(fact),
            # An open case continues.
            route="continue",
            wanted=f"open:{fact}",
        )
        for fact in _by_size(counts)
        if fact is not None
    )


def one_away(counted: Counted) -> Table:
    """Count decided cases by the fact of which one answer would give another route."""
    counts = by_value(counted.tally, "settles")
    rows = [
        Row(label(fact), counts[fact], f"decided:{fact}", note=_asked(fact))
        for fact in _by_size(counts)
        if fact is not None
    ]
    title = "One fact away from another route"
    return folded(Table("one-away", title, "ask for", tuple(rows)), FIRST)


def _asked(fact: str) -> str | None:
    return FACTS[fact].question if fact in FACTS else None


def changes(counted: Counted) -> Months:
    """Count the cases whose route changes by itself within twelve months, by month."""
    later = by_value(counted.tally, "changes_later")
    return months_of(
        by_value(counted.tally, "changes"),
        sum(number for counts in later.values() for number in counts.values()),
    )


def months_of(changing: Counts, later: int = 0) -> Months:
    """Put the counts of cases whose route changes in the order of months.

    Args:
        changing: By month and new route, as `tally_recommendations` has them, and by the old route.
        later: The cases that change after these months.
    """
    months: dict[str, dict[tuple[str, str], int]] = {}
    for value, counts in changing.items():
        month, to = str(value).split(" ")
        for route, number in counts.items():
            months.setdefault(month, {})[route, to] = number
    moves = sorted({move for numbers in months.values() for move in numbers})
    return Months(
        tuple(moves),
        tuple(Month(month_label(month), month, months[month]) for month in sorted(months)),
        later,
    )


def accounted(manifest: Manifest) -> tuple[Count, ...]:
    """Say what happened to every record that was read; the parts add up."""
    counts = manifest.counts
    kept = "their records are in cases/"
    others = (
        ("quarantined", counts.quarantined, "couldn't be used; each is kept with its reason"),
        (
            "superseded duplicates",
            counts.duplicates,
            "older records of the same case, kept in duplicates/",
        ),
        ("completed", counts.completed, f"left the docket by the as-of date; {kept}"),
        ("out of scope", counts.out_of_scope, f"outside what was asked for; {kept}"),
    )
    return (
        Count("routed", sum(counts.routed.values())),
        *(Count(name, number, note) for name, number, note in others if number),
    )
