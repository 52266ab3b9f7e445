"""Start commands quickly: fork them from an interpreter that has already imported Beam.

Each is a process of its own, with its own limits, signals, and files; only the second that Python
takes to import Beam isn't spent again. Polars starts threads when it is imported, and no thread
outlives a fork, so each command imports polars, and what uses it, by itself.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import resource
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple

from scripts.fault_trials.limits import Limits

_PRELOADED = (
    "pipelines",
    "apache_beam",
    "apache_beam.io.fileio",
    "apache_beam.runners.direct.direct_runner",
    "apache_beam.runners.portability.fn_api_runner.fn_runner",
    "apache_beam.testing.test_stream_service",
    "fastavro",
    "pyarrow",
    "rich.console",
    "rich.markdown",
    "rich.table",
    "schemas.declared",
    "schemas.manifest",
    "schemas.questions",
    "schemas.rulebook.conditions",
    "schemas.rulebooks",
    "pipelines.cli.command",
    "pipelines.cli.run_command",
    "pipelines.cli.main",
    "transforms.avro.blocks",
    "transforms.files.find",
)
_HELD = (signal.SIGINT, signal.SIGTERM)


class Status(NamedTuple):
    """How a process ended: its wait status, its CPU seconds, and its peak memory in bytes."""

    status: int
    cpu: float
    memory: int


@dataclass(frozen=True)
class Order:
    """A command to start.

    Args:
        words: The command and its options.
        cwd: Where it runs.
        out: The file for its standard output.
        err: The file for its standard error.
        limits: Its limits.
        environment: Its environment variables.
    """

    words: tuple[str, ...]
    cwd: str
    out: str
    err: str
    limits: Limits
    environment: dict[str, str]


class Warm:
    """An interpreter to fork commands from; safe to use from any thread."""

    def __init__(self) -> None:
        ours, theirs = socket.socketpair()
        self._process = subprocess.Popen(
            [sys.executable, "-m", __name__, str(theirs.fileno())],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            pass_fds=[theirs.fileno()],
        )
        theirs.close()
        self._channel = ours.makefile("rwb", buffering=0)
        self._socket = ours
        self._lock = threading.Lock()
        self._started: list[int] = []
        self._ended: dict[int, Status] = {}

    def start(self, order: Order) -> int:
        """Start a command, and return its process id."""
        with self._lock:
            self._socket.sendall(json.dumps(asdict(order)).encode() + b"\n")
            while not self._started:
                self._receive()
            return self._started.pop()

    def ended(self, pid: int) -> Status | None:
        """Return how a command ended; None while it runs."""
        with self._lock:
            while pid not in self._ended and select.select([self._socket], [], [], 0)[0]:
                self._receive()
            return self._ended.pop(pid, None)

    def close(self) -> None:
        """End the interpreter; running commands continue."""
        self._channel.close()
        self._socket.close()
        self._process.wait()

    def _receive(self) -> None:
        message: Any = json.loads(self._channel.readline())
        if "started" in message:
            self._started.append(message["started"])
        else:
            self._ended[message["ended"]] = Status(*message["status"])


def main() -> int:
    """Fork a command for each order received, and report how each ended."""
    # The package checks this name to set itself up as a command.
    fd, sys.argv = int(sys.argv[1]), ["discretion"]
    for name in _PRELOADED:
        importlib.import_module(name)
    assert "polars" not in sys.modules
    # Keep the collector off what is imported, or each fork would copy all of it.
    gc.freeze()
    order = _serve(socket.socket(fileno=fd))
    if order is None:
        return 0
    code: int = importlib.import_module("pipelines.cli.main").main(order["words"])
    return code


def _serve(channel: socket.socket) -> dict[str, Any] | None:
    """Serve orders until there are none; in a forked command, return its order."""
    awake, wake = os.pipe()
    for end in (awake, wake):
        os.set_blocking(end, False)
    signal.set_wakeup_fd(wake)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    orders = channel.makefile("rb", buffering=0)
    while True:
        ready, _, _ = select.select([channel.fileno(), awake], [], [])
        if awake in ready:
            os.read(awake, 4096)
            _report_ended(channel)
        if channel.fileno() in ready:
            line = orders.readline()
            if not line:
                return None
            # Signals wait until the command's output goes to its own files.
            signal.pthread_sigmask(signal.SIG_BLOCK, _HELD)
            if (pid := os.fork()) == 0:
                signal.set_wakeup_fd(-1)
                for end in (awake, wake):
                    os.close(end)
                orders.close()
                channel.close()
                return _begin(json.loads(line))
            signal.pthread_sigmask(signal.SIG_UNBLOCK, _HELD)
            _send(channel, started=pid)


def _report_ended(channel: socket.socket) -> None:
    while True:
        try:
            pid, status, used = os.wait4(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if not pid:
            return
        _send(
            channel, ended=pid, status=[status, used.ru_utime + used.ru_stime, used.ru_maxrss << 10]
        )


def _send(channel: socket.socket, **what: object) -> None:
    channel.sendall(json.dumps(what).encode() + b"\n")


def _begin(order: dict[str, Any]) -> dict[str, Any]:
    """Set up this process as a shell would set up a command."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.chdir(order["cwd"])
    os.environ.clear()
    os.environ.update(order["environment"])
    time.tzset()
    for number, path in ((1, order["out"]), (2, order["err"])):
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(file, number)
        os.close(file)
    # Those that it was forked with know whether /dev/null can be rewound, not whether these can.
    sys.stdout = open(1, "w", closefd=False)  # noqa: SIM115 - open to the end of the process
    sys.stderr = open(2, "w", 1, errors="backslashreplace", closefd=False)  # noqa: SIM115 - so is this
    for name, most in Limits(**order["limits"]).numbers():
        resource.setrlimit(name, (most, most))
    sys.argv = ["discretion", *order["words"]]
    os.umask(0o022)
    importlib.import_module("pipelines.cli.start").begin()
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _HELD)
    return order


if __name__ == "__main__":
    sys.exit(main())
