"""A DAG for Airflow 3: run a night every night, and check that it is there.

It needs no provider. Set the Airflow variable `discretion_home` to the folder that holds the state
and the files. To run nights on a cluster, set `discretion_engine` to, for example,
`flink=jobserver:8099`.
"""

import datetime

from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import DAG

# The project's own program and packages, not Airflow's.
DISCRETION = "/opt/discretion/.venv/bin/discretion"
HOME = "{{ var.value.get('discretion_home', '/srv/discretion') }}"
ENGINE = "{{ var.value.get('discretion_engine', 'in-process') }}"
# A retry after midnight is still for this night.
NIGHT = "{{ (dag_run.logical_date or dag_run.run_after) | ds }}"

with DAG(
    "discretion_nightly",
    schedule="30 1 * * *",
    start_date=datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC),
    # Nothing needs to be done about a missed night: the next one reads what has arrived since.
    catchup=False,
    max_active_runs=1,
):
    nightly = BashOperator(
        task_id="nightly",
        retries=2,
        retry_delay=datetime.timedelta(minutes=10),
        bash_command=f"{DISCRETION} nightly --state '{HOME}/OUT' --events '{HOME}/events'"
        f" --reviews '{HOME}/reviews' --as-of {NIGHT} --engine '{ENGINE}'",
    )
    status = BashOperator(
        task_id="status",
        bash_command=f"{DISCRETION} status --state '{HOME}/OUT' --max-age 26",
    )
    nightly >> status
