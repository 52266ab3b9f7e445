"""A DAG for Airflow 3: run a night every night, and check that it is there.

It needs the providers for Apache Beam and for Google: without the Google provider, the Beam
operator doesn't start, whatever its runner. Set the Airflow variable `discretion_home` to the
folder that holds the state and the files.
"""

import datetime

from airflow.providers.apache.beam.operators.beam import BeamRunPythonPipelineOperator
from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import DAG

# The project's own packages, not Airflow's. The operator doesn't accept a variable here.
BIN = "/opt/discretion/.venv/bin"
HOME = "{{ var.value.get('discretion_home', '/srv/discretion') }}"

with DAG(
    "discretion_nightly",
    schedule="30 1 * * *",
    start_date=datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC),
    # Nothing needs to be done about a missed night: the next one reads what has arrived since.
    catchup=False,
    max_active_runs=1,
):
    nightly = BeamRunPythonPipelineOperator(
        task_id="nightly",
        retries=2,
        retry_delay=datetime.timedelta(minutes=10),
        py_interpreter=f"{BIN}/python",
        py_options=["-m"],
        py_file="pipelines.nightly",
        runner="apache_beam.runners.portability.fn_api_runner.FnApiRunner",
        pipeline_options={
            "state": f"{HOME}/OUT",
            "events": f"{HOME}/events",
            "reviews": f"{HOME}/reviews",
            # A retry after midnight is still for this night.
            "as-of": "{{ (dag_run.logical_date or dag_run.run_after) | ds }}",
        },
    )
    status = BashOperator(
        task_id="status",
        bash_command=f"{BIN}/discretion status --state '{HOME}/OUT' --max-age 26",
    )
    nightly >> status
