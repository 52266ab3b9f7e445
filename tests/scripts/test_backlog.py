"""`scripts/backlog` as a newcomer runs it, in a separate checkout with this one's code."""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

import pytest

from pipelines.cli.exit_codes import ExitCode
from tests.helpers.commands import content, environment, run_of

ROOT = Path(__file__).parents[2]
CASES = 600
Done = subprocess.CompletedProcess[str]


class Place(NamedTuple):
    """A checkout, a directory elsewhere, and the first review, asked for from there."""

    checkout: Path
    elsewhere: Path
    first: Done

    @property
    def sample(self) -> Path:
        return self.checkout / f"sample-{CASES}"

    def runs(self) -> list[str]:
        return sorted(path.name for path in (self.checkout / "out" / "runs").iterdir())


def backlog(checkout: Path, cwd: Path, *words: object) -> Done:
    # A file: unlike a pipe, it can be emptied by whoever opens it again.
    with tempfile.TemporaryFile("w+") as printed:
        done = subprocess.run(
            [checkout / "scripts" / "backlog", *map(str, words)],
            cwd=cwd,
            env=environment(),
            stdout=printed,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
        printed.seek(0)
        done.stdout = printed.read()
    return done


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Place:
    checkout = tmp_path_factory.mktemp("a checkout")
    for name in ("scripts", "pyproject.toml"):
        (checkout / name).symlink_to(ROOT / name)
    # The packages are installed: without this checksum, setup.sh would install them.
    locked = b"".join(
        (ROOT / name).read_bytes() for name in ("scripts/requirements.lock", "pyproject.toml")
    )
    checksum = subprocess.run(["cksum"], input=locked, capture_output=True, check=True).stdout
    (checkout / ".venv").mkdir()
    (checkout / ".venv" / "bin").symlink_to(Path(sys.executable).parent)
    (checkout / ".venv" / ".complete").write_bytes(checksum)
    # Left behind by a first run that was killed.
    half = checkout / f"sample-{CASES}.partial"
    half.mkdir()
    (half / "cases-99.avro").write_bytes(b"half a file")
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    return Place(checkout, elsewhere, backlog(checkout, elsewhere, "--cases", CASES))


def counted(summary: str, name: str) -> int:
    """Return the number in a line of the summary."""
    [number] = re.findall(rf"^ *{name} +([\d,]+)", summary, re.MULTILINE)
    return int(number.replace(",", ""))


def test_a_first_run_makes_the_sample_and_succeeds(place: Place) -> None:
    assert place.first.returncode == 0
    assert (
        place.first.stderr == f"backlog: making {CASES} invented cases in {place.sample} (once)\n"
    )
    made = [path.name for path in place.sample.iterdir()]
    assert len(made) == 8
    assert "cases-99.avro" not in made
    assert not (place.checkout / f"sample-{CASES}.partial").exists()


def test_the_summary_matches_the_files(place: Place) -> None:
    summary, run = place.first.stdout, run_of(place.checkout / "out")
    held = content(place.checkout / "out" / "runs" / place.runs()[0])
    for route in ("close", "continue", "expedite"):
        assert counted(summary, route) == len(held[route]) > 0
    assert counted(summary, "superseded duplicates") == len(held["duplicates"]) > 0
    # Zeros have no line.
    assert ("quarantined" in summary) == (len(held["quarantine"]) > 0)
    routed = sum(len(held[route]) for route in ("close", "continue", "expedite"))
    assert counted(summary, "routed") == routed == len(held["cases"])
    read = routed + len(held["quarantine"]) + len(held["duplicates"])
    assert counted(summary, "records read") == read > CASES
    assert summary.strip().startswith("ice-2011-11-17 as of 2011-11-17\n")
    assert "It recommends. An attorney decides." in summary
    assert f"files: {run.parent}/sample-" in summary


def test_ends_with_the_page_and_its_path(place: Place) -> None:
    [page] = (place.checkout / "out" / "reports").iterdir()
    assert place.first.stdout.endswith(f"\nreport: {page}\n")
    assert page.stem == place.runs()[0]
    assert page.read_text("utf-8").startswith("<!doctype html>")


def test_help_creates_no_files(place: Place) -> None:
    before = sorted(place.checkout.iterdir())
    done = backlog(place.checkout, place.elsewhere, "--cases", "77", "--help")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("usage: scripts/backlog [--cases N] [OPTIONS]\n")
    assert "usage: discretion backlog" in done.stdout
    assert sorted(place.checkout.iterdir()) == before


def test_leaves_nothing_in_the_working_directory(place: Place) -> None:
    assert list(place.elsewhere.iterdir()) == []
    assert {path.name for path in place.checkout.iterdir()} - {".setup.lock"} == {
        *("scripts", "pyproject.toml", ".venv"),
        *(place.sample.name, "out"),
    }


def test_a_second_run_uses_the_same_sample_and_is_separate(place: Place) -> None:
    before, files = place.runs(), {path: path.stat() for path in place.sample.iterdir()}
    again = backlog(place.checkout, place.checkout, f"--cases={CASES}")
    assert (again.returncode, again.stderr) == (0, "")
    assert {path: path.stat().st_mtime_ns for path in place.sample.iterdir()} == {
        path: stat.st_mtime_ns for path, stat in files.items()
    }
    [new] = set(place.runs()) - set(before)
    assert re.fullmatch(r"sample-\d{8}-\d{6}", new)
    assert run_of(place.checkout / "out").name == new > before[-1]
    assert f"files: out/runs/{new}/" in again.stdout
    runs = place.checkout / "out" / "runs"
    assert content(runs / new) == content(runs / before[0])
    printed = [re.split("\n.* seconds, ", done.stdout)[0] for done in (place.first, again)]
    assert printed[0] == printed[1]


def test_passes_on_other_options_and_returns_the_exit_code(place: Place) -> None:
    before = place.runs()
    done = backlog(place.checkout, place.elsewhere, "--rulebook", "nope", "--cases", CASES)
    assert (done.returncode, done.stdout) == (ExitCode.INPUT, "")
    assert re.fullmatch("discretion backlog: nope: no such rulebook or file; .*\n", done.stderr)
    assert place.runs() == before


@pytest.mark.parametrize(
    "words", [["--cases"], ["--cases", "0"], ["--cases=-5"], ["--cases", "many"], ["--cases="]]
)
def test_rejects_an_invalid_number_of_cases_and_makes_nothing(
    place: Place, words: list[str]
) -> None:
    before = {path.name for path in place.checkout.iterdir()}
    done = backlog(place.checkout, place.elsewhere, *words)
    assert (done.returncode, done.stdout) == (ExitCode.USAGE, "")
    assert done.stderr == "backlog: --cases: give a whole number, 1 or more\n"
    assert {path.name for path in place.checkout.iterdir()} == before
