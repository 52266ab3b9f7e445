"""Trials with hostile files next to good ones: the good ones are read, the others read or named."""

from __future__ import annotations

import json
import os
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from schemas.avro import avro_schema
from scripts.fault_trials import checks, results
from scripts.fault_trials.container import SYNC, build
from scripts.fault_trials.results import Row
from scripts.fault_trials.trial import Bench, trial
from scripts.fault_trials.world import THIRD, backlog_words, night_words
from transforms.avro.blocks import write_block
from transforms.avro.header import MAGIC, write_header
from transforms.avro.varint import varint

Write = Callable[[Path, list[Row], Random], object]


@dataclass(frozen=True)
class Hostile:
    """A hostile file.

    Args:
        write: Writes it, given case records to put into it.
        is_read: Whether its records must be read; if not, an error must name it.
    """

    write: Write
    is_read: bool = False


def _plain(rows: list[Row]) -> bytes:
    schema: Any = avro_schema("case_record")
    return build(schema, rows, "deflate", 20).content


def _bytes(content: Callable[[Random], bytes]) -> Hostile:
    return Hostile(lambda path, rows, source: path.write_bytes(content(source)))


def _schema(more: Any, codec: str = "null") -> Hostile:
    """Write a file whose schema has one more field, with one block of noise."""

    def content(source: Random) -> bytes:
        schema: Any = json.loads(json.dumps(avro_schema("case_record")))
        schema["fields"].append({"name": "more", "type": more})
        return write_header(schema, SYNC, codec) + write_block(3, source.randbytes(200), SYNC)

    return _bytes(content)


def _nested(depth: int) -> Any:
    schema: Any = "int"
    for _ in range(depth):
        schema = {"type": "array", "items": schema}
    return schema


def _doubling(levels: int) -> Any:
    schema: Any = {"type": "record", "name": "R0", "fields": [{"name": "a", "type": "int"}]}
    for level in range(1, levels):
        fields = [{"name": "a", "type": schema}, {"name": "b", "type": f"R{level - 1}"}]
        schema = {"type": "record", "name": f"R{level}", "fields": fields}
    return schema


def _bomb(source: Random) -> bytes:
    squeezed = zlib.compressobj(9, zlib.DEFLATED, -15)
    data = b"".join(squeezed.compress(bytes(1 << 20)) for _ in range(512)) + squeezed.flush()
    schema: Any = avro_schema("case_record")
    return write_header(schema, SYNC, "deflate") + write_block(1000, data, SYNC)


def _nulls(source: Random) -> bytes:
    schema: Any = avro_schema("case_record")
    more = {"name": "more", "type": {"type": "array", "items": "null"}}
    wide = {**schema, "fields": [more, *schema["fields"]]}
    return write_header(wide, SYNC) + write_block(1, varint(1_000_000_000) + varint(0), SYNC)


def _empty_blocks(source: Random) -> bytes:
    schema: Any = avro_schema("case_record")
    return write_header(schema, SYNC) + write_block(0, b"", SYNC) * 300_000


def _huge_counts(source: Random) -> bytes:
    schema: Any = avro_schema("case_record")
    return write_header(schema, SYNC) + write_block((1 << 63) - 1, b"\0" * 40, SYNC) * 3


def _named(name: str | bytes) -> Hostile:
    def write(path: Path, rows: list[Row], source: Random) -> None:
        named = Path(os.fsdecode(os.path.join(os.fsencode(path.parent), os.fsencode(name))))
        named.parent.mkdir(exist_ok=True)
        named.write_bytes(_plain(rows))

    return Hostile(write, is_read=True)


def _logical(path: Path, rows: list[Row], source: Random) -> None:
    """Use logical types that don't fit their types; the specification says to ignore them."""
    plain: Any = json.loads(json.dumps(avro_schema("case_record")))
    plain["fields"].append({"name": "more", "type": "long"})
    stored = build(plain, [{**row, "more": 5} for row in rows], "null", 20)
    # The library that encodes the values would reject this one.
    plain["fields"][-1]["type"] = {"type": "long", "logicalType": "decimal", "precision": -1}
    path.write_bytes(
        write_header(plain, SYNC, "null") + b"".join(block.raw for block in stored.blocks)
    )


def _in_folder(path: Path, rows: list[Row], source: Random) -> None:
    folder = path.with_name("_elsewhere")
    folder.mkdir()
    (folder / "a.avro").write_bytes(_plain(rows))
    path.with_name("linked").symlink_to(folder)
    (folder / "loop").symlink_to(folder)


