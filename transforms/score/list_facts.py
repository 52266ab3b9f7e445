"""Facts over the elements of a list column, as aggregations by case.

Each list column is exploded once and aggregated by case. A fact over a list is TRUE if an element
makes it so, UNKNOWN if one might, and FALSE if none can. A null element stands for any number of
elements that may be missing.
"""

from __future__ import annotations

import datetime
import functools
from collections.abc import Mapping

import numpy as np
import polars as pl

from schemas.facts import high, low
from transforms.frames.frame import Frame


class ListFacts:
    """Facts over the elements of one list column.

    Expressions about an element are computed for all elements at once (`elements`), and only then
    aggregated by case (`exprs`), because evaluating them in each case's group costs many times as
    much.
    """

    def __init__(self, **bools: pl.Expr) -> None:
        self.elements: dict[str, pl.Expr] = {}
        self.exprs: list[pl.Expr] = []
        self.bools: list[str] = []
        self.counts: list[str] = []
        self.dates: list[str] = []
        self.open_bounds: list[str] = []
        for name, element in bools.items():
            self.any(name, element)

    def any(self, name: str, element: pl.Expr) -> ListFacts:
        """Tell whether some element holds."""
        self.bools.append(name)
        self.exprs.append(self._of_each(name, element).any(ignore_nulls=False).alias(name))
        return self

    def exists(self, name: str) -> ListFacts:
        """Tell whether there is an element, whatever is known about it."""
        self.bools.append(name)
        self.exprs.append((pl.len() > 0).alias(name))
        return self

    def count(self, name: str, element: pl.Expr) -> ListFacts:
        """Count the elements that hold."""
        each = self._of_each(name, element)
        return self._between(name, each.sum(), each.sum() + each.null_count())

    def greatest(self, name: str, number: pl.Expr, element: pl.Expr) -> ListFacts:
        """Return the greatest number among the elements that hold; 0 if there is none."""
        sure = self._of_each(f"{name}.sure", pl.when(element).then(number))
        may = self._of_each(f"{name}.may", pl.when(element.fill_null(True)).then(number))
        unnumbered = self._of_each(f"{name}.open", element.fill_null(True) & number.is_null())
        most = pl.when(~unnumbered.any()).then(may.max().fill_null(0))
        return self._between(name, sure.max().fill_null(0), most)

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
        by_label = self._of_each(f"{name}.labels", pl.when(sure & has_label).then(label))
        by_day = self._of_each(f"{name}.days", pl.when(sure & ~has_label).then(day))
        some = self._of_each(f"{name}.some", sure)
        labels = self._of_each(f"{name}.may", pl.when(may & has_label).then(label))
        unlabeled = self._of_each(f"{name}.rest", may & ~has_label)
        least = pl.max_horizontal(
            _distinct(by_label), _distinct(by_day), some.any().cast(pl.UInt32)
        )
        return self._between(name, least, _distinct(labels) + unlabeled.sum())

    def latest(self, name: str, date: pl.Expr, element: pl.Expr | None = None) -> ListFacts:
        """Return bounds of the latest date among the elements for which `element` holds."""
        return self._extreme(name, date, element, latest=True)

    def earliest(self, name: str, date: pl.Expr, element: pl.Expr | None = None) -> ListFacts:
        """Return bounds of the earliest date among the elements for which `element` holds."""
        return self._extreme(name, date, element, latest=False)

    def _extreme(
        self, name: str, date: pl.Expr, element: pl.Expr | None, *, latest: bool
    ) -> ListFacts:
        self.dates.append(name)
        holds = pl.lit(True) if element is None else element
        sure = self._of_each(f"{name}.sure", pl.when(holds).then(date))
        may = self._of_each(f"{name}.may", pl.when(holds.fill_null(True)).then(date))
        undated = self._of_each(f"{name}.open", holds.fill_null(True) & date.is_null())
        closed = ~undated.any()
        least = sure.max() if latest else pl.when(closed).then(may.min())
        most = pl.when(closed).then(may.max()) if latest else sure.min()
        self.exprs += [least.alias(low(name)), most.alias(high(name))]
        self.open_bounds.append(high(name) if latest else low(name))
        return self

    def _between(self, name: str, least: pl.Expr, most: pl.Expr) -> ListFacts:
        self.counts.append(name)
        self.open_bounds.append(high(name))
        self.exprs.append(least.cast(pl.Int32).alias(low(name)))
        self.exprs.append(most.cast(pl.Int32).alias(high(name)))
        return self

    def _of_each(self, name: str, expr: pl.Expr) -> pl.Expr:
        """Add a column over the elements."""
        self.elements[name] = expr.alias(name)
        return pl.col(name)

    def open_ended(self, more: pl.Expr) -> list[pl.Expr]:
        """Return what is left of the facts if there may be more elements."""
        return [
            *(pl.when(~more | pl.col(name)).then(pl.col(name)).alias(name) for name in self.bools),
            *(pl.when(~more).then(pl.col(bound)).alias(bound) for bound in self.open_bounds),
        ]

    @functools.cached_property
    def without_elements(self) -> Frame:
        """Return two rows: the facts of an empty list, and those of an unknown one."""
        return pl.DataFrame(
            [
                *(pl.Series(name, (False, None), pl.Boolean) for name in self.bools),
                *(pl.Series(low(name), (0, 0), pl.Int32) for name in self.counts),
                *(pl.Series(high(name), (0, None), pl.Int32) for name in self.counts),
                *(
                    pl.Series(bound(name), (None, None), pl.Date)
                    for name in self.dates
                    for bound in (low, high)
                ),
            ]
        )


