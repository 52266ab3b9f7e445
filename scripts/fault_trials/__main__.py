"""Try the commands on damaged and hostile input, with interrupts, on full disks, and two at once.

Each trial runs the real commands as processes, and compares their results with a clean run. The
seed determines a trial: --seed N --trials 1 repeats the one with seed N.
"""

from __future__ import annotations

import argparse
import datetime
import itertools
import os
import random
import shutil
import sys
import tempfile
import time
from collections import deque
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from scripts.fault_trials.kinds import KINDS
from scripts.fault_trials.table import (
    progress,
    summary,
    table,
    what_broke,
)
from scripts.fault_trials.trial import Kind, Outcome, make
from scripts.fault_trials.warm import Warm
from scripts.fault_trials.world import World
from scripts.marks import NoMarksError, between_marks

# Shuffled, so that consecutive seeds try different kinds and a few trials cover most classes.
_ORDER = random.Random(0).sample(KINDS, len(KINDS))


def main() -> int:
    """Run the trials.

    Returns:
        1 if any broke, else 0.
    """
    parser = argparse.ArgumentParser(
        prog="scripts/faults",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--seed", type=int, default=1, metavar="N", help="the first seed; default: 1"
    )
    parser.add_argument("--trials", type=int, metavar="N", help="number of trials; default: 50")
    parser.add_argument(
        "--minutes", type=float, metavar="M", help="start no trials after M minutes"
    )
    parser.add_argument(
        "--jobs", type=int, metavar="N", help="trials to run at once; default: one per core"
    )
    parser.add_argument(
        "--only", metavar="WORDS", help="only kinds of trials with these words in their name"
    )
    parser.add_argument(
        "--keep", type=Path, metavar="DIR", help="keep the files of broken trials in this directory"
    )
    parser.add_argument(
        "--markdown",
        type=Path,
        metavar="FILE",
        help="put the table between the markers of this page",
    )
    options = parser.parse_args()
    options.jobs = options.jobs or len(os.sched_getaffinity(0))
    most = options.trials if options.trials is not None else 10**9 if options.minutes else 50
    end = time.monotonic() + 60 * options.minutes if options.minutes else float("inf")
    root, warm = Path(tempfile.mkdtemp(prefix="faults-")), Warm()
    try:
        outcomes = list(_all(options, most, end, World(root / "world", warm)))
    finally:
        warm.close()
        shutil.rmtree(root, ignore_errors=True)
    lines = [summary(outcomes, datetime.date.today()), "", *table(outcomes)]
    for line in (*lines, *what_broke(outcomes)):
        print(line)
    if options.markdown is not None:
        try:
            between_marks(options.markdown, "faults", "\n".join(lines))
        except (OSError, NoMarksError) as error:
            raise SystemExit(f"scripts/faults: {options.markdown}: {error}") from None
    return int(any(outcome.broke for outcome in outcomes))


def _kind(seed: int) -> Kind:
    return _ORDER[seed % len(_ORDER)]


def _all(options: argparse.Namespace, most: int, end: float, world: World) -> Iterator[Outcome]:
    """Run the trials, some of them in parallel, until time is up."""
    world.root.mkdir()
    words = options.only or ""
    if not any(words in kind.name for kind in KINDS):
        raise SystemExit(f"scripts/faults: no kind of trial matches {words}")
    wanted = (seed for seed in itertools.count(options.seed) if words in _kind(seed).name)
    seeds = itertools.islice(wanted, most)

    def one(seed: int) -> Outcome | None:
        if time.monotonic() > end:
            return None
        place = world.root.with_name(f"trial-{seed}")
        outcome = make(_kind(seed), seed, world, place)
        if outcome.broke and options.keep:
            shutil.copytree(place, options.keep / place.name, symlinks=True)
        shutil.rmtree(place, ignore_errors=True)
        return outcome

    with ThreadPoolExecutor(options.jobs) as pool:
        first = itertools.islice(seeds, 2 * options.jobs)
        waiting = deque(pool.submit(one, seed) for seed in first)
        while waiting:
            outcome = waiting.popleft().result()
            if outcome is None:
                return
            waiting.extend(pool.submit(one, seed) for seed in itertools.islice(seeds, 1))
            for line in progress(outcome):
                print(line, file=sys.stderr, flush=True)
            yield outcome


if __name__ == "__main__":
    sys.exit(main())
