"""Run a pipeline to its end: in process, or as a job of an engine that this process watches.

Once Flink has a job, only Flink is asked about it, so that a lost job server doesn't matter. A job
whose command ends early, by an error or a signal, is canceled, and the command waits for that.
"""

from __future__ import annotations

import contextlib
import hashlib
import re
import time
from collections.abc import Iterator
from typing import Any, NamedTuple

import apache_beam as beam
import grpc
from apache_beam.options.pipeline_options import (
    FlinkRunnerOptions,
    GoogleCloudOptions,
    PipelineOptions,
    PortableOptions,
)

from pipelines.cli.complain import complain
from pipelines.cli.progress import counted_elsewhere, is_shown
from pipelines.cli.run_command import own
from pipelines.engines.flink import Flink, Job
from pipelines.engines.metrics import counters_in
from pipelines.runs.whole_directory import WholeDirectory
from schemas.errors import DiscretionError, EngineError

_POLL = 0.3
# How often a worker may fail in the same job. A lost machine isn't a failure of our code.
_MOST_FAILURES = 3
_OF_WORKER = "Error received from SDK harness"
_KIND = re.compile(r"^([A-Za-z_][\w.]*)(?:: |$)", re.MULTILINE)
# Seconds within which Flink has a job that the job server has taken.
_SUBMITTED_WITHIN = 600.0


def run_to_end(pipeline: beam.Pipeline, command: str, place: WholeDirectory) -> None:
    """Run a pipeline, and wait for its end.

    Args:
        pipeline: The pipeline.
        command: The command's name, for messages.
        place: Where the pipeline writes.

    Raises:
        EngineError: The engine failed or was lost.
    """
    address = flink_of(pipeline.options)
    if address is None:
        pipeline.run().wait_until_finish()
        return
    with running(pipeline, address, command, place.final, place.attempt) as job:
        while not job.has_ended():
            if is_shown():
                counted_elsewhere(counters_in(job.flink.metrics(job.id)))
            time.sleep(_POLL)


@contextlib.contextmanager
def running(
    pipeline: beam.Pipeline, address: str, command: str, place: str, attempt: str
) -> Iterator[RunningJob]:
    """Run a pipeline on Flink until the end of the `with` block, which ends it if it still runs.

    Args:
        pipeline: The pipeline.
        address: Where Flink's JobManager listens.
        command: The command's name, for messages.
        place: Where the pipeline writes. A job that an earlier command left running there is ended
            first.
        attempt: What tells this job from others for the same place.

    Yields:
        The job.

    Raises:
        EngineError: The engine failed or was lost.
    """
    flink = Flink(address)
    prefix = f"discretion-{command}-{hashlib.sha256(place.encode()).hexdigest()[:12]}"
    for left in [job for job in flink.jobs() if job.name.startswith(prefix) and not job.has_ended]:
        complain(command, f"canceling {left.id}, which an earlier command left running")
        _cancel(flink, left.id)
    name = f"{prefix}-{attempt}"
    pipeline.options.view_as(GoogleCloudOptions).job_name = name
    try:
        yield RunningJob(flink, _submit(flink, name, pipeline))
    finally:
        # Whoever stops a command doesn't wait long for a cluster that is gone.
        _end(Flink(address, patience=5), name, command)


class RunningJob(NamedTuple):
    """A job that Flink runs.

    Args:
        flink: The cluster.
        id: Flink's name for it.
    """

    flink: Flink
    id: str

    def has_ended(self) -> bool:
        """Tell whether the job has ended well.

        Raises:
            DiscretionError: It has failed, with our own error if a worker met one.
        """
        state = self.flink.state(self.id)
        if state == "FINISHED":
            return True
        if state == "CANCELED":
            raise EngineError(f"Flink's job {self.id} was canceled")
        failures = self.flink.failures(self.id)
        _raise_ours(failures)
        of_worker = [text for text in failures if _OF_WORKER in text]
        if state == "FAILED" or len(of_worker) >= _MOST_FAILURES:
            raise _failed(self.id, (of_worker or failures or [""])[0])
        return False


def flink_of(options: PipelineOptions) -> str | None:
    """Return the address of Flink's JobManager, if that is what runs the pipeline."""
    if not options.view_as(PortableOptions).job_endpoint:
        return None
    master = str(options.view_as(FlinkRunnerOptions).flink_master or "")
    return None if master.startswith("[") else master.removeprefix("http://")


def _find(flink: Flink, name: str) -> Job | None:
    return next((job for job in flink.jobs() if job.name == name), None)


def _submit(flink: Flink, name: str, pipeline: beam.Pipeline) -> str:
    """Bring a pipeline to Flink, and return Flink's name for the job."""
    deadline = time.monotonic() + _SUBMITTED_WITHIN
    try:
        result: Any = pipeline.run()
        while (job := _find(flink, name)) is None:
            if time.monotonic() > deadline:
                raise EngineError("the job server has not brought the job to Flink; see its log")
            if str(result.state) in ("FAILED", "CANCELLED"):
                # It raises what the job server said.
                result.wait_until_finish()
            time.sleep(_POLL)
    except (grpc.RpcError, grpc.FutureTimeoutError) as error:
        raise EngineError(f"Beam's job server doesn't answer ({type(error).__name__})") from None
    return job.id


def _raise_ours(failures: list[str]) -> None:
    """Raise an error of ours as soon as a worker has met it: trying again would not help."""
    for text in failures:
        error = own(RuntimeError(text))
        if isinstance(error, DiscretionError):
            raise error


def _failed(job: str, text: str) -> Exception:
    if _OF_WORKER in text:
        kinds = _KIND.findall(text.split("\tat ")[0])
        kind = kinds[-1] if kinds else "an error"
        return EngineError(
            f"Flink's job {job}: a worker failed unexpectedly ({kind}); the log of its "
            "TaskManager says where"
        )
    first = text.strip().split("\n")[0]
    return EngineError(f"Flink's job {job} failed: {first or 'it gave no reason'}")


def _end(flink: Flink, name: str, command: str) -> None:
    """End a job that the command gives up, or say that it still runs."""
    job: Job | None = None
    try:
        job = _find(flink, name)
        if job is None or job.has_ended:
            return
        complain(command, f"canceling Flink's job {job.id}")
        if _cancel(flink, job.id):
            return
    except EngineError:
        pass
    which = job.id if job is not None else name
    complain(
        command,
        f"Flink's job {which} may still run; to end it, run "
        f"curl -X PATCH 'http://{flink.address}/jobs/{job.id if job else 'ID'}?mode=cancel'",
    )


def _cancel(flink: Flink, job: str) -> bool:
    try:
        return flink.cancel(job)
    except OSError:
        return False
