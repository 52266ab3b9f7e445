import polars as pl

from transforms.nightly.buckets import bucket_count, bucket_of, by_bucket


def plain(text: str, buckets: int) -> int:
    """CRC-32, one bit at a time."""
    value = 0xFFFFFFFF
    for byte in text.encode():
        value ^= byte
        for _ in range(8):
            value = (value >> 1) ^ (0xEDB88320 if value & 1 else 0)
    return (value ^ 0xFFFFFFFF) % buckets


def test_the_hash_is_crc_32() -> None:
    ids = ["7000001", "a", "ü" * 40, "x" * 200, "7000002"]
    assert bucket_of(pl.Series(ids), 1000).to_list() == [plain(text, 1000) for text in ids]
    # The known check value, so that changing both is noticed.
    assert plain("123456789", 1 << 32) == 0xCBF43926


def test_a_missing_id_goes_to_the_first_bucket() -> None:
    assert bucket_of(pl.Series([None, "", "1"], dtype=pl.String), 7).to_list()[:2] == [0, 0]
    assert bucket_of(pl.Series([], dtype=pl.String), 7).is_empty()


def test_every_row_is_in_one_bucket_and_buckets_are_about_even() -> None:
    frame = pl.DataFrame({"case_id": [f" {7_000_000 + n}" for n in range(10_000)]})
    parts = dict(by_bucket(frame, 10))
    assert sum(part.height for part in parts.values()) == 10_000
    assert all(900 < part.height < 1_100 for part in parts.values())
    assert parts[plain("7000000", 10)]["case_id"][0] == "7000000"


def test_buckets_hold_about_a_frame() -> None:
    assert [bucket_count(n) for n in (0, 1, 36_864, 36_865, 300_000)] == [1, 1, 1, 2, 9]
