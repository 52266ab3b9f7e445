"""A worker: the process in which an engine runs our code.

A TaskManager of Flink starts it, with the options that it gives to Beam's own `boot` program; this
one needs neither a container nor that program.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from pipelines.cli.declare import UMASKS
from pipelines.cli.exit_codes import ExitCode
from pipelines.cli.parent import end_with

# The environment variable that has the command's --readable-by.
READABLE_BY = "DISCRETION_READABLE_BY"
_OPTIONS = ("id", "provision_endpoint", "logging_endpoint", "control_endpoint")


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve one engine until it says that the work is over.

    Args:
        arguments: What the engine gives; None for the arguments of the process.

    Returns:
        An exit code.
    """
    parser = argparse.ArgumentParser(
        prog="discretion worker",
        description="Do the work of an engine. A TaskManager of Flink starts it (docs/cluster.md).",
        allow_abbrev=False,
    )
    for name in _OPTIONS:
        parser.add_argument(f"--{name}", metavar="TEXT")
    given, _ = parser.parse_known_args(arguments)
    if not (given.id and given.provision_endpoint):
        print(
            "discretion worker: is started by an engine, with --id and --provision_endpoint; "
            "to run a job on one, use --engine",
            file=sys.stderr,
        )
        return ExitCode.USAGE
    if readers := os.environ.get(READABLE_BY):
        os.umask(UMASKS[readers])
    end_with(os.getppid())
    _serve(given.id, given.provision_endpoint)
    return ExitCode.OK


def _serve(worker: str, endpoint: str) -> None:
    """Ask the engine what `boot` would ask, and run Beam's worker with it."""
    import grpc
    from apache_beam.portability.api import beam_provision_api_pb2 as api
    from apache_beam.portability.api import beam_provision_api_pb2_grpc as rpc
    from apache_beam.runners.worker import sdk_worker, sdk_worker_main
    from apache_beam.runners.worker.worker_id_interceptor import WorkerIdInterceptor
    from google.protobuf import json_format, text_format

    from pipelines.engines.tracebacks import OnlyOurWords, keep_out_of_log

    with grpc.insecure_channel(endpoint) as channel:
        asked = rpc.ProvisionServiceStub(
            grpc.intercept_channel(channel, WorkerIdInterceptor(worker))
        )
        info = asked.GetProvisionInfo(api.GetProvisionInfoRequest()).info
    os.environ.update(
        WORKER_ID=worker,
        PIPELINE_OPTIONS=json_format.MessageToJson(info.pipeline_options),
        CONTROL_API_SERVICE_DESCRIPTOR=text_format.MessageToString(
            info.control_endpoint, as_one_line=True
        ),
        LOGGING_API_SERVICE_DESCRIPTOR=text_format.MessageToString(
            info.logging_endpoint, as_one_line=True
        ),
        RUNNER_CAPABILITIES=" ".join(info.runner_capabilities),
    )
    # What it makes of an error goes to the engine's log, and to the command.
    sdk_worker.traceback = OnlyOurWords()
    keep_out_of_log()
    sdk_worker_main.main([])


if __name__ == "__main__":
    sys.exit(main())
