"""Trials: a fault, the command it is tried on, and the outcome."""

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

# The share of trials that start each command as a new Python process, imports included.
COLD_SHARE = 0.1
# Roughly the CPU seconds that those imports take.
IMPORTS = 2.0


@dataclass
class Bench:
    """What one trial works with.

    Args:
        world: The inputs and clean results.
        place: An empty directory, in which the commands run.
        source: The source of all random choices.
        warm: What to fork commands from; None to start new processes.
        notes: What was done, in words.
        broke: The problems found so far.
        running: The commands started so far.
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
        """Return roughly how many CPU seconds a command takes, with imports if it needs them."""
        return self.world.cpu(command) + (IMPORTS if self.warm is None else 0)

    def note(self, text: str) -> None:
        """Note what is done."""
        self.notes.append(text)


Fault = Callable[[Bench], list[str]]


@dataclass(frozen=True)
class Kind:
    """A kind of trial.

    Args:
        fault: The class of fault.
        command: The command that it is tried on.
        make: Runs a trial, and returns the problems found.
    """

    fault: str
    command: str
    make: Fault

    @property
    def name(self) -> str:
        """Return its fault and its command."""
        return f"{self.fault}, {self.command}"


KINDS: list[Kind] = []


def trial(fault: str, command: str, share: int = 1) -> Callable[[Fault], Fault]:
    """Register a kind of trial.

    Args:
        fault: The class of fault.
        command: The command that it is tried on.
        share: How many trials of each round are of this kind.
    """

    def register(make: Fault) -> Fault:
        KINDS.extend([Kind(fault, command, make)] * share)
        return make

    return register


@dataclass(frozen=True)
class Outcome:
    """The outcome of a trial.

    Args:
        seed: Its seed.
        kind: Its kind.
        notes: What was done.
        broke: The problems found.
        commands: How many commands it ran.
        cpu: The CPU seconds that they took.
    """

    seed: int
    kind: Kind
    notes: tuple[str, ...]
    broke: tuple[str, ...]
    commands: int
    cpu: float


def make(kind: Kind, seed: int, world: World, place: Path) -> Outcome:
    """Run a trial.

    Args:
        kind: Its kind.
        seed: Its seed.
        world: The inputs.
        place: A directory to create.
    """
    place.mkdir(parents=True)
    is_cold = random.Random(f"{seed}, anew").random() < COLD_SHARE
    bench = Bench(world, place, random.Random(seed), None if is_cold else world.warm)
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
