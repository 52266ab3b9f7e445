from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from schemas.avro import avro_schema
from transforms.avro.encode import encode_blocks
from transforms.nightly import bucket_files
from transforms.nightly.bucket_files import WriteWhole
from transforms.nightly.reviews import REVIEWS


def test_a_run_that_is_given_up_while_a_part_is_encoded_is_not_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path / "run"
    root.mkdir()

    def slow(*args: Any) -> bytes:
        root.rmdir()
        return encode_blocks(*args)

    monkeypatch.setattr(bucket_files, "encode_blocks", slow)
    write = WriteWhole(str(root), {"reviews": avro_schema("review")}).write
    with pytest.raises(FileNotFoundError):
        write(("reviews/part-00000-of-00001.avro", REVIEWS.to_frame()))
    assert not root.exists()
