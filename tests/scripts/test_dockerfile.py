"""The Dockerfile passes its linter, and nobody runs the image as root."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

DOCKERFILE = Path(__file__).parents[2] / "scripts/Dockerfile"


def test_hadolint_finds_nothing() -> None:
    hadolint = shutil.which("hadolint", path=str(Path(sys.executable).parent))
    if hadolint is None:
        pytest.skip("hadolint isn't installed: there is no package of it for this machine")
    done = subprocess.run([hadolint, DOCKERFILE], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


def test_each_image_ends_as_a_user_that_is_not_root() -> None:
    stages = DOCKERFILE.read_text("utf-8").split("\nFROM ")[1:]
    users = [[line.split()[1] for line in stage.splitlines() if line.startswith("USER ")]
             for stage in stages]  # fmt: skip
    assert [stage[-1:] for stage in users] == [[], [], ["10001"], ["10001"]]
