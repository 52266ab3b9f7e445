"""A batch on Prism, the cheap check that a pipeline doesn't depend on the in-process runner."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.engines.options import find_prism
from tests.helpers.commands import content, discretion, files_below, run_of


@pytest.mark.skipif(find_prism() is None, reason="Beam's program prism isn't installed")
def test_a_batch_on_prism_has_the_same_content(tmp_path: Path) -> None:
    sample = tmp_path / "sample"
    made = discretion("sample", "--output", sample, "--cases", 300, "--files", 2)
    assert made.returncode == 0, made.stderr
    for name, more in (("here", ()), ("prism", ("--engine", "prism"))):
        done = discretion("backlog", "--input", sample, "--output", tmp_path / name, *more)
        assert (done.returncode, done.stderr) == (0, "")
    here, there = (run_of(tmp_path / name) for name in ("here", "prism"))
    assert content(there) == content(here)
    assert not [path for path in files_below(there) if path.name.startswith(("_", "."))]
