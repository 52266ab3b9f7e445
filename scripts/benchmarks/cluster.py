"""Measure a backlog on clusters of one and two TaskManagers, and model more cases from it.

It prints the tables of docs/cluster.md: what was measured, what one case costs, and the model.
"""

from __future__ import annotations

import argparse
import datetime
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path

from schemas.avro import avro_schema
from schemas.rulebooks import load
from scripts.benchmarks.cluster_costs import Cost, cost_of
from scripts.benchmarks.cluster_model import minutes, unit_of
from transforms.assess.frame import Terms, assess
from transforms.avro.encode import encode_blocks
from transforms.avro.whole import read_whole

_STEPS = ("decode", "assess", "write")
_MODELED = ((12_600_000, 2), (12_600_000, 8), (100_000_000, 8), (100_000_000, 32))


def main() -> int:
    """Run the command.

    Returns:
        0.
    """
    parser = argparse.ArgumentParser(prog="python -m scripts.benchmarks.cluster",
                                     description=__doc__)  # fmt: skip
    parser.add_argument("--sizes", default="20000,100000", help="a smaller and a larger number")
    small, large = map(int, parser.parse_args().sizes.split(","))
    costs = []
    with tempfile.TemporaryDirectory(prefix="discretion-costs-") as folder:
        for cases in (small, large):
            sample = Path(folder) / f"{cases}"
            words = ["sample", "--output", sample, "--cases", cases, "--files", 8]
            command = [sys.executable, "-m", "pipelines.cli.main", *map(str, words)]
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
            for task_managers in (1, 2):
                first = Path(folder) / f"{small}"
                costs.append(cost_of(sample, cases, task_managers, first))
                print(costs[-1], file=sys.stderr, flush=True)
        steps = _steps(Path(folder) / f"{large}", large)
    print(_measured(costs))
    print(_modeled(costs, steps))
    return 0


def _steps(sample: Path, cases: int) -> dict[str, float]:
    """Measure the steps of a case in this process alone, in CPU seconds a case."""
    terms = Terms(load("ice-2011-11-17"), datetime.date(2011, 11, 17))
    record, recommendation = avro_schema("case_record"), avro_schema("recommendation")
    spent = dict.fromkeys(_STEPS, 0.0)
    for path in sorted(sample.glob("*.avro")):
        times = [time.process_time()]
        frame = read_whole(str(path), record)
        times.append(time.process_time())
        assessed = assess(frame, terms)
        times.append(time.process_time())
        encode_blocks(frame, record)
        encode_blocks(assessed.recommendations, recommendation)
        times.append(time.process_time())
        for name, begun, ended in zip(_STEPS, times, times[1:], strict=False):
            spent[name] += ended - begun
    return {name: seconds / cases for name, seconds in spent.items()}


def _measured(costs: list[Cost]) -> str:
    rows: list[tuple[str, ...]] = [
        ("cases", "TaskManagers", "command", "workers", "TaskManagers' own",
         "JobManager and job server", "until submitted (s)", "job (s)", "shuffled (MB)"),
    ]  # fmt: skip
    for one in costs:
        cpu = (one.command, one.workers, one.engine, one.managers)
        rest = (f"{one.before:.1f}", f"{one.job:.1f}", f"{one.shuffled / 1e6:.0f}")
        shown = (f"{part:.1f}" for part in cpu)
        rows.append((f"{one.cases:,}", str(one.task_managers), *shown, *rest))
    load = " ".join(f"{one:.1f}" for one in os.getloadavg())
    return f"{_table(rows)}\n\nLoad of the machine at the end: {load}\n"


def _modeled(costs: list[Cost], steps: dict[str, float]) -> str:
    # With one TaskManager, the least work is repeated or waits.
    unit = unit_of(*(one for one in costs if one.task_managers == 1))
    units = [("a case", "cost")]
    units += [(f"{name}, in process", f"{cost * 1e6:.0f} µs") for name, cost in steps.items()]
    units += [
        ("workers, all of it", f"{unit.workers * 1e6:.0f} µs"),
        ("TaskManagers", f"{unit.engine * 1e6:.0f} µs"),
        ("between tasks", f"{unit.shuffled:,.0f} bytes"),
        ("input", f"{unit.read:,.0f} bytes"),
        ("output", f"{unit.written:,.0f} bytes"),
    ]
    rows: list[tuple[str, ...]] = [
        ("cases", "machines", "processors (min)", "network (min)", "disk (min)", "bound by"),
    ]
    for cases, machines in _MODELED:
        found = minutes(unit, cases, machines)
        parts = (found.processors, found.network, found.disk)
        shown = (f"{part:.1f}" for part in parts)
        rows.append((f"{cases:,}", str(machines), *shown, found.bound[0]))
    return f"{_table(units)}\n\n{_table(rows)}"


def _table(rows: Iterable[tuple[str, ...]]) -> str:
    head, *rest = (f"| {' | '.join(row)} |" for row in rows)
    return "\n".join((head, "|" + "---|" * (head.count("|") - 1), *rest))


if __name__ == "__main__":
    sys.exit(main())
