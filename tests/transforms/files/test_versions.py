"""Objects that are written on a condition."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from schemas.errors import UsageError
from tests.helpers.stores import store
from transforms.files.reach import check_place
from transforms.files.storage import remove
from transforms.files.versions import check_conditional, read_version, write_if


@pytest.mark.parametrize("scheme", ["s3", "gs"])
def test_of_many_who_write_at_once_one_does(scheme: str) -> None:
    there = store(scheme)
    path = f"{there.root}/a/LATEST"
    check_place(path, UsageError)
    assert read_version(path) is None

    def race(tag: str | None, name: str) -> bytes:
        contents = [f"{name} {n}".encode() for n in range(8)]
        with ThreadPoolExecutor(8) as pool:
            written = list(pool.map(lambda content: write_if(path, content, tag), contents))
        assert sum(written) == 1
        return contents[written.index(True)]

    first = race(None, "first")
    found = read_version(path)
    assert found is not None
    assert found.content == first
    second = race(found.tag, "second")
    # Whoever still holds the first version is late.
    assert not write_if(path, b"late", found.tag)
    assert not write_if(path, b"late", None)
    found = read_version(path)
    assert found is not None
    assert found.content == second
    remove(path)
    assert not write_if(path, b"late", found.tag)
    assert there.objects.names() == []


def test_refuses_a_store_that_cannot() -> None:
    with pytest.raises(UsageError, match=r"^flat://b/x: give a directory on .* or in s3:// or gs"):
        check_conditional("flat://b/x")
