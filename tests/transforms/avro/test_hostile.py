"""Files made to be expensive take little time and memory, and their valid parts are read.

Each is read in its own process, which has a memory limit and reports its use.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from schemas.avro import Schema
from tests.helpers.commands import environment
from tests.transforms.avro.test_decode import record
from transforms.avro.blocks import write_block
from transforms.avro.bounds import BLOCK_RECORDS, RECORD_BYTES
from transforms.avro.codecs import compress
from transforms.avro.header import write_header
from transforms.avro.varint import varint

SYNC = bytes(range(16))
READER = record(("case_id", ["null", "string"]), ("n", ["null", "int"]))
ADDRESS_SPACE = 6 << 30
# On top of the imports; a block may have 128 MiB, of which there are briefly several copies.
MEMORY = 600 << 20
# Seconds of work, on a machine that may be slow; without bounds these files take hours.
PATIENCE = 60
CHILD = """
import json, resource, sys
resource.setrlimit(resource.RLIMIT_AS, (int(sys.argv[2]),) * 2)
resource.setrlimit(resource.RLIMIT_CPU, (int(sys.argv[3]),) * 2)
from tests.helpers.random_avro import read_all
from tests.transforms.avro.test_hostile import READER

def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024

with open(sys.argv[1], "rb") as stream:
    content = stream.read()
before = peak()
frames, unread = read_all(content, READER)
print(json.dumps({
    "ids": [each for frame in frames for each in frame["case_id"].drop_nulls().to_list()],
    "reasons": [one.reason for one in unread],
    "counts": [one.count for one in unread],
    "memory": peak() - before,
}))
"""
Content = Callable[[], bytes]


def text(value: bytes) -> bytes:
    return b"\2" + varint(len(value)) + value


def one(name: bytes, more: bytes = b"") -> bytes:
    """Encode a record: its id, no number, and the schema's other fields."""
    return text(name) + b"\0" + more


def file(schema: Schema, blocks: list[bytes], codec: str = "null") -> bytes:
    return write_header(schema, SYNC, codec) + b"".join(blocks)


def block(data: bytes, count: int = 1, codec: str = "null") -> bytes:
    return write_block(count, compress(codec, data), SYNC)


def with_more(avro: Any) -> Schema:
    return {**READER, "fields": [*READER["fields"], {"name": "more", "type": avro}]}


def read(path: Path, content: bytes) -> Any:
    path.write_bytes(content)
    words = [sys.executable, "-c", CHILD, str(path), str(ADDRESS_SPACE), str(PATIENCE)]
    done = subprocess.run(words, capture_output=True, text=True, check=False, env=environment())
    assert done.returncode == 0, done.stderr[-500:]
    result = json.loads(done.stdout)
    assert result["memory"] < MEMORY
    return result


def nulls() -> bytes:
    """A list of a thousand million nulls: six bytes."""
    many = varint(10**9) + b"\0"
    schema = with_more({"type": "array", "items": "null"})
    return file(schema, [block(one(b"a", b"\0")), block(one(b"b", many)), block(one(b"c", b"\0"))])


def nulls_in_many_lists() -> bytes:
    """Each list is within the bound by itself."""
    many = varint(900_000) + b"\0"
    schema = with_more({"type": "array", "items": "null"})
    data = b"".join(one(b"b", many) for _ in range(2_000))
    return file(schema, [block(one(b"a", b"\0")), block(data, 2_000), block(one(b"c", b"\0"))])


def empty_records() -> bytes:
    """The largest possible number of records without fields."""
    nothing = {"type": "array", "items": record(name="Nothing")}
    many = varint((1 << 62) - 1) + b"\0"
    return file(
        with_more(nothing),
        [block(one(b"a", b"\0")), block(one(b"b", many)), block(one(b"c", b"\0"))],
    )


def empty_blocks() -> bytes:
    return file(READER, [block(one(b"a")), write_block(0, b"", SYNC) * 1_000_000, block(one(b"c"))])


def blocks_of_nothing() -> bytes:
    """Each block claims to hold a record."""
    return file(READER, [block(one(b"a")), write_block(1, b"", SYNC) * 100_000, block(one(b"c"))])


def counts() -> bytes:
    huge = [block(one(b"b"), count) for count in (BLOCK_RECORDS + 1, 10**9, (1 << 63) - 1)]
    return file(READER, [block(one(b"a")), *huge, block(one(b"c"))])


def long_text() -> bytes:
    return file(READER, [block(one(b"a")), block(one(b"x" * 100_000_000)), block(one(b"c"))])


def more_records_than_it_says() -> bytes:
    """A block of 20 million records that claims 1,000, in two megabytes of snappy."""
    return file(READER, [block(one(b"a"), 1, "snappy"), block(bytes(40_000_000), 1_000, "snappy"),
                         block(one(b"c"), 1, "snappy")], "snappy")  # fmt: skip


def bomb(codec: str) -> Content:
    """Blocks that decompress to 40 MB each."""

    def content() -> bytes:
        spring = write_block(1_000, compress(codec, bytes(40_000_000)), SYNC)
        return file(
            READER, [block(one(b"a"), 1, codec), *[spring] * 10, block(one(b"c"), 1, codec)], codec
        )

    return content


@pytest.mark.parametrize(
    ("content", "reasons", "times"),
    [
        (nulls, {"TOO_LARGE"}, 1),
        (nulls_in_many_lists, {"TOO_LARGE"}, 1),
        (empty_records, {"TOO_LARGE"}, 1),
        (empty_blocks, set(), 0),
        (blocks_of_nothing, {"UNREADABLE_BLOCK"}, 100_000),
        (counts, {"TOO_LARGE"}, 3),
        (long_text, {"TOO_LARGE"}, 1),
        (bomb("deflate"), {"TOO_LARGE"}, 10),
        (bomb("bzip2"), {"TOO_LARGE"}, 10),
        (bomb("xz"), {"TOO_LARGE"}, 10),
        (bomb("zstandard"), {"TOO_LARGE"}, 10),
        (more_records_than_it_says, {"TOO_LARGE"}, 1),
    ],
)
def test_a_costly_part_loses_only_itself(
    content: Content, reasons: set[str], times: int, tmp_path: Path
) -> None:
    result = read(tmp_path / "hostile.avro", content())
    assert [each for each in result["ids"] if each in ("a", "c")] == ["a", "c"]
    assert set(result["reasons"]) == reasons
    assert len(result["reasons"]) == times


def test_reads_the_longest_record_but_not_one_byte_more(tmp_path: Path) -> None:
    # Its branch, a length of four bytes, and no number.
    longest = RECORD_BYTES - 6
    data = [one(b"a"), one(b"x" * longest), one(b"x" * (longest + 1)), one(b"c")]
    result = read(tmp_path / "hostile.avro", file(READER, [block(b"".join(data), 4)]))
    assert [len(each) for each in result["ids"]] == [1, longest, 1]
    assert (result["reasons"], result["counts"]) == (["TOO_LARGE"], [1])
