"""Land a queue's events in the inbox, as files that `watch` and `nightly` read."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

import apache_beam as beam
from apache_beam.options.pipeline_options import PipelineOptions

from pipelines.live import RUNNER
from pipelines.options import UsageError, beam_arguments, run_command
from pipelines.queues import LandEvents, queue_source


def land_events(pipeline: beam.Pipeline, source: beam.PTransform, inbox: str) -> None:
    """The pipeline: a queue to the inbox."""
    pipeline | "Queue" >> source | "Land" >> LandEvents(inbox)


def parser() -> argparse.ArgumentParser:
    """The command's options."""
    made = argparse.ArgumentParser(
        prog="discretion land",
        description="Land a queue's events in the inbox, as files that watch and nightly read.",
        epilog="Further options go to Beam, e.g. --runner FlinkRunner.",
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
    made.add_argument("--inbox", required=True, metavar="DIR", help="where event files land")
    return made


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command.

    Args:
        arguments: Its options; None for those of the process.

    Returns:
        An exit code (`pipelines.exit_codes`).
    """
    options, rest = parser().parse_known_args(arguments)
    return run_command("land", lambda: _run(options, rest))


def _run(options: argparse.Namespace, rest: list[str]) -> int:
    beam_options = beam_arguments(rest)
    read = queue_source(options.source, options.expansion_service)
    if not any(one.startswith("--runner") for one in rest):
        if options.source.startswith("kafka:"):
            raise UsageError("--source kafka://: give a --runner that runs Java, e.g. FlinkRunner")
        # Of the in-process runners this one reads Pub/Sub.
        beam_options = [RUNNER, *rest]
    pipeline = beam.Pipeline(
        options=PipelineOptions([*beam_options, "--streaming"], save_main_session=False)
    )
    land_events(pipeline, read, options.inbox)
    pipeline.run().wait_until_finish()
    return 0


if __name__ == "__main__":
    sys.exit(main())
