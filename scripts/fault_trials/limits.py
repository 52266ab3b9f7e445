"""The memory, CPU time, and file size that a command under trial may use."""

from __future__ import annotations

import resource
from collections.abc import Iterator
from dataclasses import dataclass

ADDRESS_BYTES = 12 << 30
MEMORY_BYTES = 1500 << 20
CPU_SECONDS = 60


@dataclass(frozen=True)
class Limits:
    """The limits that the operating system enforces on a command.

    Args:
        file_kib: The largest file that it may write, in KiB; None for no limit.
        cpu: CPU seconds; above what a trial allows, so that going over is seen and reported.
    """

    file_kib: int | None = None
    cpu: int = 2 * CPU_SECONDS

    def numbers(self) -> Iterator[tuple[int, int]]:
        """Return each limit's number and value, as in the `resource` module."""
        yield resource.RLIMIT_CORE, 0
        yield resource.RLIMIT_CPU, self.cpu
        yield resource.RLIMIT_AS, ADDRESS_BYTES
        if self.file_kib is not None:
            yield resource.RLIMIT_FSIZE, self.file_kib << 10

    def shell(self) -> str:
        """Return the same limits as a line of bash."""
        files = "" if self.file_kib is None else f" -f {self.file_kib}"
        return f"ulimit -c 0 -t {self.cpu} -v {ADDRESS_BYTES >> 10}{files}"
