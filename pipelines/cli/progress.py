"""Progress on a terminal while a command works: the stage, how far it is, and the time left.

Beam's own counters can't be read for it: its in-process runner returns them when the run has ended.
"""

from __future__ import annotations

import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from pipelines.cli.words import counted

# Of Beam's counters.
NAMESPACE = "discretion"

_counts: Counter[str] = Counter()


def count(stage: str, number: int) -> None:
    """Count what a stage has done: for `Progress` in this process, and for Beam's metrics."""
    _counts[stage] += number
    metrics = sys.modules.get("apache_beam.metrics")
    if metrics is not None:
        metrics.Metrics.counter(NAMESPACE, stage).inc(number)


def is_shown() -> bool:
    """Tell whether somebody sees progress."""
    return sys.stderr.isatty()


def counted_elsewhere(counts: Mapping[str, int]) -> None:
    """Take over what workers in other processes have counted so far.

    Args:
        counts: The counts by stage.
    """
    _counts.update({name: number - _counts[name] for name, number in counts.items()})


@dataclass(frozen=True)
class Stage:
    """A stage of a command's work.

    Args:
        name: Its name, for `count`.
        doing: What it does, such as `assessing`.
        things: What is counted.
        total: How many things there are: a number, or the name of an earlier stage that counts
            them all; None if nobody knows before the end.
    """

    name: str
    doing: str
    things: str
    total: int | str | None = None


class Progress:
    """Shows progress on standard error, if that is a terminal.

    Args:
        stages: The stages, in order; a stage has begun when something was counted for it.
        clock: Gives seconds.
    """

    def __init__(
        self, stages: Sequence[Stage], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.stages = stages
        self.clock = clock
        self.before = Counter(_counts)
        # For each stage, when it was first seen at work, and how much it had done by then: the
        # rate is that of what came after.
        self.seen: dict[str, tuple[float, int]] = {}
        self.done = threading.Event()
        self.thread: threading.Thread | None = None

    def __enter__(self) -> Progress:
        if is_shown():
            self.thread = threading.Thread(target=self._show, daemon=True)
            self.thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.done.set()
        if self.thread is not None:
            self.thread.join()

    def line(self) -> str:
        """Describe how far the work is.

        Returns:
            Such as `assessing: 150,000 of 300,000 cases, 50 %, about 15 seconds left`. The share
            and the time are those of the stage, and are left out where its total isn't known.
        """
        now, counts = self.clock(), _counts - self.before
        stage = next((one for one in reversed(self.stages) if counts[one.name]), None)
        if stage is None:
            return "starting ..."
        done = counts[stage.name]
        begun, first = self.seen.setdefault(stage.name, (now, done))
        total = counts[stage.total] if isinstance(stage.total, str) else stage.total
        if not total:
            return f"{stage.doing}: {done:,} {stage.things}"
        if done >= total:
            return f"{stage.doing}: {done:,} {stage.things}, 100 %; finishing"
        line = f"{stage.doing}: {done:,} of {total:,} {stage.things}, {100 * done // total} %"
        if done == first:
            return line
        return f"{line}, about {_duration((now - begun) * (total - done) / (done - first))} left"

    def _show(self) -> None:
        from rich.console import Console

        console = Console(stderr=True)
        with console.status(self.line()) as status:
            while not self.done.wait(0.2):
                status.update(self.line())


def _duration(seconds: float) -> str:
    """Write a duration in the largest unit that says enough."""
    units = ((3600, "hour"), (60, "minute"), (1, "second"))
    size, unit = next(one for one in units if seconds >= 1.5 * one[0] or one[0] == 1)
    return counted(max(1, round(seconds / size)), unit)
