"""Run the compared programs, each as a whole process, and keep the results for all figures."""

from __future__ import annotations

import json
import shutil
import sys
from dataclasses import dataclass, field
from pathlib import Path

from scripts.benchmarks.earlier import COMMIT, checkout
from scripts.benchmarks.measure import Measured, WatchRun, measure

ROOT = Path(__file__).parents[2]
SIZES = {
    "100k": 100_000, "300k": 300_000, "1m": 1_000_000, "3m": 3_000_000, "12m": 12_600_000
}  # fmt: skip
QUICK_SIZES = {"100k": 500, "300k": 1_000, "1m": 2_000, "3m": 3_000, "12m": 4_000}
CASE = {
    "case_id": "1",
    "birth_date": "1990-11-17",
    "marital_status": "UNMARRIED",
    "entries": [{"date": "2006-01-10", "manner": "ADMITTED"}],
    "in_school": True,
}
IMPORT, EARLIER_IMPORT = "import-eoir", f"import-eoir {COMMIT}"
PROGRAMS = {
    "ours": ["pipelines.backlog"],
    "polars": ["scripts.benchmarks.baselines.polars_script"],
    "row_beam": ["scripts.benchmarks.baselines.row_beam"],
    "fastavro": ["scripts.benchmarks.baselines.fastavro_copy"],
    COMMIT: ["pipelines.backlog"],
    IMPORT: ["pipelines.import_eoir"],
    EARLIER_IMPORT: ["pipelines.import_eoir"],
}


@dataclass
class Bench:
    """A benchmark in progress: its directories, its sizes, and its results so far.

    Args:
        place: A directory for samples and outputs.
        sizes: Cases of each named size.
        repeats: Pairs measured for each named size.
        watch_files: Files given to a watch one at a time.
        command_runs: Runs of each small command.
    """

    place: Path
    sizes: dict[str, int]
    repeats: dict[str, int]
    watch_files: int = 100
    command_runs: int = 5
    watched: dict[str, WatchRun] = field(default_factory=dict)
    done: dict[tuple[str, str], list[Measured]] = field(default_factory=dict)

    def pairs(self, one: str, other: str, size: str) -> list[tuple[Measured, Measured]]:
        """Run two programs in pairs, each first in turn, so that drift cancels out."""
        found = []
        for number in range(self.repeats[size]):
            first, second = (one, other) if number % 2 == 0 else (other, one)
            runs = {program: self.run(program, size) for program in (first, second)}
            found.append((runs[one], runs[other]))
        return found

    def runs(self, program: str, size: str) -> list[Measured]:
        """Return the runs of a program so far, after running it once if there are none."""
        if (program, size) not in self.done:
            self.run(program, size)
        return self.done[program, size]

    def run(self, program: str, size: str) -> Measured:
        """Run a program over a sample or a release.

        Raises:
            SkippedError: The earlier commit isn't in this clone.
        """
        root = checkout(ROOT, self.place) if program.endswith(COMMIT) else ROOT
        if program in (IMPORT, EARLIER_IMPORT):
            reads = [str(self.release(size))]
        else:
            # The earlier commit gets a sample of its own.
            sample = self.sample(size) if root == ROOT else self.earlier_sample(size, root)
            reads = ["--input", str(sample)]
        output = self.place / "output"
        shutil.rmtree(output, ignore_errors=True)
        announce(f"{program}, {self.sizes[size]:,} cases")
        run = measure(
            [sys.executable, "-m", *PROGRAMS[program], *reads, "--output", str(output)], root
        )
        shutil.rmtree(output, ignore_errors=True)
        self.done.setdefault((program, size), []).append(run)
        return run

    def commands(self, name: str) -> list[Measured]:
        """Run a small command several times, after one unmeasured run."""
        case = self.place / "case.json"
        case.write_text(json.dumps(CASE))
        command = str(Path(sys.executable).with_name("discretion"))
        arguments = {"help": ["--help"], "explain": ["explain", str(case)]}[name]
        announce(f"discretion {arguments[0]}")
        return [measure([command, *arguments], ROOT) for _ in range(self.command_runs + 1)][1:]

    def sample(self, size: str) -> Path:
        """Return a sample of a number of cases, making it if it doesn't exist yet."""
        return self._sample(f"sample-{self.sizes[size]}", size, "pipelines.commands.sample", ROOT)

    def release(self, size: str) -> Path:
        """Return a release of the court's data, making it if it doesn't exist yet."""
        cases = self.sizes[size]
        release = self.place / f"release-{cases}"
        if not release.exists():
            announce(f"making a release of {cases:,} cases")
            made = ["scripts.eoir_release", "--output", str(release), "--cases", str(cases)]
            measure([sys.executable, "-m", *made], ROOT)
        return release

    def earlier_sample(self, size: str, root: Path) -> Path:
        """Return the earlier commit's sample, whose records have fewer fields."""
        return self._sample(f"sample-{self.sizes[size]}-{COMMIT}", size, "pipelines.sample", root)

    def _sample(self, name: str, size: str, module: str, root: Path) -> Path:
        cases, sample = self.sizes[size], self.place / name
        if not sample.exists():
            partial = self.place / f"{name}.partial"
            shutil.rmtree(partial, ignore_errors=True)
            announce(f"making {name}")
            files = max(8, cases // 100_000)
            options = ["--output", str(partial), "--cases", str(cases), "--files", str(files)]
            measure([sys.executable, "-m", module, *options], root)
            partial.rename(sample)
        return sample


def announce(what: str) -> None:
    """Report what is being measured."""
    print(f"bench: {what}", file=sys.stderr, flush=True)
