"""Jars from Maven: fetched once, into a cache outside the checkout, each checked by its digest."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

_MOST_SECONDS = 900
_POM = """\
<project>
  <modelVersion>4.0.0</modelVersion>
  <groupId>discretion</groupId>
  <artifactId>jars</artifactId>
  <version>1</version>
  <dependencyManagement><dependencies>{managed}</dependencies></dependencyManagement>
  <dependencies>{direct}</dependencies>
</project>
"""


class JarsError(Exception):
    """Jars can't be fetched, or one isn't the one that was asked for."""


class Artifact(NamedTuple):
    """What Maven publishes under a group, a name, and a version."""

    group: str
    name: str
    version: str


def cache() -> Path:
    """Return the directory for what is fetched."""
    home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(home) / "discretion"


def digests_in(listing: Path) -> dict[str, str]:
    """Read a listing as `sha256sum` prints it.

    Args:
        listing: The file.

    Returns:
        The name of each jar with its SHA-256 digest in hexadecimal.
    """
    lines = listing.read_text("utf-8").splitlines()
    return {name: digest for digest, name in map(str.split, lines)}


def fetch_jars(
    name: str,
    artifacts: Iterable[Artifact],
    digests: Mapping[str, str],
    managed: Iterable[Artifact] = (),
) -> Path:
    """Fetch artifacts and all that they need at run time, if they aren't in the cache yet.

    Args:
        name: What they are and their version, for the name of their directory.
        artifacts: The artifacts.
        digests: The name of each jar that must be there, with its digest.
        managed: Artifacts to take in these versions where another one needs them.

    Returns:
        The directory of the jars.

    Raises:
        JarsError: They can't be fetched, or they aren't those of `digests`.
    """
    place = cache() / name
    if place.is_dir():
        return place
    if shutil.which("mvn") is None:
        raise JarsError(f"fetching {name} needs Maven; install it (on Debian, maven)")
    print(f"fetching {name} into {place} (once)", file=sys.stderr)
    place.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=place.parent, prefix="_fetching-") as folder:
        lists = {"managed": _in_xml(managed), "direct": _in_xml(artifacts)}
        (Path(folder) / "pom.xml").write_text(_POM.format(**lists), "utf-8")
        _run_maven(Path(folder))
        check_jars(Path(folder) / "lib", digests)
        try:
            (Path(folder) / "lib").rename(place)
        except OSError:
            # Another process has just fetched the same.
            if not place.is_dir():
                raise
    return place


def check_jars(folder: Path, digests: Mapping[str, str]) -> None:
    """Check that a directory has exactly the jars that are listed, each with its digest.

    Args:
        folder: The directory.
        digests: The name of each jar, with its digest.

    Raises:
        JarsError: A jar is missing, isn't listed, or has another digest.
    """
    found = {path.name: path for path in folder.iterdir()}
    for name in sorted({*digests, *found}):
        if name not in found:
            raise JarsError(f"{name}: was not fetched")
        if name not in digests:
            raise JarsError(f"{name}: was fetched, but isn't listed")
        if hashlib.sha256(found[name].read_bytes()).hexdigest() != digests[name]:
            raise JarsError(f"{name}: isn't the file that was asked for (its digest differs)")


def _in_xml(artifacts: Iterable[Artifact]) -> str:
    return "".join(
        f"<dependency><groupId>{one.group}</groupId><artifactId>{one.name}</artifactId>"
        f"<version>{one.version}</version></dependency>"
        for one in artifacts
    )


def _run_maven(folder: Path) -> None:
    command = ["mvn", "-q", "-B", "dependency:copy-dependencies", "-DoutputDirectory=lib"]
    command.append("-DincludeScope=runtime")
    try:
        done = subprocess.run(
            command, cwd=folder, capture_output=True, text=True, timeout=_MOST_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        raise JarsError(f"Maven took more than {_MOST_SECONDS} seconds") from None
    if done.returncode:
        lines = [line for line in done.stdout.splitlines() if "ERROR" in line]
        raise JarsError(f"Maven can't fetch it: {lines[0] if lines else 'it gave no reason'}")
