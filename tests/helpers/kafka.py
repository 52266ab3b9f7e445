"""A real Kafka broker for tests, of Kafka's own jars: one node, on this machine only.

The jars are fetched once, by Maven, into a cache outside the checkout. A test that needs a broker
is skipped, with the reason, if there is no Java or the jars can't be fetched.
"""

from __future__ import annotations

import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

import pytest

from scripts.jars import Artifact, JarsError, digests_in, fetch_jars

KAFKA = "4.3.1"
_ARTIFACTS = (
    Artifact("org.apache.kafka", "kafka_2.13", KAFKA),
    Artifact("org.slf4j", "slf4j-nop", "1.7.36"),
)
_SETTINGS = """process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:{controller}
listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}
advertised.listeners=PLAINTEXT://127.0.0.1:{port}
controller.listener.names=CONTROLLER
inter.broker.listener.name=PLAINTEXT
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
log.dirs={folder}/data
offsets.topic.replication.factor=1
offsets.topic.num.partitions=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
group.initial.rebalance.delay.ms=0
"""
# A small machine's JVM: a quick start matters more than speed.
_JVM = ("-Xmx256m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")
_START_SECONDS = 200


class Broker:
    """A broker that keeps its messages when it is stopped and started again.

    Args:
        folder: Where it keeps them.
    """

    def __init__(self, folder: Path) -> None:
        self.jars = _jars()
        self.log = folder / "log"
        self.settings = folder / "server.properties"
        self.port, controller = _free_ports()
        self.settings.write_text(
            _SETTINGS.format(port=self.port, controller=controller, folder=folder)
        )
        self._java("kafka.tools.StorageTool", "format", "-t", "4L6g3nShT-eMCtK--X86sw", "-c").wait()
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it, and wait until it listens."""
        self.process = self._java("kafka.Kafka")
        until = time.monotonic() + _START_SECONDS
        while not _listens(self.port):
            assert self.process.poll() is None, self.log.read_text()
            assert time.monotonic() < until, "the broker doesn't start"
            time.sleep(0.1)

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        """Stop it, and wait until it has ended."""
        if self.process is not None:
            self.process.send_signal(how)
            self.process.wait()
        self.process = None

    def _java(self, main: str, *words: str) -> subprocess.Popen[bytes]:
        command = ["java", *_JVM, "-cp", f"{self.jars}/*", main, *words, str(self.settings)]
        with self.log.open("ab") as log:
            return subprocess.Popen(command, stdout=log, stderr=log)


def _jars() -> Path:
    """Return the directory of Kafka's jars, fetched if need be."""
    if shutil.which("java") is None:
        pytest.skip("java isn't installed; the test needs a Kafka broker")
    digests = digests_in(Path(__file__).with_suffix(".sha256"))
    try:
        return fetch_jars(f"kafka-{KAFKA}", _ARTIFACTS, digests)
    except JarsError as error:
        pytest.skip(f"there is no Kafka broker: {error}")


def _free_ports() -> tuple[int, int]:
    with socket.socket() as one, socket.socket() as two:
        one.bind(("127.0.0.1", 0))
        two.bind(("127.0.0.1", 0))
        return one.getsockname()[1], two.getsockname()[1]


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
