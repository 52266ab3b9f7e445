"""A Flink cluster, over its REST interface: its jobs, how far they are, and how to end one."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
from typing import Any, NamedTuple

from schemas.errors import EngineError

ENDED = ("FINISHED", "FAILED", "CANCELED")
_TIMEOUT = 10.0


class Job(NamedTuple):
    """A job, as Flink lists it."""

    id: str
    name: str
    state: str

    @property
    def has_ended(self) -> bool:
        """Tell whether nothing of it runs any more."""
        return self.state in ENDED


class Flink:
    """A cluster.

    Args:
        address: Where its JobManager listens, `HOST:PORT`.
        patience: Seconds for which it may fail to answer.
    """

    def __init__(self, address: str, patience: float = 60.0) -> None:
        self.address = address
        self.patience = patience

    def slots(self) -> tuple[int, int]:
        """Return its number of TaskManagers, and of slots for tasks."""
        found = self._get("overview")
        return int(found["taskmanagers"]), int(found["slots-total"])

    def jobs(self) -> list[Job]:
        """Return its jobs, those that have ended among them."""
        found = self._get("jobs/overview")["jobs"]
        return [Job(one["jid"], one["name"], one["state"]) for one in found]

    def state(self, job: str) -> str:
        """Return a job's state, such as RUNNING.

        Args:
            job: Its id.
        """
        return str(self._get(f"jobs/{job}")["state"])

    def failures(self, job: str) -> list[str]:
        """Return why tasks of a job have failed so far, each with its stack trace, newest first.

        Args:
            job: Its id.
        """
        found = self._get(f"jobs/{job}/exceptions")
        history = found.get("exceptionHistory", {}).get("entries", [])
        return [str(one.get("stacktrace") or one.get("exceptionName") or "") for one in history]

    def metrics(self, job: str) -> str:
        """Return what Beam has counted in a job, as Flink shows it.

        Args:
            job: Its id.
        """
        found = self._get(f"jobs/{job}/accumulators")["user-task-accumulators"]
        return next((str(one["value"]) for one in found if "metrics" in one["name"]), "")

    def cancel(self, job: str, patience: float = 60.0) -> bool:
        """Cancel a job, and wait until nothing of it runs.

        Args:
            job: Its id.
            patience: Seconds to wait.

        Returns:
            Whether it has ended.
        """
        self._ask(f"jobs/{job}?mode=cancel", "PATCH")
        deadline = time.monotonic() + patience
        while (state := self.state(job)) not in ENDED:
            if time.monotonic() > deadline:
                return False
            time.sleep(0.2)
        return state in ENDED

    def _get(self, path: str) -> dict[str, Any]:
        deadline = time.monotonic() + self.patience
        while True:
            try:
                found: dict[str, Any] = json.loads(self._ask(path))
                return found
            except urllib.error.HTTPError as error:
                raise EngineError(f"Flink at {self.address} doesn't know {path}: {error}") from None
            except (OSError, ValueError) as error:
                if time.monotonic() >= deadline:
                    raise EngineError(_silent(self.address, error)) from None
            time.sleep(0.5)

    def _ask(self, path: str, method: str = "GET") -> bytes:
        request = urllib.request.Request(f"http://{self.address}/{path}", method=method)
        with urllib.request.urlopen(request, timeout=_TIMEOUT) as answer:
            content: bytes = answer.read()
        return content


def _silent(address: str, error: Exception) -> str:
    reason = getattr(error, "reason", error)
    why = getattr(reason, "strerror", None) or type(reason).__name__
    return f"Flink's JobManager at {address} doesn't answer ({why})"
