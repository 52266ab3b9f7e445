"""Google's Dataflow, as far as it goes without an account: its job, and its templates."""

from __future__ import annotations

import datetime
import json
from pathlib import Path
from typing import Any

import apache_beam as beam
import pytest
from apache_beam.options.pipeline_options import PipelineOptions

from pipelines import backlog, nightly
from pipelines.cli.declare import flags
from pipelines.nights.new_files import NewFiles
from pipelines.nights.options import NightlyOptions
from pipelines.nights.plan import NightPlan
from pipelines.runs.run import RunPlace
from pipelines.runs.table_inputs import ReadTables
from schemas.rulebooks import load
from transforms.assess.frame import Terms
from transforms.files.find import FoundFile
from transforms.nightly.night import Night

TEMPLATES = Path(__file__).parents[2] / "docs/dataflow"
TERMS = Terms(rulebook=load("ice-2011-11-17"), as_of=datetime.date(2011, 11, 17))
CASES = (FoundFile("gs://bucket/cases/a.avro", 1000),)
PLACE = RunPlace("gs://bucket/out", "one")


def job_of(build: Any, plan: Any) -> Any:
    """Translate a pipeline to the job that Dataflow gets; a dry run sends nothing."""
    options = PipelineOptions(
        [
            "--runner=DataflowRunner",
            "--project=one-project",
            "--region=us-central1",
            "--temp_location=gs://bucket/temp",
            "--sdk_container_image=us-docker.pkg.dev/one-project/images/discretion",
            "--sdk_location=container",
            "--no_auth",
            "--dry_run=True",
        ],
        save_main_session=False,
    )
    pipeline = beam.Pipeline(options=options)
    build(pipeline, plan)
    return pipeline.run().job


def test_the_pipelines_translate_to_dataflow_jobs() -> None:
    pytest.importorskip("google.cloud.dataflow")
    plans = [
        (backlog.assess_backlog, backlog.BacklogPlan(CASES, (), ReadTables(), PLACE, TERMS, ())),
        (
            nightly.assess_night,
            NightPlan(
                night=Night(terms=TERMS, buckets=4, second_reader=False, last_run=None, last=None),
                previous=None,
                place=PLACE,
                cases=CASES,
                left_out=(),
                events=NewFiles((), (), (), ()),
                reviews=NewFiles((), (), (), ()),
                notices=(),
            ),
        ),
    ]
    for build, plan in plans:
        components = job_of(build, plan).proto_pipeline.components
        names = {one.unique_name for one in components.transforms.values()}
        assert {"Read cases", "Add up", "Write tally"} <= names
        # Every step runs in our image, and none needs another language.
        [environment] = {
            one.environment_id
            for one in components.transforms.values()
            if one.environment_id and one.spec.urn
        }
        payload = components.environments[environment].payload.decode(errors="replace")
        assert "one-project/images/discretion" in payload


@pytest.mark.parametrize(
    ("name", "options"), [("backlog", backlog.Options), ("nightly", NightlyOptions)]
)
def test_a_template_has_only_options_of_its_command(name: str, options: type) -> None:
    parameters = json.loads((TEMPLATES / f"{name}.json").read_text("utf-8"))["parameters"]
    assert {f"--{one['name']}" for one in parameters} <= set(flags(options))
    needed = {"backlog": {"input", "output"}, "nightly": {"state", "events"}}[name]
    assert {one["name"] for one in parameters if not one["isOptional"]} == needed
