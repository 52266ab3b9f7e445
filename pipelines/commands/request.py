"""Draft a request for prosecutorial discretion for one case, for an attorney to complete."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipelines.cli.command import Command
from pipelines.cli.exit_codes import ExitCode
from pipelines.cli.start import importing
from pipelines.commands import documents
from pipelines.commands.case_options import CaseOptions

if TYPE_CHECKING:
    from schemas.intake import Language


@dataclass(frozen=True, kw_only=True)
class Options(CaseOptions):
    """Which case, on what terms, and where the draft is written."""

    output: str = documents.output()
    language: Language = documents.language()


def _run(options: Options) -> int:
    # Imported here so that --help doesn't wait for them.
    with importing():
        from pipelines.commands.one_case import read_one
        from schemas.intake import intake
        from transforms.documents.request import draft

    documents.check_output(options.output)
    case = read_one("request", options)
    if case is None:
        return ExitCode.INPUT
    [record] = case.record.to_dicts()
    document = draft(
        case.explained(everything=True),
        record,
        case.rulebook.rulebook,
        intake(),
        options.language,
    )
    what = "a draft; check every fact before you sign. It holds personal data"
    documents.write(document, options.output, what)
    return ExitCode.OK


main = Command(
    "request",
    __doc__,
    Options,
    _run,
).main

if __name__ == "__main__":
    sys.exit(main())
