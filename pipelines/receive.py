"""Store a queue's events in the inbox, as files that `watch` and `nightly` read."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import apache_beam as beam

from pipelines.cli import declare
from pipelines.cli.command import Command
from pipelines.cli.runners import IN_PROCESS, pipeline_options
from pipelines.inbox.kafka import ReadFromKafka, partitions, read_settings
from pipelines.inbox.live_source import RUNNER
from pipelines.inbox.queues import ReceiveEvents, queue_source
from schemas.errors import InputError, OutputError
from transforms.files.reach import check_place


def receive_events(pipeline: beam.Pipeline, source: beam.PTransform, inbox: str) -> None:
    """The pipeline: from a queue to the inbox."""
    pipeline | "Queue" >> source | "Receive" >> ReceiveEvents(inbox)


@dataclass(frozen=True, kw_only=True)
class Options:
    """Which queue, and where to store its events."""

    source: str = declare.option(
        "kafka://HOST:PORT/TOPIC or pubsub://PROJECT/SUBSCRIPTION", metavar="URL"
    )
    kafka_config: str | None = declare.kafka_config()
    inbox: str = declare.option("directory for the event files", metavar="DIR")
    readable_by: str | None = declare.readable_by()
    beam: tuple[str, ...] = ()


def answering_source(source: str, kafka_config: str | None) -> beam.PTransform:
    """Return the reader of a queue, once it is known that a broker answers.

    Args:
        source: The queue's address.
        kafka_config: A file with settings of Kafka's client.

    Raises:
        UsageError: The address isn't valid, or something that the reader needs is missing.
        InputError: No broker answers, or there is no such topic.
    """
    read = queue_source(source, None if kafka_config is None else read_settings(kafka_config))
    if isinstance(read, ReadFromKafka):
        partitions(read.topic, read.settings)
    return read


def _run(options: Options) -> int:
    # Of the in-process runners, one can read Pub/Sub, and the other what is splittable.
    in_process = IN_PROCESS if options.source.startswith("kafka:") else RUNNER
    beam_options = pipeline_options(options, "--streaming", in_process=in_process)
    check_place(options.inbox, OutputError)
    read = answering_source(options.source, options.kafka_config)
    _keep_no_history()
    pipeline = beam.Pipeline(options=beam_options)
    receive_events(pipeline, read, options.inbox)
    try:
        pipeline.run().wait_until_finish()
    except Exception as error:
        if why := google_error(error):
            raise InputError(f"--source {options.source}: {why}") from None
        raise
    return 0


def _keep_no_history() -> None:
    """Let Beam's in-process runner add up its counters after each bundle.

    It puts that off until the end, so that a pipeline that never ends would fill the memory with a
    chain of what is to be added: 20 kilobytes for each bundle.
    """
    from apache_beam.runners.portability.fn_api_runner import fn_runner

    add_up = fn_runner.consolidate_monitoring_infos
    if add_up.__module__ != __name__:

        def at_once(infos: Iterable[Any]) -> list[Any]:
            return list(add_up(infos))

        fn_runner.consolidate_monitoring_infos = at_once


def google_error(error: Exception) -> str | None:
    """Return the Pub/Sub client's message, such as a missing queue or missing credentials.

    Args:
        error: Any error.

    Returns:
        One line; None if the error isn't the client's.
    """
    # Checked by name, because the client is installed only with the extra.
    return str(error).splitlines()[0] if type(error).__module__.startswith("google.") else None


main = Command(
    "receive",
    "Store a queue's events in the inbox, as files that watch and nightly read.",
    Options,
    _run,
).main

if __name__ == "__main__":
    sys.exit(main())
