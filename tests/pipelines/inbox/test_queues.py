"""Events from queues, stored as files."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import apache_beam as beam
import pytest
from apache_beam.io.gcp.pubsub import ReadFromPubSub
from apache_beam.options.pipeline_options import PipelineOptions
from apache_beam.testing import test_stream

from pipelines import receive
from pipelines.cli.exit_codes import ExitCode
from pipelines.cli.runners import IN_PROCESS
from pipelines.inbox import queues
from pipelines.inbox.kafka import ReadFromKafka
from pipelines.inbox.live_source import RUNNER
from pipelines.inbox.queues import ReceiveEvents, queue_source, read_pubsub, write_messages
from pipelines.inbox.receive_process import ReceiveProcess
from pipelines.nights.new_files import find_new_files
from pipelines.receive import google_error, receive_events
from schemas.avro import avro_schema
from schemas.case_event import CaseEvent
from schemas.errors import InputError, UsageError
from tests.helpers.commands import discretion
from transforms.avro.whole import read_whole
from transforms.files.clients import is_installed

MESSAGES = [
    CaseEvent(event_id=f"e{n}", case_id="c", kind="HEARING_SET").model_dump_json().encode()
    for n in range(5)
]
SCHEMA = avro_schema("case_event")


def landed(inbox: Path) -> list[str]:
    found = find_new_files(str(inbox), SCHEMA, ())
    assert not found.others
    assert not found.cut_short
    return sorted(case for f in found.files for case in read_whole(f.path, SCHEMA)["event_id"])


def test_stores_messages_where_nights_read_them(tmp_path: Path) -> None:
    stream = test_stream.TestStream()
    for message in (*MESSAGES, b"nonsense"):
        stream.add_elements([message])
    pipeline = beam.Pipeline(options=PipelineOptions([RUNNER, "--streaming"]))
    receive_events(pipeline, stream, str(tmp_path))
    pipeline.run().wait_until_finish()
    assert landed(tmp_path) == [f"e{n}" for n in range(5)]
    [refused] = (tmp_path / "_refused").iterdir()
    line = json.loads(refused.read_text())
    assert line["reason"] == "message: json_invalid"
    assert base64.b64decode(line["message"]) == b"nonsense"


def test_counts_what_it_stores_and_what_it_refuses(tmp_path: Path) -> None:
    pipeline = beam.Pipeline(options=PipelineOptions([IN_PROCESS]))
    pipeline | beam.Create([*MESSAGES, b"nonsense"]) | ReceiveEvents(str(tmp_path))
    result = pipeline.run()
    result.wait_until_finish()
    counters = {
        counter.key.metric.name: counter.result
        for counter in result.metrics().query()["counters"]
        if counter.key.metric.namespace == "discretion"
    }
    assert counters == {"events": 5, "refused": 1}


def test_a_message_delivered_again_gives_the_same_file(tmp_path: Path) -> None:
    for _ in range(2):
        write_messages([*MESSAGES, b"nonsense"], str(tmp_path))
    assert len(list(tmp_path.glob("*.avro"))) == 1
    assert len(list((tmp_path / "_refused").iterdir())) == 1


def test_kafka_is_read_by_our_own_reader() -> None:
    source = queue_source("kafka://one:9092,two:9092/case-events", {"security.protocol": "ssl"})
    assert isinstance(source, ReadFromKafka)
    assert source.topic == "case-events"
    assert source.settings == {
        "bootstrap.servers": "one:9092,two:9092", "security.protocol": "ssl",
    }  # fmt: skip


def test_pubsub_is_read_by_beams_own_reader() -> None:
    source = read_pubsub("one-project", "case-events")
    assert isinstance(source, ReadFromPubSub)
    assert source._source.full_subscription == "projects/one-project/subscriptions/case-events"
    assert source._source.full_topic is None
    read = beam.Pipeline(options=PipelineOptions([RUNNER, "--streaming"])) | source
    # What ReceiveEvents takes.
    assert (read.element_type, read.is_bounded) == (bytes, False)
    with pytest.raises(UsageError, match="Our Project isn't a project id"):
        read_pubsub("Our Project", "case-events")


@pytest.mark.parametrize(
    "url", ["x", "kafka://h:1", "pubsub:///s", "kafka://h:1/a/b", "rabbit://h:1/a"]
)
def test_rejects_invalid_addresses(url: str) -> None:
    with pytest.raises(UsageError, match="write kafka://HOST:PORT/TOPIC"):
        queue_source(url)


def test_reports_in_one_line_that_kafkas_client_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(queues, "is_installed", lambda module: module != "confluent_kafka")
    words = ["--source", "kafka://h:1/t", "--inbox", str(tmp_path)]
    assert receive.main(words) == ExitCode.USAGE
    assert capsys.readouterr().err == (
        "discretion receive: --source kafka://: needs pip install confluent-kafka\n"
    )


def test_notices_when_the_receiving_process_ends(tmp_path: Path) -> None:
    landing = ReceiveProcess(None, str(tmp_path))
    with landing:
        landing.check()
    landing.words = ["--inbox", str(tmp_path)]
    with landing:
        assert landing.process is not None
        landing.process.wait()
        with pytest.raises(InputError, match="receive has ended with exit code 2"):
            landing.check()


def test_reports_a_pubsub_client_error_in_one_line() -> None:
    gone = type("NotFound", (Exception,), {"__module__": "google.api_core.exceptions"})
    assert google_error(gone("404 Resource not found\nmore")) == "404 Resource not found"
    assert google_error(ValueError("404")) is None


@pytest.mark.skipif(is_installed("google.cloud.pubsub_v1"), reason="the extra is installed")
def test_reports_a_missing_extra_in_one_line(tmp_path: Path) -> None:
    done = discretion("watch", "--state", tmp_path, "--inbox", tmp_path,
                      "--source", "pubsub://project/subscription")  # fmt: skip
    assert done.returncode == 2
    assert done.stderr == (
        "discretion watch: --source pubsub://: needs a Beam extra; pip install 'apache-beam[gcp]'\n"
    )
