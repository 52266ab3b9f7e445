"""The jobs a user runs, one file each; `cli` is a thin command over them."""

from pipelines.cli import start

IS_COMMAND = start.is_command()
if IS_COMMAND:
    start.begin()

import logging  # noqa: E402 - signals are heard first
import os  # noqa: E402

# Rust's panics are reported as what could not be read; their backtraces help nobody.
os.environ["RUST_BACKTRACE"] = "0"
# A watch that stops cancels its own calls, which is no news.
os.environ.setdefault("GRPC_VERBOSITY", "ERROR")


def _is_news(record: logging.LogRecord) -> bool:
    # Beam says so at every start without the Google Cloud extra, which nobody here misses.
    return "apitools" not in record.getMessage()


logging.getLogger().addFilter(_is_news)
