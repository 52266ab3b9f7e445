"""Object stores in this process, with the protocols of S3 and of Google: real clients talk to them.

Unlike the services, Google's stand-in can't write on the condition that an object hasn't changed,
and Amazon's doesn't do that in one step; both are added here.
"""

from __future__ import annotations

import functools
import io
import itertools
import json
import logging
import os
import re
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from http.server import HTTPServer
from typing import Any, Protocol
from urllib.parse import parse_qs, urlsplit

from gcp_storage_emulator.server import RequestHandler
from gcp_storage_emulator.storage import Storage
from google.auth.credentials import AnonymousCredentials
from google.cloud.storage import Client
from moto.moto_server.werkzeug_app import (
    DomainDispatcherApplication,
    MotoRequestHandler,
    create_backend_app,
)
from moto.s3.models import s3_backends
from werkzeug.serving import make_server

_ACCOUNT = "123456789012"
_numbers = itertools.count(1)


class Objects(Protocol):
    """The objects of a bucket, seen without the code under test."""

    def names(self) -> list[str]: ...

    def read(self, name: str) -> bytes: ...

    def put(self, name: str, content: bytes) -> None: ...


@dataclass(frozen=True)
class Store:
    """A bucket of its own in a running store.

    Args:
        root: Such as `s3://bucket-1`.
        environment: What a process needs to reach the store.
        objects: What is in the bucket.
    """

    root: str
    environment: Mapping[str, str]
    objects: Objects


def store(scheme: str) -> Store:
    """Make a bucket in a store, which runs until this process ends.

    The process's environment then names the store, as clients keep it for all their calls.
    """
    bucket = f"bucket-{next(_numbers)}"
    environment, objects = _s3() if scheme == "s3" else _gs()
    os.environ.update(environment)
    return Store(f"{scheme}://{bucket}", environment, objects(bucket))


@functools.cache
def _s3() -> tuple[Mapping[str, str], Callable[[str], Objects]]:
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    app = _PutsInTurn(DomainDispatcherApplication(create_backend_app))
    server = make_server("127.0.0.1", 0, app, True, request_handler=MotoRequestHandler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return {
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{server.port}",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_EC2_METADATA_DISABLED": "true",
    }, _S3Objects


@functools.cache
def _gs() -> tuple[Mapping[str, str], Callable[[str], Objects]]:
    logging.getLogger("gcp_storage_emulator").setLevel(logging.CRITICAL)
    storage = Storage(use_memory_fs=True)
    server = HTTPServer(("127.0.0.1", 0), partial(_ConditionalPosts, storage))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}"
    return {"STORAGE_EMULATOR_HOST": address}, partial(_GoogleObjects, address)


class _S3Objects(Objects):
    def __init__(self, bucket: str) -> None:
        self.bucket, self.backend = bucket, s3_backends[_ACCOUNT]["aws"]
        self.backend.create_bucket(bucket, "us-east-1")

    def names(self) -> list[str]:
        return sorted(self.backend.get_bucket(self.bucket).keys)

    def read(self, name: str) -> bytes:
        return bytes(self.backend.get_object(self.bucket, name).value)

    def put(self, name: str, content: bytes) -> None:
        self.backend.put_object(self.bucket, name, content)


class _PutsInTurn:
    """Lets moto check a condition and write in one step, as the service does."""

    def __init__(self, app: Any) -> None:
        self.app = app
        self.lock = threading.Lock()

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        if environ["REQUEST_METHOD"] != "PUT":
            return self.app(environ, start_response)
        with self.lock:
            return self.app(environ, start_response)


class _GoogleObjects(Objects):
    def __init__(self, address: str, bucket: str) -> None:
        self.bucket = bucket
        self.client = Client(
            project="test",
            credentials=AnonymousCredentials(),
            client_options={"api_endpoint": address},
        )
        self.client.create_bucket(bucket)

    def names(self) -> list[str]:
        return sorted(blob.name for blob in self.client.list_blobs(self.bucket))

    def read(self, name: str) -> bytes:
        return bytes(self.client.bucket(self.bucket).blob(name).download_as_bytes())

    def put(self, name: str, content: bytes) -> None:
        self.client.bucket(self.bucket).blob(name).upload_from_string(content)


class _ConditionalPosts(RequestHandler):
    """Adds ifGenerationMatch; requests are answered one by one, so each write is one step."""

    def do_POST(self) -> None:
        parts = urlsplit(self.path)
        query = parse_qs(parts.query)
        if expected := query.get("ifGenerationMatch"):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            self.rfile: io.BufferedIOBase = io.BytesIO(body)
            found = re.search(rb'\{.*?"name".*?\}', body)
            [name] = query.get("name") or [json.loads(found[0])["name"] if found else ""]
            bucket = parts.path.split("/b/")[1].split("/")[0]
            there = {one["name"]: one for one in self.storage.get_file_list(bucket)[0]}
            if there.get(name, {}).get("generation", "0") != expected[0]:
                self.send_error(412)
                return
        super().do_POST()
