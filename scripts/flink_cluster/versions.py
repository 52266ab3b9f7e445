"""The versions of Flink and Beam's job server that go together, and their jars with digests."""

from __future__ import annotations

from pathlib import Path

from scripts.jars import Artifact

FLINK = "1.19.3"
# The newest release whose jars are all published; its protocol is that of later Python packages.
BEAM = "2.62.0"
JAVA = 17
JARS = f"flink-{FLINK}-beam-{BEAM}"
LISTING = Path(__file__).with_name("jars.sha256")

_ASKS_FOR_OLDER = (
    "annotations", "clients", "connector-datagen", "core", "file-sink-common", "hadoop-fs", "java",
    "metrics-core", "optimizer", "queryable-state-client-java", "rpc-akka-loader", "rpc-core",
    "runtime", "streaming-java",
)  # fmt: skip
# Beam's runner needs Flink itself: its JobManager and TaskManager are classes that can be started
# without the rest of its distribution.
ARTIFACTS = (
    Artifact("org.apache.beam", f"beam-runners-flink-{FLINK.rpartition('.')[0]}", BEAM),
    Artifact("org.slf4j", "slf4j-simple", "1.7.30"),
)
# Beam asks for the first release of the minor version.
MANAGED = tuple(Artifact("org.apache.flink", f"flink-{name}", FLINK) for name in _ASKS_FOR_OLDER)
