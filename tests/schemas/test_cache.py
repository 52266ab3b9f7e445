"""The cache: what is found there is what would be made afresh, whatever has become of it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schemas import cache
from schemas.rulebook.compiled import CompiledRulebook
from schemas.rulebooks import FOLDER, load, load_text, read

NAME = "ice-2011-06-17"
PATH = FOLDER / f"{NAME}.yaml"


@pytest.fixture(autouse=True)
def cached(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "pycache_prefix", str(tmp_path / "cache"))
    monkeypatch.setattr(sys, "dont_write_bytecode", False)


@pytest.fixture(scope="module")
def afresh() -> CompiledRulebook:
    return load_text(*read(NAME))


def test_what_was_kept_is_the_same(afresh: CompiledRulebook) -> None:
    assert load(NAME) == afresh
    place = cache.place_of(PATH)
    written = place.stat().st_mtime_ns
    assert load(NAME) == afresh
    assert place.stat().st_mtime_ns == written


def test_a_process_that_finds_it_neither_parses_nor_compiles(tmp_path: Path) -> None:
    code = (
        f"import sys; from schemas.rulebooks import load; load({NAME!r}); "
        "print(sorted(name for name in sys.modules if name in ('sqlglot', 'yaml')))"
    )
    env = {**os.environ, "PYTHONPYCACHEPREFIX": str(tmp_path / "of-others")}
    env.pop("PYTHONDONTWRITEBYTECODE", None)
    said = [
        subprocess.run(
            [sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True
        ).stdout
        for _ in range(2)
    ]
    assert said == ["['sqlglot', 'yaml']\n", "[]\n"]


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_damaged_one_is_compiled_and_kept_again(
    data: st.DataObject, afresh: CompiledRulebook
) -> None:
    load(NAME)
    place = cache.place_of(PATH)
    whole = place.read_bytes()
    at = data.draw(st.integers(0, len(whole) - 1))
    cut = data.draw(st.booleans())
    damaged = whole[:at] if cut else whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :]
    place.write_bytes(damaged)
    assert load(NAME) == afresh
    assert place.read_bytes()[:32] == cache._seal(place.read_bytes()[32:])


@pytest.mark.parametrize("changed", ["facts.yaml", "rulebook/bounds.py", f"rulebooks/{NAME}.yaml"])
def test_a_change_to_anything_that_it_is_made_from_counts(
    changed: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, afresh: CompiledRulebook
) -> None:
    copy = tmp_path / "schemas"
    shutil.copytree(FOLDER.parent, copy)
    assert cache.sources(copy) == cache._MADE_FROM
    load(NAME)
    with (copy / changed).open("a") as file:
        file.write("\n")
    monkeypatch.setattr(cache, "_MADE_FROM", cache.sources(copy))
    place = cache.place_of(PATH)
    before = place.read_bytes()
    assert load(NAME) == afresh
    assert place.read_bytes() != before


def test_everything_works_where_nothing_can_be_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, afresh: CompiledRulebook
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setattr(sys, "pycache_prefix", str(tmp_path / "file"))
    assert load(NAME) == afresh


def test_keeps_nothing_if_python_keeps_no_bytecode(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, afresh: CompiledRulebook
) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    assert load(NAME) == afresh
    assert not (tmp_path / "cache").exists()


def test_whoever_may_read_the_rulebook_may_read_it_compiled() -> None:
    before = os.umask(0o077)
    try:
        load(NAME)
    finally:
        os.umask(before)
    readable = 0o444
    assert cache.place_of(PATH).stat().st_mode & readable == PATH.stat().st_mode & readable
