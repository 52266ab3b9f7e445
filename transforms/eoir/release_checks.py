"""Compare an import of the court's data with the one before it."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import polars as pl

from schemas.import_manifest import ImportManifest, TableCounts
from schemas.release_checks import (
    LACK_CHANGE,
    ROWS_CHANGE,
    STOP_SHARE,
    WARN_SHARE,
    CaseCheck,
    CodeCheck,
    DayCheck,
    FieldCheck,
    Level,
    ReleaseChecks,
    SchemaCheck,
    TableCheck,
)
from transforms.frames.days import iso_day
from transforms.frames.frame import Frame
from transforms.normalize.case_frame import CASES

# Days that each release adds to. A hearing lies in the future, so it says nothing of this.
RECENT = ("nta_issued", "completed_on", "court_outcome_date")
_CODES = "UNKNOWN_CODE"


@dataclass(frozen=True)
class ImportedCases:
    """What the case records of an import hold, summed up.

    Args:
        ids: Their ids (String), unique.
        lacking: How many lack each field.
        newest: The newest day of each field in `RECENT`.
    """

    ids: pl.Series
    lacking: Mapping[str, int]
    newest: Mapping[str, datetime.date | None]


def sum_up(frames: Iterable[Frame], made_on: datetime.date) -> ImportedCases:
    """Sum up the case records of an import.

    Args:
        frames: Columns of case_record.avsc.
        made_on: The day on which the import was made; later days don't count as newest.
    """
    ids: list[pl.Series] = [pl.Series("case_id", [], dtype=pl.String)]
    sums: list[Frame] = []
    for frame in frames:
        ids.append(frame["case_id"])
        day = (iso_day(pl.col(name)) for name in RECENT)
        sums.append(
            frame.select(
                *(pl.col(name).is_null().sum().cast(pl.Int64).alias(name) for name in CASES),
                *(
                    one.filter(one <= made_on).max().alias(f"newest.{name}")
                    for name, one in zip(RECENT, day, strict=True)
                ),
            )
        )
    if not sums:
        return ImportedCases(ids[0], dict.fromkeys(CASES, 0), dict.fromkeys(RECENT))
    whole = pl.concat(sums)
    newest = whole.select(pl.col(f"newest.{name}").max().alias(name) for name in RECENT)
    return ImportedCases(
        pl.concat(ids).unique(),
        whole.select(pl.col(name).sum() for name in CASES).row(0, named=True),
        newest.row(0, named=True),
    )


@dataclass(frozen=True)
class Compared:
    """The checks, and the cases that vanished so far and aren't back (`case_id`, String)."""

    checks: ReleaseChecks
    vanished: pl.Series


def compare_imports(
    now: ImportManifest,
    before: ImportManifest,
    cases_now: ImportedCases,
    cases_before: ImportedCases,
    vanished_before: pl.Series,
    against: str,
) -> Compared:
    """Compare an import with the one before it.

    Args:
        now: The import's manifest.
        before: The manifest of the one before.
        cases_now: The import's cases.
        cases_before: Those of the one before.
        vanished_before: Ids (String) that were gone in the one before, as it noted.
        against: The directory of the one before.
    """
    before_ids, now_ids = cases_before.ids.to_frame("id"), cases_now.ids.to_frame("id")
    gone_before = vanished_before.unique().to_frame("id")
    vanished = before_ids.join(now_ids, on="id", how="anti")
    added = now_ids.join(before_ids, on="id", how="anti")
    back = added.join(gone_before, on="id", how="semi")
    still_gone = pl.concat([gone_before.join(now_ids, on="id", how="anti"), vanished])
    checks = ReleaseChecks(
        release=now.release,
        against=against,
        pending_on=now.pending_on,
        tables=tuple(_tables(now, before)),
        codes=tuple(_codes(now, before)),
        fields=tuple(_fields(cases_now, cases_before)),
        days=tuple(_days(cases_now, cases_before)),
        cases=CaseCheck(
            before=before_ids.height,
            now=now_ids.height,
            new=added.height - back.height,
            vanished=vanished.height,
            reappeared=back.height,
            level="look" if vanished.height else "fine",
        ),
        columns=tuple(_columns(now, before)),
    )
    return Compared(checks, still_gone["id"].unique().sort().alias("case_id"))


