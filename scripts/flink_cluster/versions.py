"""The versions of Flink and Beam's job server that go together, and their jars with digests."""

from __future__ import annotations

from pathlib import Path

FLINK = "1.19.3"
# The newest release whose jars are all published; its protocol is that of later Python packages.
BEAM = "2.62.0"
SLF4J = "1.7.30"
JAVA = 17

_JARS = Path(__file__).with_name("jars.sha256")
_ASKS_FOR_OLDER = (
    "annotations", "clients", "connector-datagen", "core", "file-sink-common", "hadoop-fs", "java",
    "metrics-core", "optimizer", "queryable-state-client-java", "rpc-akka-loader", "rpc-core",
    "runtime", "streaming-java",
)  # fmt: skip
_POM = """\
<project>
  <modelVersion>4.0.0</modelVersion>
  <groupId>discretion</groupId>
  <artifactId>flink-cluster</artifactId>
  <version>1</version>
  <dependencyManagement><dependencies>{managed}</dependencies></dependencyManagement>
  <dependencies>{direct}</dependencies>
</project>
"""


def jars() -> dict[str, str]:
    """Return the name of each jar with its SHA-256 digest in hexadecimal."""
    lines = _JARS.read_text("utf-8").splitlines()
    return {name: digest for digest, name in map(str.split, lines)}


def pom() -> str:
    """Return Maven's description of the jars: Beam's runner for Flink, and all that it needs.

    They include Flink itself: its JobManager and TaskManager are classes that can be started
    without the rest of its distribution.
    """
    # Beam asks for the first release of the minor version.
    managed = "".join(
        _dependency("org.apache.flink", f"flink-{name}", FLINK) for name in _ASKS_FOR_OLDER
    )
    runner = f"beam-runners-flink-{FLINK.rpartition('.')[0]}"
    direct = _dependency("org.apache.beam", runner, BEAM)
    direct += _dependency("org.slf4j", "slf4j-simple", SLF4J)
    return _POM.format(managed=managed, direct=direct)


def _dependency(group: str, artifact: str, version: str) -> str:
    return (
        f"<dependency><groupId>{group}</groupId><artifactId>{artifact}</artifactId>"
        f"<version>{version}</version></dependency>"
    )
