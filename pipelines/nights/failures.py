"""OUT/FAILED: when and why the last night failed. A good night removes it.

For a local state, nothing here imports Beam, so that `discretion status` is fast.
"""

from __future__ import annotations

import contextlib
import datetime
import os
from collections.abc import Iterator

from pipelines.cli.run_command import reason
from schemas.errors import BusyError, UsageError
from schemas.status import Failure

FAILED = "FAILED"


@contextlib.contextmanager
def noted(state: str) -> Iterator[None]:
    """Record in the state that a night failed, or that it succeeded.

    If another night is running, that isn't a failure: the other night records its own result. A
    mistyped option isn't one either; only the person who typed it needs to know.

    Args:
        state: The directory of the nights.
    """
    try:
        yield
    except (Exception, KeyboardInterrupt) as error:
        # If the failure can't be recorded (the disk is full), it is still printed on standard
        # error.
        if not isinstance(error, (BusyError, UsageError)):
            with contextlib.suppress(OSError):
                _write(state, Failure(at=datetime.datetime.now(datetime.UTC), why=reason(error)))
        raise
    _remove(state)


def last_failure(state: str) -> Failure | None:
    """Return the failure since the last good night, if there was one.

    Args:
        state: The directory of the nights.
    """
    text = read_text(f"{state}/{FAILED}")
    if text is None:
        return _unnoted(f"{state}/{FAILED}.new")
    try:
        return Failure.model_validate_json(text)
    except ValueError:
        epoch = datetime.datetime.fromtimestamp(0, datetime.UTC)
        return Failure(at=epoch, why=f"{state}/{FAILED} is damaged")


def _unnoted(path: str) -> Failure | None:
    """Return a failure for which the full disk could hold only the file's name."""
    try:
        at = datetime.datetime.fromtimestamp(os.stat(path).st_mtime, datetime.UTC)
    except OSError:
        return None
    return Failure(at=at, why="the reason could not be written; the disk may be full")


def read_text(path: str) -> str | None:
    """Return a small file's text, whatever its bytes are; None if it doesn't exist."""
    if "://" in path:
        from transforms.files import storage

        there = storage.exists(path)
        return storage.read_bytes(path).decode(errors="replace") if there else None
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read()
    except (FileNotFoundError, NotADirectoryError):
        return None


def _write(state: str, failure: Failure) -> None:
    path, text = f"{state}/{FAILED}", failure.model_dump_json() + "\n"
    if "://" in state:
        from transforms.files import storage

        storage.write_whole(path, text.encode())
        return
    with open(f"{path}.new", "w", encoding="utf-8") as file:
        file.write(text)
    os.replace(f"{path}.new", path)


def _remove(state: str) -> None:
    path = f"{state}/{FAILED}"
    if "://" in state:
        from transforms.files import storage

        with contextlib.suppress(OSError):
            storage.remove(path)
        return
    for name in (path, f"{path}.new"):
        with contextlib.suppress(OSError):
            os.remove(name)
