"""The inputs of trials and the results of clean runs, each made once."""

from __future__ import annotations

import datetime
import shutil
import signal
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Generic, TypeVar

import polars as pl

from schemas.avro import avro_schema
from scripts.eoir_release import write_release
from scripts.fault_trials import results
from scripts.fault_trials.container import build
from scripts.fault_trials.process import Ended, Running
from scripts.fault_trials.results import BACKLOG, NIGHT, ROUTES, Content, Row
from scripts.fault_trials.warm import Warm
from transforms.sample.backlog import sample_cases
from transforms.sample.events import sample_events, sample_reviews

SEED = 2011
CASES, FILES = 300, 3
EVENTS, REVIEWS = 60, 15
# A short rulebook, to keep trials quick, with every route; and days when it was in force.
RULEBOOK = "opla-2022-04-03"
FIRST, SECOND, THIRD = (f"2022-05-{day}" for day in (15, 16, 18))
DAY = datetime.date.fromisoformat(THIRD)
Made = TypeVar("Made")


class once(Generic[Made]):
    """A property computed on first use; other threads wait until it is there."""

    def __init__(self, make: Callable[[World], Made]) -> None:
        self.make = make
        self.__doc__ = make.__doc__

    def __get__(self, world: World, kind: type[World]) -> Made:
        """Return the value, computing it if this is the first use."""
        with world.lock:
            name = self.make.__name__
            if name not in world.made:
                world.made[name] = self.make(world)
            made: Made = world.made[name]
            return made


