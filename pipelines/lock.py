"""A lock on a state, so that two nights never work on it at once."""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterator


class BusyError(RuntimeError):
    """Another process works on the state; the message is one line."""


@contextlib.contextmanager
def locked(state: str) -> Iterator[None]:
    """Hold the lock of a state; it goes with the process, however that ends.

    A state that is not on a local disk has no lock: its scheduler must not start two nights.

    Args:
        state: The directory, which is made if need be.

    Raises:
        BusyError: Another process holds it.
        OSError: It cannot be written.
    """
    if "://" in state:
        yield
        return
    os.makedirs(state, exist_ok=True)
    with open(os.path.join(state, ".lock"), "a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BusyError(f"{state}: another night is at work on it") from None
        yield
