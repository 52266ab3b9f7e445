"""What a night read and changed, for a person."""

from __future__ import annotations

from collections.abc import Iterator

from pipelines.cli.table import table_lines
from schemas.manifest import Nightly
from schemas.words import cause, queue_mark


def night_lines(night: Nightly) -> Iterator[list[str]]:
    """Write the tables that only a night's run has, without lines that are 0.

    Args:
        night: That part of the manifest.

    Yields:
        The lines of one table.
    """
    events, reviews = night.events, night.reviews
    rows = [
        ("event and review files read", len(night.consumed)),
        ("events read", events.read),
        ("  seen before", events.repeated),
        ("  with the id of another event", events.conflicts),
        ("  that can't be applied", events.quarantined),
        ("  waiting for their case", events.pending),
        ("cases opened", night.opened),
        ("new reviews", reviews.new),
        ("reviews quarantined", reviews.quarantined + reviews.conflicts),
    ]
    yield _table(f"Since {night.previous or 'the case files'}", rows)
    causes = [(f"  by {cause(kind)}", number) for kind, number in night.causes.items()]
    yield _table("Changes", [("recommendations changed", night.changed), *causes])
    waiting = [(queue_mark(mark), number) for mark, number in night.queue.items()]
    yield _table("Waiting for an attorney", waiting)


def _table(title: str, rows: list[tuple[str, int]]) -> list[str]:
    kept = [(name, [f"{number:,}"]) for name, number in rows if number]
    return table_lines(title, [""], kept) if kept else []
