"""Jars from Maven, and those that aren't the right ones."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest

from scripts import jars
from scripts.jars import Artifact, JarsError, check_jars, fetch_jars

MAVEN = """#!/bin/sh
mkdir lib && cp pom.xml lib/a.jar
"""


def test_fetches_once_what_maven_has(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "mvn").write_text(MAVEN)
    (tmp_path / "mvn").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    wanted = [Artifact("org.example", "a", "1")]
    with pytest.raises(JarsError, match="its digest differs"):
        fetch_jars("a-1", wanted, {"a.jar": "0" * 64})
    assert not list(jars.cache().iterdir())
    pom = jars._POM.format(managed="", direct=jars._in_xml(wanted)).encode()
    place = fetch_jars("a-1", wanted, {"a.jar": hashlib.sha256(pom).hexdigest()})
    [version] = ElementTree.parse(place / "a.jar").iter("dependency")
    assert [part.text for part in version] == ["org.example", "a", "1"]
    (tmp_path / "mvn").unlink()
    assert fetch_jars("a-1", wanted, {}) == place
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(JarsError, match="fetching a-2 needs Maven"):
        fetch_jars("a-2", wanted, {})


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (lambda folder: (folder / "a.jar").unlink(), "a.jar: was not fetched"),
        (lambda folder: (folder / "c.jar").touch(), "isn't listed"),
        (lambda folder: (folder / "a.jar").write_text("other"), "its digest differs"),
    ],
)
def test_refuses_jars_that_are_not_the_ones_listed(
    change: Callable[[Path], object], problem: str, tmp_path: Path
) -> None:
    listed = {name: hashlib.sha256(name.encode()).hexdigest() for name in ("a.jar", "b.jar")}
    for name in listed:
        (tmp_path / name).write_text(name)
    check_jars(tmp_path, listed)
    change(tmp_path)
    with pytest.raises(JarsError, match=problem):
        check_jars(tmp_path, listed)
