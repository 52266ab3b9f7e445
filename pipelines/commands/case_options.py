"""Options of a command that is about one case."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from pipelines.cli import declare


@dataclass(frozen=True, kw_only=True)
class CaseOptions:
    """Which case, and on what terms."""

    case: str = declare.argument(
        "the id of a case in a run, or a file that holds one record", metavar="CASE_ID|FILE.json"
    )
    run: str = declare.option(
        "where to look for a case id; default: out", default="out", metavar="RUN"
    )
    rulebook: str | None = declare.rulebook(of_run=True)
    as_of: datetime.date | None = declare.as_of(of_run=True)
    presume: str | None = declare.presume(of_run=True)
    answers: tuple[str, ...] = declare.option(
        "answer a question, such as arrests=0, and see what changes; can be repeated",
        default=(),
        flag="--set",
        action="append",
        metavar="FACT=VALUE",
    )
