from __future__ import annotations

import hashlib
import io
import itertools
import zlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.avro.account import Digest, digest, joined_crc, sha256, why_not_whole
from transforms.avro.stream import Stretch


@given(st.binary(max_size=300), st.binary(max_size=300))
def test_joins_the_crcs_of_consecutive_bytes(first: bytes, second: bytes) -> None:
    found = joined_crc(zlib.crc32(first), zlib.crc32(second), len(second))
    assert found == zlib.crc32(first + second)


def test_digests_all_bytes() -> None:
    content = b"abc" * 5
    found = digest(io.BytesIO(content))
    assert found == Digest(15, hashlib.sha256(content).hexdigest(), zlib.crc32(content))


def test_digests_the_bytes_of_a_file(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"abc")
    # Of the three bytes "abc", from FIPS 180-2.
    expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert sha256(str(tmp_path / "x")) == expected


def stretch(content: bytes, begin: int, end: int) -> Stretch:
    return Stretch(begin, end, zlib.crc32(content[begin:end]))


@given(st.binary(max_size=50), st.lists(st.integers(0, 50), max_size=4), st.integers(1, 2))
def test_ranges_that_divide_a_file_add_up_however_often_they_are_read(
    content: bytes, cuts: list[int], times: int
) -> None:
    size = len(content)
    edges = [0, *sorted(min(cut, size) for cut in cuts), size]
    readings = [stretch(content, *edge) for edge in itertools.pairwise(edges)] * times
    assert why_not_whole(size, digest(io.BytesIO(content)), readings) is None


CONTENT = b"0123456789"
WHOLE = [stretch(CONTENT, 0, 4), stretch(CONTENT, 4, 10)]


@pytest.mark.parametrize(
    ("size", "now", "readings"),
    [
        (10, CONTENT + b"x", WHOLE),
        (10, CONTENT[:9], WHOLE),
        (10, b"", WHOLE),
        (10, b"0123456780", WHOLE),
        (10, CONTENT, WHOLE[:1]),
        (10, CONTENT, WHOLE[1:]),
        (10, CONTENT, []),
        (10, CONTENT, [*WHOLE, stretch(b"x123456789", 0, 4)]),
        (10, CONTENT, [stretch(CONTENT, 0, 5), WHOLE[1]]),
        (10, CONTENT, [stretch(CONTENT, 0, 3), WHOLE[1]]),
        (11, CONTENT, WHOLE),
    ],
)
def test_reports_readings_that_do_not_add_up(
    size: int, now: bytes, readings: list[Stretch]
) -> None:
    wrong = why_not_whole(size, digest(io.BytesIO(now)), readings)
    assert wrong is not None
    assert wrong.startswith("changed while it was read")


@pytest.mark.parametrize("most", [0, 1, 4, 10, 11])
def test_digests_only_the_first_bytes_if_asked(most: int) -> None:
    assert digest(io.BytesIO(CONTENT), most) == digest(io.BytesIO(CONTENT[:most]))