def _tables(now: ImportManifest, before: ImportManifest) -> Iterator[TableCheck]:
    for name in {**now.tables, **before.tables}:
        here, there = now.tables.get(name), before.tables.get(name)
        yield TableCheck(
            table=name,
            before=None if there is None else there.read,
            now=None if here is None else here.read,
            stated=None if here is None else here.expected,
            quarantined=0 if here is None else here.quarantined,
            level=_table_level(here, there),
        )


def _table_level(now: TableCounts | None, before: TableCounts | None) -> Level:
    if now is not None and now.expected is not None and now.expected != now.read:
        return "stop"
    if now is None or before is None:
        return "look"
    changed = abs(now.read - before.read) > ROWS_CHANGE * before.read
    return "look" if changed else "fine"


def _codes(now: ImportManifest, before: ImportManifest) -> Iterator[CodeCheck]:
    found = []
    for name in {**now.warnings, **before.warnings}:
        column, _, reason = name.partition(":")
        table = column.split(".")[0]
        rows = now.warnings.get(name, 0)
        share = _share(rows, now.tables.get(table))
        found.append(
            CodeCheck(
                column=column,
                reason=reason,
                rows=rows,
                before=_share(before.warnings.get(name, 0), before.tables.get(table)),
                now=share,
                level=_code_level(reason, share),
            )
        )
    yield from sorted(found, key=lambda one: (-one.now, one.column, one.reason))


def _code_level(reason: str, share: float) -> Level:
    if reason != _CODES:
        return "look" if share >= STOP_SHARE else "fine"
    return "stop" if share >= STOP_SHARE else "look" if share >= WARN_SHARE else "fine"


def _share(rows: int, table: TableCounts | None) -> float:
    return rows / table.read if table is not None and table.read else 0.0


def _fields(now: ImportedCases, before: ImportedCases) -> Iterator[FieldCheck]:
    for name in CASES:
        was = before.lacking[name] / max(1, len(before.ids))
        is_ = now.lacking[name] / max(1, len(now.ids))
        # What neither release tells isn't a change.
        if was < 1 or is_ < 1:
            level: Level = "look" if abs(is_ - was) > LACK_CHANGE else "fine"
            yield FieldCheck(field=name, before=was, now=is_, level=level)


def _days(now: ImportedCases, before: ImportedCases) -> Iterator[DayCheck]:
    for name in RECENT:
        was, is_ = before.newest[name], now.newest[name]
        later = is_ is not None and (was is None or is_ > was)
        yield DayCheck(field=name, before=was, now=is_, level="fine" if later else "look")


def _columns(now: ImportManifest, before: ImportManifest) -> Iterator[SchemaCheck]:
    for name in now.missing_tables:
        gone = name not in before.missing_tables
        yield SchemaCheck(name=name, change="gone" if gone else "missing, as before")
    for name in before.missing_tables:
        if name not in now.missing_tables:
            yield SchemaCheck(name=name, change="new")
    for words, here, there in (
        ("missing", now.missing_columns, before.missing_columns),
        ("not known, so not read", now.unknown_columns, before.unknown_columns),
    ):
        for table, columns in here.items():
            for column in columns:
                known = column in there.get(table, ())
                when = ", as before" if known else ", and was not before"
                yield SchemaCheck(name=f"{table}.{column}", change=f"{words}{when}")
        for table, columns in there.items():
            for column in set(columns) - set(here.get(table, ())):
                yield SchemaCheck(name=f"{table}.{column}", change=f"no longer {words}")
