"""The clients of object stores, each imported only when a path needs it.

Beam imports every client that is installed whenever it is imported itself, which takes a second.
"""

from __future__ import annotations

import functools
import importlib
import importlib.util
import logging
import os
import sys
import threading
import types
from typing import Any, NamedTuple


class Client(NamedTuple):
    """What a scheme needs.

    Args:
        module: The client's module.
        beam: The module in which Beam uses it.
        packages: The packages to install.
    """

    module: str
    beam: str
    packages: str


CLIENTS = {
    "gs": Client(
        "google.cloud.storage",
        "apache_beam.io.gcp.gcsfilesystem",
        "google-cloud-storage google-auth-httplib2",
    ),
    "s3": Client("boto3", "apache_beam.io.aws.s3filesystem", "boto3"),
    "hdfs": Client("hdfs", "apache_beam.io.hadoopfilesystem", "'apache-beam[hadoop]'"),
    "azfs": Client(
        "azure.storage.blob",
        "apache_beam.io.azure.blobstoragefilesystem",
        "'apache-beam[azure]'",
    ),
}
_lock = threading.Lock()
_brought_in: set[str] = set()


# What else Beam imports if it is installed. Dataflow needs Google's; nothing here uses MongoDB.
_OF_DATAFLOW = ("google.cloud.dataflow", "apache_beam.io.gcp.bigquery")
_UNUSED = ("pymongo",)


def put_off(*, dataflow: bool = False) -> None:
    """Keep Beam from importing the clients with everything else; call it before Beam is imported.

    What `sys.modules` has as None can't be imported, and Beam goes on without it. From then on, a
    path of a scheme needs `bring_in` first.

    Args:
        dataflow: Whether Dataflow runs the pipeline, which needs its client from the start.
    """
    clients = [client.beam for client in CLIENTS.values()]
    for module in (*clients, *_UNUSED, *(() if dataflow else _OF_DATAFLOW)):
        sys.modules.setdefault(module, None)  # type: ignore[arg-type]
    # It warns that it can't import a part of the client for MongoDB.
    logging.getLogger("apache_beam.io.mongodbio").setLevel(logging.ERROR)


def is_installed(module: str) -> bool:
    """Tell whether a module can be imported."""
    try:
        return importlib.util.find_spec(module) is not None
    except ModuleNotFoundError:
        return False


def bring_in(scheme: str) -> None:
    """Import the client of a scheme, so that Beam finds it.

    Args:
        scheme: Such as `s3`; of any other, Beam knows by itself whether it exists.
    """
    if scheme not in CLIENTS or scheme in _brought_in:
        return
    with _lock:
        client = CLIENTS[scheme]
        if sys.modules.get(client.beam, client) is None:
            del sys.modules[client.beam]
        if is_installed(client.module):
            importlib.import_module(client.beam)
            _give_options()
            if scheme == "s3":
                _share_s3_clients()
            if scheme == "gs":
                _skip_long_search()
        _brought_in.add(scheme)


def _give_options() -> None:
    """Give Beam's file systems the default options, unless a command has given its own."""
    from apache_beam.io.filesystems import FileSystems
    from apache_beam.options.pipeline_options import PipelineOptions

    if FileSystems._pipeline_options is None:
        FileSystems.set_options(PipelineOptions([]))


def _share_s3_clients() -> None:
    """Let all of Beam's S3 calls with the same options use one client.

    Beam makes one for each call, which takes 0.1 seconds; a run makes hundreds. Clients can be used
    by several threads.
    """
    import boto3
    from apache_beam.io.aws.clients.s3 import boto3_client

    session, making = boto3.session.Session(), threading.Lock()
    make = functools.cache(session.client)

    def client(**options: Any) -> Any:
        with making:
            return make(**options)

    shared = types.SimpleNamespace(client=client)
    boto3_client.boto3 = types.SimpleNamespace(
        session=types.SimpleNamespace(Session=lambda: shared)
    )


def uses_emulator() -> bool:
    """Tell whether Google's client talks to an emulator, which needs no credentials."""
    return bool(os.environ.get("STORAGE_EMULATOR_HOST"))


def _skip_long_search() -> None:
    """Use an emulator of Google's store without credentials, as its own client does.

    Beam would search for credentials for half a minute first.
    """
    if uses_emulator():
        from apache_beam.internal.gcp import auth

        auth._Credentials._credentials_init = True
