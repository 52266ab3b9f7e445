"""The project's commands as processes, with limits on memory and processor time."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

ADDRESS_BYTES = 12 << 30
MEMORY_BYTES = 1500 << 20
CPU_SECONDS = 60
# A machine that is busy with other things may take so much longer.
PATIENCE = 600
_POLL = 0.01
_TICK = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Ended:
    """A command that has ended.

    Args:
        words: The command and its options.
        code: Its exit code; below zero the signal that ended it.
        stdout: What it printed.
        stderr: What it said of problems.
        cpu: Processor time, in seconds.
        memory: The most memory it held, in bytes.
    """

    words: tuple[str, ...]
    code: int
    stdout: str
    stderr: str
    cpu: float
    memory: int


class Running:
    """A command at work.

    Args:
        words: The command and its options.
        cwd: Where it runs.
        limit: A limit that the shell sets first, such as `ulimit -f 60`.
        variables: Variables of its environment, beside those of this process.
    """

    def __init__(
        self,
        words: tuple[str, ...],
        cwd: Path,
        limit: str = "true",
        variables: dict[str, str] | None = None,
    ) -> None:
        self.words = words
        number = len(list(cwd.glob(".said-*")))
        self._out, self._err = cwd / f".said-{number}", cwd / f".err-{number}"
        environment = {k: v for k, v in os.environ.items() if k != "DISCRETION_DEBUG"}
        limits = f"ulimit -c 0 -t {2 * CPU_SECONDS} -v {ADDRESS_BYTES >> 10}; {limit}"
        with self._out.open("wb") as out, self._err.open("wb") as err:
            self.process = subprocess.Popen(
                ["bash", "-c", f'{limits}; exec "$@"', "bash", *_argv(words)],
                cwd=cwd,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
                env={**environment, **(variables or {})},
            )
        self._begun = time.monotonic()
        self._status: tuple[int, float, int] | None = None

    def cpu(self) -> float:
        """Processor time so far, in seconds; it does not hang on what else the machine does."""
        try:
            stat = Path(f"/proc/{self.process.pid}/stat").read_text()
        except OSError:
            return 0.0
        fields = stat.rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICK

    def has_ended(self) -> bool:
        """Whether it has ended by now."""
        if self._status is None:
            pid, status, used = os.wait4(self.process.pid, os.WNOHANG)
            if pid:
                code = os.waitstatus_to_exitcode(status)
                self.process.returncode = code
                cpu = used.ru_utime + used.ru_stime
                self._status = code, cpu, used.ru_maxrss << 10
        return self._status is not None

    def until(self, come: Callable[[], object], seconds: float = PATIENCE) -> bool:
        """Wait for something to come.

        Args:
            come: Whether it has.
            seconds: How long.

        Returns:
            Whether it came before the command ended.
        """
        end = time.monotonic() + seconds
        while time.monotonic() < end and not self.has_ended():
            if come():
                return True
            time.sleep(_POLL)
        return False

    def send(self, number: signal.Signals) -> None:
        """Send it a signal, if it is still there."""
        if not self.has_ended():
            self.process.send_signal(number)

    def said(self) -> str:
        """What it has printed so far."""
        return self._out.read_text(errors="replace")

    def complained(self) -> str:
        """What it has said of problems so far."""
        return self._err.read_text(errors="surrogateescape")

    def end(self, seconds: float = PATIENCE) -> Ended:
        """Wait for its end; one that does not come is brought about, and told by the code -9."""
        self.until(lambda: False, seconds)
        if not self.has_ended():
            self.send(signal.SIGKILL)
            self.until(lambda: False)
        assert self._status is not None
        code, cpu, memory = self._status
        return Ended(self.words, code, self.said(), self.complained(), cpu, memory)


def _argv(words: tuple[str, ...]) -> list[str]:
    return [sys.executable, "-m", "pipelines.cli.main", *words]
