"""Files and directories by their literal names, on a disk and in an object store."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.helpers.object_store import OBJECTS
from transforms.files import storage

ODD = ("a[1].avro", "b*.avro", "c?.avro", "d{x}.avro", "e\\.avro", "f g.avro", "h\n.avro")


@pytest.fixture(autouse=True)
def empty_store() -> Iterator[None]:
    OBJECTS.clear()
    yield
    OBJECTS.clear()


def test_renames_the_files_that_complete_a_directory_last() -> None:
    OBJECTS.update({"flat://b/_x/done": b"1", "flat://b/_x/part/a": b"2", "flat://b/_y": b"3"})
    assert storage.exists("flat://b/_x")
    assert not storage.exists("flat://b/x")
    storage.rename_all_but("flat://b/_x", "flat://b/x", ["done"])
    assert set(OBJECTS) == {"flat://b/_x/done", "flat://b/_y", "flat://b/x/part/a"}
    storage.rename("flat://b/_x", "flat://b/x")
    # A dict keeps the order in which names were made.
    assert list(OBJECTS) == ["flat://b/_y", "flat://b/x/part/a", "flat://b/x/done"]
    storage.remove("flat://b/x")
    storage.remove("flat://b/nothing")
    assert OBJECTS == {"flat://b/_y": b"3"}


def test_renames_and_removes_a_local_directory_as_a_whole(tmp_path: Path) -> None:
    (tmp_path / "a/b").mkdir(parents=True)
    storage.rename_all_but(str(tmp_path / "a"), str(tmp_path / "c"), ["done"])
    assert [path.name for path in tmp_path.rglob("*")] == ["a", "b"]
    storage.rename(str(tmp_path / "a"), str(tmp_path / "c"))
    assert [path.name for path in tmp_path.rglob("*")] == ["c", "b"]
    assert storage.exists(str(tmp_path / "c"))
    storage.remove(str(tmp_path / "c"))
    storage.remove(str(tmp_path / "c"))
    assert not storage.exists(str(tmp_path / "c"))


def test_a_failed_write_leaves_nothing(tmp_path: Path) -> None:
    storage.write_whole(f"{tmp_path}/a/file", b"all")
    assert (tmp_path / "a/file").read_bytes() == b"all"
    (tmp_path / "a/folder/full").mkdir(parents=True)
    with pytest.raises(OSError, match="Is a directory"):
        storage.write_whole(f"{tmp_path}/a/folder", b"all")
    assert {path.name for path in (tmp_path / "a").iterdir()} == {"file", "folder"}


@pytest.mark.parametrize("store", ["disk", "flat://b"])
def test_uses_only_the_file_with_exactly_that_name(store: str, tmp_path: Path) -> None:
    folder = f"{tmp_path}/[x]" if store == "disk" else f"{store}/[x]"
    names = [*ODD, "a1.avro", "bb.avro", "cc.avro"]
    for number, name in enumerate(names, 1):
        storage.write_whole(f"{folder}/{name}", b"." * number)
    assert [file.path for file in storage.list_files(folder)] == sorted(
        f"{folder}/{name}" for name in names
    )
    for number, name in enumerate(names, 1):
        assert storage.size_of(f"{folder}/{name}") == number
        assert storage.read_bytes(f"{folder}/{name}") == b"." * number
    for name in ODD:
        storage.remove(f"{folder}/{name}")
    left = [str(file.path).rsplit("/", 1)[-1] for file in storage.list_files(folder)]
    assert left == ["a1.avro", "bb.avro", "cc.avro"]
    storage.remove(folder)
    assert not storage.exists(folder)


def test_lists_only_what_is_a_file_or_a_folder(tmp_path: Path) -> None:
    (tmp_path / "a.avro").write_bytes(b"four")
    (tmp_path / "b").mkdir()
    (tmp_path / "c.avro").symlink_to("a.avro")
    (tmp_path / "d").symlink_to("b")
    # Links to themselves and to nothing, and what is neither a file nor a folder.
    (tmp_path / "e.avro").symlink_to("e.avro")
    (tmp_path / "f").symlink_to("nowhere")
    os.mkfifo(tmp_path / "g.avro")
    listed = storage.list_files(str(tmp_path))
    assert [(Path(file.path).name, file.size_in_bytes) for file in listed] == [
        ("a.avro", 4),
        ("c.avro", 4),
    ]
    assert [Path(path).name for path in storage.folders_in(str(tmp_path), "")] == ["b", "d"]
