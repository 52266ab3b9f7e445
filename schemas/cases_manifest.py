"""The manifest of an import of cases from tables."""

from __future__ import annotations

import datetime

from pydantic import BaseModel, ConfigDict, model_validator

from schemas.manifest import InputFile, OutputFile
from schemas.table_import import TableImport


class CasesManifest(BaseModel):
    """One import.

    Args:
        table: What was read, and what happened to it.
        inputs: Files read.
        outputs: Files of records written, with their numbers of records.
        versions: Versions of the software.
        started: When it began, UTC.
        seconds: How long it took.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    table: TableImport
    inputs: tuple[InputFile, ...]
    outputs: tuple[OutputFile, ...]
    versions: dict[str, str]
    started: datetime.datetime
    seconds: float

    @model_validator(mode="after")
    def _reconcile(self) -> CasesManifest:
        accounts = {
            "cases/": self.table.cases,
            "quarantine/": sum(sheet.quarantined for sheet in self.table.sheets.values()),
        }
        for folder, expected in accounts.items():
            written = sum(f.records for f in self.outputs if f.path.startswith(folder))
            if written != expected:
                raise ValueError(f"{expected} records are for {folder}, {written} are in the files")
        return self
