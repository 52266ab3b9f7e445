"""Names of files as text."""

from __future__ import annotations

import os

from hypothesis import example, given
from hypothesis import strategies as st

from transforms.files.names import path_text, text_path

NAMES = st.lists(st.sampled_from([b"a", b"\\", b"x", b"ff", b"5c", b"\xff", b"\xc3\xa9"])).map(
    b"".join
)


@given(NAMES)
@example(b"\\x5\xff")
def test_every_name_has_its_own_text(name: bytes) -> None:
    path = os.fsdecode(name)
    text = path_text(path)
    assert text.encode().decode() == text
    assert text_path(text) == path
    if b"\\" not in name and b"\xff" not in name:
        assert text == path
