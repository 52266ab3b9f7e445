"""Store a queue's events in the inbox, as files that `watch` and `nightly` read."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass

import apache_beam as beam
from apache_beam.options.pipeline_options import StandardOptions

from pipelines.cli import declare
from pipelines.cli.command import Command
from pipelines.cli.runners import pipeline_options
from pipelines.inbox.live_source import RUNNER
from pipelines.inbox.queues import ReceiveEvents, queue_source
from schemas.errors import InputError, UsageError


def receive_events(pipeline: beam.Pipeline, source: beam.PTransform, inbox: str) -> None:
    """The pipeline: from a queue to the inbox."""
    pipeline | "Queue" >> source | "Receive" >> ReceiveEvents(inbox)


@dataclass(frozen=True, kw_only=True)
class Options:
    """Which queue, and where to store its events."""

    source: str = declare.option(
        "kafka://HOST:PORT/TOPIC or pubsub://PROJECT/SUBSCRIPTION", metavar="URL"
    )
    expansion_service: str | None = declare.option(
        "for Kafka: Beam's Java expansion service", default=None, metavar="HOST:PORT"
    )
    inbox: str = declare.option("directory for the event files", metavar="DIR")
    readable_by: str | None = declare.readable_by()
    beam: tuple[str, ...] = ()


class ReceiveProcess:
    """`receive` as a second process, for the duration of the `with` block.

    Args:
        source: The queue's address; None for no process.
        inbox: Where event files arrive.
    """

    def __init__(self, source: str | None, inbox: str) -> None:
        self.words = None
        if source is not None:
            # Checked here, so that this process reports what is wrong.
            queue_source(source)
            self.words = [sys.executable, "-m", __name__, "--source", source, "--inbox", inbox]
        self.process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> ReceiveProcess:
        if self.words is not None:
            self.process = subprocess.Popen(self.words, stderr=sys.stderr)
        return self

    def __exit__(self, *error: object) -> None:
        if self.process is not None:
            self.process.terminate()
            self.process.wait()

    def check(self) -> None:
        """Check that the process is still running.

        Raises:
            InputError: The process has ended.
        """
        code = None if self.process is None else self.process.poll()
        if code is not None:
            raise InputError(f"discretion receive has ended with exit code {code}")


def _run(options: Options) -> int:
    # This is the in-process runner that can read Pub/Sub.
    beam_options = pipeline_options(options, "--streaming", in_process=RUNNER)
    runner = beam_options.view_as(StandardOptions).runner
    read = queue_source(options.source, options.expansion_service)
    if f"--runner={runner}" == RUNNER and options.source.startswith("kafka:"):
        raise UsageError("--source kafka://: give a --runner that runs Java, e.g. FlinkRunner")
    pipeline = beam.Pipeline(options=beam_options)
    receive_events(pipeline, read, options.inbox)
    try:
        pipeline.run().wait_until_finish()
    except Exception as error:
        if why := google_error(error):
            raise InputError(f"--source {options.source}: {why}") from None
        raise
    return 0


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
