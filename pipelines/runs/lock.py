"""Locks: only one night at a time works on a state, and only one process on a run.

They are `flock`'s own, not the library filelock's: where a file system has no `flock`, that one
falls back to a file that marks the lock, which a killed process leaves behind.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterator

from schemas.errors import BusyError, UsageError


def check_local(state: str) -> None:
    """Check that a state can be locked.

    Raises:
        UsageError: It is in an object store, which has no locks.
    """
    if "://" in state:
        raise UsageError(f"--state {state}: give a directory on a local or mounted disk")


@contextlib.contextmanager
def locked(state: str) -> Iterator[None]:
    """Hold the lock of a state. It is released when the process ends, however it ends.

    Args:
        state: The directory, which is created if necessary.

    Raises:
        BusyError: Another process holds the lock.
        OSError: The lock can't be written.
    """
    os.makedirs(state, exist_ok=True)
    with _held(os.path.join(state, ".lock"), f"{state}: another night or prune is running on it"):
        yield


@contextlib.contextmanager
def sole_writer(run: str) -> Iterator[None]:
    """Be the only process that writes a run. The lock file is next to the run while it is written.

    A run that isn't on a local disk has no lock.

    Args:
        run: The final directory of the run or other results.

    Raises:
        BusyError: Another process is writing it.
        OSError: Nothing can be written there.
    """
    if "://" in run:
        yield
        return
    folder, name = os.path.split(run)
    path = os.path.join(folder, f"_{name}.lock")
    busy = f"{run}: another process is writing it"
    os.makedirs(folder or ".", exist_ok=True)
    with _held(path, busy) as held:
        # The previous holder has just removed the file, so another process may hold a new one.
        if not _stands_at(path, held):
            raise BusyError(busy)
        try:
            yield
        finally:
            with contextlib.suppress(FileNotFoundError):
                os.remove(path)


def _stands_at(path: str, held: int) -> bool:
    try:
        return os.path.samestat(os.fstat(held), os.stat(path))
    except FileNotFoundError:
        return False


@contextlib.contextmanager
def _held(path: str, busy: str) -> Iterator[int]:
    with open(path, "a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BusyError(busy) from None
        yield file.fileno()
