"""A run's cases in the order of a worklist, read in parts, so that any number of them fit.

A few columns give the order. Each frame is then split among the parts that its rows belong to.
Parts are kept on disk, so that only one at a time is in memory.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import polars as pl

from pipelines.cli.progress import count
from pipelines.runs.frames import part_frames
from schemas.errors import DamagedError
from schemas.outcomes import Route
from transforms.export.share import pseudonyms
from transforms.frames.frame import Frame

PART_ROWS = 32_768
_KEYS = {"case_id": pl.String(), "court": pl.String(), "score_low": pl.Int32()}
_RANK = "_rank"


@dataclass(frozen=True)
class Wanted:
    """Which cases of a run are exported.

    Args:
        run: The run's directory.
        routes: Their routes, in the order of the export.
        courts: Their courts; None for all.
    """

    run: str
    routes: tuple[Route, ...]
    courts: tuple[str, ...] | None


@dataclass(frozen=True)
class Ordered:
    """The cases in order.

    Args:
        wanted: Which they are.
        places: `case_id`, `court`, and `route` (String), and `_rank`, their places from 0.
    """

    wanted: Wanted
    places: Frame

    @classmethod
    def of(cls, wanted: Wanted, key: bytes | None = None) -> Ordered:
        """Order cases as the queue of a night is: by route, then from the highest score.

        Args:
            wanted: Which cases.
            key: The key of their pseudonyms, to order each route by those: an order by scores would
                give scores away. None for the order of the queue.
        """
        empty = pl.DataFrame(schema=_KEYS | {"route": pl.String, "_route": pl.Int32})
        found = [empty]
        for number, route in enumerate(wanted.routes):
            for frame in part_frames(wanted.run, route, "recommendation", list(_KEYS)):
                kept = (
                    frame
                    if wanted.courts is None
                    else frame.filter(pl.col("court").is_in(list(wanted.courts)))
                )
                found.append(kept.with_columns(route=pl.lit(route), _route=pl.lit(number)))
        rows = pl.concat(found)
        if key is None:
            rows = rows.sort("_route", "score_low", "case_id", descending=[False, True, False])
        else:
            rows = rows.with_columns(pseudonyms(rows["case_id"], key).alias("_key"))
            rows = rows.sort("_route", "_key")
        return cls(wanted, rows.select("case_id", "court", "route").with_row_index(_RANK))

    @property
    def counts(self) -> dict[str, int]:
        """Return the number of cases by route, in order."""
        counted = dict(self.places["route"].value_counts().iter_rows())
        return {route: counted.get(route, 0) for route in self.wanted.routes}

    def parts(self, scratch: str, of_cases: Sequence[str] | None) -> Iterator[tuple[Frame, Frame]]:
        """Read the cases in order.

        Args:
            scratch: A directory to create, for temporary files.
            of_cases: The columns of case records to read; None for all.

        Yields:
            Recommendations (columns of recommendation.avsc) and case records, row by row of the
            same cases, of at most `PART_ROWS` cases.

        Raises:
            DamagedError: A file of the run can't be read whole.
        """
        os.mkdir(scratch)
        run = self.wanted.run
        for route in self.wanted.routes:
            self._partition(part_frames(run, route, "recommendation"), f"{scratch}/r")
        self._partition(part_frames(run, "cases", "case_record", of_cases), f"{scratch}/c")
        for number in range(-(-self.places.height // PART_ROWS)):
            recommendations, cases = (_taken(f"{scratch}/{of}{number}") for of in "rc")
            if not recommendations["case_id"].equals(cases["case_id"]):
                raise DamagedError(f"{run}/cases: lacks the records of routed cases")
            yield recommendations, cases
            count("cases", recommendations.height)

    def _partition(self, frames: Iterator[Frame], where: str) -> None:
        for frame in frames:
            placed = frame.join(self.places.select("case_id", _RANK), on="case_id")
            parts = placed.with_columns(_part=pl.col(_RANK) // PART_ROWS).partition_by(
                "_part", as_dict=True, include_key=False
            )
            for (number,), part in parts.items():
                os.makedirs(f"{where}{number}", exist_ok=True)
                count = len(os.listdir(f"{where}{number}"))
                part.write_ipc(f"{where}{number}/{count}.arrow", compression="lz4")


def _taken(where: str) -> Frame:
    """Read the cases of one part, in order, and remove its files."""
    files = [f"{where}/{name}" for name in os.listdir(where)]
    whole = pl.concat(pl.read_ipc(file) for file in files)
    for file in files:
        os.remove(file)
    return whole.sort(_RANK).drop(_RANK)
