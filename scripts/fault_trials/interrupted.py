"""Trials with signals at a time or at a trigger: the command ends, and a second run succeeds."""

from __future__ import annotations

import signal
from collections.abc import Callable
from pathlib import Path

from scripts.fault_trials import checks, results
from scripts.fault_trials.damaged import watched
from scripts.fault_trials.process import Ended
from scripts.fault_trials.results import Content
from scripts.fault_trials.trial import Bench, trial
from scripts.fault_trials.world import THIRD, backlog_words, import_words, night_words, watch_words

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGKILL)
# Above 1, so that some signals come after the command has ended.
_LATEST = 1.1
# CPU seconds that a command may take to clean up and end after a signal.
_HEARD = 3.0


def _interrupt(bench: Bench, words: tuple[str, ...], triggers: tuple[str, ...]) -> Ended:
    """Start a command, send it a signal, and wait for its end."""
    number = bench.source.choice(SIGNALS)
    running = bench.start(*words)
    if bench.source.random() < 0.5:
        trigger = bench.source.choice(triggers)
        bench.note(f"{number.name} at {trigger}")
        running.until(lambda: next(bench.place.glob(trigger), None))
    else:
        at = bench.source.uniform(0, _LATEST * bench.cpu(words[0]))
        bench.note(f"{number.name} after {at:.2f} CPU seconds")
        running.until(lambda: running.cpu() >= at)
    before = running.cpu()
    running.send(number)
    ended = running.end()
    if ended.code == 130 and ended.cpu - before > _HEARD:
        bench.broke.append(f"{number.name} took effect after {ended.cpu - before:.1f} seconds")
    return ended


def _judge(
    bench: Bench,
    words: tuple[str, ...],
    ended: Ended,
    run: Callable[[], Path | None],
    clean: Content,
) -> list[str]:
    """List what is wrong with an interrupted command, and with the run after it."""
    wrong = [] if ended.code == -9 else checks.ending(ended, (0, 130))
    if ended.code == 0:
        wrong += checks.same(run(), clean)
    again = bench.run(*words)
    # If the run was complete when the signal came, it exists even if the process was killed.
    is_there = again.code == 4 and "exists; give another" in again.stderr
    if not is_there:
        wrong += checks.ending(again, (0,))
    wrong += checks.same(run(), clean)
    left = [path.name for path in bench.place.glob("*/runs/_*")]
    if left and not is_there:
        wrong.append(f"{left[0]} is still there after another run")
    return wrong


@trial("signals", "backlog", share=2)
def _backlog(bench: Bench) -> list[str]:
    bench.world.write_cases(bench.place / "cases")
    clean, words = bench.world.backlog, backlog_words()
    ended = _interrupt(
        bench, words, ("out", "out/runs/_*", "out/runs/_*/cases/*", "out/runs/*/manifest.json",
                       "out/runs/r", "out/LATEST"),
    )  # fmt: skip
    out = bench.place / "out"
    wrong = checks.nothing_left(out, ended) if ended.code not in (0, -9) else []
    return [*wrong, *_judge(bench, words, ended, lambda: _finished(out / "runs/r"), clean)]


def _finished(run: Path) -> Path | None:
    return run if (run / "manifest.json").exists() else None


@trial("signals", "nightly", share=2)
def _nightly(bench: Bench) -> list[str]:
    world, place = bench.world, bench.place
    clean, words, state = world.night, night_words(THIRD), place / "OUT"
    world.write_news(place)
    before, last = results.digests(state / "runs"), results.latest(state)
    ended = _interrupt(
        bench, words, ("OUT/runs/_*", "OUT/runs/_*/log/*", "OUT/runs/_*/consumed.ndjson",
                       f"OUT/runs/night-{THIRD}"),
    )  # fmt: skip
    wrong = checks.nothing_left(state, ended, last) if ended.code not in (0, -9) else []
    wrong += _judge(bench, words, ended, lambda: _whole_night(state), clean)
    if not before.items() <= results.digests(state / "runs").items():
        wrong.append("an earlier night has changed")
    return wrong


def _whole_night(state: Path) -> Path | None:
    run = results.latest(state)
    return run if run is not None and run.name.startswith(f"night-{THIRD}") else None


@trial("signals", "import-eoir")
def _import(bench: Bench) -> list[str]:
    (bench.place / "release").symlink_to(bench.world.release)
    clean, words = bench.world.imported, import_words()
    ended = _interrupt(bench, words, ("_made.*.partial", "_made.*.partial/_shuffle/*", "made"))
    wrong = [] if ended.code == -9 else checks.ending(ended, (0, 130))
    if (
        ended.code == 130
        and "nothing was left" in ended.stderr
        and list(bench.place.glob("*made*"))
    ):
        wrong.append("something was left behind")
    again = bench.run(*words)
    if not (again.code == 4 and "exists; give another" in again.stderr):
        wrong += checks.ending(again, (0,))
    if results.content(bench.place / "made", tuple(clean)) != clean:
        wrong.append("the records differ from the clean import")
    return wrong


@trial("signals", "watch")
def _watch(bench: Bench) -> list[str]:
    bench.world.write_news(bench.place)
    ended = _interrupt(
        bench, watch_words(), ("OUT/watch/batches/*/*.json", "OUT/watch/changes/*/*",
                               "OUT/watch/recommendations/*/*"),
    )  # fmt: skip
    # Until it listens, a signal ends it like any other command.
    wrong = [] if ended.code == -9 else checks.ending(ended, (0, 130))
    again = watched(bench)
    wrong += checks.ending(again, (0,))
    files = list(bench.place.glob("OUT/watch/changes/*/batch-000001-*.avro"))
    if not files:
        return [*wrong, "the batch was never folded in"]
    changed = sorted(repr(row) for path in files for row in results.rows_of(path))
    if changed != bench.world.watched:
        wrong.append("the changes differ from those of a clean watch")
    return wrong


@trial("signals", "prune")
def _prune(bench: Bench) -> list[str]:
    state = bench.place / "OUT"
    bench.world.write_news(bench.place)
    last = results.latest(state)
    assert last is not None
    before = results.digests(last)
    words = ("prune", "--state", "OUT", "--keep", "1")
    ended = _interrupt(bench, words, ("OUT/runs/_*",))
    wrong = [] if ended.code == -9 else checks.ending(ended, (0, 130))
    wrong += checks.ending(bench.run(*words), (0,))
    if results.digests(last) != before or results.latest(state) != last:
        wrong.append("the last good night has changed")
    if [path.name for path in (state / "runs").iterdir()] != [last.name]:
        wrong.append("a night to be removed still exists")
    return wrong
