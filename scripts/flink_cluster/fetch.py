"""Fetch the jars, once, into a cache outside the checkout, and check their digests."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from scripts.flink_cluster.errors import ClusterError
from scripts.flink_cluster.versions import BEAM, FLINK, JAVA, jars, pom

_MOST_SECONDS = 900


def cache() -> Path:
    """Return the directory for what is fetched and for the cluster's own files."""
    home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(home) / "discretion"


def jars_place() -> Path:
    """Return where the jars are once they have been fetched."""
    return cache() / f"flink-{FLINK}-beam-{BEAM}"


def find_java() -> str:
    """Find Java 17: in JAVA_HOME, or on PATH.

    Raises:
        ClusterError: There is no Java, or it has another version.
    """
    home = os.environ.get("JAVA_HOME")
    java = shutil.which("java", path=f"{home}/bin" if home else None)
    get = f"install Java {JAVA} (on Debian, openjdk-{JAVA}-jre-headless) or set JAVA_HOME to one"
    if java is None:
        raise ClusterError(f"Flink needs Java {JAVA}, and there is none; {get}")
    said = subprocess.run([java, "-version"], capture_output=True, text=True, check=False).stderr
    found = re.search(r'version "(\d+)', said)
    if found is None or int(found[1]) != JAVA:
        version = found[1] if found else "of an unknown version"
        raise ClusterError(f"Flink needs Java {JAVA}, but {java} is Java {version}; {get}")
    return java


def fetch_jars() -> Path:
    """Fetch the jars if they aren't in the cache yet.

    Returns:
        Their directory.

    Raises:
        ClusterError: They can't be fetched, or one isn't the one that was asked for.
    """
    place = jars_place()
    if place.is_dir():
        return place
    if shutil.which("mvn") is None:
        raise ClusterError("fetching Flink needs Maven; install it (on Debian, maven)")
    print(
        f"flink: fetching Flink {FLINK} and Beam's job server into {place} (once)", file=sys.stderr
    )
    place.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=place.parent, prefix="_fetching-") as folder:
        _run_maven(Path(folder))
        check_jars(Path(folder) / "lib")
        try:
            (Path(folder) / "lib").rename(place)
        except OSError:
            # Another process has just fetched the same.
            if not place.is_dir():
                raise
    return place


def check_jars(folder: Path) -> None:
    """Check that a directory has exactly the jars that are listed, each with its digest.

    Raises:
        ClusterError: A jar is missing, isn't listed, or has another digest.
    """
    expected, found = jars(), {path.name: path for path in folder.iterdir()}
    for name in sorted({*expected, *found}):
        if name not in found:
            raise ClusterError(f"{name}: was not fetched")
        if name not in expected:
            raise ClusterError(f"{name}: was fetched, but scripts/flink_cluster doesn't list it")
        if hashlib.sha256(found[name].read_bytes()).hexdigest() != expected[name]:
            raise ClusterError(f"{name}: isn't the file that was asked for (its digest differs)")


def _run_maven(folder: Path) -> None:
    (folder / "pom.xml").write_text(pom(), "utf-8")
    command = ["mvn", "-q", "-B", "dependency:copy-dependencies", "-DoutputDirectory=lib"]
    command.append("-DincludeScope=runtime")
    try:
        done = subprocess.run(
            command, cwd=folder, capture_output=True, text=True, timeout=_MOST_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        raise ClusterError(f"Maven took more than {_MOST_SECONDS} seconds") from None
    if done.returncode:
        lines = [line for line in done.stdout.splitlines() if "ERROR" in line]
        raise ClusterError(f"Maven can't fetch it: {lines[0] if lines else 'it gave no reason'}")
