"""A cluster's jars, Java, and processes, without a cluster."""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts.flink_cluster import fetch
from scripts.flink_cluster.errors import ClusterError
from scripts.flink_cluster.processes import start, stop
from scripts.flink_cluster.versions import FLINK, LISTING
from scripts.jars import digests_in

JAVA = "#!/bin/sh\necho 'openjdk version \"{}\"' >&2\n"


def test_the_jars_are_flinks_and_beams_of_one_version_each() -> None:
    digests = digests_in(LISTING)
    names = list(digests)
    assert {name for name in names if FLINK not in name and name.startswith("flink-")} == {
        name for name in names if name.startswith("flink-shaded")
    }
    assert all(len(digest) == 64 for digest in digests.values())


def test_java_of_another_version_is_refused_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    with pytest.raises(ClusterError, match="Flink needs Java 17, and there is none; install"):
        fetch.find_java()
    java = tmp_path / "bin/java"
    java.parent.mkdir()
    java.touch(mode=0o755)
    java.write_text(JAVA.format("1.8.0_302"))
    with pytest.raises(ClusterError, match="is Java 1; install"):
        fetch.find_java()
    java.write_text(JAVA.format("17.0.15"))
    assert fetch.find_java() == str(java)


def test_a_process_is_stopped_with_what_it_started(tmp_path: Path) -> None:
    command = ["sh", "-c", "sleep 600 & echo $! > child; exec sleep 600"]
    began = start("one", command, tmp_path)
    while not (tmp_path / "child").exists() or not (tmp_path / "child").read_text().strip():
        assert began.is_running()
    child = int((tmp_path / "child").read_text())
    stop([began])
    assert not began.is_running()
    state = Path(f"/proc/{child}/stat")
    assert not state.exists() or state.read_text().rpartition(")")[2].split()[0] == "Z"
