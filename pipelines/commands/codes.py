"""List the code tables: codes, their spellings, and the values that mean unknown."""

from __future__ import annotations

import json
import sys
import textwrap
from dataclasses import dataclass

from pipelines.cli import declare
from pipelines.cli.command import Command
from pipelines.cli.exit_codes import ExitCode
from schemas.codes.listing import KINDS, Row, rows

_WIDTH, _INDENT = 80, 24


@dataclass(frozen=True, kw_only=True)
class Options:
    """Which of the tables, and how."""

    kind: str | None = declare.argument(
        f"one of {', '.join(KINDS)}",
        default=None,
        nargs="?",
        choices=tuple(KINDS),
        metavar="KIND",
    )
    search: str | None = declare.option(
        "only rows with this text, in any case", default=None, metavar="TEXT"
    )
    json: bool = declare.machine_json()


def _run(options: Options) -> int:
    if options.kind is None and options.search is None and not options.json:
        for kind, title in KINDS.items():
            print(f"{kind:<14}{title}")
        print(
            "\n`discretion codes KIND` lists one of these tables; --search TEXT "
            "searches all of them."
        )
        return ExitCode.OK
    kinds = [options.kind] if options.kind else list(KINDS)
    wanted = (options.search or "").casefold()
    found = {kind: [row for row in rows(kind) if _has(row, wanted)] for kind in kinds}
    if options.json:
        print(json.dumps({kind: [row._asdict() for row in of] for kind, of in found.items()}))
        return ExitCode.OK
    for kind, of in found.items():
        if not of:
            continue
        print(KINDS[kind])
        for row in of:
            print(_line(row))
        print()
    if not any(found.values()):
        print(f"no row has that text; the tables are {', '.join(KINDS)}")
    return ExitCode.OK


def _has(row: Row, wanted: str) -> bool:
    return any(wanted in text.casefold() for text in (row.code, row.label, *row.words))


def _line(row: Row) -> str:
    text = "; ".join(part for part in (row.label, ", ".join(row.words)) if part)
    wrapped = textwrap.wrap(text, _WIDTH - _INDENT, break_long_words=False, break_on_hyphens=False)
    lines = [f"{'':{_INDENT}}{line}" for line in wrapped]
    code = f"  {row.code}"
    if lines and len(code) < _INDENT:
        lines[0] = f"{code:<{_INDENT}}{wrapped[0]}"
        return "\n".join(lines)
    return "\n".join([code, *lines])


main = Command(
    "codes",
    __doc__,
    Options,
    _run,
).main

if __name__ == "__main__":
    sys.exit(main())
