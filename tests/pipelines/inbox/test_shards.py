"""A watch's work split over shards gives the same as in one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from schemas.case_record import CaseRecord
from tests.helpers.news import CLEAN, ELDER, events_of, felony
from tests.transforms.watch.test_step import BIRTHDAY, NIGHT, first_night
from transforms.nightly.night import Night
from transforms.normalize.case_frame import to_frame
from transforms.watch.cases import _Cases, by_shard
from transforms.watch.step import Snapshot

NAMES = [f"case {number}" for number in range(6)]


class Cell:
    """A value in a shard's state."""

    value: Any = None

    def read(self) -> Any:
        return self.value

    def write(self, value: Any) -> None:
        self.value = value


def reported(night: Night, snapshot: Snapshot, shards: int) -> list[str]:
    """Apply a batch, and then let a birthday come; return what changed, sorted."""
    events = events_of(*(felony(f"e {name}", name) for name in NAMES[::2]))
    lines = []
    for shard, news in by_shard(1, False, events, night.buckets, shards):
        cells = [Cell() for _ in range(5)]
        known = (cells[0], cells[1], cells[2])
        cases = _Cases(night, snapshot, shards, shard, known, cells[3], cells[4])
        for report in (cases.fold(news, NIGHT), *cases.ring(BIRTHDAY)):
            rows = report.changes.select("case_id", "from_route", "to_route").rows()
            lines += [f"{report.name} {row}" for row in rows]
    return sorted(lines)


def test_one_two_and_eight_shards_report_the_same(tmp_path: Path) -> None:
    cases = [CaseRecord(**{**CLEAN, "case_id": name}) for name in NAMES]
    elder = CaseRecord(**{**ELDER, "case_id": "elder", "updated_at": "2011-11-01"})
    # Fewer buckets than shards: some shards have no case.
    night = first_night(tmp_path / "night", to_frame([*cases, elder]), buckets=3)
    snapshot = Snapshot(night)
    one, two, eight = (reported(night, snapshot, shards) for shards in (1, 2, 8))
    assert one == two == eight
    assert sum(line.startswith("batch-000001") for line in one) == len(NAMES[::2])
    assert any("'elder'" in line for line in one)
