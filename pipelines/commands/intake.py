"""Print the questions that a rulebook can turn on, for a client to answer on paper."""

from __future__ import annotations

import datetime
import sys
from dataclasses import dataclass

from pipelines.cli import declare
from pipelines.cli.command import Command
from pipelines.cli.exit_codes import ExitCode
from pipelines.cli.rulebooks import named
from pipelines.commands import documents
from schemas.intake import Language, intake
from schemas.rulebooks import load
from transforms.documents.intake import questionnaire


@dataclass(frozen=True, kw_only=True)
class Options:
    """Which rulebook, and where the questions are written."""

    output: str = documents.output()
    language: Language = documents.language()
    rulebook: str = declare.rulebook()
    as_of: datetime.date | None = declare.option(
        "the date for --rulebook in-force", default=None, type=declare.date, metavar="DATE"
    )


def _run(options: Options) -> int:
    documents.check_output(options.output)
    rulebook = load(named("intake", options.rulebook, options.as_of))
    document = questionnaire(rulebook, intake(), options.language)
    documents.write(document, options.output, "questions for a client; print it on letter paper")
    return ExitCode.OK


main = Command(
    "intake",
    __doc__,
    Options,
    _run,
).main

if __name__ == "__main__":
    sys.exit(main())
