"""What an import of tables read, and what happened to every row and every refused cell."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, model_validator

# Next to the manifest: every refused cell of all tables, as CSV.
REFUSED_FILE = "refused.csv"
UNREADABLE_ROW = "UNREADABLE_ROW"
REASONS = {
    "BAD_DATE": "{kind} that can't be read as a date",
    "PLACEHOLDER": "{kind} that stands for an unknown date",
    "UNKNOWN_CODE": "{kind} that isn't one of the values",
    "UNREADABLE_CHARGE": "{kind} that can't be read as a charge",
    "OUT_OF_RANGE": "{kind} that is out of range",
    "BAD_NUMBER": "{kind} that isn't such a number",
    "MISSING_CASE_ID": "{kind}, so it belongs to no case",
    "REPEATED_CASE_ID": "{kind} that an earlier row has, too",
    "NO_CASE": "{kind} that the sheet cases doesn't have",
    "LIST_IN_CELL": "{kind} where a list would be",
    UNREADABLE_ROW: "{kind}",
}
"""What is wrong with a cell, given the kind of its value."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class SheetRows(_Part):
    """What happened to the rows of a sheet; the parts add up.

    Args:
        file: Its file.
        rows: Rows below the header that aren't blank.
        used: Rows that are, or are part of, a case record.
        examples: Rows of the template's example, which are ignored.
        quarantined: Rows that belong to no case record.
    """

    file: str
    rows: int
    used: int
    examples: int
    quarantined: int

    @model_validator(mode="after")
    def _reconcile(self) -> SheetRows:
        accounted = self.used + self.examples + self.quarantined
        if self.rows != accounted:
            raise ValueError(f"{self.rows} rows were read, {accounted} are accounted for")
        return self


class RefusedCell(_Part):
    """A cell that can't be read, so its value isn't known. Its content is never shown.

    Args:
        file: Its file.
        sheet: Its sheet.
        row: Its row's number, as Excel shows it.
        column: Its column's letter; None in files of records.
        title: Its column's name.
        path: The field; for a list's, as in `convictions.grade`; "" for a whole row.
        reason: Why (`REASONS`).
        kind: What kind of value it has, such as `text` or `a date`.
        allowed: Which values are allowed.
    """

    file: str
    sheet: str
    row: int
    column: str | None
    title: str
    path: str
    reason: str
    kind: str
    allowed: str


class UnreadColumn(_Part):
    """A column that isn't in the template, so it wasn't read.

    Args:
        file: Its file.
        sheet: Its sheet.
        name: Its name as written.
        meant: The column that was probably meant; None if none is similar.
    """

    file: str
    sheet: str
    name: str
    meant: str | None


class TableImport(_Part):
    """The import of one workbook, folder of CSV files, or other file of tables.

    Args:
        path: The file or folder.
        notes: How it was read, where that had to be guessed.
        sheets: The sheets that were read, by the names of their forms.
        cases: Case records made.
        without_id: Those without a case id, which a run quarantines.
        repeated: Those with a case id that an earlier row has.
        open_lists: For each list, the cases with rows that may not be all there are.
        refused: How many cells and rows were refused, by `field:REASON`.
        first_refused: The first of them; refused.csv has all.
        unread_columns: Columns that weren't read.
        unread_sheets: The names of sheets that weren't read.
    """

    path: str
    notes: tuple[str, ...]
    sheets: dict[str, SheetRows]
    cases: int
    without_id: int
    repeated: int
    open_lists: dict[str, int]
    refused: dict[str, int]
    first_refused: tuple[RefusedCell, ...]
    unread_columns: tuple[UnreadColumn, ...]
    unread_sheets: tuple[str, ...]

    @property
    def refused_cells(self) -> int:
        """Return how many cells and rows were refused."""
        return sum(self.refused.values())

    @model_validator(mode="after")
    def _reconcile(self) -> TableImport:
        if self.cases != self.sheets["cases"].used:
            raise ValueError(f"{self.sheets['cases'].used} rows were used, {self.cases} are cases")
        return self
