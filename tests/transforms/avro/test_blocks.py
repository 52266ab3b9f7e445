from __future__ import annotations

import io
import itertools
import zlib
from collections.abc import Callable
from typing import BinaryIO

import fastavro
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from schemas.avro import Schema
from schemas.errors import AvroFormatError, CodecError
from tests.helpers.random_avro import written
from transforms.avro import blocks as avro_blocks
from transforms.avro.blocks import Block, Gap, Walk, blocks, count_records, write_block
from transforms.avro.codecs import CODECS, compress, decompress
from transforms.avro.header import read_header, write_header
from transforms.avro.varint import read_varint, varint

SCHEMA: Schema = {"type": "record", "name": "R", "fields": [{"name": "a", "type": "string"}]}
ROWS = [{"a": f"row {number}"} for number in range(23)]
FILE = written(SCHEMA, ROWS, block_rows=5)


class Dribble(io.BytesIO):
    """Gives about a byte at a time, as a remote file may."""

    def read(self, size: int | None = -1, /) -> bytes:
        return super().read(min(size, 7) if size and size > 0 else size)


def walk(
    file: bytes, start: int = 0, stream: Callable[[bytes], BinaryIO] = io.BytesIO
) -> list[Block | Gap]:
    opened = stream(file)
    return list(blocks(opened, read_header(opened), start, len(file)))


def by_fastavro(file: bytes) -> list[tuple[int, int]]:
    return [(b.offset, b.num_records) for b in fastavro.block_reader(io.BytesIO(file))]


WHOLE = walk(FILE)


@pytest.mark.parametrize("stream", [io.BytesIO, Dribble])
def test_finds_the_same_blocks_as_fastavro(stream: Callable[[bytes], BinaryIO]) -> None:
    found = walk(FILE, 0, stream)
    whole = [block for block in found if isinstance(block, Block)]
    assert len(whole) == len(found)
    assert [(b.offset, b.count) for b in whole] == by_fastavro(FILE)
    assert [b.count for b in whole] == [5, 5, 5, 5, 3]


def test_reads_the_same_header_as_fastavro() -> None:
    header = read_header(io.BytesIO(written(SCHEMA, ROWS, "deflate")))
    assert header.codec == "deflate"
    assert header.schema["fields"] == SCHEMA["fields"]
    assert FILE.startswith(read_header(io.BytesIO(FILE)).raw)


def test_fastavro_reads_a_file_made_of_our_header_and_blocks() -> None:
    sync = bytes(range(16))
    data = b"".join(varint(2) + text for text in (b"ab", b"cd"))
    file = write_header(SCHEMA, sync) + write_block(2, data, sync)
    assert list(fastavro.reader(io.BytesIO(file))) == [{"a": "ab"}, {"a": "cd"}]


@given(st.integers(-(1 << 63), (1 << 63) - 1))
@example(63)
@example(64)
@example(-65)
def test_encodes_integers_as_fastavro_does(value: int) -> None:
    stored = io.BytesIO()
    fastavro.schemaless_writer(stored, "long", value)
    assert varint(value) == stored.getvalue()
    assert read_varint(b"x" + varint(value) + b"y", 1) == (value, 1 + len(stored.getvalue()))


def test_returns_none_for_an_unterminated_integer() -> None:
    assert read_varint(b"", 0) is None
    assert read_varint(b"\x80\x80", 0) is None
    assert read_varint(b"\x80" * 11, 0) is None


@given(st.lists(st.integers(0, len(FILE)), max_size=4))
def test_ranges_cover_every_block_once(cuts: list[int]) -> None:
    edges = [0, *sorted(cuts), len(FILE)]
    found: list[Block | Gap] = []
    for start, stop in itertools.pairwise(edges):
        if start < stop:
            stream = io.BytesIO(FILE)
            header = read_header(stream)
            found += blocks(stream, header, start, len(FILE), stop)
    assert found == WHOLE


@given(st.data())
def test_ranges_of_a_damaged_file_add_up_to_the_whole(data: st.DataObject) -> None:
    damaged = bytearray(FILE)
    begin = WHOLE[0].offset
    for _ in range(data.draw(st.integers(1, 3))):
        damaged[data.draw(st.integers(begin, len(FILE) - 1))] ^= data.draw(st.integers(1, 255))
    file = bytes(damaged)
    cut = data.draw(st.integers(1, len(file) - 1))
    first, rest = io.BytesIO(file), io.BytesIO(file)
    header = read_header(first)
    found = [*blocks(first, header, 0, len(file), cut)]
    found += blocks(rest, header, cut, len(file))
    assert found == walk(file)


@given(st.data())
def test_accounts_for_every_byte_of_a_damaged_file_once(data: st.DataObject) -> None:
    damaged = bytearray(FILE)
    begin = WHOLE[0].offset
    for _ in range(data.draw(st.integers(1, 4))):
        damaged[data.draw(st.integers(begin, len(FILE) - 1))] = data.draw(st.integers(0, 255))
    file = bytes(damaged[: data.draw(st.integers(begin, len(FILE)))])
    header = read_header(io.BytesIO(file))
    cuts = data.draw(st.lists(st.integers(0, len(file)), max_size=4))
    at, found = 0, list[Block | Gap]()
    for start, stop in itertools.pairwise([0, *sorted(set(cuts) - {0}), len(file) + 1]):
        walk = Walk(io.BytesIO(file), header, len(file))
        found += walk.parts(start, stop)
        if walk.begin == walk.offset:
            continue
        assert walk.begin == at
        assert walk.crc == zlib.crc32(file[walk.begin : walk.offset])
        at = walk.offset
    assert at == len(file)
    assert found == list(Walk(io.BytesIO(file), header, len(file)).parts())


