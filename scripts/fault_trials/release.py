"""Trials with damaged releases of the court's data: undamaged rows give the same records."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from random import Random

from scripts.fault_trials import checks, results
from scripts.fault_trials.trial import Bench, trial
from scripts.fault_trials.world import import_words

Way = Callable[[list[bytes], Random], list[bytes]]


def _at(lines: list[bytes], source: Random) -> int:
    return source.randrange(1, len(lines))


def _edit(change: Callable[[bytes, Random], bytes]) -> Way:
    """Change one row."""

    def way(lines: list[bytes], source: Random) -> list[bytes]:
        number = _at(lines, source)
        return [*lines[:number], change(lines[number], source), *lines[number + 1 :]]

    return way


def _cut(lines: list[bytes], source: Random) -> list[bytes]:
    number = _at(lines, source)
    return [*lines[:number], lines[number][: len(lines[number]) // 2]]


def _put(line: bytes, what: bytes, source: Random) -> bytes:
    place = source.randrange(len(line))
    return line[:place] + what + line[place:]


WAYS: dict[str, Way] = {
    "a tab more": _edit(lambda line, source: _put(line, b"\t", source)),
    "twenty tabs more": _edit(lambda line, source: line.rstrip(b"\r\n") + b"\t" * 20 + b"\r\n"),
    "a tab less": _edit(lambda line, source: line.replace(b"\t", b"", 1)),
    "NUL bytes": _edit(lambda line, source: _put(line, b"\0\0", source)),
    "bytes that are no text": _edit(lambda line, source: _put(line, b"\xff\x81", source)),
    "a quote": _edit(lambda line, source: _put(line, b'"', source)),
    "a line end within": _edit(lambda line, source: _put(line, b"\n", source)),
    "noise": _edit(lambda line, source: source.randbytes(len(line)) + b"\r\n"),
    "a long field": _edit(lambda line, source: _put(line, b"x" * 1_000_000, source)),
    "an empty row": _edit(lambda line, source: b"\r\n"),
    "a row twice": _edit(lambda line, source: line + line),
    "cut": _cut,
}


@trial("damaged releases", "import-eoir")
def _import(bench: Bench) -> list[str]:
    world, place = bench.world, bench.place
    clean = world.imported
    shutil.copytree(world.release, place / "release")
    path = bench.source.choice(
        sorted(p for p in (place / "release").rglob("*.csv") if len(_lines(p)) > 2)
    )
    way = bench.source.choice(sorted(WAYS))
    bench.note(f"{path.name}: {way}")
    lines = _lines(path)
    damaged = WAYS[way](lines, bench.source)
    path.write_bytes(b"".join(damaged))
    ended = bench.run(*import_words())
    wrong = checks.ending(ended, (0, 3, 7))
    made = place / "made"
    if not (made / "manifest.json").exists():
        return [*wrong, *(["there are no records"] if ended.code in (0, 7) else [])]
    recorded = json.loads((made / "manifest.json").read_text())
    there = sum(len(results.rows_of(file)) for file in made.glob("cases/*.avro"))
    if recorded["cases"] != there:
        wrong.append(f"{there} cases are written, and {recorded['cases']} are reported")
    touched = {*_cells(set(lines) - set(damaged)), *_cells(set(damaged) - set(lines))}
    found = set(results.content(made, ("cases",))["cases"])
    missing = [row for row in clean["cases"] if row not in found]
    known = {_case_of(row) for row in missing}
    if others := known - touched:
        wrong.append(f"cases with undamaged rows differ: {sorted(others)[:3]}")
    return wrong


def _lines(path: Path) -> list[bytes]:
    return path.read_bytes().splitlines(keepends=True)


def _cells(lines: set[bytes]) -> set[str]:
    return {cell.strip().decode("latin-1") for line in lines for cell in line.split(b"\t")}


def _case_of(row: str) -> str:
    """Find the case id in a record's text."""
    return row.partition("'case_id': '")[2].partition("'")[0]
