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
from schemas.case_record import CaseRecord
from schemas.errors import InputError, UsageError
from tests.helpers.commands import argv, environment, rows, run_of
from tests.helpers.doc_commands import documented
from tests.helpers.kafka import Broker
from tests.helpers.news import CLEAN, felony
from tests.helpers.watches import (
    N1,
    N2,
    changes,
    encoded,
    nightly,
    printed,
    stopped,
    until,
    watching,
)
from transforms.avro.whole import read_whole
from transforms.normalize.case_frame import to_frame

SCHEMA = avro_schema("case_event")
TOPIC, WATCHED, PARTITIONS = "case-events", "watched-events", 2
FRAMED = b"\0\0\0\0\7" + b"Avro"


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    broker = Broker(tmp_path_factory.mktemp("kafka"))
    broker.start()
    admin = AdminClient({"bootstrap.servers": broker.address})
    topics = [NewTopic(topic, PARTITIONS) for topic in (TOPIC, WATCHED)]
    for made in admin.create_topics(topics).values():
        made.result(60)
    yield broker
    broker.stop()


def send(broker: Broker, *messages: bytes, topic: str = TOPIC) -> None:
    """Send messages, to each partition in turn."""
    producer = Producer({"bootstrap.servers": broker.address, "log_level": 0})
    for number, message in enumerate(messages):
        producer.produce(topic, message, partition=number % PARTITIONS)
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
    names = {"HOST:9092/TOPIC": f"{broker.address}/{TOPIC}", "DIR": str(inbox)}
    words = documented("streaming.md", "receive --source kafka", names)
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

    # A second one beside it takes nothing away.
    second = tmp_path / "second"
    second.mkdir()
    other = receiving(broker, second)
    for sent in range(42, 640, 2):
        send(broker, *events(sent - 2, sent))
        time.sleep(1)
        if landed(second).n_unique() >= 4:
            break
    wait_for(lambda: landed(inbox).n_unique() == sent, process)
    assert {*landed(second)} <= {*landed(inbox)}
    for one in (process, other):
        one.send_signal(signal.SIGTERM)
        *waiting, last = one.communicate(timeout=60)[1].splitlines()
        assert last == "discretion receive: interrupted"
        assert set(waiting) <= {f"discretion receive: {TOPIC}: no broker answers; waiting for one"}
        assert one.returncode == ExitCode.INTERRUPTED

    assert set(landed(inbox)) == {f"e{n}" for n in range(sent)}
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


def felonies(*numbers: int, times: int = 1) -> list[bytes]:
    """Events that change what is recommended for their cases.

    Args:
        numbers: Which cases.
        times: How often each event comes; twice in a row, it is in both partitions.
    """
    one_each = [felony(f"e{n}", f"known {n}").model_dump_json().encode() for n in numbers]
    return [message for message in one_each for _ in range(times)]


@pytest.fixture
def first_night(tmp_path: Path) -> Path:
    """A night of cases that a felony makes worse."""
    for name in ("inbox", "cases"):
        (tmp_path / name).mkdir()
    known = [CaseRecord(**{**CLEAN, "case_id": f"known {n}"}) for n in range(20)]
    content = encoded(to_frame(known), "case_record")
    (tmp_path / "cases/known.avro").write_bytes(content)
    nightly(tmp_path, N1, "--input", tmp_path / "cases")
    return tmp_path


def test_a_watch_reports_each_change_once_whatever_restarts(
    broker: Broker, first_night: Path
) -> None:
    place, run = first_night, f"night-{N1}"
    names = {"HOST:9092/TOPIC": f"{broker.address}/{WATCHED}"}
    source = documented("streaming.md", "watch --state OUT --inbox DIR --source kafka", names)[-2:]

    def reported() -> list[str]:
        return [row["case_id"] for part in changes(place, run).values() for row in part]

    def cases(last: int) -> set[str]:
        return {f"known {n}" for n in range(last)}

    send(broker, *felonies(0, 1, 2, 3, times=2), b"nonsense", topic=WATCHED)
    with watching(place, N2, *source) as process:
        until(lambda: set(reported()) == cases(4))
        batches = place / f"OUT/watch/batches/{run}"
        before = len(list(batches.glob("*.json")))
        send(broker, *felonies(4, 5, 0, 1), topic=WATCHED)
        until(lambda: len(list(batches.glob("*.json"))) > before)
        process.send_signal(signal.SIGKILL)
        process.wait()
        first = printed(place)
    # What the killed watch had started ends by itself.
    until(lambda: not receivers(place))
    send(broker, *felonies(6, 7, times=2), *felonies(2, 3), topic=WATCHED)
    with watching(place, N2, *source) as process:
        until(lambda: set(reported()) == cases(8))
        broker.stop()
        broker.start()
        send(broker, *felonies(8, 9, 4, 6), topic=WATCHED)
        until(lambda: set(reported()) == cases(10))
        assert stopped(process) == ExitCode.OK
    assert not receivers(place)
    said, found = first | printed(place), changes(place, run)

    assert sorted(reported()) == sorted(cases(10))
    # The killed watch's last report may be there without its line; no line comes twice.
    assert not first.keys() & printed(place).keys()
    assert {name: said[name]["changes"] for name in said} == {
        name: len(found[name]) for name in said
    }
    assert len({name for name in found if found[name]} - said.keys()) <= 1
    [refused] = (place / "inbox/_refused").iterdir()
    assert json.loads(refused.read_text())["reason"] == "message: json_invalid"

    watched = [row for part in found.values() for row in part]
    nightly(place, N2)
    night = rows(run_of(place / "OUT"), "changes")
    assert sorted(watched, key=lambda row: str(row["case_id"])) == night


def receivers(place: Path) -> list[str]:
    """The processes that receive events for a watch."""
    listed = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True)
    return [line for line in listed.stdout.splitlines() if f"--inbox {place}" in line]


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