HOSTILE: dict[str, Hostile] = {
    "an empty file": _bytes(lambda source: b""),
    "noise": _bytes(lambda source: source.randbytes(5000)),
    "a magic number and noise": _bytes(lambda source: MAGIC + source.randbytes(5000)),
    "a JSON file": _bytes(lambda source: b'{"case_id": 1}' * 100),
    "a header that never ends": _bytes(
        lambda source: MAGIC + varint(1) + varint(4) + b"more" + varint(1 << 40) + bytes(1 << 16)
    ),
    "a header of 20 MiB": _bytes(
        lambda source: MAGIC + varint(1) + varint(4) + b"more" + varint(20 << 20) + bytes(20 << 20)
    ),
    "a fixed of size -5": _schema({"type": "fixed", "name": "F", "size": -5}),
    "500 nested arrays": _schema(_nested(500)),
    "names that double": _schema(_doubling(60)),
    "an unknown type": _schema("nonsense"),
    "an empty enum": _schema({"type": "enum", "name": "E", "symbols": []}),
    "an unknown codec": _schema("int", "nonsense"),
    "a bomb": _bytes(_bomb),
    "a thousand million nulls": _bytes(_nulls),
    "three huge counts": _bytes(_huge_counts),
    "empty blocks": Hostile(lambda p, r, s: p.write_bytes(_empty_blocks(s)), is_read=True),
    "invalid logical types": Hostile(_logical, is_read=True),
    "a pipe": Hostile(lambda path, rows, source: os.mkfifo(path)),
    "a link to nothing": Hostile(lambda path, rows, source: path.symlink_to("nothing")),
    "a link to itself": Hostile(lambda path, rows, source: path.symlink_to(path.name)),
    "a linked folder with a loop": Hostile(_in_folder, is_read=True),
    "brackets in its name": _named("a[1]{2}*?.avro"),
    "a newline in its name": _named("a\nb.avro"),
    "an escape sequence in its name": _named("\x1b[31mred\x1b]0;title\x07.avro"),
    "a bidi mark in its name": _named("a\u202eorva.avro"),
    "a name that is not UTF-8": _named(b"\xff\xfe.avro"),
    "markup in its name and its folder's": _named("[red]a[/].avro"),
    "capitals in its ending": _named("B.AVRO"),
    "a backslash in its name": _named("a\\n.avro"),
}


def _with_good_files(bench: Bench, words: tuple[str, ...], output: Path) -> list[str]:
    """Read good files and a hostile one, which may hold the last good one's records."""
    world, cases = bench.world, bench.place / "cases"
    name = bench.source.choice(sorted(HOSTILE))
    bench.note(name)
    hostile = HOSTILE[name]
    world.write_cases(cases, (0, 1))
    hostile.write(cases / "hostile.avro", world.part(2), bench.source)
    ended = bench.run(*words)
    wrong = checks.ending(ended, (0,) if hostile.is_read else (7,))
    if not hostile.is_read and "hostile.avro" not in ended.stderr:
        wrong.append("the file isn't named")
    run = results.latest(output)
    if run is None:
        return [*wrong, "there is no run"]
    wrong += results.recounted(run)
    read = set(results.read_ids(run))
    holds = hostile.is_read and name != "empty blocks"
    parts = (0, 1, 2) if holds else (0, 1)
    required = {row["case_id"] for part in parts for row in world.part(part)}
    if read != required:
        wrong.append(
            f"{len(required - read)} cases are missing, {len(read - required)} are too many"
        )
    actual, expected = results.by_case(run), results.by_case(world.backlog_run)
    if any(actual.get(case) != expected.get(case) for case in required):
        wrong.append("a case of a good file has another recommendation")
    return [*wrong, *checks.ending(bench.run("show", str(output.name)), (0,))]


@trial("hostile files and names", "backlog", share=3)
def _backlog(bench: Bench) -> list[str]:
    return _with_good_files(bench, backlog_words(), bench.place / "out")


@trial("hostile files and names", "nightly, first night")
def _first_night(bench: Bench) -> list[str]:
    for name in ("events", "reviews"):
        (bench.place / name).mkdir()
    words = (*night_words(THIRD), "--input", "cases")
    return _with_good_files(bench, words, bench.place / "OUT")
