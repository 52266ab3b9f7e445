"""The jobs that a user runs, one file each. `cli` is a thin command over them."""

from pipelines.cli import start

IS_COMMAND = start.is_command()
if IS_COMMAND:
    start.begin()

import logging  # noqa: E402 - signal handlers come first
import os  # noqa: E402
import sys  # noqa: E402

from transforms.files import clients  # noqa: E402

# A worker gets paths of any kind from a job; Beam's own code in it opens them, too.
if IS_COMMAND and sys.argv[1:2] != ["worker"]:
    clients.put_off(dataflow=any("dataflow" in word.lower() for word in sys.argv))

# A panic in Rust is reported as input that can't be read; its backtrace helps nobody.
os.environ["RUST_BACKTRACE"] = "0"
# Pydantic would look for plugins among all installed packages, at each start.
os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
# NumPy's library for matrices would start threads; nothing here multiplies large ones.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
# Polars gives back memory half a second after it has freed it, and not one and a half.
os.environ.setdefault("_RJEM_MALLOC_CONF", "muzzy_decay_ms:0")
# A watch that stops cancels its own calls, which isn't worth a message.
os.environ.setdefault("GRPC_VERBOSITY", "ERROR")


def _is_news(record: logging.LogRecord) -> bool:
    # Without the Google Cloud extra, Beam warns at every start; most users don't need it. What an
    # object store refuses, it logs with a traceback before it raises it.
    return not any(word in record.getMessage() for word in ("apitools", "Error in _start_upload"))


logging.getLogger().addFilter(_is_news)
