"""The Dockerfile passes its linter, and nobody runs the image as root."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from scripts.flink_cluster import settings

SCRIPTS = Path(__file__).parents[2] / "scripts"
DOCKERFILE, PART = SCRIPTS / "Dockerfile", SCRIPTS / "flink_cluster/part"


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


def test_the_image_starts_its_parts_as_they_were_tried(tmp_path: Path) -> None:
    """A stand-in for Java says how it was called; `scripts/flink` calls the real one."""
    java, lib = tmp_path / "bin/java", tmp_path / "lib"
    java.parent.mkdir()
    java.write_text('#!/bin/sh\nprintf "%s\\n" "$@"\n')
    java.chmod(0o700)
    lib.mkdir()
    for name in ("beam-runners-flink.jar", "beam-vendor-grpc.jar", "flink-core.jar", "a.jar"):
        (lib / name).touch()
    tried = settings.commands("java", lib, tmp_path, 1, 8099, 8081)
    for part, name in (
        ("jobmanager", "job-manager"),
        ("taskmanager", "task-manager-1"),
        ("jobserver", "job-server"),
    ):
        env = {"PATH": f"{java.parent}:/usr/bin:/bin", "FLINK_LIB": str(lib)}
        env["FLINK_CONF_DIR"] = f"{tmp_path}/conf"
        done = subprocess.run([PART, part], env=env, capture_output=True, text=True, check=True)
        words = done.stdout.splitlines()
        # Besides, a small cluster on one machine saves memory and time.
        saved = ("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:MaxMetaspaceSize=256m")
        assert words == [
            word
            for word in tried[name][1:]
            if word not in saved
            and not word.startswith("-Dorg.slf4j")
            and not word.startswith(("--flink-master", "--job-", "--artifact", "--expansion"))
            and word not in ("-D", "taskmanager.resource-id=task-manager-1")
        ]
    wrong = subprocess.run([PART, "other"], capture_output=True, text=True, check=False)
    assert (wrong.returncode, wrong.stderr.count("\n")) == (2, 1)
