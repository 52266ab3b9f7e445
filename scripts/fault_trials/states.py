"""Trials with a damaged state: any of its files, in any way."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from random import Random

from scripts.fault_trials import checks, results
from scripts.fault_trials.damaged import watched
from scripts.fault_trials.process import Ended
from scripts.fault_trials.trial import Bench, trial
from scripts.fault_trials.world import FIRST, SECOND, THIRD, night_words

Way = Callable[[Path, Random], object]


def _flip(path: Path, source: Random) -> None:
    content = bytearray(path.read_bytes() or b"\0")
    content[source.randrange(len(content))] ^= 1 << source.randrange(8)
    path.write_bytes(content)


def _truncate(path: Path, source: Random) -> None:
    path.write_bytes(path.read_bytes()[: source.randrange(max(1, path.stat().st_size))])


def _folder(path: Path, source: Random) -> None:
    path.unlink()
    path.mkdir()


def _link_to_nothing(path: Path, source: Random) -> None:
    path.unlink()
    path.symlink_to("nothing")


def _link_to_itself(path: Path, source: Random) -> None:
    path.unlink()
    path.symlink_to(path.name)


def _older(path: Path, source: Random) -> None:
    """Replace a file with the earlier night's version of it."""
    other = Path(str(path).replace(SECOND, FIRST))
    if other.exists() and other != path:
        shutil.copyfile(other, path)
    else:
        path.write_text(f"night-{FIRST}\n")


WAYS: dict[str, Way] = {
    "removed": lambda path, source: path.unlink(),
    "emptied": lambda path, source: path.write_bytes(b""),
    "cut": _truncate,
    "a bit flipped": _flip,
    "noise": lambda path, source: path.write_bytes(source.randbytes(300)),
    "zeros": lambda path, source: path.write_bytes(bytes(path.stat().st_size)),
    "nested JSON": lambda path, source: path.write_text("[" * 100_000),
    "a folder in its place": _folder,
    "a link to nothing": _link_to_nothing,
    "a link to itself": _link_to_itself,
    "an older one": _older,
}
# Intact but outdated. Nobody can see that in a file of records, and LATEST may be set on purpose.
_UNSEEN = "an older one"


def _damage(bench: Bench) -> tuple[str, Path]:
    """Damage a file of the state; return how, and which file."""
    state = bench.place / "OUT"
    bench.world.write_news(bench.place)
    there = [path for path in sorted(state.rglob("*")) if path.is_file()]
    small = [path for path in there if path.suffix != ".avro" and FIRST not in str(path)]
    path = bench.source.choice(small if bench.source.random() < 0.5 else there)
    way = bench.source.choice(sorted(WAYS))
    bench.note(f"{path.relative_to(state)}: {way}")
    WAYS[way](path, bench.source)
    return way, path


@trial("damaged state", "nightly", share=2)
def _nightly(bench: Bench) -> list[str]:
    world, place = bench.world, bench.place
    clean, state = world.night, place / "OUT"
    way, path = _damage(bench)
    ended = bench.run(*night_words(THIRD))
    wrong = checks.ending(ended, (0, 3, 4))
    if ended.code == 0:
        run = results.latest(state)
        is_unseen = way == _UNSEEN and (path.suffix == ".avro" or path.name == "LATEST")
        wrong += checks.same(run, clean) if not is_unseen else []
        return wrong
    if (state / f"runs/night-{THIRD}").exists():
        wrong.append("a failed night left a run behind")
    wrong += checks.ending(bench.run("status", "--state", "OUT"), (0, 3, 6))
    _restore(bench, path)
    wrong += checks.ending(bench.run(*night_words(THIRD)), (0,))
    return [*wrong, *checks.same(results.latest(state), clean)]


def _restore(bench: Bench, path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        path.rmdir()
    else:
        path.unlink(missing_ok=True)
    shutil.copyfile(bench.world.state / path.relative_to(bench.place / "OUT"), path)


def _reads(bench: Bench, *words: str, codes: tuple[int, ...] = (0, 3)) -> list[str]:
    """Run a read-only command on a damaged state."""
    _damage(bench)
    before = results.digests(bench.place / "OUT")
    wrong = checks.ending(bench.run(*words), codes)
    if results.digests(bench.place / "OUT") != before:
        wrong.append("a read-only command changed the state")
    return wrong


@trial("damaged state", "status")
def _status(bench: Bench) -> list[str]:
    form = bench.source.choice(((), ("--json",), ("--prometheus",)))
    return _reads(bench, "status", "--state", "OUT", *form, codes=(0, 3, 6))


@trial("damaged state", "show")
def _show(bench: Bench) -> list[str]:
    return _reads(bench, "show", "OUT", *bench.source.choice(((), ("--json",))))


@trial("damaged state", "explain")
def _explain(bench: Bench) -> list[str]:
    case = bench.source.choice(bench.world.rows)["case_id"]
    return _reads(bench, "explain", case, "--run", "OUT")


@trial("damaged state", "prune")
def _prune(bench: Bench) -> list[str]:
    state = bench.place / "OUT"
    way, path = _damage(bench)
    last = state / "runs" / f"night-{SECOND}"
    before = results.digests(last)
    ended: Ended = bench.run("prune", "--state", "OUT", "--keep", "1")
    wrong = checks.ending(ended, (0, 3, 4))
    named_other = path.name == "LATEST" and way == "an older one"
    if results.digests(last) != before and not named_other:
        wrong.append("the last good night has changed")
    if ended.code and not (state / "runs" / f"night-{FIRST}").exists():
        wrong.append("a failed prune removed a night")
    return wrong


@trial("damaged state", "watch")
def _watch(bench: Bench) -> list[str]:
    _damage(bench)
    return checks.ending(watched(bench), (0, 3, 4, 7))
