"""Trials with damaged Avro files: cases, events, and reviews, in every codec and every way."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from signal import SIGTERM
from typing import Any

from schemas.avro import avro_schema
from scripts.fault_trials import checks, results
from scripts.fault_trials.container import build
from scripts.fault_trials.damage import WAYS, Damaged, unmet
from scripts.fault_trials.process import Ended
from scripts.fault_trials.results import Content, Row
from scripts.fault_trials.trial import Bench, trial
from scripts.fault_trials.world import FIRST, THIRD, backlog_words, night_words, watch_words
from transforms.avro.codecs import CODECS

# By folder: the schema of its records, their ids, and the part of a night that keeps them.
_NEWS = {"events": ("case_event", "event_id", "log"), "reviews": ("review", "review_id", "reviews")}
# Seconds after which a file that is cut short counts as damaged, not as still being written.
_LONG_AGO = 3600
# Seconds that a watch may take to pick up a file on a busy machine.
_LONGEST = 120


def _damage(bench: Bench, path: Path, kind: str, rows: list[Row], id_field: str) -> Damaged:
    """Write a damaged file of records."""
    source = bench.source
    codec, way = source.choice(sorted(CODECS)), source.choice(sorted(WAYS))
    schema: Any = avro_schema(kind)
    container = build(schema, rows, codec, source.choice((3, 10, 40)), id_field)
    damaged = WAYS[way](container, source)
    path.write_bytes(damaged.content)
    old = path.stat().st_mtime - _LONG_AGO
    os.utime(path, (old, old))
    bench.note(f"{path.name}, {codec}: {way}")
    return damaged


@trial("damaged containers", "backlog", share=3)
def _backlog(bench: Bench) -> list[str]:
    bench.world.write_cases(bench.place / "cases", (0, 2))
    return _cases(bench, backlog_words(), bench.place / "out", bench.world.backlog_run)


@trial("damaged containers", "nightly, first night")
def _first_night(bench: Bench) -> list[str]:
    bench.world.write_cases(bench.place / "cases", (0, 2))
    for name in ("events", "reviews"):
        (bench.place / name).mkdir()
    words = (*night_words(FIRST), "--input", "cases")
    return _cases(bench, words, bench.place / "OUT", bench.world.first_night)


def _cases(bench: Bench, words: tuple[str, ...], output: Path, clean: Path) -> list[str]:
    """Read damaged case files, and check what happened to each case."""
    rows = bench.world.part(1)
    damaged = _damage(bench, bench.place / "cases/1.avro", "case_record", rows, "case_id")
    ended = bench.run(*words)
    wrong = checks.ending(ended, (0, 7))
    run = results.latest(output)
    if run is None:
        return [*wrong, "there is no run"]
    wrong += results.recounted(run)
    others = {row["case_id"] for row in bench.world.rows} - set(damaged.ids)
    read = results.read_ids(run)
    wrong += unmet(damaged, [i for i in read if i not in others], reported=_names(ended, "1.avro"))
    wrong += _counted(run, damaged, read)
    if missing := others - set(read):
        wrong.append(f"cases of other files are missing: {sorted(missing)[:3]}")
    actual, expected = results.by_case(run), results.by_case(clean)
    ids = Counter(i for i in read if i is not None)
    for case, recommended in expected.items():
        # A changed byte may turn one id into another, so that two records have it.
        is_touched = case in damaged.may_lose or (damaged.may_change and ids[case] > 1)
        if not is_touched and actual.get(case) != recommended:
            wrong.append(f"an undamaged case has another recommendation: {case}")
            break
    return wrong


def _names(ended: Ended, name: str) -> bool:
    return ended.code == 7 and name in ended.stderr


def _counted(run: Path, damaged: Damaged, read: list[str | None]) -> list[str]:
    """Check that no more records are lost than the manifest reports."""
    if damaged.may_change:
        return []
    lost = sum((Counter(damaged.ids) - Counter(i for i in read if i is not None)).values())
    reported = [f for f in results.manifest(run)["damaged"] if f["path"].endswith("1.avro")]
    if any(file["uncounted"] or file["cut_short"] for file in reported):
        return []
    stated = sum(file["records"] for file in reported)
    return [f"{lost} records are lost, but {stated} are reported"] if lost > stated else []


@trial("damaged containers", "nightly, events", share=2)
def _events(bench: Bench) -> list[str]:
    world = bench.world

    def as_before(damaged: Damaged, run: Path) -> list[str]:
        return _others_as_before(world.event_rows, damaged, run, world.night_run)

    return _news(bench, "events", world.event_rows, as_before)


@trial("damaged containers", "nightly, reviews")
def _reviews(bench: Bench) -> list[str]:
    clean: Content = results.content(bench.world.night_run, results.ROUTES)

    def as_before(damaged: Damaged, run: Path) -> list[str]:
        is_same = results.content(run, results.ROUTES) == clean
        return [] if is_same else ["a damaged review changes what is recommended"]

    return _news(bench, "reviews", bench.world.review_rows, as_before)


def _news(
    bench: Bench,
    folder: str,
    rows: list[Row],
    as_before: Callable[[Damaged, Path], list[str]],
) -> list[str]:
    """Read a damaged event or review file in a night, and check what happened to each record.

    Args:
        bench: The bench.
        folder: The folder of the file.
        rows: Its records, intact.
        as_before: Checks what the night recommends.
    """
    world, place = bench.world, bench.place
    world.write_news(place)
    before = results.digests(place / "OUT/runs")
    kind, id_field, kept = _NEWS[folder]
    damaged = _damage(bench, place / folder / "3.avro", kind, rows, id_field)
    ended = bench.run(*night_words(THIRD))
    wrong = checks.ending(ended, (0, 7))
    run = place / f"OUT/runs/night-{THIRD}"
    if not (run / "manifest.json").exists():
        return [*wrong, "there is no night"]
    wrong += [*results.recounted(run), *_unchanged(place, before)]
    reported = _names(ended, "3.avro")
    if any(f["path"].endswith("3.avro") for f in results.manifest(run)["left_out"]):
        return [*wrong, *([] if reported else ["a file that waits isn't reported"])]
    there, taken = (
        {row[id_field] for row in results.rows(night / kept)} for night in (run, world.night_run)
    )
    if missing := (taken & set(damaged.ids)) - damaged.may_lose - there:
        wrong.append(f"{folder} outside the damage are missing: {sorted(missing)[:3]}")
    if damaged.seen and not reported:
        wrong.append("the damage isn't reported")
    if not damaged.may_change and taken - there and not reported:
        wrong.append(f"{folder} are missing, but nothing is reported")
    return [*wrong, *as_before(damaged, run)]


def _others_as_before(events: list[Row], damaged: Damaged, run: Path, clean: Path) -> list[str]:
    """Check that every case without a damaged event gets the same recommendation as before."""
    if damaged.may_change:
        return []
    touched = {row["case_id"] for row in events if row["event_id"] in damaged.may_lose}
    actual, expected = results.by_case(run), results.by_case(clean)
    differ = sorted(
        case for case in expected.keys() | actual.keys()
        if case not in touched and actual.get(case) != expected.get(case)
    )  # fmt: skip
    return (
        [f"a case without a damaged event has another recommendation: {differ[0]}"]
        if differ
        else []
    )


def _unchanged(place: Path, before: dict[str, str]) -> list[str]:
    now = results.digests(place / "OUT/runs")
    return [] if before.items() <= now.items() else ["an earlier night has changed"]


@trial("damaged containers", "watch")
def _watch(bench: Bench) -> list[str]:
    world, place = bench.world, bench.place
    world.write_news(place)
    damaged = _damage(bench, place / "events/3.avro", "case_event", world.event_rows, "event_id")
    ended = watched(bench)
    wrong = checks.ending(ended, (0, 7))
    if damaged.seen and not _names(ended, "3.avro"):
        wrong.append("the damage isn't reported")
    return wrong


def watched(bench: Bench) -> Ended:
    """Watch until the inbox's file is read or rejected, and end the watch."""
    folder = bench.place / "OUT/watch/changes"
    running = bench.start(*watch_words())
    running.until(running.printed_errors, _LONGEST)
    running.until(
        lambda: (
            "batch-000001" in running.printed()
            or list(folder.glob("*/batch-000001-0.avro"))
            or "3.avro" in running.printed_errors()
        ),
        _LONGEST,
    )
    # It prints only after it has written.
    running.until(lambda: False, 1.0)
    running.send(SIGTERM)
    return running.end()
