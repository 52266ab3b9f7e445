"""A new file, written whole and never over another: for commands that make a single file."""

from __future__ import annotations

from schemas.errors import OutputError
from transforms.files.storage import exists, why_not, write_whole


def check_new(path: str) -> None:
    """Check that a file doesn't exist yet.

    Raises:
        OutputError: It already exists.
    """
    if exists(path):
        raise OutputError(f"{path}: already exists; give another name or remove it")


def write_new(path: str, content: bytes) -> None:
    """Write a file, whole.

    Raises:
        OutputError: It already exists, or can't be written.
    """
    try:
        check_new(path)
        write_whole(path, content)
    except OSError as error:
        raise OutputError(f"{path}: cannot be written ({why_not(error)})") from None
