"""The key of pseudonyms: a file that only its owner reads."""

from __future__ import annotations

import os
import secrets

from schemas.errors import InputError, OutputError
from transforms.export.share import KEY_BYTES

_DIGITS = 2 * KEY_BYTES


def read_key(path: str) -> bytes | None:
    """Read the key in a file; None if there is no file.

    Args:
        path: A file of 64 hexadecimal digits.

    Raises:
        InputError: The file holds something else, or can't be read.
    """
    try:
        with open(path, encoding="ascii") as file:
            key = bytes.fromhex(file.read(_DIGITS + 2).strip())
    except FileNotFoundError:
        return None
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror})") from None
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise InputError(f"{path}: isn't a key; a key is {_DIGITS} hexadecimal digits")
    return key


def new_key() -> bytes:
    """Make a key."""
    return secrets.token_bytes(KEY_BYTES)


def write_key(path: str, key: bytes) -> None:
    """Write a key to a new file.

    Raises:
        OutputError: The file can't be written.
    """
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(f"{key.hex()}\n")
    except OSError as error:
        raise OutputError(f"{path}: cannot be written ({error.strerror})") from None
