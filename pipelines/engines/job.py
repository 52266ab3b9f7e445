"""Run a pipeline to its end: in process, or as a job of an engine that this process watches.

Once Flink has a job, only Flink is asked about it, so that a lost job server doesn't matter. A job
whose command ends early, by an error or a signal, is canceled, and the command waits for that.
"""

from __future__ import annotations

import hashlib
import re
import time
from typing import Any

import apache_beam as beam
from apache_beam.options.pipeline_options import (
    FlinkRunnerOptions,
    GoogleCloudOptions,
    PipelineOptions,
    PortableOptions,
)

from pipelines.cli.console import complain
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
_SUBMITTED_WITHIN = 120.0


def run_to_end(pipeline: beam.Pipeline, command: str, place: WholeDirectory) -> None:
    """Run a pipeline, and wait for its end.

    Args:
        pipeline: The pipeline.
        command: The command's name, for messages.
        place: Where the pipeline writes.

    Raises:
        EngineError: The engine failed or was lost.
    """
    address = _flink_of(pipeline.options)
    if address is None:
        pipeline.run().wait_until_finish()
        return
    flink = Flink(address)
    prefix = f"discretion-{command}-{hashlib.sha256(place.final.encode()).hexdigest()[:12]}"
    for left in [job for job in flink.jobs() if job.name.startswith(prefix) and not job.has_ended]:
        complain(command, f"canceling {left.id}, which an earlier command left running")
        _cancel(flink, left.id)
    name = f"{prefix}-{place.attempt}"
    pipeline.options.view_as(GoogleCloudOptions).job_name = name
    try:
        result = pipeline.run()
        job = _submitted(flink, name, result)
        _wait(flink, job)
    except BaseException:
        _end(flink, name, command)
        raise


def _flink_of(options: PipelineOptions) -> str | None:
    """Return the address of Flink's JobManager, if that is what runs the pipeline."""
    if not options.view_as(PortableOptions).job_endpoint:
        return None
    master = str(options.view_as(FlinkRunnerOptions).flink_master or "")
    return None if master.startswith("[") else master.removeprefix("http://")


def _find(flink: Flink, name: str) -> Job | None:
    return next((job for job in flink.jobs() if job.name == name), None)


def _submitted(flink: Flink, name: str, result: Any) -> Job:
    """Wait until Flink has the job."""
    deadline = time.monotonic() + _SUBMITTED_WITHIN
    while (job := _find(flink, name)) is None:
        if time.monotonic() > deadline:
            raise EngineError("the job server has not brought the job to Flink; see its log")
        if str(result.state) in ("FAILED", "CANCELLED"):
            # It raises what the job server said.
            result.wait_until_finish()
        time.sleep(_POLL)
    return job


def _wait(flink: Flink, job: Job) -> None:
    """Wait for the end of a job, and show how far it is."""
    while (state := flink.state(job.id)) != "FINISHED":
        failures = flink.failures(job.id)
        if state == "CANCELED":
            raise EngineError(f"Flink's job {job.id} was canceled")
        _raise_ours(failures)
        of_worker = [text for text in failures if _OF_WORKER in text]
        if state == "FAILED" or len(of_worker) >= _MOST_FAILURES:
            raise _failed(job, (of_worker or failures or [""])[0])
        if is_shown():
            counted_elsewhere(counters_in(flink.metrics(job.id)))
        time.sleep(_POLL)


def _raise_ours(failures: list[str]) -> None:
    """Raise an error of ours as soon as a worker has met it: trying again would not help."""
    for text in failures:
        error = own(RuntimeError(text))
        if isinstance(error, DiscretionError):
            raise error


def _failed(job: Job, text: str) -> Exception:
    if _OF_WORKER in text:
        kinds = _KIND.findall(text.split("\tat ")[0])
        kind = kinds[-1] if kinds else "an error"
        return EngineError(
            f"Flink's job {job.id}: a worker failed unexpectedly ({kind}); the log of its "
            "TaskManager says where"
        )
    first = text.strip().split("\n")[0]
    return EngineError(f"Flink's job {job.id} failed: {first or 'it gave no reason'}")


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
