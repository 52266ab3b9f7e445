"""A table of trials by fault and command, and the seeds of those that broke."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterator, Sequence

from schemas.shown import shown
from scripts.fault_trials.trial import Outcome


def table(outcomes: Sequence[Outcome]) -> Iterator[str]:
    """Yield the table's lines, in Markdown."""
    tried: Counter[tuple[str, str]] = Counter()
    broke: Counter[tuple[str, str]] = Counter()
    for outcome in outcomes:
        key = outcome.kind.fault, outcome.kind.command
        tried[key] += 1
        broke[key] += bool(outcome.broke)
    yield "| fault | command | trials | broke |"
    yield "|---|---|---:|---:|"
    for key in sorted(tried):
        yield f"| {key[0]} | {key[1]} | {tried[key]} | {broke[key]} |"
    yield f"| all | | {sum(tried.values())} | {sum(broke.values())} |"


def summary(outcomes: Sequence[Outcome], day: datetime.date) -> str:
    """Sum up the trials: how many, their seeds, what they cost, and how many broke."""
    seeds = [outcome.seed for outcome in outcomes]
    commands = sum(outcome.commands for outcome in outcomes)
    seconds = sum(outcome.cpu for outcome in outcomes)
    broke = sum(bool(outcome.broke) for outcome in outcomes)
    return (
        f"{day:%B} {day.day}, {day.year}: {len(outcomes):,} trials, seeds {min(seeds, default=0)} "
        f"to {max(seeds, default=0)}, with {commands:,} commands in {seconds:,.0f} CPU "
        f"seconds; {broke or 'none'} broke."
    )


def progress(outcome: Outcome) -> Iterator[str]:
    """Yield one trial's result, and a line for each problem."""
    yield f"{outcome.seed} {'broke' if outcome.broke else 'held'}: {outcome.kind.name}"
    yield from what_broke([outcome])


def what_broke(outcomes: Sequence[Outcome]) -> Iterator[str]:
    """Yield a line for each problem, with the options that reproduce it."""
    for outcome in sorted(outcomes, key=lambda one: one.seed):
        for problem in outcome.broke:
            done = shown("; ".join(outcome.notes))
            again = f"--seed {outcome.seed} --trials 1"
            yield f"{again}: {outcome.kind.name}: {done}: {shown(problem)}"
