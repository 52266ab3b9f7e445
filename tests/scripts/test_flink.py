"""Fetching Flink and finding Java, without either."""

from __future__ import annotations

import hashlib
from pathlib import Path
from xml.etree import ElementTree

import pytest

from scripts.flink_cluster import fetch
from scripts.flink_cluster.errors import ClusterError
from scripts.flink_cluster.processes import start, stop
from scripts.flink_cluster.versions import FLINK, jars, pom

JAVA = "#!/bin/sh\necho 'openjdk version \"{}\"' >&2\n"


def test_the_jars_are_flinks_and_beams_of_one_version_each() -> None:
    names = list(jars())
    assert {name for name in names if FLINK not in name and name.startswith("flink-")} == {
        name for name in names if name.startswith("flink-shaded")
    }
    assert all(len(digest) == 64 for digest in jars().values())
    ElementTree.fromstring(pom())


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (lambda folder: (folder / "a.jar").unlink(), "a.jar: was not fetched"),
        (lambda folder: (folder / "c.jar").touch(), "doesn't list it"),
        (lambda folder: (folder / "a.jar").write_text("other"), "its digest differs"),
    ],
)
def test_refuses_jars_that_are_not_the_ones_listed(
    change: object, problem: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    listed = {name: hashlib.sha256(name.encode()).hexdigest() for name in ("a.jar", "b.jar")}
    monkeypatch.setattr(fetch, "jars", lambda: listed)
    for name in listed:
        (tmp_path / name).write_text(name)
    fetch.check_jars(tmp_path)
    assert callable(change)
    change(tmp_path)
    with pytest.raises(ClusterError, match=problem):
        fetch.check_jars(tmp_path)


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
