"""What a cluster needs: Java, and the jars of Flink and Beam's job server."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

from scripts.flink_cluster.errors import ClusterError
from scripts.flink_cluster.versions import ARTIFACTS, JARS, JAVA, LISTING, MANAGED
from scripts.jars import JarsError, cache, digests_in, fetch_jars


def jars_place() -> Path:
    """Return where the jars are once they have been fetched."""
    return cache() / JARS


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


def flink_jars() -> Path:
    """Return the directory of the jars, fetched if they aren't in the cache yet.

    Raises:
        ClusterError: They can't be fetched, or one isn't the one that was asked for.
    """
    try:
        return fetch_jars(JARS, ARTIFACTS, digests_in(LISTING), MANAGED)
    except JarsError as error:
        raise ClusterError(str(error)) from None
