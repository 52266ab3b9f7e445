"""OUT/FAILED: when and why the last night failed; a good night removes it.

Nothing here imports Beam, so that `discretion status` is quick.
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
    """Note a night's failure in its state, or that there is none.

    That another night is at work is no failure, for that one notes how it went; nor is a mistyped
    option, which nobody but the one who typed it need know of.

    Args:
        state: The directory in which nights are kept.
    """
    try:
        yield
    except (Exception, KeyboardInterrupt) as error:
        # What cannot be noted, such as on a full disk, is said on standard error all the same.
        if not isinstance(error, (BusyError, UsageError)):
            with contextlib.suppress(OSError):
                _write(state, Failure(at=datetime.datetime.now(datetime.UTC), why=reason(error)))
        raise
    _remove(state)


def last_failure(state: str) -> Failure | None:
    """The failure since the last good night, if there was one.

    Args:
        state: The directory in which nights are kept.
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
    """A failure of which the full disk took no more than the file's name."""
    try:
        at = datetime.datetime.fromtimestamp(os.stat(path).st_mtime, datetime.UTC)
    except OSError:
        return None
    return Failure(at=at, why="the reason could not be written; the disk may be full")


def read_text(path: str) -> str | None:
    """A small file's text, whatever bytes it holds; None where there is no such file."""
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read()
    except (FileNotFoundError, NotADirectoryError):
        return None


def _write(state: str, failure: Failure) -> None:
    path, text = f"{state}/{FAILED}", failure.model_dump_json() + "\n"
    with open(f"{path}.new", "w", encoding="utf-8") as file:
        file.write(text)
    os.replace(f"{path}.new", path)


def _remove(state: str) -> None:
    path = f"{state}/{FAILED}"
    for name in (path, f"{path}.new"):
        with contextlib.suppress(OSError):
            os.remove(name)
