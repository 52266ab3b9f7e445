"""Store a queue's events in the inbox, as files that `watch` and `nightly` read."""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Sequence
from types import TracebackType

import apache_beam as beam
from apache_beam.options.pipeline_options import PipelineOptions

from pipelines.cli.arguments import CommandParser, add_readers
from pipelines.cli.run_command import run_command
from pipelines.cli.runners import beam_arguments
from pipelines.inbox.live_source import RUNNER
from pipelines.inbox.queues import LandEvents, queue_source
from schemas.errors import InputError, UsageError


def land_events(pipeline: beam.Pipeline, source: beam.PTransform, inbox: str) -> None:
    """The pipeline: from a queue to the inbox."""
    pipeline | "Queue" >> source | "Land" >> LandEvents(inbox)


def parser() -> CommandParser:
    """The command's options."""
    made = CommandParser(
        prog="discretion receive",
        description="Store a queue's events in the inbox, as files that watch and nightly read.",
        epilog="Other options go to Beam, such as --runner FlinkRunner.",
        allow_abbrev=False,
    )
    made.add_argument(
        "--source",
        required=True,
        metavar="URL",
        help="kafka://HOST:PORT/TOPIC or pubsub://PROJECT/SUBSCRIPTION",
    )
    made.add_argument(
        "--expansion-service", metavar="HOST:PORT", help="for Kafka: Beam's Java expansion service"
    )
    add_readers(made)
    made.add_argument("--inbox", required=True, metavar="DIR", help="directory for the event files")
    return made


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command.

    Args:
        arguments: Its options; None for those of the process.

    Returns:
        An exit code (`pipelines.cli.exit_codes`).
    """
    options, rest = parser().parse_known_args(arguments)
    return run_command("receive", lambda: _run(options, rest))


class Beside:
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

    def __enter__(self) -> Beside:
        if self.words is not None:
            self.process = subprocess.Popen(self.words, stderr=sys.stderr)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
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


def _run(options: argparse.Namespace, rest: list[str]) -> int:
    # This is the in-process runner that can read Pub/Sub.
    beam_options = beam_arguments(rest, parser().own_options, RUNNER)
    read = queue_source(options.source, options.expansion_service)
    if RUNNER in beam_options and options.source.startswith("kafka:"):
        raise UsageError("--source kafka://: give a --runner that runs Java, e.g. FlinkRunner")
    pipeline = beam.Pipeline(
        options=PipelineOptions([*beam_options, "--streaming"], save_main_session=False)
    )
    land_events(pipeline, read, options.inbox)
    try:
        pipeline.run().wait_until_finish()
    except Exception as error:
        if said := said_by_google(error):
            raise InputError(f"--source {options.source}: {said}") from None
        raise
    return 0


def said_by_google(error: Exception) -> str | None:
    """Return the Pub/Sub client's message, such as a missing queue or missing credentials.

    Args:
        error: Any error.

    Returns:
        One line; None if the error isn't the client's.
    """
    # Checked by name, because the client is installed only with the extra.
    return str(error).splitlines()[0] if type(error).__module__.startswith("google.") else None


if __name__ == "__main__":
    sys.exit(main())
