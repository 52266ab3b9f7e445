"""A Kafka topic as a source: a splittable transform whose restriction is a partition's offsets.

Where a runner keeps checkpoints, they hold the offsets. Whatever the runner, an offset is also
committed to Kafka, for the group `GROUP`, once everything before it is stored; a pipeline that
starts anew continues there. So a message may be read again, but none is missed.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import apache_beam as beam
from apache_beam.io.restriction_trackers import OffsetRange, OffsetRestrictionTracker
from apache_beam.transforms.core import RestrictionProvider
from apache_beam.utils.timestamp import Duration

from pipelines.cli.complain import complain
from schemas.errors import InputError, UsageError
from transforms.files.storage import read_bytes, why_not

if TYPE_CHECKING:
    from confluent_kafka import Consumer, KafkaError

GROUP = "discretion"
# Offsets have no end; this is more than a topic ever holds.
END = 1 << 62
MOST_MESSAGES = 5_000
# Seconds that a read waits for a first message, and that a question to a broker may take.
WAIT, ANSWER = 0.5, 20.0

_TRACKER = beam.DoFn.RestrictionParam()
Partition = tuple[str, int]
Settings = Mapping[str, str]


class ReadFromKafka(beam.PTransform[beam.pvalue.PBegin, beam.PCollection[bytes]]):
    """Reads the values of a topic's messages, and never ends.

    Args:
        servers: `HOST:PORT[,HOST:PORT]`.
        topic: The topic. Its partitions are those that it has when the pipeline starts.
        settings: More settings of the client, such as credentials, by librdkafka's names.
    """

    def __init__(self, servers: str, topic: str, settings: Settings) -> None:
        super().__init__()
        self.topic = topic
        self.settings = {**settings, "bootstrap.servers": servers}

    def expand(self, pbegin: beam.pvalue.PBegin) -> beam.PCollection[bytes]:
        """Expand from the start of a pipeline to messages; one without a value is empty."""
        return (
            pbegin
            | beam.Impulse()
            # A source that never ended would find new ones, too, but in process, Beam hands on what
            # it has found only once it has ended.
            | beam.FlatMap(_partitions, self.topic, self.settings).with_output_types(Partition)
            | beam.ParDo(_Read(self.settings)).with_output_types(bytes)
        )


def partitions(topic: str, settings: Settings) -> list[Partition]:
    """List a topic's partitions.

    Raises:
        InputError: The brokers don't answer, or there is no such topic.
    """
    from confluent_kafka import KafkaException

    consumer = _consumer(settings)
    try:
        found = consumer.list_topics(topic, timeout=ANSWER).topics[topic]
    except KafkaException as error:
        raise InputError(_no_answer(settings, error.args[0])) from None
    finally:
        consumer.close()
    if found.error is not None or not found.partitions:
        raise InputError(f"kafka://{settings['bootstrap.servers']}/{topic}: there is no such topic")
    return [(topic, number) for number in sorted(found.partitions)]


def _partitions(_: bytes, topic: str, settings: Settings) -> list[Partition]:
    return partitions(topic, settings)


def _start(partition: Partition, settings: Settings) -> int:
    from confluent_kafka import KafkaException, TopicPartition

    consumer = _consumer(settings)
    try:
        [committed] = consumer.committed([TopicPartition(*partition)], timeout=ANSWER)
        oldest, _ = consumer.get_watermark_offsets(TopicPartition(*partition), timeout=ANSWER)
    except KafkaException as error:
        raise InputError(_no_answer(settings, error.args[0])) from None
    finally:
        consumer.close()
    if 0 <= committed.offset < oldest:
        complain(
            "receive",
            f"{partition[0]}, partition {partition[1]}: Kafka deleted messages "
            f"{committed.offset:,} to {oldest - 1:,} before they were read; ask their sender",
        )
    return max(int(committed.offset), int(oldest))


class _Read(beam.DoFn, RestrictionProvider):
    """Reads a partition for a moment, and leaves the rest for later.

    A restriction runs from the offset that was committed last, or from the oldest, on.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        # Each with the offset that it reads next.
        self.consumers: dict[Partition, tuple[Consumer, int]] = {}

    def initial_restriction(self, element: Partition) -> OffsetRange:
        return OffsetRange(_start(element, self.settings), END)

    def create_tracker(self, restriction: OffsetRange) -> OffsetRestrictionTracker:
        return OffsetRestrictionTracker(restriction)

    def restriction_size(self, element: Partition, restriction: OffsetRange) -> int:
        return 1

    def truncate(self, element: Partition, restriction: OffsetRange) -> None:
        return None

    def teardown(self) -> None:
        for consumer, _ in self.consumers.values():
            consumer.close()
        self.consumers = {}

    @beam.DoFn.unbounded_per_element()
    def process(
        self,
        element: Partition,
        # Beam passes the tracker by name, so the others come first.
        finalizer: Any = beam.DoFn.BundleFinalizerParam,
        tracker: Any = _TRACKER,
    ) -> Iterator[bytes]:
        at = tracker.current_restriction().start
        consumer = self._at(element, at)
        for message in consumer.consume(MOST_MESSAGES, WAIT):
            if (error := message.error()) is not None:
                _check(element, error)
                continue
            offset = message.offset()
            assert offset is not None
            if not tracker.try_claim(offset):
                return
            at = offset + 1
            self.consumers[element] = consumer, at
            yield message.value() or b""
        if at > tracker.current_restriction().start:
            finalizer.register(lambda: _commit(consumer, element, at))
        tracker.defer_remainder(Duration(seconds=WAIT / 10))

    def _at(self, partition: Partition, at: int) -> Consumer:
        """Return the partition's consumer, about to read an offset."""
        from confluent_kafka import TopicPartition

        consumer, following = self.consumers.get(partition, (None, None))
        consumer = consumer or _consumer(self.settings)
        if following != at:
            consumer.assign([TopicPartition(*partition, at)])
            self.consumers[partition] = consumer, at
        return consumer