def test_turns_a_damaged_block_into_a_gap_and_reads_the_rest() -> None:
    damaged = bytearray(FILE)
    damaged[WHOLE[1].offset] = 0xFF
    found = walk(bytes(damaged))
    assert [type(part) for part in found] == [Block, Gap, Block, Block, Block]
    assert found[1] == Gap(
        WHOLE[1].offset,
        "UNREADABLE_BLOCK",
        "no block begins here",
        bytes(damaged[WHOLE[1].offset : WHOLE[2].offset]),
    )


@pytest.mark.parametrize("number", range(5))
def test_a_damaged_marker_loses_only_its_block(number: int) -> None:
    ends = [block.offset for block in WHOLE[1:]] + [len(FILE)]
    damaged = bytearray(FILE)
    damaged[ends[number] - 1] ^= 1
    found = walk(bytes(damaged))
    start = WHOLE[number].offset
    raw = bytes(damaged[start : ends[number]])
    gap = Gap(start, "UNREADABLE_BLOCK", "a damaged marker after it", raw)
    assert found == [*WHOLE[:number], gap, *WHOLE[number + 1 :]]


def test_two_consecutive_damaged_markers_lose_only_blocks_up_to_the_next() -> None:
    damaged = bytearray(FILE)
    damaged[WHOLE[2].offset - 1] ^= 1
    damaged[WHOLE[3].offset - 1] ^= 1
    found = walk(bytes(damaged))
    assert [type(part) for part in found] == [Block, Gap, Block]
    assert found[2:] == WHOLE[4:]


def test_reads_a_cut_file_up_to_its_last_whole_block() -> None:
    found = walk(FILE[:-3])
    assert found[:-1] == WHOLE[:-1]
    raw = FILE[WHOLE[-1].offset : -3]
    assert found[-1] == Gap(WHOLE[-1].offset, "TRUNCATED_FILE", "a block past the file's end", raw)


def test_does_not_read_a_size_beyond_the_file() -> None:
    header = read_header(io.BytesIO(FILE)).raw
    file = header + varint(1 << 60) + varint(1 << 62) + b"rest"
    [gap] = walk(file)
    assert isinstance(gap, Gap)
    assert gap.reason == "TRUNCATED_FILE"


def test_skips_a_long_gap_in_little_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(avro_blocks, "READ_BYTES", 64)
    monkeypatch.setattr(avro_blocks, "KEPT_BYTES", 100)
    end = WHOLE[0].offset
    file = FILE[:end] + b"\xff" * 1000 + FILE[-16:] + FILE[end:]
    found = walk(file)
    assert found[0] == Gap(end, "UNREADABLE_BLOCK", "no block begins here", None)
    rest = [part for part in found[1:] if isinstance(part, Block)]
    whole = [part for part in WHOLE if isinstance(part, Block)]
    assert [(b.count, b.offset - 1016) for b in rest] == [(b.count, b.offset) for b in whole]
    [gap] = walk(FILE[:end] + b"\xff" * 1000)
    assert gap == Gap(end, "TRUNCATED_FILE", "no block begins here", None)


def test_a_file_without_records_has_no_blocks() -> None:
    assert walk(written(SCHEMA, [])) == []


@pytest.mark.parametrize("codec", sorted(CODECS))
def test_counts_records_without_decoding_them(codec: str) -> None:
    file = written(SCHEMA, ROWS, codec)
    assert count_records(io.BytesIO(file), len(file)) == len(ROWS)


def test_refuses_to_count_the_records_of_a_cut_file() -> None:
    with pytest.raises(AvroFormatError, match=f"damaged at byte {WHOLE[-1].offset}"):
        count_records(io.BytesIO(FILE[:-1]), len(FILE) - 1)


@pytest.mark.parametrize(
    ("file", "message"),
    [
        (b"", "is empty"),
        (b"PAR1" + bytes(50), "is not an Avro file"),
        (b"{}", "is not an Avro file"),
        (FILE[:3], "is not an Avro file"),
        (FILE[:4], "cut short or damaged in its header"),
        (FILE[: WHOLE[0].offset - 1], "cut short or damaged in its header"),
        (write_header(SCHEMA, bytes(16), "lzo"), "unknown codec; known are null, deflate"),
        (write_header({"type": "string"}, bytes(16)), "does not hold records"),
    ],
)
def test_rejects_a_file_that_is_not_avro_with_the_reason(file: bytes, message: str) -> None:
    with pytest.raises(AvroFormatError, match=message):
        read_header(io.BytesIO(file))


@given(st.data())
def test_reads_or_rejects_a_damaged_header(data: st.DataObject) -> None:
    damaged = bytearray(FILE)
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.integers(0, WHOLE[0].offset - 1))
        damaged[place] = data.draw(st.integers(0, 255))
    file = bytes(damaged[: data.draw(st.integers(0, len(damaged)))])
    try:
        header = read_header(io.BytesIO(file))
    except AvroFormatError:
        return
    assert file.startswith(header.raw)


@given(st.binary(max_size=200))
def test_codecs_round_trip(data: bytes) -> None:
    for codec in CODECS:
        assert decompress(codec, compress(codec, data)) == data


@pytest.mark.parametrize("codec", sorted(set(CODECS) - {"null"}))
@given(data=st.binary(max_size=60))
def test_decompresses_or_rejects_damaged_blocks(codec: str, data: bytes) -> None:
    try:
        decompress(codec, data)
    except CodecError:
        return


def test_checks_snappy_checksums() -> None:
    stored = bytearray(compress("snappy", b"some bytes"))
    stored[3] ^= 1
    with pytest.raises(CodecError, match="checksum"):
        decompress("snappy", bytes(stored))
    with pytest.raises(CodecError):
        decompress("snappy", b"\xff\xff\xff\xff\x0f" + bytes(8))
