"""Every kind of trial; each module registers its own."""

from scripts.fault_trials import (
    changing,
    clocks,
    damaged,
    disks,
    hostile,
    interrupted,
    release,
    states,
    texts,
    together,
)
from scripts.fault_trials.trial import KINDS

__all__ = [
    "KINDS",
    "changing",
    "clocks",
    "damaged",
    "disks",
    "hostile",
    "interrupted",
    "release",
    "states",
    "texts",
    "together",
]
