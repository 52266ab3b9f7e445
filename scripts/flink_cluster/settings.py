"""The settings of a small cluster on one machine."""

from __future__ import annotations

from pathlib import Path

_OPENED = (
    "java.lang", "java.util", "java.util.concurrent", "java.util.concurrent.atomic",
    "java.lang.invoke", "java.lang.reflect", "java.nio", "sun.nio.ch", "java.net", "java.io",
    "java.time", "java.text",
)  # fmt: skip
# Flink's own scripts, which aren't needed otherwise, would work out the memory settings. By
# default, Flink tells a job's state up to three seconds late; a small job may take less than that.
_SETTINGS = """\
jobmanager.rpc.address: localhost
jobmanager.rpc.port: {rpc_port}
jobmanager.bind-host: localhost
jobmanager.memory.heap.size: 512m
rest.address: localhost
rest.bind-address: localhost
rest.port: {rest_port}
taskmanager.host: localhost
taskmanager.bind-host: localhost
taskmanager.numberOfTaskSlots: {slots}
taskmanager.cpu.cores: {slots}.0
taskmanager.memory.framework.heap.size: 128m
taskmanager.memory.framework.off-heap.size: 128m
taskmanager.memory.task.heap.size: 512m
taskmanager.memory.task.off-heap.size: 0m
taskmanager.memory.managed.size: 384m
taskmanager.memory.network.min: 256m
taskmanager.memory.network.max: 256m
taskmanager.memory.jvm-metaspace.size: 256m
taskmanager.memory.jvm-overhead.min: 192m
taskmanager.memory.jvm-overhead.max: 192m
parallelism.default: {parallelism}
io.tmp.dirs: {folder}/tmp
execution.checkpointing.storage: filesystem
state.checkpoints.dir: file://{folder}/checkpoints
state.backend.type: hashmap
heartbeat.interval: 2000
heartbeat.timeout: 60000
web.submit.enable: false
web.refresh-interval: 200
classloader.resolve-order: parent-first
restart-strategy.type: fixed-delay
restart-strategy.fixed-delay.attempts: 60
restart-strategy.fixed-delay.delay: 3 s
"""
# Little heap, and no compiler that pays off only after minutes.
_SMALL = ("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
_LOG = ("-Dorg.slf4j.simpleLogger.showDateTime=true",
        "-Dorg.slf4j.simpleLogger.dateTimeFormat=HH:mm:ss.SSS")  # fmt: skip
# Other people's code in jars of Flink and Beam, and what only a JobManager uses.
_OF_OTHERS = ("beam-vendor-", "flink-shaded-", "flink-rpc-akka-loader-")
JOB_MANAGER = "org.apache.flink.runtime.entrypoint.StandaloneSessionClusterEntrypoint"
TASK_MANAGER = "org.apache.flink.runtime.taskexecutor.TaskManagerRunner"
JOB_SERVER = "org.apache.beam.runners.flink.FlinkJobServerDriver"


def write_settings(
    folder: Path, task_managers: int, slots: int, rpc_port: int, rest_port: int
) -> None:
    """Write Flink's settings.

    Args:
        folder: The cluster's directory.
        task_managers: The number of TaskManagers.
        slots: The number of slots of each.
        rpc_port: The JobManager's port for TaskManagers.
        rest_port: Its port for everybody else.
    """
    for name in ("conf", "tmp", "checkpoints", "artifacts"):
        (folder / name).mkdir(exist_ok=True)
    text = _SETTINGS.format(
        folder=folder,
        slots=slots,
        parallelism=task_managers * slots,
        rpc_port=rpc_port,
        rest_port=rest_port,
    )
    (folder / "conf/flink-conf.yaml").write_text(text, "utf-8")


def commands(
    java: str, jars: Path, folder: Path, task_managers: int, port: int, rest_port: int
) -> dict[str, list[str]]:
    """Return the command line of each process, by name, in the order in which to start them.

    Args:
        java: The Java program.
        jars: The directory of the jars.
        folder: The cluster's directory.
        task_managers: The number of TaskManagers.
        port: The job server's port.
        rest_port: The JobManager's port.
    """
    opened = [f"--add-opens=java.base/{name}=ALL-UNNAMED" for name in _OPENED]
    base = [java, *opened, *_SMALL, *_LOG, "-XX:MaxMetaspaceSize=256m"]
    classes = ["-cp", f"{jars}/*"]
    conf = ["--configDir", str(folder / "conf")]
    started = {"job-manager": [*base, "-Xmx512m", *classes, JOB_MANAGER, *conf]}
    memory = ["-Xmx640m", "-XX:MaxDirectMemorySize=512m"]
    for number in range(1, task_managers + 1):
        name = f"task-manager-{number}"
        own = ["-D", f"taskmanager.resource-id={name}"]
        started[name] = [*base, *memory, *classes, TASK_MANAGER, *conf, *own]
    job_server = [
        f"--flink-master=localhost:{rest_port}", "--job-host=localhost", f"--job-port={port}",
        "--artifact-port=0", "--expansion-port=0", f"--artifacts-dir={folder}/artifacts",
    ]  # fmt: skip
    # It sends the jars on its class path along with each job, though Flink has them all. Those that
    # need nothing but Java's base go where it doesn't look for them.
    every = {str(jar): jar.name for jar in sorted(jars.glob("*.jar"))}
    above = [
        jar
        for jar, name in every.items()
        if name.startswith(("beam-", "flink-")) and not name.startswith(_OF_OTHERS)
    ]
    below = [jar for jar in every if jar not in above]
    paths = [f"-Xbootclasspath/a:{':'.join(below)}", "-cp", ":".join(above)]
    started["job-server"] = [*base, "-Xmx512m", *paths, JOB_SERVER, *job_server]
    return started
