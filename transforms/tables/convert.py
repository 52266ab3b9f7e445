"""Convert tables to case records, in parts, with an account of every row and every refused cell."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

import polars as pl

from transforms.avro.quarantined import QUARANTINED
from transforms.frames.frame import Frame
from transforms.normalize.case_frame import CASES
from transforms.tables.forms import CASE_ID, CASES_SHEET, NO_OTHER, forms, list_fields
from transforms.tables.judge import LOST, REFUSED, judge
from transforms.tables.lists import KEY, attached, grouped, has_null, nested_items, no_items
from transforms.tables.match import Matched, Rows, UnknownColumn, given_rows, match_book
from transforms.tables.refusals import PLACED, orphans, placed, refusals, unread_rows
from transforms.tables.sheet import ROW, Book, Part

_IDS = pl.Schema({KEY: pl.String, ROW: pl.Int64, CASE_ID: pl.String})


class Converted(NamedTuple):
    """A part of the result.

    Args:
        cases: Columns of case_record.avsc.
        refused: Columns of `transforms.tables.refusals.PLACED`.
        quarantined: Columns of quarantined.avsc: rows that belong to no case record.
    """

    cases: Frame = CASES.to_frame()
    refused: Frame = PLACED.to_frame()
    quarantined: Frame = QUARANTINED.to_frame()


@dataclass
class SheetAccount:
    """What happened to the rows of a sheet; the parts add up to the rows.

    Args:
        file: Its file.
        rows: Rows below the header that aren't blank.
        used: Rows that are, or are part of, a case record.
        examples: Rows of the template's example, which are ignored.
        quarantined: Rows that belong to no case record.
    """

    file: str
    rows: int = 0
    used: int = 0
    examples: int = 0
    quarantined: int = 0


@dataclass
class Account:
    """What happened to everything in a book.

    Args:
        sheets: The sheets that were read, by the names of their forms.
        unknown: Columns that weren't read.
        unread: The names of sheets that weren't read.
        without_id: Case records without a case id, which a run quarantines.
        repeated: Case records with a case id that an earlier row has.
        open_lists: For each list, the cases with rows that may not be all there are.
    """

    sheets: dict[str, SheetAccount] = field(default_factory=dict)
    unknown: tuple[UnknownColumn, ...] = ()
    unread: tuple[str, ...] = ()
    without_id: int = 0
    repeated: int = 0
    open_lists: dict[str, int] = field(default_factory=dict)


class _Listed(NamedTuple):
    """All rows of a list's sheet: as text, and grouped by case."""

    texts: Frame
    lists: Frame


