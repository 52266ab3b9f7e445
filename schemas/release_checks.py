"""Release checks: how one import of the court's data differs from the one before it, as a model."""

from __future__ import annotations

import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict

# The share of a column's rows with a code that isn't known from which it is a warning, and from
# which the import stops: 0.01 % and 0.1 %.
WARN_SHARE, STOP_SHARE = 0.0001, 0.001
# A change in the share of cases that lack a field, or in the rows of a table, that is worth a look.
LACK_CHANGE, ROWS_CHANGE = 0.05, 0.10

Level = Literal["fine", "look", "stop"]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class TableCheck(_Part):
    """The rows of a table; None where a release doesn't have it.

    Args:
        table: Its name.
        before: Rows in the release before.
        now: Rows in this one.
        stated: Rows according to this release's own count; None if it doesn't say.
        quarantined: Rows of this one that couldn't be read.
        level: `stop` if its own count differs; `look` if the table is new or gone, or if its rows
            changed by more than `ROWS_CHANGE`.
    """

    table: str
    before: int | None
    now: int | None
    stated: int | None
    quarantined: int
    level: Level


class CodeCheck(_Part):
    """Values of a column that couldn't be read, as shares of the rows.

    Args:
        column: `TABLE.COLUMN`.
        reason: Why, such as UNKNOWN_CODE.
        rows: Rows of this release with such a value.
        before: Their share in the release before.
        now: Their share in this one.
        level: For codes, `look` from `WARN_SHARE` and `stop` from `STOP_SHARE`; for other values,
            `look` from `STOP_SHARE`.
    """

    column: str
    reason: str
    rows: int
    before: float
    now: float
    level: Level


class FieldCheck(_Part):
    """The share of cases that lack a field of a case record.

    Args:
        field: Its name.
        before: The share in the import before.
        now: The share in this one.
        level: `look` if it changed by more than `LACK_CHANGE`.
    """

    field: str
    before: float
    now: float
    level: Level


class DayCheck(_Part):
    """The newest day that a field has, up to the day on which the import was made.

    Args:
        field: Its name.
        before: The newest day in the import before.
        now: The newest day in this one.
        level: `look` if it isn't later than before.
    """

    field: str
    before: datetime.date | None
    now: datetime.date | None
    level: Level


class CaseCheck(_Part):
    """Which cases are in both imports.

    Args:
        before: Cases in the import before.
        now: Cases in this one.
        new: Cases that were in neither the import before nor, as far as is known, any earlier one.
        vanished: Cases of the import before that this one lacks.
        reappeared: Cases that had vanished earlier, and are back.
        level: `look` if any vanished.
    """

    before: int
    now: int
    new: int
    vanished: int
    reappeared: int
    level: Level


class SchemaCheck(_Part):
    """A table or column that only one of the two releases has, or that isn't known.

    Args:
        name: `TABLE` or `TABLE.COLUMN`.
        change: What changed, in words.
    """

    name: str
    change: str


class ReleaseChecks(_Part):
    """How an import differs from the one before it.

    Args:
        release: This release.
        against: The directory of the import before.
        pending_on: The date of the docket, of both.
        tables: Rows by table.
        codes: Values that couldn't be read.
        fields: What cases lack.
        days: How recent they are.
        cases: Which cases came and went.
        columns: Tables and columns that came and went.
    """

    release: str
    against: str
    pending_on: datetime.date | None
    tables: tuple[TableCheck, ...]
    codes: tuple[CodeCheck, ...]
    fields: tuple[FieldCheck, ...]
    days: tuple[DayCheck, ...]
    cases: CaseCheck
    columns: tuple[SchemaCheck, ...]

    @property
    def stops(self) -> tuple[str, ...]:
        """Say what is so wrong that the import should stop, a line each."""
        tables = (
            f"{one.table}: the release says {one.stated:,} rows, and has {one.now or 0:,}"
            for one in self.tables
            if one.level == "stop"
        )
        codes = (
            f"{one.column}: {100 * one.now:.2f}% of its rows have a code that isn't known"
            for one in self.codes
            if one.level == "stop"
        )
        return (*tables, *codes)
