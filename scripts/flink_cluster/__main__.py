"""Start, stop, or look at a small Flink cluster on this machine, for discretion --engine flink.

The first `up` fetches Flink and Beam's job server with Maven, about 150 MB.
"""

from __future__ import annotations

import argparse
import signal
import sys
from pathlib import Path

from scripts.flink_cluster.cluster import down, load, mend, task_managers_at, up
from scripts.flink_cluster.errors import ClusterError
from scripts.flink_cluster.fetch import flink_jars
from scripts.jars import cache

PORT, REST_PORT = 8099, 8081


def main() -> int:
    """Run the command.

    Returns:
        1 if the cluster can't be started or isn't running, else 0.
    """
    parser = argparse.ArgumentParser(prog="scripts/flink", description=__doc__)
    parser.add_argument("action", choices=("up", "mend", "down", "status", "fetch"))
    parser.add_argument("--task-managers", type=int, default=2, metavar="N", help="default: 2")
    parser.add_argument(
        "--slots", type=int, default=1, metavar="N",
        help="workers of each TaskManager, about 1 GB each; default: 1",
    )  # fmt: skip
    parser.add_argument(
        "--port", type=int, default=PORT, metavar="PORT",
        help=f"the job server's; 0 for any; default: {PORT}",
    )  # fmt: skip
    parser.add_argument(
        "--rest-port", type=int, default=REST_PORT, metavar="PORT",
        help=f"the JobManager's; 0 for any; default: {REST_PORT}",
    )  # fmt: skip
    parser.add_argument(
        "--dir", type=Path, default=cache() / "cluster", metavar="DIR",
        help="the cluster's logs and checkpoints; default: %(default)s",
    )  # fmt: skip
    options = parser.parse_args()
    for name in ("task_managers", "slots"):
        if getattr(options, name) < 1:
            parser.error(f"--{name.replace('_', '-')}: give 1 or more")
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        return _act(options.action, options.dir.absolute(), options)
    except ClusterError as error:
        print(f"flink: {error}", file=sys.stderr)
    except KeyboardInterrupt:
        print("flink: interrupted", file=sys.stderr)
    return 1


def _act(action: str, folder: Path, options: argparse.Namespace) -> int:
    if action == "up":
        cluster = up(folder, options.task_managers, options.port, options.rest_port, options.slots)
        print(f"{options.task_managers} TaskManagers are up, with logs in {folder}")
        print(_use(cluster.port, cluster.rest_port))
        return 0
    if action == "mend":
        print(f"started again: {', '.join(mend(folder)) or 'nothing, all of it runs'}")
        return 0
    if action == "fetch":
        print(flink_jars())
        return 0
    if action == "down":
        print("stopped" if down(folder) else "no cluster was running")
        return 0
    found = load(folder)
    if found is None:
        print("no cluster is running")
        return 1
    print(f"{task_managers_at(found.rest_port)} TaskManagers; logs in {folder}")
    for name in found.ended:
        print(f"{name} has ended")
    print(_use(found.port, found.rest_port))
    return 1 if found.ended else 0


def _use(port: int, rest_port: int) -> str:
    engine = "flink" if port == PORT else f"flink=localhost:{port}"
    master = "" if rest_port == REST_PORT else f" --flink_master=localhost:{rest_port}"
    return f"use it with --engine {engine}{master}; Flink's own address is http://localhost:{rest_port}"


if __name__ == "__main__":
    sys.exit(main())
