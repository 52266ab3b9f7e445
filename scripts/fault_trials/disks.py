"""Trials with full disks, and with disks that can't be written."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

from scripts.fault_trials import checks, results
from scripts.fault_trials.limits import Limits
from scripts.fault_trials.trial import Bench, trial
from scripts.fault_trials.world import THIRD, backlog_words, import_words, night_words

_LARGEST_PAGES = 220


def _mounts(folder: Path, options: str) -> bool:
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", options, "none", str(folder)], capture_output=True
    )
    return done.returncode == 0


@contextlib.contextmanager
def _small_disk(bench: Bench, folder: Path) -> Iterator[Limits]:
    """Mount a small disk at a folder; if that isn't possible, limit the size of files."""
    folder.mkdir(exist_ok=True)
    kib = 4 * bench.source.randint(0, _LARGEST_PAGES)
    if not _mounts(folder, f"size={max(kib, 4)}k"):
        bench.note(f"no file over {kib // 8} KiB")
        yield Limits(file_kib=kib // 8)
        return
    bench.note(f"a disk of {max(kib, 4)} KiB")
    try:
        yield Limits()
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


@contextlib.contextmanager
def _read_only(folder: Path) -> Iterator[bool]:
    """Make a folder read-only; yield False if this user can write to it anyway."""
    remount = ["mount", "--bind", str(folder), str(folder)]
    if subprocess.run(remount, capture_output=True).returncode == 0:
        try:
            subprocess.run(["mount", "-o", "remount,ro,bind", str(folder)], check=True)
            yield True
        finally:
            subprocess.run(["umount", "-l", str(folder)], check=True)
        return
    folder.chmod(0o500)
    try:
        with contextlib.suppress(OSError):
            (folder / "try").touch()
        yield not (folder / "try").exists()
    finally:
        folder.chmod(0o700)


@trial("disks full", "backlog")
def _backlog(bench: Bench) -> list[str]:
    clean, out = bench.world.backlog, bench.place / "out"
    bench.world.write_cases(bench.place / "cases")
    with _small_disk(bench, out) as limits:
        ended = bench.run(*backlog_words(), limits=limits)
        wrong = checks.ending(ended, (0, 4))
        run = results.latest(out)
        wrong += checks.same(run, clean) if ended.code == 0 else checks.nothing_left(out, ended)
    shutil.rmtree(out)
    wrong += checks.ending(bench.run(*backlog_words()), (0,))
    return [*wrong, *checks.same(results.latest(out), clean)]


@trial("disks full", "import-eoir")
def _import(bench: Bench) -> list[str]:
    clean, words = bench.world.imported, list(import_words())
    (bench.place / "release").symlink_to(bench.world.release)
    words[-1] = "disk/made"
    disk = bench.place / "disk"
    with _small_disk(bench, disk) as limits:
        ended = bench.run(*words, limits=limits)
        wrong = checks.ending(ended, (0, 4))
        if ended.code == 0 and results.content(disk / "made", tuple(clean)) != clean:
            wrong.append("the records differ from the clean import")
        if ended.code != 0 and list(disk.glob("*made*")):
            wrong.append("something was left behind")
    return wrong


@trial("disks full", "nightly")
def _nightly(bench: Bench) -> list[str]:
    world, place = bench.world, bench.place
    clean, state = world.night, place / "OUT"
    world.write_news(place)
    kept = place / "kept"
    state.rename(kept)
    shutil.copytree(kept, state)
    limits = Limits(file_kib=bench.source.randint(0, 40))
    bench.note(f"no file over {limits.file_kib} KiB")
    ended = bench.run(*night_words(THIRD), limits=limits)
    wrong = checks.ending(ended, (0, 4))
    last = results.latest(kept)
    assert last is not None
    if ended.code != 0:
        wrong += checks.nothing_left(state, ended, state / "runs" / last.name)
        wrong += checks.ending(bench.run("status", "--state", "OUT"), (0,))
        wrong += checks.ending(bench.run(*night_words(THIRD)), (0,))
    if not results.digests(kept / "runs").items() <= results.digests(state / "runs").items():
        wrong.append("an earlier night has changed")
    return [*wrong, *checks.same(results.latest(state), clean)]


@trial("disks read-only", "backlog")
def _read_only_backlog(bench: Bench) -> list[str]:
    bench.world.write_cases(bench.place / "cases")
    return _refused(bench, bench.place / "out", backlog_words, 4)


@trial("disks read-only", "nightly")
def _read_only_night(bench: Bench) -> list[str]:
    bench.world.write_news(bench.place)
    return _refused(bench, bench.place / "OUT", lambda: night_words(THIRD), 4)


@trial("disks read-only", "prune")
def _read_only_prune(bench: Bench) -> list[str]:
    bench.world.write_news(bench.place)
    words = ("prune", "--state", "OUT", "--keep", "1")
    return _refused(bench, bench.place / "OUT", lambda: words, 4)


def _refused(
    bench: Bench, folder: Path, words: Callable[[], tuple[str, ...]], code: int
) -> list[str]:
    folder.mkdir(exist_ok=True)
    before = results.digests(folder)
    with _read_only(folder) as is_read_only:
        if not is_read_only:
            bench.note("skipped, because this user can write anywhere")
            return []
        wrong = checks.ending(bench.run(*words()), (code,))
    if results.digests(folder) != before:
        wrong.append("a read-only disk has changed")
    return wrong
