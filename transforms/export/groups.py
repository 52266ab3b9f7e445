"""Groups: cases counted by route and state, for each value of some columns."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import polars as pl

from schemas.avro import avro_schema
from schemas.errors import UsageError
from schemas.outcomes import STATES
from transforms.avro.types import polars_schema
from transforms.frames.frame import Frame

CASE = polars_schema(avro_schema("case_record"))
OF_RECOMMENDATION = ("form", "rule", "changes_on", "changes_to")
COUNTED = ("case_id", "route", "state", "needs_review", *OF_RECOMMENDATION)
COUNTS = ("cases", *(state.lower() for state in STATES), "needs_review")
_UNITS = {"month": 7, "year": 4}
_SPELLED = re.compile(r"\s*(?:(\w+)\s*\(\s*(\w+)\s*\)|(\w+))\s*")
# An identifier of a case or a person is no group, and lists and texts of warnings aren't, either.
_NO_GROUPS = ("case_id", "a_number", "lead_case_id", "updated_at", "warnings")


@dataclass(frozen=True, slots=True)
class By:
    """A column to group by, or the month or year of a date."""

    column: str
    unit: str | None = None

    @property
    def name(self) -> str:
        """Return what it is called: `court`, or `month(next_hearing)`."""
        return self.column if self.unit is None else f"{self.unit}({self.column})"

    @property
    def of_case(self) -> bool:
        """Whether it is a field of the case record."""
        return self.column not in OF_RECOMMENDATION

    def values(self) -> pl.Expr:
        """Return the value of each case as text; null if it isn't known."""
        text = pl.col(self.column).cast(pl.String)
        if self.unit is not None:
            length = _UNITS[self.unit]
            text = pl.when(text.str.len_chars() >= length).then(text.str.slice(0, length))
        elif self.of_case and CASE[self.column] == pl.Boolean:
            text = text.replace({"true": "yes", "false": "no"})
        return pl.when(text != "UNKNOWN").then(text).alias(self.name)


def columns() -> tuple[str, ...]:
    """Return the columns that cases can be grouped by."""
    single = (n for n, t in CASE.items() if not isinstance(t, pl.List) and n not in _NO_GROUPS)
    return (*single, *OF_RECOMMENDATION)


def parse_by(text: str) -> tuple[By, ...] | str:
    """Read what to group by, such as `court,month(next_hearing)`.

    Args:
        text: Columns, or months or years of dates, separated by commas.

    Returns:
        The columns; or the first name that isn't one.

    Raises:
        UsageError: It isn't a list of names, or one of them can't be used.
    """
    found = []
    for part in text.split(","):
        match = _SPELLED.fullmatch(part)
        if match is None:
            raise UsageError("--by: write names with commas, such as court,month(next_hearing)")
        unit, column = (match[1] or "").lower() or None, (match[2] or match[3]).lower()
        if unit is not None and unit not in _UNITS:
            raise UsageError(f"--by: {unit}(...) isn't known; write month(...) or year(...)")
        if column not in columns():
            if column in CASE:
                raise UsageError(f"--by: {column} has a value of its own for each case, or many")
            return column
        found.append(By(column, unit))
    return tuple(dict.fromkeys(found))


def count(cases: Frame, recommendations: Frame, by: Sequence[By]) -> Frame:
    """Count cases.

    Args:
        cases: `case_id`, and the fields of `by`.
        recommendations: The columns `COUNTED`; only the cases in both are counted.
        by: The columns to group by.

    Returns:
        For each group: its values, `route`, and the columns `COUNTS` (UInt32).
    """
    of_cases = [one.values() for one in by if one.of_case]
    both = cases.select("case_id", *of_cases).join(
        recommendations.select(
            "case_id", "route", "state", "needs_review",
            *(one.values() for one in by if not one.of_case),
        ),
        on="case_id",
    )  # fmt: skip
    return both.group_by(*(one.name for one in by), "route").agg(
        pl.len().alias("cases"),
        *((pl.col("state") == state).sum().alias(state.lower()) for state in STATES),
        pl.col("needs_review").sum(),
    )


def add_up(counted: Iterable[Frame], by: Sequence[By]) -> Frame:
    """Add up counts of parts, and sort the groups.

    Args:
        counted: From `count`.
        by: The columns that they were grouped by.

    Returns:
        The same columns, and `share` (Float64), the part of the group that has the route. Groups
        are in the order of their values, the unknown last; those of one column that isn't a date
        are from the largest.
    """
    names = [one.name for one in by]
    schema = {**dict.fromkeys((*names, "route"), pl.String), **dict.fromkeys(COUNTS, pl.UInt32)}
    added = pl.concat([pl.DataFrame(schema=schema), *counted])
    added = added.group_by(*names, "route").agg(pl.col(COUNTS).sum())
    whole = pl.col("cases").sum().over(names)
    added = added.with_columns(share=pl.col("cases") / whole, _whole=whole)
    if len(by) == 1 and by[0].unit is None:
        unknown = pl.col(names[0]).is_null()
        order = added.sort(unknown, -pl.col("_whole").cast(pl.Int64), names[0], "route")
    else:
        order = added.sort(*names, "route", nulls_last=True)
    return order.drop("_whole")
