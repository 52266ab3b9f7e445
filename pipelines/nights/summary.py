"""What a night read and changed, for a person to read."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table

from schemas.manifest import Nightly
from schemas.words import cause, queue_mark


def print_night(console: Console, night: Nightly) -> None:
    """Print what only a night's run has.

    Args:
        console: Where to.
        night: That part of its manifest.
    """
    events, reviews = night.events, night.reviews
    rows = [
        ("files of events and reviews read", len(night.consumed)),
        ("events read", events.read),
        ("  there already", events.repeated),
        ("  with the id of another", events.conflicts),
        ("  that no fold can use", events.set_aside),
        ("  waiting for their case", events.pending),
        ("cases opened", night.opened),
        ("new reviews", reviews.new),
        ("reviews set aside", reviews.set_aside + reviews.conflicts),
    ]
    _print(console, f"since {night.previous or 'the case files'}", rows)
    causes = [(f"  by {cause(kind)}", number) for kind, number in night.causes.items()]
    _print(console, "changes", [("recommendations changed", night.changed), *causes])
    waiting = [(queue_mark(mark), number) for mark, number in night.queue.items()]
    _print(console, "waiting for an attorney", waiting)


def _print(console: Console, title: str, rows: list[tuple[str, int]]) -> None:
    if not any(number for _, number in rows):
        return
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(title, min_width=34)
    table.add_column("", justify="right")
    for name, number in rows:
        if number:
            table.add_row(name, f"{number:,}")
    console.print(table)
