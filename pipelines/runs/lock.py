"""Locks: two nights never work on one state at once, nor two processes on one run."""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterator

from schemas.errors import BusyError


@contextlib.contextmanager
def locked(state: str) -> Iterator[None]:
    """Hold the lock of a state; it goes with the process, however that ends.

    Args:
        state: The directory, which is made if need be.

    Raises:
        BusyError: Another process holds it.
        OSError: It cannot be written.
    """
    os.makedirs(state, exist_ok=True)
    with _held(os.path.join(state, ".lock"), f"{state}: another night or prune is running on it"):
        yield


@contextlib.contextmanager
def sole_writer(run: str) -> Iterator[None]:
    """Be the only process that writes a run; the lock stands beside it while it is written.

    A run that is not on a local disk has no lock.

    Args:
        run: The run's directory, or another of results, once it is complete.

    Raises:
        BusyError: Another process writes it.
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
        # Whoever had it until just now has removed it: another may hold the next one.
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
