"""Trials: what is done to a command, and what came of it."""

from __future__ import annotations

import random
import signal
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from scripts.fault_trials.limits import Limits
from scripts.fault_trials.process import Ended, Running
from scripts.fault_trials.warm import Warm
from scripts.fault_trials.world import World

# The share of trials whose commands are started anew, imports and all.
ANEW = 0.1
# Processor seconds of those, about.
IMPORTS = 2.0


@dataclass
class Bench:
    """Where one trial is made.

    Args:
        world: The inputs and clean results.
        place: An empty directory, in which commands run.
        source: What settles the trial.
        warm: What to fork commands from; None to start each anew.
        notes: What was done, in words, for whoever looks into it.
        broke: What has broken so far.
        running: The commands started.
    """

    world: World
    place: Path
    source: random.Random
    warm: Warm | None = None
    notes: list[str] = field(default_factory=list)
    broke: list[str] = field(default_factory=list)
    running: list[Running] = field(default_factory=list)

    def start(self, *words: str, limits: Limits | None = None) -> Running:
        """Start a command."""
        running = Running(words, self.place, limits, self.warm)
        self.running.append(running)
        return running

    def run(self, *words: str, limits: Limits | None = None) -> Ended:
        """Run a command to its end."""
        return self.start(*words, limits=limits).end()

    def cpu(self, command: str) -> float:
        """Processor seconds that a command takes here, about, imports and all."""
        return self.world.cpu(command) + (IMPORTS if self.warm is None else 0)

    def note(self, text: str) -> None:
        """Say what is done."""
        self.notes.append(text)


Fault = Callable[[Bench], list[str]]


@dataclass(frozen=True)
class Kind:
    """A kind of trial.

    Args:
        fault: The class of what is done.
        command: The command to which it is done.
        make: Makes a trial, and gives what broke.
    """

    fault: str
    command: str
    make: Fault

    @property
    def name(self) -> str:
        """Its class and its command."""
        return f"{self.fault}, {self.command}"


KINDS: list[Kind] = []


def trial(fault: str, command: str, share: int = 1) -> Callable[[Fault], Fault]:
    """Register a kind of trial.

    Args:
        fault: The class of what is done.
        command: The command to which it is done.
        share: How many of a round of trials are of this kind.
    """

    def register(make: Fault) -> Fault:
        KINDS.extend([Kind(fault, command, make)] * share)
        return make

    return register


@dataclass(frozen=True)
class Outcome:
    """What came of a trial.

    Args:
        seed: What settled it.
        kind: Its kind.
        notes: What was done.
        broke: What broke.
        commands: How many commands it ran.
        cpu: How long they took, in seconds of a processor.
    """

    seed: int
    kind: Kind
    notes: tuple[str, ...]
    broke: tuple[str, ...]
    commands: int
    cpu: float


def make(kind: Kind, seed: int, world: World, place: Path) -> Outcome:
    """Make a trial.

    Args:
        kind: Its kind.
        seed: What settles it.
        world: The inputs.
        place: A directory that is not there yet.
    """
    place.mkdir(parents=True)
    anew = random.Random(f"{seed}, anew").random() < ANEW
    bench = Bench(world, place, random.Random(seed), None if anew else world.warm)
    ended: list[Ended] = []
    try:
        broke = [*kind.make(bench), *bench.broke]
        ended = [running.end(0) for running in bench.running]
    except Exception:
        broke = [f"the trial itself failed: {traceback.format_exc()}"]
        for running in bench.running:
            running.send(signal.SIGKILL)
    cpu = sum(each.cpu for each in ended)
    return Outcome(seed, kind, tuple(bench.notes), tuple(broke), len(bench.running), cpu)
