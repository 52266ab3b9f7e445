"""Trials in which input changes while it is being read."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from scripts.fault_trials import checks, results
from scripts.fault_trials.results import Content
from scripts.fault_trials.trial import Bench, trial
from scripts.fault_trials.world import FIRST, THIRD, backlog_words, night_words

# Roughly the share of a command's time, after it lists files, during which it reads them.
_READ = 0.8


def _grow(path: Path) -> None:
    with path.open("ab") as file:
        file.write(path.read_bytes()[-200:])


def _shrink(path: Path) -> None:
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size // 2)


def _empty(path: Path) -> None:
    path.write_bytes(b"")


def _replace(path: Path) -> None:
    temporary = path.with_name(f"_{path.name}")
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0xFF
    temporary.write_bytes(content)
    temporary.rename(path)


def _rewrite(path: Path) -> None:
    path.write_bytes(bytes(reversed(path.read_bytes())))


def _remove(path: Path) -> None:
    path.unlink()


def _folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


CHANGES = (_grow, _shrink, _empty, _replace, _rewrite, _remove, _folder)


def _changed(
    bench: Bench, words: tuple[str, ...], path: Path, listed: Callable[[], object]
) -> tuple[int, list[str]]:
    """Run a command, change a file that it has listed, and return its exit code and problems."""
    change = bench.source.choice(CHANGES)
    most = _READ * bench.world.cpu(words[0])
    after = bench.source.uniform(0, most) if bench.source.random() < 0.8 else 0
    bench.note(f"{path.name}: {change.__name__[1:]}, {after:.2f} CPU seconds later")
    running = bench.start(*words)
    running.until(listed)
    from_here = running.cpu()
    running.until(lambda: running.cpu() - from_here >= after)
    change(path)
    ended = running.end()
    wrong = checks.ending(ended, (0, 3, 7))
    if ended.code and path.name not in ended.stderr:
        wrong.append("the file that changed isn't named")
    return ended.code, wrong


@trial("input that changes", "backlog", share=2)
def _backlog(bench: Bench) -> list[str]:
    clean, out = bench.world.backlog, bench.place / "out"
    cases = bench.place / "cases"
    bench.world.write_cases(cases)
    code, wrong = _changed(
        bench, backlog_words(), cases / "1.avro", lambda: list(out.glob("runs/_r.*.partial/*"))
    )
    return [*wrong, *_consistent(code, results.latest(out), clean)]


@trial("input that changes", "nightly, first night")
def _first_night(bench: Bench) -> list[str]:
    world, place = bench.world, bench.place
    for name in ("events", "reviews"):
        (place / name).mkdir()
    world.write_cases(place / "cases")
    clean = results.content(world.first_night, results.NIGHT)
    words = (*night_words(FIRST), "--input", "cases")
    code, wrong = _changed(
        bench, words, place / "cases/1.avro", lambda: list(place.glob("OUT/runs/_*.partial/*"))
    )
    return [*wrong, *_consistent(code, results.latest(place / "OUT"), clean)]


@trial("input that changes", "nightly, events")
def _events(bench: Bench) -> list[str]:
    world, place = bench.world, bench.place
    clean, state = world.night, place / "OUT"
    world.write_news(place)
    before = results.digests(state / "runs")
    whole = (place / "events/3.avro").read_bytes()
    code, wrong = _changed(
        bench,
        night_words(THIRD),
        place / "events/3.avro",
        lambda: list(state.glob("runs/_*.partial/*")),
    )
    run = state / f"runs/night-{THIRD}"
    wrong += _consistent(code, run if run.exists() else None, clean)
    if not before.items() <= results.digests(state / "runs").items():
        wrong.append("an earlier night has changed")
    if code == 3 and not wrong:
        # The intact file, sent again under a new name, is picked up.
        (place / "events/4.avro").write_bytes(whole)
        path = place / "events/3.avro"
        path.rmdir() if path.is_dir() else path.unlink(missing_ok=True)
        wrong += checks.ending(bench.run(*night_words(THIRD)), (0,))
        wrong += checks.same(results.latest(state), clean)
    return wrong


def _consistent(code: int, run: Path | None, clean: Content) -> list[str]:
    """Check that the output matches the exit code: all of it, part of it, or none."""
    match code:
        case 0:
            return checks.same(run, clean)
        case 7:
            return ["there is no run"] if run is None else results.recounted(run)
    return [] if run is None else ["a failed command left a run behind"]
