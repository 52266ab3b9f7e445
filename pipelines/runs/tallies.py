"""Tallies: the counts that a pipeline writes next to its files, for the manifest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import polars as pl

from schemas.manifest import DamagedFile
from schemas.outcomes import ROUTES, STATES
from transforms.files.storage import check_kept, read_bytes, write_whole
from transforms.frames.frame import Frame
from transforms.route.tally import SCHEMA


def write_frame(frame: Frame, path: str) -> None:
    """Write a small frame as lines of JSON, in a folder that must be there."""
    content = frame.write_ndjson().encode()
    check_kept(path.rpartition("/")[0])
    write_whole(path, content, durable=False)


def read_frame(path: str, schema: pl.Schema) -> Frame:
    """Read a frame that `write_frame` wrote; if it has no rows, the file has no lines."""
    content = read_bytes(path)
    return pl.read_ndjson(content, schema=schema) if content else schema.to_frame()


@dataclass(frozen=True)
class Tallies:
    """Counts, by what was counted and by key.

    Args:
        frame: Columns `of`, `key`, and `count` (`transforms.route.tally`).
    """

    frame: Frame

    @classmethod
    def read(cls, path: str) -> Tallies:
        """Read the tally that a pipeline wrote."""
        return cls(read_frame(path, SCHEMA))

    def counts(self, of: str) -> dict[str, int]:
        """Return the counts of one thing by key, the largest first."""
        part = self.frame.filter(pl.col("of") == of)
        ordered = part.sort(["count", "key"], descending=[True, False])
        return dict(ordered.select("key", "count").iter_rows())

    def total(self, of: str) -> int:
        """Return the sum of the counts of one thing."""
        return sum(self.counts(of).values())

    def damaged(self) -> tuple[DamagedFile, ...]:
        """Return the files that couldn't be read whole, by path."""
        records, uncounted = self.counts("damaged_records"), self.counts("damaged_uncounted")
        cut_short = self.counts("cut_short")
        return tuple(
            DamagedFile(
                path=path,
                places=places,
                records=records.get(path, 0),
                uncounted=uncounted.get(path, 0),
                cut_short=path in cut_short,
            )
            for path, places in sorted(self.counts("damaged").items())
        )

    def states(self) -> dict[str, dict[str, int]]:
        """Count the cases of each route, by state."""
        counted = self.counts("state")
        return {
            route: {state: counted.get(f"{route} {state}", 0) for state in STATES}
            for route in ROUTES
        }

    def of_review(self) -> dict[str, Any]:
        """Return the manifest's counts of recommendations and quarantined records."""
        needs = self.counts("needs_review")
        return {
            "states": self.states(),
            "needs_review": {route: needs.get(route, 0) for route in ROUTES},
            "forms": self.counts("form"),
            "review_reasons": self.counts("review_reason"),
            "ask_first": self.counts("ask_first"),
            "conflicts": self.counts("conflict"),
            "reasons": self.counts("reason"),
            "unknown": self.counts("unknown"),
            "missing_facts": self.counts("missing_fact"),
            "settling_facts": self.counts("settling_fact"),
            "quarantine": self.counts("quarantine"),
            "quarantined_records": self.counts("quarantined"),
            "damaged": self.damaged(),
            "warnings": self.counts("warning"),
            "scope_unknown": self.total("scope_unknown"),
        }
