"""The events themselves. They hold paths, counts, and versions, and nothing about a case."""

from __future__ import annotations

import datetime
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

from openlineage.client import event_v2, facet_v2

from pipelines.lineage.datasets import Dataset
from pipelines.runs.fields import versions

_NAMESPACE = "discretion"


@dataclass(frozen=True)
class Story:
    """The run that events are about.

    Args:
        run_id: Its UUID.
        command: The command, such as nightly.
        about: What is known of the run from the start: its terms.
    """

    run_id: str
    command: str
    about: Mapping[str, Any]


def event(
    story: Story,
    kind: str,
    reads: Iterable[Dataset],
    writes: Iterable[Dataset] = (),
    *,
    counts: Mapping[str, Any] | None = None,
    failed: str | None = None,
) -> event_v2.RunEvent:
    """Make an event.

    Args:
        story: The run.
        kind: START, COMPLETE, FAIL, or ABORT.
        reads: What the run reads.
        writes: What it wrote.
        counts: How many records went where.
        failed: Why it failed, in one line.
    """
    by = f"pkg:generic/discretion@{version('discretion')}"
    about = {**story.about, "versions": versions(), **({"counts": counts} if counts else {})}
    facets: dict[str, Any] = {
        "processing_engine": facet_v2.processing_engine_run.ProcessingEngineRunFacet(
            version=version("apache-beam"),
            name="Apache Beam",
            openlineageAdapterVersion=version("discretion"),
            producer=by,
        ),
        "discretion_run": facet_v2.RunFacet(producer=by).with_additional_properties(**about),
    }
    if failed is not None:
        facets["errorMessage"] = facet_v2.error_message_run.ErrorMessageRunFacet(
            message=failed, programmingLanguage="PYTHON", producer=by
        )
    kind_of_job = facet_v2.job_type_job.JobTypeJobFacet(
        processingType="BATCH", integration="DISCRETION", jobType="COMMAND", producer=by
    )
    return event_v2.RunEvent(
        eventType=event_v2.RunState[kind],
        eventTime=datetime.datetime.now(datetime.UTC).isoformat(),
        run=event_v2.Run(story.run_id, facets),
        job=event_v2.Job(
            os.environ.get("OPENLINEAGE_NAMESPACE", _NAMESPACE),
            story.command,
            {"jobType": kind_of_job},
        ),
        inputs=[_read(dataset, by) for dataset in reads],
        outputs=[_written(dataset, by) for dataset in writes],
        producer=by,
    )


def _read(dataset: Dataset, by: str) -> event_v2.InputDataset:
    statistics = {}
    if dataset.rows is not None or dataset.files is not None:
        statistics["inputStatistics"] = (
            facet_v2.input_statistics_input_dataset.InputStatisticsInputDatasetFacet(
                rowCount=dataset.rows, size=dataset.size, fileCount=dataset.files, producer=by
            )
        )
    return event_v2.InputDataset(
        *name_of(dataset.path), facets=_version(dataset, by), inputFacets=statistics
    )


def _written(dataset: Dataset, by: str) -> event_v2.OutputDataset:
    statistics = facet_v2.output_statistics_output_dataset.OutputStatisticsOutputDatasetFacet(
        rowCount=dataset.rows, fileCount=dataset.files, producer=by
    )
    return event_v2.OutputDataset(
        *name_of(dataset.path),
        facets=_version(dataset, by),
        outputFacets={"outputStatistics": statistics},
    )


def _version(dataset: Dataset, by: str) -> dict[str, Any]:
    if dataset.version is None:
        return {}
    facet = facet_v2.dataset_version_dataset.DatasetVersionDatasetFacet(
        datasetVersion=dataset.version, producer=by
    )
    return {"version": facet}


def name_of(path: str) -> tuple[str, str]:
    """Return OpenLineage's name of a file or folder: its namespace, and its name there."""
    scheme, _, rest = path.partition("://")
    if not rest:
        return "file", os.path.abspath(path)
    bucket, _, key = rest.partition("/")
    return f"{scheme}://{bucket}", key or "/"
