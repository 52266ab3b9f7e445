"""Schemes of paths, such as `gs://`, and the clients that they need."""

from __future__ import annotations

import importlib.util

from apache_beam.io.filesystems import FileSystems

from schemas.errors import UsageError
from transforms.files.storage import is_local

# The module of each client, and the Beam extra that includes it.
_CLIENTS = {
    "gs": ("google.cloud.storage", "gcp"),
    "s3": ("boto3", "aws"),
    "hdfs": ("hdfs", "hadoop"),
    "azfs": ("azure.storage.blob", "azure"),
}


def check_scheme(path: str) -> None:
    """Check that the file system of a path is available.

    Args:
        path: A path, with or without a scheme.

    Raises:
        UsageError: The scheme doesn't exist, or its client isn't installed.
    """
    if is_local(path):
        return
    scheme = path.partition("://")[0]
    if scheme in _CLIENTS:
        module, extra = _CLIENTS[scheme]
        if not is_installed(module):
            raise UsageError(f"{path}: {scheme}:// needs pip install 'apache-beam[{extra}]'")
        return
    try:
        FileSystems.get_filesystem(path)
    except ValueError:
        known = ", ".join(f"{name}://" for name in _CLIENTS)
        raise UsageError(
            f"{path}: {scheme}:// isn't supported; the supported ones are {known}"
        ) from None


def is_installed(module: str) -> bool:
    """Tell whether a module can be imported."""
    try:
        return importlib.util.find_spec(module) is not None
    except ModuleNotFoundError:
        return False
