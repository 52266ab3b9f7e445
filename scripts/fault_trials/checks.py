"""What must hold of every command that ends, whatever was done to it."""

from __future__ import annotations

import re
from collections.abc import Collection
from pathlib import Path

from scripts.fault_trials.limits import CPU_SECONDS, MEMORY_BYTES
from scripts.fault_trials.process import Ended
from scripts.fault_trials.results import Content, content, latest, recounted

_STEERS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_OURS = re.compile(r"^discretion( [a-z-]+)?: ")


def ending(ended: Ended, codes: Collection[int]) -> list[str]:
    """List what is wrong with how a command ended.

    Args:
        ended: The command.
        codes: The exit codes that it may have.
    """
    name = ended.words[0]
    wrong = []
    if ended.code not in codes:
        last = (ended.stderr.strip() or ended.stdout.strip()).splitlines()[-1:]
        wrong.append(f"{name} ended with {ended.code}, not one of {sorted(codes)}: {last}")
    for printed in (ended.stdout, ended.stderr):
        if "Traceback" in printed or "panicked" in printed:
            wrong.append(f"{name} printed a traceback")
        if _STEERS.search(printed):
            wrong.append(f"{name} printed terminal control sequences")
    lines = ended.stderr.splitlines()
    if any(not _OURS.match(line) for line in lines):
        wrong.append(f"{name} printed lines that aren't its own: {lines[:3]}")
    problems = [line for line in lines if ": warning: " not in line]
    if ended.code in (3, 4, 5, 130) and name != "watch" and len(problems) != 1:
        wrong.append(f"{name} reported one problem in {len(problems)} lines")
    if ended.code > 0 and not problems and name != "status":
        wrong.append(f"{name} exited with {ended.code} without saying why")
    if ended.memory > MEMORY_BYTES:
        wrong.append(f"{name} used {ended.memory >> 20} MiB")
    if ended.cpu > CPU_SECONDS:
        wrong.append(f"{name} took {ended.cpu:.0f} CPU seconds")
    return wrong


def same(run: Path | None, clean: Content) -> list[str]:
    """List how a run differs from the clean one, and its counts from its files."""
    if run is None:
        return ["there is no run"]
    found = content(run, tuple(clean))
    differ = [part for part, expected in clean.items() if found[part] != expected]
    return [
        *([f"{', '.join(differ)} differ from the clean run"] if differ else []),
        *recounted(run),
    ]


def nothing_left(output: Path, ended: Ended, before: Path | None = None) -> list[str]:
    """List what a failed command left behind but shouldn't have.

    Args:
        output: The output directory.
        ended: The command.
        before: The latest run before the command.
    """
    wrong = []
    if latest(output) != before:
        wrong.append("a failed command moved LATEST")
    there = sorted(path.name for path in (output / "runs").glob("*")) if output.exists() else []
    claims_clean = "nothing was left behind" in ended.stderr
    partial = [name for name in there if name.startswith("_")]
    if partial and (claims_clean or (ended.code != -9 and "is left behind" not in ended.stderr)):
        wrong.append(f"{partial[0]} was left behind")
    return wrong
