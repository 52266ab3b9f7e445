"""Schemes of paths, such as `gs://`, and the clients that they need."""

from __future__ import annotations

from schemas.errors import UsageError
from transforms.files.clients import CLIENTS, bring_in, is_installed
from transforms.files.storage import beam_files, is_local, scheme_of


def check_scheme(path: str) -> None:
    """Check that the file system of a path is available.

    Args:
        path: A path, with or without a scheme.

    Raises:
        UsageError: The scheme doesn't exist, or its client isn't installed.
    """
    if is_local(path):
        return
    scheme = scheme_of(path)
    if scheme in CLIENTS:
        if not is_installed(CLIENTS[scheme].module):
            raise UsageError(f"{path}: {scheme}:// needs pip install {CLIENTS[scheme].packages}")
        bring_in(scheme)
        return
    try:
        beam_files(path).get_filesystem(path)
    except ValueError:
        known = ", ".join(f"{name}://" for name in CLIENTS)
        raise UsageError(
            f"{path}: {scheme}:// isn't supported; the supported ones are {known}"
        ) from None
