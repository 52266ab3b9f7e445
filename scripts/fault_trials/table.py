"""The table of trials by class and command, and the seeds of what broke."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from schemas.shown import shown
from scripts.fault_trials.trial import Outcome


def table(outcomes: Sequence[Outcome]) -> Iterator[str]:
    """The table as Markdown, a line each."""
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


def cost(outcomes: Sequence[Outcome]) -> str:
    """How many commands the trials ran, and how long they took."""
    commands = sum(outcome.commands for outcome in outcomes)
    seconds = sum(outcome.cpu for outcome in outcomes)
    return f"{commands} commands, {seconds:.0f} seconds of a processor"


def progress(outcome: Outcome) -> Iterator[str]:
    """What came of one trial, a line, and a line for each thing that broke."""
    yield f"{outcome.seed} {'broke' if outcome.broke else 'held'}: {outcome.kind.name}"
    yield from what_broke([outcome])


def what_broke(outcomes: Sequence[Outcome]) -> Iterator[str]:
    """What broke, with the seed that brings it back, a line each."""
    for outcome in sorted(outcomes, key=lambda one: one.seed):
        for said in outcome.broke:
            done = shown("; ".join(outcome.notes))
            again = f"--seed {outcome.seed} --trials 1"
            yield f"{again}: {outcome.kind.name}: {done}: {shown(said)}"
