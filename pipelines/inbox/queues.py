"""Events from a queue: the only code that knows any source other than files.

A queue's events are stored in the inbox as files. A watch that restarts finds them there, a night
reads the same files, and everything after the inbox is the same for every source.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator
from urllib.parse import urlsplit

import apache_beam as beam

from schemas.avro import avro_schema
from schemas.errors import UsageError
from transforms.avro.encode import encode_blocks, write_header
from transforms.files.clients import is_installed
from transforms.files.storage import write_whole
from transforms.watch.messages import decode_events

REFUSED = "_refused"


def queue_source(url: str, expansion_service: str | None = None) -> beam.PTransform:
    """Return Beam's own reader for a queue.

    Args:
        url: `kafka://HOST:PORT[,HOST:PORT]/TOPIC`, or `pubsub://PROJECT/SUBSCRIPTION`.
        expansion_service: For Kafka: HOST:PORT of Beam's Java expansion service, which must be
            running. Without it, Beam would download one.

    Returns:
        The start of a pipeline to a collection of messages (bytes).

    Raises:
        UsageError: The address isn't valid, or something that the reader needs is missing.
    """
    parts = urlsplit(url)
    name = parts.path.strip("/")
    if parts.scheme not in ("kafka", "pubsub") or not parts.netloc or not name or "/" in name:
        raise UsageError(
            f"--source {url}: write kafka://HOST:PORT/TOPIC or pubsub://PROJECT/SUBSCRIPTION"
        )
    if parts.scheme == "pubsub":
        if not is_installed("google.cloud.pubsub_v1"):
            raise UsageError(
                "--source pubsub://: needs a Beam extra; pip install 'apache-beam[gcp]'"
            )
        return read_pubsub(parts.netloc, name)
    if expansion_service is None:
        raise UsageError(
            "--source kafka://: Beam reads Kafka in Java; start its expansion service and give "
            "--expansion-service HOST:PORT"
        )
    return _kafka(parts.netloc, name, expansion_service)


def read_pubsub(project: str, subscription: str) -> beam.PTransform:
    """Return Beam's reader for a Pub/Sub subscription; making it needs no extra package.

    Args:
        project: The project's id.
        subscription: The subscription's name in the project.

    Raises:
        UsageError: The project id isn't valid.
    """
    from apache_beam.io.gcp.pubsub import ReadFromPubSub

    try:
        return ReadFromPubSub(subscription=f"projects/{project}/subscriptions/{subscription}")
    except ValueError:
        raise UsageError(
            f"--source pubsub://{project}/{subscription}: {project} isn't a project id"
        ) from None


def _kafka(servers: str, topic: str, expansion_service: str) -> beam.PTransform:
    from apache_beam.io.kafka import ReadFromKafka

    config = {
        "bootstrap.servers": servers,
        "group.id": "discretion",
        "auto.offset.reset": "earliest",
    }
    return KafkaValues(
        ReadFromKafka(
            config, [topic], commit_offset_in_finalize=True, expansion_service=expansion_service
        )
    )


class KafkaValues(beam.PTransform[beam.pvalue.PBegin, beam.PCollection[bytes]]):
    """The values from a reader of keys and values.

    Args:
        reader: Beam's reader.
    """

    def __init__(self, reader: beam.PTransform) -> None:
        super().__init__()
        self.reader = reader

    def expand(self, pbegin: beam.pvalue.PBegin) -> beam.PCollection[bytes]:
        """Expand from the start of a pipeline to messages."""
        return pbegin | self.reader | beam.Values().with_output_types(bytes)


class ReceiveEvents(beam.PTransform[beam.PCollection[bytes], beam.PCollection[str]]):
    """Writes messages to the inbox: one file for each bundle that a worker gets.

    A file's name is the digest of its content, so a message that is delivered again gives the same
    file. Messages that aren't valid events go to `_refused/`, which nothing reads.

    Args:
        inbox: The inbox.
    """

    def __init__(self, inbox: str) -> None:
        super().__init__()
        self.inbox = inbox.rstrip("/")

    def expand(self, pcoll: beam.PCollection[bytes]) -> beam.PCollection[str]:
        """Expand from messages to nothing; the files are the result."""
        return pcoll | beam.ParDo(_Receive(self.inbox)).with_output_types(str)


class _Receive(beam.DoFn):
    def __init__(self, inbox: str) -> None:
        self.inbox = inbox
        self.held: list[bytes] = []

    def start_bundle(self) -> None:
        self.held = []

    def process(self, element: bytes) -> Iterator[str]:
        self.held.append(element)
        yield from ()

    def finish_bundle(self) -> None:
        if self.held:
            write_messages(self.held, self.inbox)
        self.held = []


def write_messages(messages: list[bytes], inbox: str) -> None:
    """Write messages to an inbox as one file, and those that aren't valid events elsewhere."""
    events, refused = decode_events(messages)
    if events.height:
        schema = avro_schema("case_event")
        blocks = encode_blocks(events, schema)
        name = hashlib.sha256(blocks).hexdigest()[:32]
        write_whole(f"{inbox}/queue-{name}.avro", write_header(schema) + blocks)
    if refused:
        lines = "".join(
            json.dumps({"reason": one.reason, "message": base64.b64encode(one.message).decode()})
            + "\n"
            for one in refused
        ).encode()
        name = hashlib.sha256(lines).hexdigest()[:32]
        write_whole(f"{inbox}/{REFUSED}/queue-{name}.ndjson", lines)
