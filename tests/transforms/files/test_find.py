"""Files found by name, by pattern, and in folders."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from schemas.errors import InputError
from tests.helpers.object_store import OBJECTS
from tests.transforms.files.test_storage import ODD
from transforms.files.find import find_below, find_files


def made(*paths: Path) -> list[str]:
    for path in paths:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"content")
    return sorted(map(str, paths))


def found(*patterns: object) -> list[str]:
    files, left_out = find_files([str(pattern) for pattern in patterns])
    assert left_out == ()
    return [file.path for file in files]


def reasons(folder: Path) -> dict[str, str]:
    return {os.path.relpath(path, folder): reason for path, reason in find_below(str(folder))[1]}


def test_finds_names_that_look_like_patterns(tmp_path: Path) -> None:
    there = made(*(tmp_path / name for name in (*ODD, "a1.avro", os.fsdecode(b"\xff.avro"))))
    assert found(tmp_path) == there
    for path in there:
        assert found(path) == [path]


def test_finds_files_that_match_a_pattern(tmp_path: Path) -> None:
    a, b, deep = tmp_path / "a1.avro", tmp_path / "b2.avro", tmp_path / "x/y/c3.avro"
    made(a, b, deep, tmp_path / "_hidden.avro", tmp_path / "x/.d.avro")
    assert found(f"{tmp_path}/a[0-9].avro") == [str(a)]
    assert found(f"{tmp_path}/?[12].avro") == [str(a), str(b)]
    assert found(f"{tmp_path}/**/*.avro") == [str(a), str(b), str(deep)]
    assert found(f"{tmp_path}/*/*/*.avro", f"{tmp_path}/x/**") == [str(deep)]
    assert found(f"{tmp_path}/x*") == [str(deep)]


def test_finds_a_file_once_however_its_path_is_spelled(tmp_path: Path) -> None:
    [a] = made(tmp_path / "in/a.avro")
    (tmp_path / "in/link.avro").symlink_to(a)
    (tmp_path / "again").symlink_to(tmp_path / "in")
    spelled = [f"{tmp_path}/in/../in/a.avro", f"{tmp_path}/in//a.avro", f"{tmp_path}/again", a]
    assert found(*spelled) == found(*reversed(spelled)) == [f"{tmp_path}/again/a.avro"]


def test_walks_folders_through_links_and_loops(tmp_path: Path) -> None:
    made(tmp_path / "in/a.avro", tmp_path / "in/UPPER.AVRO", tmp_path / "other/b.avro")
    (tmp_path / "in/linked").symlink_to(tmp_path / "other")
    (tmp_path / "other/back").symlink_to(tmp_path / "in")
    files, left_out = find_below(str(tmp_path / "in"))
    names = [os.path.relpath(file.path, tmp_path / "in") for file in files]
    assert (names, left_out) == (["UPPER.AVRO", "a.avro", "linked/b.avro"], ())


def test_names_unreadable_files_with_the_reason(tmp_path: Path) -> None:
    made(tmp_path / "a.avro", tmp_path / "notes.txt")
    os.mkfifo(tmp_path / "pipe.avro")
    (tmp_path / "gone.avro").symlink_to(tmp_path / "nothing")
    (tmp_path / "2012").symlink_to(tmp_path / "no-folder")
    (tmp_path / "self").symlink_to(tmp_path / "self")
    assert reasons(tmp_path) == {
        "2012": "is a broken link",
        "gone.avro": "is a broken link",
        "pipe.avro": "is not a regular file",
        "self": "cannot be read (Too many levels of symbolic links)",
    }


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser reads every folder")
def test_names_an_unreadable_folder(tmp_path: Path) -> None:
    made(tmp_path / "a.avro", tmp_path / "closed/b.avro")
    (tmp_path / "closed").chmod(0)
    try:
        assert reasons(tmp_path) == {"closed": "cannot be read (Permission denied)"}
    finally:
        (tmp_path / "closed").chmod(0o700)


@pytest.mark.parametrize(
    "pattern", ["", "none.avro", "*.avro", "empty", "empty/*", "no[n]e/*.avro"]
)
def test_rejects_patterns_that_find_nothing(pattern: str, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match=r"no such file|an empty path"):
        find_files([f"{tmp_path}/{pattern}" if pattern else ""])


def test_searches_an_object_store_by_the_same_rules() -> None:
    OBJECTS.clear()
    names = (
        "in/a[1].avro",
        "in/a1.avro",
        "in/deep/B.AVRO",
        "in/_x.avro",
        "in/notes.txt",
        "[in]/c.avro",
    )
    OBJECTS.update({f"flat://b/{name}": b"content" for name in names})
    try:
        assert found("flat://b/in/a[1].avro") == ["flat://b/in/a[1].avro"]
        assert found("flat://b/in/?[1].avro") == ["flat://b/in/a1.avro"]
        assert found("flat://b/in") == [f"flat://b/{name}" for name in sorted(names[:3])]
        assert found("flat://b/[in]/") == ["flat://b/[in]/c.avro"]
    finally:
        OBJECTS.clear()
