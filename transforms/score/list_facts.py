"""Facts over the elements of a list column.

Each list column is exploded once and reduced by case. A fact over a list is TRUE if an element
makes it so, UNKNOWN if one might, and FALSE if none can. A null element stands for any number of
elements that may be missing.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt
import polars as pl

from schemas.facts import high, low
from transforms.frames.days import iso_day
from transforms.frames.frame import Frame
from transforms.score.ends import NO_HIGH, NO_LOW
from transforms.score.kleene import FALSE, TRUE, degree

# "any" is the Kleene OR of the elements, as a degree; "distinct" counts values, except null.
Reduction: TypeAlias = Literal["any", "sum", "max", "min", "distinct"]
_REDUCE = {"any": np.maximum, "sum": np.add, "max": np.maximum, "min": np.minimum}
# What stands for no value.
NOTHING = {"max": NO_LOW, "min": NO_HIGH}
# Whether there may be more elements than are listed.
MORE = pl.col("_more")


class ListFacts:
    """Facts over the elements of one list column.

    Each fact needs a few columns over all elements of all cases (`elements`), which are reduced to
    one value per case as `reductions` says. The facts are expressions over those values (`facts`).
    What several facts read is computed once, before them (`steps`).
    """

    def __init__(self, **bools: pl.Expr) -> None:
        self.steps: list[dict[str, pl.Expr]] = []
        self.elements: list[pl.Expr] = []
        self.reductions: dict[str, Reduction] = {}
        self.facts: list[pl.Expr] = []
        for name, element in bools.items():
            self.any(name, element)

    def shared(self, name: str, element: pl.Expr) -> pl.Expr:
        """Compute something about each element once, for several facts; return its column."""
        for step in self.steps:
            for column, known in step.items():
                if known.meta.eq(element):
                    return pl.col(column)
        if not self.steps or not self.steps[-1].keys().isdisjoint(element.meta.root_names()):
            self.steps.append({})
        self.steps[-1][name] = element
        return pl.col(name)

    def any(self, name: str, element: pl.Expr) -> ListFacts:
        """Tell whether some element holds."""
        degree = self._reduced(f"{name}.degree", element, "any")
        true, false = degree == TRUE, (degree == FALSE) & ~MORE
        self.facts.append(pl.when(true).then(True).when(false).then(False).alias(name))
        return self

    def exists(self, name: str) -> ListFacts:
        """Tell whether there is an element, whatever is known about it."""
        return self.any(name, pl.lit(True))

    def count(self, name: str, element: pl.Expr) -> ListFacts:
        """Count the elements that hold."""
        sure = self._reduced(f"{name}.sure", element.fill_null(False), "sum")
        may = self._reduced(f"{name}.may", element.fill_null(True), "sum")
        return self._between(name, sure, may, ~MORE)

    def greatest(self, name: str, number: pl.Expr, element: pl.Expr) -> ListFacts:
        """Return the greatest number among the elements that hold; 0 if there is none."""
        sure = self._reduced(f"{name}.sure", pl.when(element).then(number), "max")
        may = pl.when(element.fill_null(True)).then(number)
        most = self._reduced(f"{name}.may", may, "max")
        closed = self._closed(name, element.fill_null(True) & number.is_null())
        return self._between(name, _there(sure).fill_null(0), _there(most).fill_null(0), closed)

    def separate(self, name: str, element: pl.Expr, label: pl.Expr, day: pl.Expr) -> ListFacts:
        """Count how many separate things the elements that hold come from.

        The same label means the same thing. Without labels, elements of different days come from
        different things, and elements of one day, or without a known day, may come from one thing.
        """
        sure, may, has_label = (
            element.fill_null(False),
            element.fill_null(True),
            label.is_not_null(),
        )
        labels = self._reduced(f"{name}.labels", pl.when(sure & has_label).then(label), "distinct")
        days = self._reduced(f"{name}.days", pl.when(sure & ~has_label).then(day), "distinct")
        some = self._reduced(f"{name}.some", sure, "any") == TRUE
        most = self._reduced(f"{name}.may", pl.when(may & has_label).then(label), "distinct")
        unlabeled = self._reduced(f"{name}.rest", may & ~has_label, "sum")
        least = pl.max_horizontal(labels, days, some.cast(pl.Int32))
        return self._between(name, least, most + unlabeled, ~MORE)

    def latest(self, name: str, date: pl.Expr, element: pl.Expr | None = None) -> ListFacts:
        """Return bounds of the latest date among the elements for which `element` holds."""
        return self._extreme(name, date, element, "max")

    def earliest(self, name: str, date: pl.Expr, element: pl.Expr | None = None) -> ListFacts:
        """Return bounds of the earliest date among the elements for which `element` holds."""
        return self._extreme(name, date, element, "min")

    def _extreme(
        self, name: str, date: pl.Expr, element: pl.Expr | None, reduction: Reduction
    ) -> ListFacts:
        holds = pl.lit(True) if element is None else element
        date = self.shared(f"{name}.date", date)
        sure = self._reduced(f"{name}.sure", pl.when(holds).then(date), reduction)
        may = pl.when(holds.fill_null(True)).then(date)
        extreme = self._reduced(f"{name}.may", may, reduction)
        closed = self._closed(name, holds.fill_null(True) & date.is_null())
        # An element whose date is unknown can only make it later, or earlier.
        inner, outer = (low, high) if reduction == "max" else (high, low)
        self.facts += [
            _there(sure).cast(pl.Date).alias(inner(name)),
            pl.when(closed).then(_there(extreme)).cast(pl.Date).alias(outer(name)),
        ]
        return self

    def _closed(self, name: str, is_open: pl.Expr) -> pl.Expr:
        """Tell whether no element, listed or missing, may change the bound."""
        return (self._reduced(f"{name}.open", is_open, "any") == FALSE) & ~MORE

    def _between(self, name: str, least: pl.Expr, most: pl.Expr, closed: pl.Expr) -> ListFacts:
        self.facts += [least.alias(low(name)), pl.when(closed).then(most).alias(high(name))]
        return self

    def _reduced(self, column: str, element: pl.Expr, reduction: Reduction) -> pl.Expr:
        """Add a column over the elements; return its reduction by case."""
        match reduction:
            case "any":
                element = degree(element)
            case "max" | "min":
                element = element.cast(pl.Int32).fill_null(NOTHING[reduction])
        self.elements.append(element.alias(column))
        self.reductions[column] = reduction
        return pl.col(column)


def _there(extreme: pl.Expr) -> pl.Expr:
    """Return a greatest or least value; null if there is none."""
    return pl.when((extreme != NOTHING["max"]) & (extreme != NOTHING["min"])).then(extreme)


def over(
    records: Frame,
    column: str,
    facts: ListFacts,
    from_case: Mapping[str, pl.Expr] = MappingProxyType({}),
) -> Frame:
    """Compute facts over the elements of a list column by case.

    Args:
        records: Case records.
        column: A column of dtype List(Struct).
        facts: What to compute.
        from_case: Other values of the case that the facts use, by name.

    Returns:
        One row per case: UNKNOWN if the list is null, FALSE or 0 if it is empty.
    """
    lists = records[column]
    lengths = lists.list.len()
    more = lengths.is_null().to_numpy(writable=True)
    cases = np.repeat(np.arange(len(lists), dtype=np.uint32), lengths.fill_null(0).to_numpy())
    elements = lists.explode(empty_as_null=False, keep_nulls=False)
    missing = elements.is_null()
    if missing.any():
        there = missing.to_numpy()
        more[cases[there]] = True
        cases, elements = cases[~there], elements.filter(~missing)
    columns = elements.struct.unnest()
    if from_case and len(cases):
        names = {root for expr in from_case.values() for root in expr.meta.root_names()}
        of_cases = records.select(names)[pl.Series(cases)]
        columns = columns.hstack(of_cases.select(**from_case))
    reduced = _by_case(columns, cases, facts, len(lists))
    reduced["_more"] = pl.Series(more)
    return pl.DataFrame(reduced).select(facts.facts)


def _by_case(
    columns: Frame, cases: npt.NDArray[np.uint32], facts: ListFacts, height: int
) -> dict[str, pl.Series]:
    """Reduce the columns over the elements, given the row of each element's case.

    The elements are in the order of their cases, so there is no need to group them.
    """
    reduced = {
        name: np.full(height, NOTHING.get(of, 0), np.int8 if of == "any" else np.int32)
        for name, of in facts.reductions.items()
    }
    if len(cases):
        for step in facts.steps:
            columns = columns.with_columns(**step)
        # An expression without columns gives one row.
        columns = columns.with_columns(facts.elements).select(list(facts.reductions))
        starts = np.flatnonzero(np.diff(cases.astype(np.int64), prepend=-1))
        some = cases[starts]
        for name, values in reduced.items():
            reduction = facts.reductions[name]
            if reduction == "distinct":
                pairs = pl.DataFrame({"case": cases, "value": columns[name]}).drop_nulls().unique()
                values[:] = np.bincount(pairs["case"].to_numpy(), minlength=height)
            else:
                reduce = _REDUCE[reduction].reduceat
                values[some] = reduce(columns[name].to_numpy(), starts, dtype=values.dtype)
    return {name: pl.Series(values) for name, values in reduced.items()}


def known(column: str) -> pl.Expr:
    """Return an enum column with UNKNOWN as null."""
    return pl.when(pl.col(column) != "UNKNOWN").then(pl.col(column))


def one_of(column: str, *symbols: str) -> pl.Expr:
    """Tell whether an enum column is one of some symbols; null if it is UNKNOWN."""
    chosen = pl.any_horizontal([pl.col(column) == symbol for symbol in symbols])
    return pl.when(pl.col(column) != "UNKNOWN").then(chosen)


def by_then(column: str, day: datetime.date | None) -> pl.Expr:
    """Return TRUE if a date in ISO text is unknown or not after a day; otherwise, null.

    Args:
        column: A String column of ISO dates.
        day: The day; None if no date can be after it.
    """
    if day is None:
        return pl.lit(True)
    return pl.when((pl.col(column) <= day.isoformat()).fill_null(True)).then(True)


def iso(column: str) -> pl.Expr:
    """Convert a column of ISO dates in text to Date; null if it isn't one."""
    return iso_day(pl.col(column))
