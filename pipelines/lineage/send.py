"""Send events to a file or an address. If that fails, the run goes on."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from openlineage.client.event_v2 import RunEvent
from openlineage.client.transport.file import FileConfig, FileTransport
from openlineage.client.transport.http import HttpConfig, HttpTransport

from pipelines.cli.complain import complain
from schemas.shown import shown

# Seconds to wait for an address, so that one that doesn't answer hardly delays a run.
_PATIENCE = 5.0


class Sender:
    """Sends events; warns once if that fails, and sends no more.

    Args:
        command: The command's name, for the warning.
        to: A file, to which each event is appended as a line of JSON, or an address.
    """

    def __init__(self, command: str, to: str) -> None:
        self._command = command
        self._to = to
        self._transport: HttpTransport | FileTransport | None = None
        self._failed = False
        for name in ("openlineage", "urllib3"):
            # They log each attempt, with the address, which may hold a password.
            logging.getLogger(name).setLevel(logging.CRITICAL)

    def send(self, make: Callable[[], RunEvent]) -> None:
        """Make and send an event, unless an earlier one couldn't be sent."""
        if self._failed:
            return
        try:
            if self._transport is None:
                self._transport = _transport(self._to)
            self._transport.emit(make())
        # Whatever goes wrong here, the run itself is sound.
        except Exception as error:
            self._failed = True
            complain(
                self._command,
                f"warning: {_place(self._to)}: no lineage is sent: {_why(error)}; "
                "the run itself goes on",
            )


def _transport(to: str) -> HttpTransport | FileTransport:
    if "://" not in to:
        return FileTransport(FileConfig(log_file_path=to, append=True))
    parts = urlsplit(to)
    config: dict[str, Any] = {
        "url": urlunsplit((parts.scheme, parts.netloc, "/", "", "")),
        "timeout": _PATIENCE,
        "retry": {"total": 0, "status_forcelist": ()},
    }
    if endpoint := parts.path.strip("/"):
        config["endpoint"] = endpoint
    if key := os.environ.get("OPENLINEAGE_API_KEY"):
        config["auth"] = {"type": "api_key", "apiKey": key}
    return HttpTransport(HttpConfig.from_dict(config))


def _place(to: str) -> str:
    """Return where events go, without a user's name and password."""
    if "://" not in to:
        return shown(to)
    parts = urlsplit(to)
    return shown(f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}")


def _why(error: BaseException) -> str:
    status = getattr(getattr(error, "response", None), "status_code", None)
    if status is not None:
        return f"it answers with status {status}"
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, OSError) and cause.strerror:
            return cause.strerror
        cause = cause.__cause__
    return f"it can't be reached ({type(error).__name__})"