class World:
    """Inputs and clean results, each made on first use.

    Args:
        root: The directory for them.
        warm: What to fork commands from; None to start new processes.
    """

    def __init__(self, root: Path, warm: Warm | None = None) -> None:
        self.root = root
        self.warm = warm
        self.lock = threading.RLock()
        self.made: dict[str, Any] = {}
        self._cpu: dict[str, float] = {}

    def _run(self, place: Path, *words: str) -> Ended:
        ended = Running(words, place, warm=self.warm).end()
        if ended.code != 0:
            raise RuntimeError(f"{' '.join(words)}: {ended.stderr or ended.stdout}")
        self._cpu[words[0]] = ended.cpu
        return ended

    def cpu(self, command: str) -> float:
        """Return roughly how many CPU seconds a command took on a clean run."""
        return self._cpu.get(command, 1.0)

    @once
    def rows(self) -> list[Row]:
        """The case records, one per case."""
        frames = [frame for _, frame in sample_cases(SEED, CASES, 1, clean=True)]
        rows: list[Row] = pl.concat(frames).to_dicts()
        assert len({row["case_id"] for row in rows}) == CASES
        return rows

    def part(self, number: int) -> list[Row]:
        """Return the records of one of the files."""
        share = CASES // FILES
        return self.rows[number * share : (number + 1) * share]

    @once
    def case_files(self) -> list[bytes]:
        """The case files."""
        parts = map(self.part, range(FILES))
        return [stored("case_record", rows, "case_id") for rows in parts]

    @once
    def news_files(self) -> dict[str, bytes]:
        """The third night's event and review files."""
        return {
            "events": stored("case_event", self.event_rows, "event_id"),
            "reviews": stored("review", self.review_rows, "review_id"),
        }

    def write_cases(self, folder: Path, numbers: Sequence[int] = range(FILES)) -> None:
        """Write some of the case files."""
        folder.mkdir(parents=True, exist_ok=True)
        for number in numbers:
            (folder / f"{number}.avro").write_bytes(self.case_files[number])

    @once
    def backlog_run(self) -> Path:
        """A backlog run of the cases."""
        place = self._place("backlog")
        self.write_cases(place / "cases")
        self._run(place, *backlog_words())
        return place / "out/runs/r"

    @once
    def backlog(self) -> Content:
        """The backlog's results."""
        return results.content(self.backlog_run, BACKLOG)

    @once
    def first_night(self) -> Path:
        """A first night's run."""
        return self.state / f"runs/night-{FIRST}"

    @once
    def state(self) -> Path:
        """A state with two nights."""
        place = self._place("nights")
        self.write_cases(place / "cases")
        (place / "events").mkdir()
        (place / "reviews").mkdir()
        self._run(place, *night_words(FIRST), "--input", "cases")
        ids = sorted(row["case_id"] for row in self.rows)
        day = datetime.date.fromisoformat(SECOND)
        rows = sample_events(ids, EVENTS, day, 1).to_dicts()
        (place / "events/2.avro").write_bytes(stored("case_event", rows, "event_id"))
        self._run(place, *night_words(SECOND))
        return place / "OUT"

    @once
    def event_rows(self) -> list[Row]:
        """The third night's events."""
        ids = sorted(row["case_id"] for row in self.rows)
        return sample_events(ids, EVENTS, DAY, 2).to_dicts()

    @once
    def review_rows(self) -> list[Row]:
        """The third night's reviews."""
        run = results.latest(self.state)
        assert run is not None
        routed = [(row["case_id"], route) for route in ROUTES for row in results.rows(run / route)]
        frame = pl.DataFrame(routed, schema=["case_id", "route"], orient="row")
        return sample_reviews(frame, REVIEWS, DAY, 2).to_dicts()

    def write_news(self, place: Path) -> None:
        """Write the state and the third night's events and reviews."""
        shutil.copytree(self.state, place / "OUT")
        for name, content in self.news_files.items():
            (place / name).mkdir()
            (place / name / "3.avro").write_bytes(content)

    @once
    def night_run(self) -> Path:
        """The third night's run."""
        place = self._place("third")
        self.write_news(place)
        self._run(place, *night_words(THIRD))
        return place / f"OUT/runs/night-{THIRD}"

    @once
    def night(self) -> Content:
        """The third night's results."""
        return results.content(self.night_run, NIGHT)

    @once
    def watched(self) -> list[str]:
        """The changes that a watch makes from the third night's events."""
        place = self._place("watched")
        self.write_news(place)
        running = Running(watch_words(), place, warm=self.warm)
        running.until(lambda: "batch-000001" in running.printed())
        running.send(signal.SIGTERM)
        running.end()
        files = place.glob("OUT/watch/changes/*/batch-000001-*.avro")
        return sorted(repr(row) for path in files for row in results.rows_of(path))

    @once
    def release(self) -> Path:
        """A release of the court's data."""
        place = self._place("release")
        write_release(place, CASES, SEED, tidy=True)
        return place

    @once
    def imported(self) -> Content:
        """The case records of the release."""
        place = self._place("imported")
        (place / "release").symlink_to(self.release)
        self._run(place, *import_words())
        return results.content(place / "made", ("cases", "quarantine"))

    def _place(self, name: str) -> Path:
        place = self.root / name
        place.mkdir(parents=True)
        return place


def stored(kind: str, rows: list[Row], id_field: str) -> bytes:
    """Encode a file with many small blocks, as other writers do."""
    schema: Any = avro_schema(kind)
    return build(schema, rows, "deflate", 20, id_field).content


def backlog_words() -> tuple[str, ...]:
    """Return the command that assesses the cases."""
    return ("backlog", "--input", "cases", "--output", "out", "--run-id", "r", *_on(THIRD))


def night_words(day: str) -> tuple[str, ...]:
    """Return the command that runs a night."""
    return ("nightly", "--state", "OUT", "--events", "events", "--reviews", "reviews", *_on(day))


def _on(day: str) -> tuple[str, ...]:
    return ("--rulebook", RULEBOOK, "--as-of", day)


def watch_words() -> tuple[str, ...]:
    """Return the command that watches the inbox."""
    return ("watch", "--state", "OUT", "--inbox", "events", "--as-of", THIRD, "--json")


def import_words() -> tuple[str, ...]:
    """Return the command that imports the release."""
    return ("import-eoir", "release", "--output", "made")
