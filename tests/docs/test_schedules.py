"""Try docs/schedule/ with the schedulers' own programs, on a state of real nights.

`scripts/test-schedules` installs Airflow and the Kubernetes validator. A test whose program is
missing is skipped and says so.
"""

from __future__ import annotations

import configparser
import datetime
import json
import os
import shlex
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path
from typing import Any

import pytest
import yaml

from scripts.flink_cluster.settings import write_settings
from tests.helpers.commands import argv, discretion, environment, run_of

SCHEDULE = Path(__file__).parents[2] / "docs/schedule"
SCHEDULERS = os.environ.get("DISCRETION_TEST_SCHEDULERS")
EVENTS = "2026-02-02.avro"


@pytest.fixture(scope="module")
def first_night(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A state with one night, and events that no night has read."""
    home = tmp_path_factory.mktemp("first")
    (home / "events").mkdir()
    (home / "reviews").mkdir()
    for words in (
        ("sample", "--output", home / "cases", "--cases", 300, "--files", 1),
        (
            *("nightly", "--state", home / "OUT", "--events", home / "events"),
            *("--input", home / "cases", "--as-of", "2026-02-01"),
        ),
        (
            *("sample-events", "--run", home / "OUT", "--output", home),
            *("--events", 60, "--day", "2026-02-02"),
        ),
    ):
        done = discretion(*words)
        assert done.returncode == 0, done.stderr
    assert (home / "events" / EVENTS).exists()
    return home


@pytest.fixture
def home(first_night: Path, tmp_path: Path) -> Path:
    """A copy of that state for this test."""
    return shutil.copytree(first_night, tmp_path / "home")


def placed(name: str, home: Path) -> str:
    """A schedule with its paths set, as a user would set them."""
    text = (SCHEDULE / name).read_text("utf-8")
    return text.replace("/opt/discretion/.venv", sys.prefix).replace("/srv/discretion", str(home))


def nights(home: Path) -> list[str]:
    return sorted(run.name for run in (home / "OUT/runs").iterdir())


def program(name: str) -> str:
    """Find a program on the machine; if it is missing, skip the test."""
    return shutil.which(name) or pytest.skip(f"{name} is not on this machine")


def scheduler(name: str) -> Path:
    """Find a program in an environment that scripts/test-schedules makes."""
    if SCHEDULERS is None:
        pytest.skip(f"{name} is tried by scripts/test-schedules")
    return Path(SCHEDULERS) / name


def ran(words: list[str], **more: Any) -> tuple[int, str]:
    """Run a process, and return its exit code and output."""
    done = subprocess.run(
        words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False, **more
    )
    return done.returncode, done.stdout


# Cron.


def cron_process(home: Path) -> subprocess.Popen[bytes]:
    """The command in the cron line, as cron runs it: by sh, with almost no environment."""
    line = placed("discretion-nightly.cron", home).splitlines()[-1]
    command = line.split(maxsplit=5)[5]
    assert "%" not in command, "cron makes a line's end of it"
    env = {"PATH": "/usr/bin:/bin", "SHELL": "/bin/sh", "HOME": str(home)}
    return subprocess.Popen(["/bin/sh", "-c", command], cwd="/", env=env, start_new_session=True)


def test_cron_accepts_the_line(tmp_path: Path) -> None:
    crontab = program("crontab")
    line = SCHEDULE / "discretion-nightly.cron"
    wrong = tmp_path / "wrong"
    wrong.write_text(line.read_text("utf-8").replace("30 1 *", "30 25 *"), "utf-8")
    if ran([crontab, "-n", str(wrong)])[0] == 0:
        pytest.skip("crontab does not check a file here")
    assert ran([crontab, "-n", str(line)])[0] == 0


def test_one_of_two_simultaneous_cron_jobs_runs_and_the_other_reports_it(home: Path) -> None:
    log = home / "nightly.log"
    one = cron_process(home)
    while not list((home / "OUT/runs").glob("*.partial")):
        assert one.poll() is None, log.read_text("utf-8")
        time.sleep(0.01)
    # Paused while it holds the lock, so that the other one meets it.
    os.killpg(one.pid, signal.SIGSTOP)
    other = cron_process(home).wait()
    os.killpg(one.pid, signal.SIGCONT)
    assert other == 5
    lines = log.read_text("utf-8").splitlines()
    assert "discretion nightly: OUT: another night or prune is running on it" in lines
    assert one.wait() == 0
    assert "recommendations changed" in log.read_text("utf-8")
    assert log.stat().st_mode & 0o077 == 0
    assert len(nights(home)) == 2
    assert EVENTS in (run_of(home / "OUT") / "consumed.ndjson").read_text("utf-8")


def test_a_failed_night_under_cron_logs_the_reason(tmp_path: Path) -> None:
    (tmp_path / "events").mkdir()
    assert cron_process(tmp_path).wait() == 3
    lines = (tmp_path / "nightly.log").read_text("utf-8").splitlines()
    assert lines[-1].startswith("discretion nightly: OUT: has no night yet")


# systemd.


def test_systemd_accepts_the_units(home: Path, tmp_path: Path) -> None:
    analyze = program("systemd-analyze")
    names = ("discretion-nightly.service", "discretion-nightly.timer", "discretion-watch.service")
    units = [tmp_path / name for name in names]
    for unit in units:
        unit.write_text(placed(unit.name, home), "utf-8")
    assert ran([analyze, "verify", *map(str, units)]) == (0, "")
    for service in (units[0], units[2]):
        service.write_text(
            placed(service.name, home).replace("/bin/discretion", "/bin/no"), "utf-8"
        )
        assert ran([analyze, "verify", str(service)])[0] != 0


def test_the_timer_elapses_every_night() -> None:
    analyze = program("systemd-analyze")
    when = unit("discretion-nightly.timer", Path())["Timer"]["OnCalendar"]
    from_day = ("--base-time=2026-02-01 00:00", "--iterations=2")
    code, output = ran([analyze, "calendar", *from_day, when], env={**os.environ, "TZ": "UTC"})
    assert code == 0
    assert [day for day in ("02-01", "02-02", "02-03") if f"2026-{day} 01:30:00" in output] == [
        "02-01", "02-02",
    ]  # fmt: skip


def unit(name: str, home: Path) -> configparser.ConfigParser:
    read = configparser.ConfigParser(interpolation=None)
    read.read_string(placed(name, home))
    return read


def test_the_commands_of_the_service_run_a_night(home: Path) -> None:
    service = unit("discretion-nightly.service", home)["Service"]
    for key in ("ExecStart", "ExecStartPost"):
        words = shlex.split(service[key])
        assert ran(words, cwd=service["WorkingDirectory"], env=environment())[0] == 0
    assert len(nights(home)) == 2


def test_the_watch_command_runs_until_it_is_stopped(home: Path) -> None:
    nightly, watch = (unit(f"discretion-{name}.service", home)["Service"]
                      for name in ("nightly", "watch"))  # fmt: skip
    assert ran(shlex.split(nightly["ExecStart"]), cwd=home, env=environment())[0] == 0
    process = subprocess.Popen(shlex.split(watch["ExecStart"]), cwd=watch["WorkingDirectory"],
                               env=environment(), stderr=subprocess.PIPE, text=True)  # fmt: skip
    assert process.stderr is not None
    with process, process.stderr:
        # The rulebook of 2011 is no longer in force, and the watch says so.
        assert "is not in force on" in process.stderr.readline()
        first = process.stderr.readline()
        process.send_signal(signal.SIGTERM)
        assert process.stderr.read() == "discretion watch: stopped\n"
    assert first == f"discretion watch: events, from OUT/runs/{run_of(home / 'OUT').name}\n"
    # Being stopped isn't a failure, so systemd won't restart it.
    assert (process.returncode, watch["Restart"]) == (0, "on-failure")


# Kubernetes.


def test_the_command_of_the_cronjob_plans_a_night(home: Path) -> None:
    job = yaml.safe_load(placed("cronjob.yaml", home))["spec"]["jobTemplate"]["spec"]
    container = job["template"]["spec"]["containers"][0]
    words = [*argv(*container["command"][1:]), "--dry-run"]
    code, output = ran(words, cwd=container["workingDir"], env=environment())
    assert (code, container["command"][0]) == (0, "discretion")
    assert f"/events/{EVENTS}\n" in output.partition("would read event file ")[2]


def test_kubernetes_knows_every_field_of_the_cronjob(tmp_path: Path) -> None:
    validate = [str(scheduler("kubernetes") / "bin/kubernetes-validate"), "--strict"]
    code, output = ran([*validate, str(SCHEDULE / "cronjob.yaml")])
    assert code == 0, output
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text(placed("cronjob.yaml", tmp_path).replace("Policy:", "Polcy:"), "utf-8")
    assert ran([*validate, str(wrong)])[0] != 0


def test_kubernetes_knows_every_field_of_the_cronjob_on_flink() -> None:
    validate = [str(scheduler("kubernetes") / "bin/kubernetes-validate"), "--strict"]
    code, output = ran([*validate, str(SCHEDULE / "cronjob-flink.yaml")])
    assert code == 0, output


# Reads a custom resource's definition and a resource; prints what the definition doesn't allow.
CHECK_RESOURCE = """
import sys, jsonschema, yaml

def strict(schema):
    if "properties" in schema and "x-kubernetes-preserve-unknown-fields" not in schema:
        schema.setdefault("additionalProperties", False)
    for part in schema.values():
        for one in part if isinstance(part, list) else [part]:
            if isinstance(one, dict):
                strict(one)
    return schema

definition, resource = (yaml.safe_load(open(path)) for path in sys.argv[1:])
[version] = [v for v in definition["spec"]["versions"] if v["storage"]]
schema = strict(version["schema"]["openAPIV3Schema"])
schema["properties"].update(apiVersion={"const": "flink.apache.org/" + version["name"]},
                            kind={"const": "FlinkDeployment"}, metadata={"type": "object"})
for error in jsonschema.Draft7Validator(schema).iter_errors(resource):
    print(error.json_path, error.message)
"""


def test_flinks_operator_knows_every_field_of_the_cluster(tmp_path: Path) -> None:
    name = "flinkdeployments.flink.apache.org-v1.yml"
    [jar] = scheduler("flink-operator").glob("*.jar")
    with zipfile.ZipFile(jar) as content:
        (tmp_path / name).write_bytes(content.read(f"META-INF/fabric8/{name}"))
    python = str(scheduler("kubernetes") / "bin/python")
    check = [python, "-c", CHECK_RESOURCE, str(tmp_path / name)]
    assert ran([*check, str(SCHEDULE / "flink.yaml")]) == (0, "")
    text = (SCHEDULE / "flink.yaml").read_text("utf-8")
    wrong = tmp_path / "wrong.yaml"
    for right, other in (
        ("flinkVersion: v1_19", "flinkVersion: v0_1"),
        ("claimName", "claimNam"),
        ("resource:", "resources:"),
    ):
        wrong.write_text(text.replace(right, other), "utf-8")
        assert ran([*check, str(wrong)])[1] != "", right


def test_the_cluster_has_the_settings_that_were_tried(tmp_path: Path) -> None:
    """Those of one machine's places and names apart, they are those of `scripts/flink`."""
    write_settings(tmp_path, 2, 1, 6123, 8081)
    tried = yaml.safe_load((tmp_path / "conf/flink-conf.yaml").read_text("utf-8"))
    resource = yaml.safe_load(placed("flink.yaml", tmp_path))["spec"]
    found = {key: yaml.safe_load(value) for key, value in resource["flinkConfiguration"].items()}
    own = {"kubernetes.entry.path", "state.checkpoints.dir"}
    assert {key: value for key, value in found.items() if key not in own}.items() <= tried.items()
    left_out = {key for key in tried if key not in found}
    assert left_out == {
        *("jobmanager.rpc.address", "jobmanager.rpc.port", "jobmanager.bind-host"),
        *("rest.address", "rest.bind-address", "rest.port"),
        *("taskmanager.host", "taskmanager.bind-host", "parallelism.default", "io.tmp.dirs"),
        *("execution.checkpointing.storage", "state.backend.type"),
        # How soon a job's new state is told, which only the tests of a cluster wait for.
        "web.refresh-interval",
    }


def test_the_command_of_the_cronjob_on_flink_asks_its_job_server(home: Path) -> None:
    job = yaml.safe_load(placed("cronjob-flink.yaml", home))["spec"]["jobTemplate"]["spec"]
    pod = job["template"]["spec"]
    words = pod["containers"][0]["command"]
    assert words[0] == "discretion"
    done = discretion(*words[1:-1], "--flink_master=localhost:1", "--dry-run")
    # The cluster isn't there, and so much of the command line was understood.
    assert (done.returncode, done.stderr.count("\n")) == (8, 1)
    assert "localhost:1" in done.stderr
    [server] = pod["initContainers"]
    address = words[-1].partition("=")[2]
    assert f"--flink-master={address}" in server["args"]
    assert "--job-port=8099" in server["args"]
    name = yaml.safe_load(placed("flink.yaml", home))["metadata"]["name"]
    assert address == f"{name}-rest:8081"


# Airflow.


class Airflow:
    """Airflow with the DAG in its folder, and a database of its own."""

    def __init__(self, place: Path) -> None:
        """Set it up."""
        self.bin = scheduler("airflow") / "bin/airflow"
        self.env = environment() | {
            "AIRFLOW_HOME": str(place),
            "AIRFLOW__CORE__DAGS_FOLDER": str(place / "dags"),
            "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        }
        dag = placed("discretion_nightly.py", place)
        # Retries are tested, too, but without the delay.
        assert "timedelta(minutes=10)" in dag
        dag = dag.replace("timedelta(minutes=10)", "timedelta(seconds=1)")
        (place / "dags").mkdir()
        (place / "dags/discretion_nightly.py").write_text(dag, "utf-8")
        assert self("db", "migrate")[0] == 0

    def __call__(self, *words: str, home: Path = Path("/nowhere")) -> tuple[int, str]:
        """Run an Airflow command."""
        env = self.env | {"AIRFLOW_VAR_DISCRETION_HOME": str(home)}
        return ran([str(self.bin), *words], env=env)


@pytest.fixture(scope="module")
def airflow(tmp_path_factory: pytest.TempPathFactory) -> Airflow:
    return Airflow(tmp_path_factory.mktemp("airflow"))


def test_airflow_imports_the_dag_and_starts_one_run_a_night(airflow: Airflow) -> None:
    assert "No data found" in airflow("dags", "list-import-errors")[1]
    assert airflow("dags", "reserialize")[0] == 0
    code, output = airflow("dags", "details", "discretion_nightly", "--output", "json")
    assert code == 0, output
    dag = json.loads(output[output.index("[{") :])[0]
    assert (dag["has_import_errors"], dag["max_active_runs"]) == ("False", "1")
    assert dag["timetable_description"] == "At 01:30"
    # Airflow doesn't catch up on the nights since the start date with one run each.
    due = datetime.datetime.fromisoformat(dag["next_dagrun_logical_date"])
    assert datetime.datetime.now(datetime.UTC) - due < datetime.timedelta(days=2)


def test_airflow_runs_a_night_and_repeating_it_is_harmless(airflow: Airflow, home: Path) -> None:
    wanted = ["night-2026-02-01", "night-2026-02-02"]
    code, output = airflow("dags", "test", "discretion_nightly", "2026-02-02", home=home)
    assert code == 0, output
    assert "last good night: night-2026-02-02" in output
    assert nights(home) == wanted
    assert EVENTS in (run_of(home / "OUT") / "consumed.ndjson").read_text("utf-8")
    code, output = airflow("dags", "test", "discretion_nightly", "2026-02-02", home=home)
    assert code == 0, output
    assert "nothing new since" in output
    assert nights(home) == wanted


def test_a_failed_night_fails_the_airflow_run_after_its_retries(
    airflow: Airflow, home: Path
) -> None:
    next((home / "OUT/runs/night-2026-02-01/cases").iterdir()).write_bytes(b"")
    code, output = airflow("dags", "test", "discretion_nightly", "2026-02-02", home=home)
    assert code != 0
    assert "DagRun failed" in output
    assert output.count("The command returned a non-zero exit code 3") == 3
    assert "last good night" not in output
    assert nights(home) == ["night-2026-02-01"]


def test_airflow_runs_a_night_on_the_engine_of_its_variable(airflow: Airflow) -> None:
    words = ("tasks", "render", "discretion_nightly", "nightly", "2026-02-02")
    code, output = airflow(*words)
    assert code == 0, output
    assert "--as-of 2026-02-02 --engine 'in-process'" in output
    airflow.env["AIRFLOW_VAR_DISCRETION_ENGINE"] = "flink=jobserver:8099"
    code, output = airflow(*words)
    del airflow.env["AIRFLOW_VAR_DISCRETION_ENGINE"]
    assert "--engine 'flink=jobserver:8099'" in output


def test_the_status_task_fails_without_a_good_night(airflow: Airflow, tmp_path: Path) -> None:
    output = airflow("tasks", "test", "discretion_nightly", "status", "2026-02-02", home=tmp_path)[
        1
    ]
    assert "has no good night yet" in output
    assert "new_state=failed" in output
