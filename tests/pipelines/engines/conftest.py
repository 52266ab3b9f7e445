"""One cluster for all the tests that need one: starting it takes as long as a batch."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from scripts.flink_cluster.cluster import Cluster
from tests.helpers import flink


@pytest.fixture(scope="session")
def place_of_cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A cluster of three TaskManagers, one more than is used: it takes over from a killed one."""
    place = tmp_path_factory.mktemp("flink") / "cluster"
    with flink.cluster(place, 3):
        yield place


@pytest.fixture
def cluster(place_of_cluster: Path) -> Cluster:
    """The cluster, with all of its parts, whatever the test before killed."""
    return flink.mended(place_of_cluster)