class Conversion:
    """The conversion of one book.

    Args:
        book: The book.

    Raises:
        InputError: Its sheets or columns can't be told apart (`match_book`).
    """

    def __init__(self, book: Book) -> None:
        self._matched: Matched = match_book(book)
        self.account = Account(unknown=self._matched.unknown, unread=self._matched.unread)
        for name, rows in self._matched.rows.items():
            self.account.sheets[name] = SheetAccount(rows.sheet.file)

    def parts(self) -> Iterator[Converted]:
        """Convert the book; the account is complete when this ends.

        Yields:
            The result in parts. Besides one part, the lists' sheets and the case ids are in memory.

        Raises:
            InputError: A file is damaged.
        """
        rows_of = self._matched.rows
        cases = rows_of[CASES_SHEET]
        lists: dict[str, _Listed] = {}
        for name in list_fields():
            if name in rows_of:
                lists[name], done = self._list(rows_of[name])
                yield done
        ids = [_IDS.to_frame()]
        for part in cases.sheet.read():
            done, texts = self._cases(cases, part, lists)
            ids.append(texts.select(KEY, ROW, CASE_ID))
            yield done
        known = pl.concat(ids, rechunk=True)
        later = known.filter(pl.col(KEY).is_not_null() & ~pl.col(KEY).is_first_distinct())
        self.account.repeated = later.height
        yield Converted(refused=placed(cases, refusals(later, CASE_ID, "REPEATED_CASE_ID")))
        for name, listed in lists.items():
            yield self._orphans(rows_of[name], listed.texts, known[KEY])

    def _given(self, rows: Rows, part: Part) -> tuple[Frame, Converted]:
        """Return the rows of a part as text, and what happens to those that can't be read."""
        account = self.account.sheets[rows.form.name]
        given = given_rows(rows, part.frame)
        account.rows += given.texts.height + given.examples + part.unread.height
        account.examples += given.examples
        account.quarantined += part.unread.height
        refused, quarantined = unread_rows(rows, part.unread)
        return given.texts, Converted(refused=refused, quarantined=quarantined)

    def _list(self, rows: Rows) -> tuple[_Listed, Converted]:
        columns = [rows.form.column(name) for name in rows.columns if name != CASE_ID]
        empty = no_items(rows.form)
        texts, items, done = [], [empty], [Converted()]
        for part in rows.sheet.read():
            given, unread = self._given(rows, part)
            judged = judge(given, columns)
            texts.append(given)
            items.append(judged.frame.with_columns(given[KEY]))
            done += [unread, Converted(refused=placed(rows, judged.refused))]
        every = pl.concat(items, how="diagonal").filter(pl.col(KEY).is_not_null())
        nothing = given_rows(rows, _no_rows(rows)).texts
        return _Listed(pl.concat([nothing, *texts]), grouped(every, rows.form)), Converted(
            refused=pl.concat(one.refused for one in done),
            quarantined=pl.concat(one.quarantined for one in done),
        )

    def _cases(self, rows: Rows, part: Part, lists: dict[str, _Listed]) -> tuple[Converted, Frame]:
        texts, unread = self._given(rows, part)
        known = [rows.form.column(name) for name in rows.columns if name not in list_fields()]
        judged = judge(texts, known)
        cases, refused = judged.frame.with_columns(texts[KEY]), [judged.refused]
        for name in list_fields():
            cases, more = self._with_list(cases, texts, name, lists.get(name))
            refused.append(more)
        nameless = texts.filter(pl.col(KEY).is_null())
        refused.append(refusals(nameless, CASE_ID, "MISSING_CASE_ID"))
        self.account.without_id += nameless.height
        self.account.sheets[CASES_SHEET].used += texts.height
        found = placed(rows, pl.concat(refused).sort(ROW, maintain_order=True))
        every = pl.concat([unread.refused, found]).sort(ROW, maintain_order=True)
        return Converted(_records(cases), every, unread.quarantined), texts

    def _with_list(
        self, cases: Frame, texts: Frame, name: str, listed: _Listed | None
    ) -> tuple[Frame, Frame]:
        """Attach a list, which has a sheet of its own or is within the records."""
        form, other, refused = forms()[name], NO_OTHER + name, REFUSED.to_frame()
        is_nested = isinstance(texts.schema.get(name), pl.List)
        if name in texts.columns and not is_nested:
            refused = refusals(texts.filter(pl.col(name).is_not_null()), name, "LIST_IN_CELL")
        if listed is None and not is_nested and other not in cases.columns:
            return cases, refused
        lists = grouped(no_items(form), form) if listed is None else listed.lists
        blank = pl.repeat(None, cases.height, dtype=pl.Boolean, eager=True)
        complete = cases[other] if other in cases.columns else blank
        if is_nested:
            items, refused = nested_items(texts, name, form)
            lists = grouped(items, form)
            ends = texts.select(pl.col(name).is_not_null() & ~has_null(name)).to_series()
            complete = ends | complete
            cases = cases.with_columns(pl.col(ROW).cast(pl.String).alias(KEY))
        done = attached(cases, lists, name, complete).with_columns(texts[KEY])
        open_ = int(done.select(has_null(name).sum()).item())
        self.account.open_lists[name] = self.account.open_lists.get(name, 0) + open_
        return done, refused

    def _orphans(self, rows: Rows, texts: Frame, ids: pl.Series) -> Converted:
        found = pl.col(KEY).is_in(ids.drop_nulls().implode()).fill_null(False)
        alone = texts.filter(~found)
        account = self.account.sheets[rows.form.name]
        account.used += texts.height - alone.height
        account.quarantined += alone.height
        refused, quarantined = orphans(rows, alone)
        return Converted(refused=placed(rows, refused), quarantined=quarantined)


def _records(cases: Frame) -> Frame:
    """Return records with all their columns; what the sheet doesn't have is unknown."""
    labels = pl.col(LOST).list.unique(maintain_order=True)
    warned = cases.with_columns(pl.when(labels.list.len() > 0).then(labels).alias("warnings"))
    missing = [name for name in CASES if name not in warned.columns]
    return warned.with_columns(pl.lit(None, CASES[name]).alias(name) for name in missing).select(
        CASES.names()
    )


def _no_rows(rows: Rows) -> Frame:
    dtypes = dict.fromkeys(rows.columns.values(), pl.String)
    return pl.DataFrame(schema={ROW: pl.Int64, **dtypes})
