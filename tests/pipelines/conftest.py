"""What several tests of the pipelines share."""

from __future__ import annotations

import pytest

from tests.helpers.backlogs import Backlog, read, write
from tests.helpers.commands import discretion


@pytest.fixture(scope="session")
def backlog(tmp_path_factory: pytest.TempPathFactory) -> Backlog:
    folder = tmp_path_factory.mktemp("backlog")
    made = discretion("sample", "--output", folder / "raw", "--cases", 2000, "--files", 1)
    assert made.returncode == 0, made.stderr
    records = read(sorted((folder / "raw").glob("*.avro")))
    for number in range(3):
        write(folder / "in" / f"{number}.avro", records[number::3], block=100)
    printed = discretion("backlog", "--input", folder / "in", "--output", folder / "out")
    assert printed.returncode == 0, printed.stderr
    return Backlog(folder / "in", folder / "out", printed)
