"""The manifest of an import: what was read from a release, and what happened to every row."""

from __future__ import annotations

import datetime

from pydantic import BaseModel, ConfigDict, model_validator

from schemas.manifest import InputFile, OutputFile


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class TableCounts(_Part):
    """What happened to the rows of a table; the parts add up.

    Args:
        read: Rows in the file.
        expected: Rows according to the release's Count.txt; None if it doesn't say.
        used: Rows of written cases, as of the day. (A row of leads and riders counts for the
            rider.)
        not_pending: Rows of cases that were not pending on the day.
        after: Rows of written cases that are later than the day or have no date.
        no_case: Rows whose case isn't in the table of cases.
        repeated: Rows with a key that an earlier row has.
        quarantined: Rows that couldn't be read.
        repaired: Rows with a wrong number of fields that were repaired; the other counts include
            them.
    """

    read: int
    expected: int | None
    used: int
    not_pending: int
    after: int
    no_case: int
    repeated: int
    quarantined: int
    repaired: int

    @model_validator(mode="after")
    def _reconcile(self) -> TableCounts:
        accounted = (
            self.used
            + self.not_pending
            + self.after
            + self.no_case
            + self.repeated
            + self.quarantined
        )
        if self.read != accounted:
            raise ValueError(f"{self.read} rows were read, {accounted} are accounted for")
        return self


class ImportManifest(_Part):
    """One import.

    Args:
        release: The folder or zip file.
        pending_on: The date of the docket; None for every case, as of the release.
        inputs: Files read.
        outputs: Files written, with their numbers of records.
        cases: Case records written.
        outcomes: Outcomes written, each with its case as of the day before; None if none were
            wanted.
        outcomes_from: The first day of the outcomes.
        outcomes_to: The last one.
        tables: Where the rows of each table went.
        missing_tables: Tables that the release does not have; what they tell is unknown.
        missing_columns: Used columns that a table's file does not have, by table.
        unknown_columns: Columns of a table's file that are not known, and not read, by table.
        quarantine: How many rows were quarantined, by reason.
        warnings: How many values of a column were set to unknown, by `TABLE.COLUMN:REASON`.
        versions: Versions of the software.
        started: When it began, UTC.
        seconds: How long it took.
    """

    release: str
    pending_on: datetime.date | None
    inputs: tuple[InputFile, ...]
    outputs: tuple[OutputFile, ...]
    cases: int
    outcomes: int | None = None
    outcomes_from: datetime.date | None = None
    outcomes_to: datetime.date | None = None
    tables: dict[str, TableCounts]
    missing_tables: tuple[str, ...]
    missing_columns: dict[str, tuple[str, ...]]
    unknown_columns: dict[str, tuple[str, ...]]
    quarantine: dict[str, int]
    warnings: dict[str, int]
    versions: dict[str, str]
    started: datetime.datetime
    seconds: float

    @property
    def unread_tables(self) -> dict[str, int]:
        """Return the tables of which no row could be read, with their numbers of rows."""
        return {
            name: counts.read
            for name, counts in self.tables.items()
            if counts.read and counts.quarantined == counts.read
        }

    @model_validator(mode="after")
    def _reconcile(self) -> ImportManifest:
        written = {
            part: sum(file.records for file in self.outputs if file.path.startswith(f"{part}/"))
            for part in ("cases", "quarantine", "outcomes")
        }
        used = self.tables["A_TblCase"].used
        if not self.cases == written["cases"] == used:
            raise ValueError(f"{used} cases were used, {written['cases']} are in the files")
        if written["outcomes"] != (self.outcomes or 0):
            raise ValueError(
                f"{self.outcomes} outcomes were found, {written['outcomes']} are in the files"
            )
        quarantined = sum(table.quarantined for table in self.tables.values())
        if written["quarantine"] != quarantined:
            raise ValueError(
                f"{quarantined} rows were quarantined, {written['quarantine']} are in the files"
            )
        return self
