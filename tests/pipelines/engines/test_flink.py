"""Batches and a watch on a real cluster: the same as in process, whatever is killed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.helpers import flink
from tests.pipelines.engines.cluster_batches import (
    a_night_and_an_import_are_the_same,
    batches_survive,
)
from tests.pipelines.engines.cluster_watch import a_watch_survives


def test_batches_and_a_watch_on_a_cluster(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One cluster serves all of it: starting one takes as long as a batch."""
    for name in ("batches", "watch"):
        (tmp_path / name).mkdir()
    place = tmp_path / "cluster"
    # One more than is used, which takes over from one that is killed.
    with flink.cluster(place, 3):
        batches_survive(flink.mended(place), tmp_path / "batches")
        a_night_and_an_import_are_the_same(flink.mended(place), tmp_path / "batches")
        a_watch_survives(flink.mended(place), tmp_path / "watch", monkeypatch)
