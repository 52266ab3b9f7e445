"""A process that ends with the one that started it."""

from __future__ import annotations

import os
import subprocess
import sys

CHILD = """
import sys, time
from pipelines.cli.parent import end_with
end_with(int(sys.argv[1]))
print("runs", flush=True)
time.sleep(600)
"""
PARENT = """
import os, subprocess, sys
subprocess.run([sys.executable, "-c", sys.argv[1], str(os.getpid())])
"""


def test_ends_when_the_process_that_started_it_is_killed() -> None:
    command = [sys.executable, "-c", PARENT, CHILD]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        assert parent.stdout.readline() == "runs\n"
        parent.kill()
        # The child holds the other end of the pipe, as long as it runs.
        assert parent.stdout.read() == ""


def test_goes_on_as_long_as_the_process_that_started_it() -> None:
    ends_by_itself = CHILD.replace("600", "2")
    command = [sys.executable, "-c", ends_by_itself, str(os.getpid())]
    assert subprocess.run(command, check=False, capture_output=True).returncode == 0