def _distinct(column: pl.Expr) -> pl.Expr:
    """Count the values in a column, except null."""
    return column.n_unique() - (column.null_count() > 0).cast(pl.UInt32)


def over(
    records: Frame, column: str, facts: ListFacts, from_case: Mapping[str, pl.Expr] | None = None
) -> Frame:
    """Aggregate the elements of a list column by case.

    Args:
        records: Case records.
        column: A column of dtype List(Struct).
        facts: What to compute.
        from_case: Other values of the case that the facts use, by name.

    Returns:
        One row per case: UNKNOWN if the list is null, FALSE or 0 if it is empty.
    """
    lists = records.select(
        pl.int_range(pl.len(), dtype=pl.UInt32).alias("_row"),
        pl.col(column).alias("_list"),
        *(expr.alias(name) for name, expr in (from_case or {}).items()),
    )
    exploded = lists.filter(pl.col("_list").list.len() > 0).explode("_list")
    # Lazy, so that expressions shared by many facts are computed once.
    elements = (
        exploded.lazy()
        .drop_nulls("_list")
        .unnest("_list")
        .select("_row", *facts.elements.values())
        .group_by("_row")
        .agg(facts.exprs)
        .collect()
    )
    if elements.height and exploded["_list"].null_count():
        more = exploded.filter(pl.col("_list").is_null())["_row"].unique()
        elements = elements.with_columns(facts.open_ended(pl.col("_row").is_in(more.implode())))
    return _of_cases(records[column], elements, facts)


def _of_cases(lists: pl.Series, elements: Frame, facts: ListFacts) -> Frame:
    """Give each case its own row of facts, or that of a list that is empty or unknown."""
    without = facts.without_elements
    found = elements.select(without.columns)
    rows = pl.concat([found, without], rechunk=True)
    empty = (lists.list.len() == 0).fill_null(False).to_numpy()
    places = np.where(empty, found.height, found.height + 1).astype(np.uint32)
    places[elements["_row"].to_numpy()] = np.arange(found.height, dtype=np.uint32)
    return rows[pl.Series(places)]


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
    return pl.col(column).str.to_date("%Y-%m-%d", strict=False)
