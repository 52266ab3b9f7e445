"""Trials with clocks that are wrong, or used to be."""

from __future__ import annotations

import datetime
import json
import os
import time

from scripts.fault_trials import checks, results
from scripts.fault_trials.trial import Bench, trial
from scripts.fault_trials.world import SECOND, THIRD, night_words

_YEARS = 40 * 365 * 86400


@trial("clocks", "status")
def _status(bench: Bench) -> list[str]:
    """A night that ended in the future, or long ago, doesn't count as recent."""
    hours = bench.source.choice((-100_000, -100, -1, 1, 30, 100_000))
    bench.note(f"a night that ended {hours} hours ago")
    _started(bench, hours)
    ended = bench.run("status", "--state", "OUT", "--max-age", "26")
    return checks.ending(ended, (0,) if 0 < hours < 26 else (6,))


def _started(bench: Bench, hours: float) -> None:
    """Make last night's start time so many hours ago."""
    bench.world.write_news(bench.place)
    path = bench.place / f"OUT/runs/night-{SECOND}/manifest.json"
    manifest = json.loads(path.read_text())
    at = datetime.datetime.now(datetime.UTC) - datetime.timedelta(hours=hours)
    manifest["started"] = at.isoformat()
    path.write_text(json.dumps(manifest))


@trial("clocks", "nightly")
def _nightly(bench: Bench) -> list[str]:
    """New files are read exactly once, whatever the clocks said."""
    _started(bench, bench.source.choice((-100_000, -1, 0, 100_000)))
    at = max(0.0, time.time() + bench.source.choice((-_YEARS, -3600.0, 0.0, 3600.0, _YEARS)))
    for name in ("events", "reviews"):
        os.utime(bench.place / name / "3.avro", (at, at))
    bench.note(f"files of {time.strftime('%Y-%m-%d', time.gmtime(at))}")
    wrong = checks.ending(bench.run(*night_words(THIRD)), (0,))
    return [*wrong, *checks.same(results.latest(bench.place / "OUT"), bench.world.night)]


@trial("clocks", "nightly, an earlier day")
def _earlier(bench: Bench) -> list[str]:
    """A night dated before the last good one is refused and changes nothing."""
    bench.world.write_news(bench.place)
    before = results.digests(bench.place / "OUT/runs")
    day = bench.source.choice(("2022-05-01", "0001-01-01", "2022-05-14"))
    bench.note(day)
    wrong = checks.ending(bench.run(*night_words(day)), (2,))
    if results.digests(bench.place / "OUT/runs") != before:
        wrong.append("the state has changed")
    return wrong
