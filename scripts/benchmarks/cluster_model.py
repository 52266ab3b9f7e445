"""A model, not a measurement: how long many cases would take, from what a case costs."""

from __future__ import annotations

from dataclasses import dataclass

from scripts.benchmarks.cluster_costs import Cost

# Of one machine: processors, and bytes per second of its network and of its disk.
PROCESSORS, NETWORK, DISK = 8, 1.25e8, 5e8


@dataclass(frozen=True)
class Unit:
    """What one more case costs.

    Args:
        workers: CPU seconds of workers.
        engine: CPU seconds of TaskManagers.
        shuffled: Bytes between tasks.
        read: Bytes of input.
        written: Bytes of output.
    """

    workers: float
    engine: float
    shuffled: float
    read: float
    written: float


@dataclass(frozen=True)
class Minutes:
    """How long some cases take on some machines, if only one thing limited them."""

    processors: float
    network: float
    disk: float

    @property
    def bound(self) -> tuple[str, float]:
        """What limits them, and the minutes."""
        found = {"processors": self.processors, "network": self.network, "disk": self.disk}
        return max(found.items(), key=lambda pair: pair[1])


def unit_of(small: Cost, large: Cost) -> Unit:
    """Work out what one more case costs, without what a job costs anyway.

    Args:
        small: A run on as many TaskManagers as the other.
        large: A run with more cases.
    """
    more = large.cases - small.cases

    def each(name: str) -> float:
        return float(getattr(large, name) - getattr(small, name)) / more

    return Unit(*map(each, ("workers", "engine", "shuffled", "read", "written")))


def minutes(unit: Unit, cases: int, machines: int) -> Minutes:
    """Work out how long cases would take, if work is spread evenly.

    Args:
        unit: What a case costs.
        cases: How many there are.
        machines: How many machines, as described above.
    """
    # A share of what tasks hand over stays on its machine. What leaves also goes through disks.
    away = unit.shuffled * (machines - 1) / machines
    through_disk = unit.read + unit.written + 2 * unit.shuffled
    each = cases / machines / 60
    return Minutes(
        processors=each * (unit.workers + unit.engine) / PROCESSORS,
        network=each * away / NETWORK,
        disk=each * through_disk / DISK,
    )