def _check(partition: Partition, error: KafkaError) -> None:
    """Check that an error passes by itself, as when a broker restarts.

    Raises:
        InputError: It doesn't.
    """
    from confluent_kafka import KafkaError

    if error.code() == KafkaError._ALL_BROKERS_DOWN:
        complain("receive", f"{partition[0]}: no broker answers; waiting for one")
    elif not error.retriable() and error.code() not in (KafkaError._TRANSPORT, KafkaError._RESOLVE):
        raise InputError(f"{partition[0]}, partition {partition[1]}: {error.str()}")


def _commit(consumer: Consumer, partition: Partition, at: int) -> None:
    """Commit an offset; if no broker takes it, messages are read again after a restart."""
    from confluent_kafka import KafkaException, TopicPartition

    with contextlib.suppress(KafkaException):
        consumer.commit(offsets=[TopicPartition(*partition, at)], asynchronous=True)


def _consumer(settings: Settings) -> Consumer:
    from confluent_kafka import Consumer, KafkaException

    try:
        return Consumer(
            {
                "group.id": GROUP,
                **settings,
                "enable.auto.commit": False,
                # To begin elsewhere than asked would lose messages silently.
                "auto.offset.reset": "error",
                # What it has to say comes as an error, or passes by itself.
                "log_level": 0,
            }
        )
    except KafkaException as error:
        raise UsageError(f"Kafka's client: {error.args[0].str()}") from None


def read_settings(path: str) -> dict[str, str]:
    """Read settings of Kafka's client from a file: a line of NAME=VALUE for each; # is a comment.

    Raises:
        InputError: The file can't be read, or a line isn't a setting.
    """
    try:
        lines = read_bytes(path).decode().splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: cannot be read ({why_not(error)})") from None
    settings = {}
    for number, line in enumerate(map(str.strip, lines), 1):
        name, equals, value = line.partition("=")
        if not line or line.startswith("#"):
            continue
        if not equals:
            # The line may be a password.
            raise InputError(f"{path}:{number}: isn't a setting; write NAME=VALUE")
        settings[name.strip()] = value.strip()
    return settings


def _no_answer(settings: Settings, error: KafkaError) -> str:
    return f"kafka://{settings['bootstrap.servers']}: {error.str()}"
