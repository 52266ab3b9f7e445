"""Events from a queue: the only code that knows any source other than files.

A queue's events are stored in the inbox as files. A watch that restarts finds them there, a night
reads the same files, and everything after the inbox is the same for every source.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

import apache_beam as beam

from pipelines.cli.progress import count
from pipelines.inbox.kafka import ReadFromKafka
from schemas.avro import avro_schema
from schemas.errors import UsageError
from transforms.avro.encode import encode_blocks, write_header
from transforms.files.clients import is_installed
from transforms.files.storage import write_whole
from transforms.watch.messages import decode_events

REFUSED = "_refused"


def queue_source(url: str, settings: Mapping[str, str] | None = None) -> beam.PTransform:
    """Return the reader of a queue.

    Args:
        url: `kafka://HOST:PORT[,HOST:PORT]/TOPIC`, or `pubsub://PROJECT/SUBSCRIPTION`.
        settings: For Kafka: more settings of its client, by librdkafka's names.

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
    if not is_installed("confluent_kafka"):
        raise UsageError("--source kafka://: needs pip install confluent-kafka")
    return ReadFromKafka(parts.netloc, name, settings or {})


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
    count("events", events.height)
    count("refused", len(refused))
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
