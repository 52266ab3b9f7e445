"""Inputs that once broke something, unchanged and changed at random."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fuzz.targets import TARGETS

CORPUS = Path(__file__).parent / "corpus"
FILES = sorted(path for path in CORPUS.rglob("*") if path.is_file())


@st.composite
def changed(draw: st.DrawFn, content: bytes) -> bytes:
    """Insert, delete, repeat, or overwrite a few bytes of an input."""
    data = bytearray(content)
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(data)))
        stop = min(len(data), at + draw(st.integers(0, 8)))
        new = draw(st.binary(max_size=8) | st.just(bytes(data[at:stop]) * 2))
        data[at:stop] = new
    return bytes(data)


def test_each_target_has_a_corpus() -> None:
    assert {path.parent.name for path in FILES} == set(TARGETS)


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}-{path.name}")
def test_inputs_that_once_failed_pass(path: Path) -> None:
    TARGETS[path.parent.name](path.read_bytes())


@pytest.mark.parametrize("target", sorted(TARGETS))
@given(data=st.data())
@settings(max_examples=60)
def test_similar_inputs_pass(target: str, data: st.DataObject) -> None:
    path = data.draw(st.sampled_from([path for path in FILES if path.parent.name == target]))
    TARGETS[target](data.draw(changed(path.read_bytes())))
