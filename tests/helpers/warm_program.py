"""A program named `discretion` for scripts in the shell, whose commands need not import Beam first.

Each is a process of its own, forked from a warm interpreter; only the two seconds of its start are
saved. Its standard input is empty.
"""

from __future__ import annotations

import contextlib
import json
import os
import socketserver
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

from scripts.fault_trials.warm import Order
from tests.helpers.commands import LIMITS, run_warm

_PROGRAM = """\
#!{python} -IS
import json, os, socket, sys
channel = socket.socket(socket.AF_UNIX)
channel.connect({address!r})
order = [sys.argv[1:], os.getcwd(), dict(os.environ), os.getpid()]
channel.sendall(json.dumps(order).encode() + b"\\n")
sys.exit(int(channel.makefile().readline()))
"""


class _Ordered(socketserver.StreamRequestHandler):
    """Run one command, with the standard output and error of the program that asks for it."""

    def handle(self) -> None:
        words, cwd, env, pid = json.loads(self.rfile.readline())
        out, err = (f"/proc/{pid}/fd/{number}" for number in (1, 2))
        code = run_warm(Order(tuple(words), cwd, out, err, LIMITS, env))
        self.wfile.write(f"{code}\n".encode())


@contextlib.contextmanager
def warm_program() -> Iterator[Path]:
    """Offer the program; yield the folder to put on a shell's PATH."""
    # A socket's address must be short, so not below pytest's own folders.
    with tempfile.TemporaryDirectory() as folder:
        address = os.path.join(folder, "socket")
        program = Path(folder, "discretion")
        program.write_text(_PROGRAM.format(python=sys.executable, address=address))
        program.chmod(0o700)
        with socketserver.ThreadingUnixStreamServer(address, _Ordered) as server:
            thread = threading.Thread(target=server.serve_forever)
            thread.start()
            try:
                yield Path(folder)
            finally:
                server.shutdown()
                thread.join()
