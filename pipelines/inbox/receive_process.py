"""`receive` as a second process of `watch`, which ends with it."""

from __future__ import annotations

import os
import subprocess
import sys

from pipelines import receive
from pipelines.cli.parent import end_with
from schemas.errors import InputError


class ReceiveProcess:
    """`receive` as a second process, for the duration of the `with` block.

    It also ends when this process is killed.

    Args:
        source: The queue's address; None for no process.
        inbox: Where event files arrive.
        kafka_config: A file with settings of Kafka's client.
    """

    def __init__(self, source: str | None, inbox: str, kafka_config: str | None = None) -> None:
        self.words = None
        if source is not None:
            # Checked here, so that this process reports what is wrong.
            receive.answering_source(source, kafka_config)
            self.words = ["--source", source, "--inbox", inbox]
            if kafka_config is not None:
                self.words += ["--kafka-config", kafka_config]
        self.process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> ReceiveProcess:
        if self.words is not None:
            command = [sys.executable, "-m", __name__, str(os.getpid()), *self.words]
            self.process = subprocess.Popen(command, stderr=sys.stderr)
        return self

    def __exit__(self, *error: object) -> None:
        if self.process is not None:
            self.process.terminate()
            self.process.wait()

    def check(self) -> None:
        """Check that the process is still running.

        Raises:
            InputError: The process has ended.
        """
        code = None if self.process is None else self.process.poll()
        if code is not None:
            raise InputError(f"discretion receive has ended with exit code {code}")


if __name__ == "__main__":
    end_with(int(sys.argv[1]))
    sys.exit(receive.main(sys.argv[2:]))
