"""The harness as its user runs it; `.ci/run` runs the trials themselves."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from scripts.fault_trials.kinds import KINDS

ROOT = Path(__file__).parents[2]


def faults(*words: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "scripts.fault_trials", *map(str, words)],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )


def test_there_is_a_kind_of_trial_for_each_class_and_command() -> None:
    tried = {(kind.fault, kind.command.partition(",")[0]) for kind in KINDS}
    assert {fault for fault, _ in tried} == {
        "clocks",
        "damaged containers",
        "damaged releases",
        "damaged state",
        "disks full",
        "disks read-only",
        "hostile files and names",
        "hostile texts",
        "input that changes",
        "signals",
        "two at once",
    }
    for command in ("backlog", "nightly", "watch", "import-eoir", "prune"):
        assert ("signals", command) in tried


def test_trials_pass_and_the_table_counts_them() -> None:
    done = faults("--seed", 2, "--trials", 2, "--only", "JSON", "--jobs", 2)
    assert done.returncode == 0, done.stdout
    assert "| all | | 2 | 0 |" in done.stdout.splitlines()
    assert ": 2 trials, seeds " in done.stdout
    assert ", with 2 commands in " in done.stdout
    assert "; none broke.\n" in done.stdout
    seeds = [int(line.partition(" ")[0]) for line in done.stderr.splitlines()]
    assert done.stderr.splitlines() == [
        f"{seed} held: hostile texts, explain a JSON record" for seed in seeds
    ]
    again = faults("--seed", seeds[1], "--trials", 1)
    assert again.stderr.splitlines() == done.stderr.splitlines()[1:]


@pytest.mark.parametrize(
    ("words", "message"), [(("--only", "nothing"), "no kind of trial"), (("--seed", "x"), "--seed")]
)
def test_rejects_invalid_options(words: tuple[str, ...], message: str) -> None:
    done = faults(*words)
    assert done.returncode != 0
    assert message in done.stderr
