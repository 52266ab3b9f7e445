"""The project's commands as processes, with limits on memory and CPU time."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from scripts.fault_trials.limits import Limits
from scripts.fault_trials.warm import Order, Status, Warm

# Seconds to wait for a command; generous, because the machine may be busy.
PATIENCE = 600
_POLL = 0.01
_TICK = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Ended:
    """A command that has ended.

    Args:
        words: The command and its options.
        code: Its exit code; if a signal ended it, the signal's number, negated.
        stdout: What it printed.
        stderr: The errors that it printed.
        cpu: CPU seconds.
        memory: The most memory it held, in bytes.
    """

    words: tuple[str, ...]
    code: int
    stdout: str
    stderr: str
    cpu: float
    memory: int


class Running:
    """A running command.

    Args:
        words: The command and its options.
        cwd: Its working directory.
        limits: The limits on what it may use.
        warm: What to fork it from; None to start a new Python process.
    """

    def __init__(
        self,
        words: tuple[str, ...],
        cwd: Path,
        limits: Limits | None = None,
        warm: Warm | None = None,
    ) -> None:
        self.words = words
        self.warm = warm
        number = len(list(cwd.glob(".out-*")))
        self._out, self._err = cwd / f".out-{number}", cwd / f".err-{number}"
        for file in (self._out, self._err):
            # A caller may read its output before it has started.
            file.touch()
        order = Order(
            words,
            str(cwd),
            str(self._out),
            str(self._err),
            limits or Limits(),
            {k: v for k, v in os.environ.items() if k != "DISCRETION_DEBUG"},
        )
        self.pid = _start(order) if warm is None else warm.start(order)
        self._status: Status | None = None

    def cpu(self) -> float:
        """Return its CPU seconds so far, which don't depend on how busy the machine is."""
        try:
            stat = Path(f"/proc/{self.pid}/stat").read_text()
        except OSError:
            return 0.0
        fields = stat.rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICK

    def has_ended(self) -> bool:
        """Tell whether it has ended."""
        if self._status is None:
            self._status = _status(self.pid) if self.warm is None else self.warm.ended(self.pid)
        return self._status is not None

    def until(self, come: Callable[[], object], seconds: float = PATIENCE) -> bool:
        """Wait for an event.

        Args:
            come: Tells whether it has happened.
            seconds: How long to wait.

        Returns:
            Whether it happened before the command ended.
        """
        end = time.monotonic() + seconds
        while time.monotonic() < end and not self.has_ended():
            if come():
                return True
            time.sleep(_POLL)
        return False

    def send(self, number: signal.Signals) -> None:
        """Send it a signal, if it is still running."""
        if not self.has_ended():
            os.kill(self.pid, number)

    def printed(self) -> str:
        """Return what it has printed so far on standard output."""
        return self._out.read_text(errors="replace")

    def printed_errors(self) -> str:
        """Return what it has printed so far on standard error."""
        return self._err.read_text(errors="surrogateescape")

    def end(self, seconds: float = PATIENCE) -> Ended:
        """Wait for it to end; kill it if it doesn't, which shows as exit code -9."""
        self.until(lambda: False, seconds)
        if not self.has_ended():
            self.send(signal.SIGKILL)
            self.until(lambda: False)
        assert self._status is not None
        status, cpu, memory = self._status
        code = os.waitstatus_to_exitcode(status)
        return Ended(self.words, code, self.printed(), self.printed_errors(), cpu, memory)


def _start(order: Order) -> int:
    """Start a command as a shell would."""
    command = [sys.executable, "-m", "pipelines.cli.main", *order.words]
    with open(order.out, "wb") as out, open(order.err, "wb") as err:
        process = subprocess.Popen(
            ["bash", "-c", f'{order.limits.shell()}; exec "$@"', "bash", *command],
            cwd=order.cwd,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=err,
            env=order.environment,
        )
    # `_status` waits for it by its id, to learn what it used.
    process.returncode = 0
    return process.pid


def _status(pid: int) -> Status | None:
    ended, status, used = os.wait4(pid, os.WNOHANG)
    return Status(status, used.ru_utime + used.ru_stime, used.ru_maxrss << 10) if ended else None
