"""The options of a night."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from pipelines.cli import declare
from pipelines.engines.engine import Engine


@dataclass(frozen=True, kw_only=True)
class NightlyOptions:
    """What a night reads, how it assesses, and where its state is."""

    state: str = declare.state()
    events: str = declare.option("directory of event files", type=declare.place, metavar="DIR")
    reviews: str | None = declare.option("directory of review files", default=None, metavar="DIR")
    input: tuple[str, ...] | None = declare.option(
        "case files, for the first night only", default=None, nargs="+", metavar="FILES"
    )
    rulebook: str = declare.rulebook()
    as_of: datetime.date | None = declare.as_of("today")
    presume: str = declare.presume()
    scope: str | None = declare.scope()
    courts: tuple[str, ...] | None = declare.courts()
    second_reader: str | None = declare.option(
        "a review with this route counts only with a second reviewer or a supervisor",
        default=None,
        choices=("expedite",),
    )
    readable_by: str | None = declare.readable_by()
    engine: Engine = declare.engine()
    lineage: str | None = declare.lineage()
    dry_run: bool = declare.dry_run()
    json: bool = declare.manifest_json()
    beam: tuple[str, ...] = ()
