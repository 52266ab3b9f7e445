"""Events from a Kafka broker, which restarts, as does what reads from it."""

from __future__ import annotations

import base64
import json
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import polars as pl
import pytest
from confluent_kafka import Producer
from confluent_kafka.admin import AdminClient
from confluent_kafka.cimpl import NewTopic

from pipelines import receive
from pipelines.cli.exit_codes import ExitCode
from pipelines.inbox.kafka import partitions, read_settings
from pipelines.nights.new_files import find_new_files
from schemas.avro import avro_schema
from schemas.case_event import CaseEvent
from schemas.errors import InputError, UsageError
from tests.helpers.commands import argv, environment
from tests.helpers.kafka import Broker
from transforms.nightly.bucket_files import read_whole

SCHEMA = avro_schema("case_event")
TOPIC, PARTITIONS = "case-events", 2
FRAMED = b"\0\0\0\0\7" + b"Avro"


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    broker = Broker(tmp_path_factory.mktemp("kafka"))
    broker.start()
    admin = AdminClient({"bootstrap.servers": broker.address})
    admin.create_topics([NewTopic(TOPIC, PARTITIONS)])[TOPIC].result(60)
    yield broker
    broker.stop()


def send(broker: Broker, *messages: bytes) -> None:
    producer = Producer({"bootstrap.servers": broker.address, "log_level": 0})
    for number, message in enumerate(messages):
        producer.produce(TOPIC, message, partition=number % PARTITIONS)
    assert producer.flush(60) == 0


def events(first: int, last: int) -> list[bytes]:
    return [
        CaseEvent(event_id=f"e{n}", case_id="c", kind="HEARING_SET").model_dump_json().encode()
        for n in range(first, last)
    ]


def landed(inbox: Path) -> pl.Series:
    """The ids of the events in the inbox, as often as they are there."""
    found = find_new_files(str(inbox), SCHEMA, ())
    ids = [read_whole(file.path, SCHEMA)["event_id"] for file in found.files]
    return pl.concat(ids) if ids else pl.Series(dtype=pl.String)


def wait_for(condition: Callable[[], bool], process: subprocess.Popen[str]) -> None:
    until = time.monotonic() + 300
    while not condition():
        assert process.poll() is None, process.communicate()[1]
        assert time.monotonic() < until, "nothing arrives"
        time.sleep(0.1)


def receiving(broker: Broker, inbox: Path) -> subprocess.Popen[str]:
    words = ("receive", "--source", f"kafka://{broker.address}/{TOPIC}", "--inbox", inbox)
    return subprocess.Popen(argv(*words), stderr=subprocess.PIPE, text=True, env=environment())


def test_each_event_arrives_whatever_restarts(broker: Broker, tmp_path: Path) -> None:
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    send(broker, *events(0, 20), b"nonsense", FRAMED)
    process = receiving(broker, inbox)
    wait_for(lambda: landed(inbox).n_unique() == 20, process)
    process.kill()
    process.communicate()

    send(broker, *events(20, 30))
    process = receiving(broker, inbox)
    wait_for(lambda: landed(inbox).n_unique() == 30, process)
    broker.stop()
    broker.start()
    send(broker, *events(30, 40))
    wait_for(lambda: landed(inbox).n_unique() == 40, process)
    process.send_signal(signal.SIGTERM)
    *waiting, last = process.communicate(timeout=60)[1].splitlines()
    assert last == "discretion receive: interrupted"
    assert set(waiting) <= {f"discretion receive: {TOPIC}: no broker answers; waiting for one"}
    assert process.returncode == ExitCode.INTERRUPTED

    assert set(landed(inbox)) == {f"e{n}" for n in range(40)}
    lines = [
        json.loads(line)
        for file in (inbox / "_refused").iterdir()
        for line in file.read_text().splitlines()
    ]
    refused = {base64.b64decode(line["message"]): line["reason"] for line in lines}
    assert refused == {
        b"nonsense": "message: json_invalid",
        FRAMED: "message: schema_registry_format, schema 7; send JSON",
    }


def test_reports_in_one_line_a_topic_that_is_not_there(
    broker: Broker, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = f"kafka://{broker.address}/nowhere"
    assert receive.main(["--source", source, "--inbox", str(tmp_path)]) == ExitCode.INPUT
    assert capsys.readouterr().err == f"discretion receive: {source}: there is no such topic\n"


def test_reads_settings_of_the_client_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "kafka.properties"
    file.write_text("# Who we are\nsasl.username = me\n\nsasl.password=a=b\n")
    assert read_settings(str(file)) == {"sasl.username": "me", "sasl.password": "a=b"}
    file.write_text("sasl.username=me\nsecret\n")
    with pytest.raises(InputError, match=r"kafka\.properties:2: isn't a setting") as caught:
        read_settings(str(file))
    assert "secret" not in str(caught.value)
    with pytest.raises(UsageError, match='No such configuration property: "shade"'):
        partitions("t", {"bootstrap.servers": "h:1", "shade": "red"})
