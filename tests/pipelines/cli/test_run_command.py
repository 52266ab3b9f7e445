"""How a command ends, whatever happens: one line and the documented exit code; real processes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from pipelines.cli.exit_codes import ExitCode
from tests.helpers.commands import environment

ROOT = Path(__file__).parents[3]
STUB = """
import pathlib, time
pathlib.Path({ready!r}).touch()
{then}
"""


def stubbed(place: Path, then: str) -> dict[str, str]:
    """An environment with a stub for Beam whose import is slow or fails."""
    stub = place / "stub/apache_beam.py"
    stub.parent.mkdir()
    stub.write_text(STUB.format(ready=str(place / "ready"), then=then))
    return environment() | {"PYTHONPATH": str(stub.parent)}


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("words", [["pipelines.backlog"], ["pipelines.cli.main", "backlog"]])
def test_a_signal_during_imports_ends_it_with_one_line(
    words: list[str], number: signal.Signals, tmp_path: Path
) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", *words, "--input", "x", "--output", tmp_path / "out"],
        stderr=subprocess.PIPE, text=True, cwd=ROOT, env=stubbed(tmp_path, "time.sleep(600)"),
    )  # fmt: skip
    while not (tmp_path / "ready").exists():
        assert process.poll() is None
        time.sleep(0.01)
    process.send_signal(number)
    _, stderr = process.communicate()
    assert (process.returncode, stderr) == (ExitCode.INTERRUPTED, "discretion: interrupted\n")
    assert not (tmp_path / "out").exists()


def test_a_failed_import_prints_one_line(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pipelines.backlog", "--help"], capture_output=True, text=True,
        check=False, cwd=ROOT, env=stubbed(tmp_path, "raise MemoryError"),
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (
        ExitCode.INTERNAL,
        "discretion: failed unexpectedly (MemoryError). Set DISCRETION_DEBUG=1 for the traceback\n",
    )


def command(body: str, *redirected: str, **more: str) -> subprocess.CompletedProcess[str]:
    """A command that does what the test says."""
    script = f"""
import atexit, os, signal, sys, time
sys.argv = ["discretion"]
import pipelines
from pipelines.cli.complain import complain
from pipelines.cli.run_command import run_command
from schemas.errors import InputError

def work():
    {body}
    return 0

sys.exit(run_command("test", work))
"""
    words = [sys.executable, "-c", script]
    shell = ["bash", "-c", f'"$@" {" ".join(redirected)}', "bash", *words]
    return subprocess.run(
        shell, capture_output=True, text=True, check=False, cwd=ROOT,
        env=environment() | {"RUST_BACKTRACE": "1"} | more,
    )  # fmt: skip


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
def test_a_signal_after_the_end_changes_nothing(name: str) -> None:
    done = command("print('done')", then=f"os.kill(os.getpid(), signal.{name})")
    assert (done.returncode, done.stdout, done.stderr) == (ExitCode.OK, "done\n", "")


def test_handles_a_terminating_signal_once() -> None:
    again = "os.kill(os.getpid(), signal.SIGTERM)"
    done = command(f"{again}; time.sleep(60)", then=again)
    assert (done.returncode, done.stderr) == (
        ExitCode.INTERRUPTED,
        "discretion test: interrupted\n",
    )


FINISHING = """
    from pipelines.cli.output import print_no_more
    from pipelines.cli.signals import finishing
    try:
        with finishing(print_no_more):
            os.kill(os.getpid(), signal.{name})
            {then}
    except LookupError:
        os.kill(os.getpid(), signal.{name})
"""


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
def test_ignores_a_signal_while_the_result_is_renamed(name: str) -> None:
    done = command(FINISHING.format(name=name, then="") + "    print('done')")
    assert (done.returncode, done.stdout, done.stderr) == (ExitCode.OK, "done\n", "")


def test_handles_signals_again_if_renaming_the_result_fails() -> None:
    done = command(FINISHING.format(name="SIGTERM", then="raise LookupError") + "    print('done')")
    assert (done.returncode, done.stdout, done.stderr) == (
        ExitCode.INTERRUPTED,
        "",
        "discretion test: interrupted\n",
    )


def test_hides_native_output_but_shows_what_python_prints() -> None:
    write = "os.write(2, b'thread panicked')"
    at_end = f"atexit.register(lambda: ({write}, complain('test', 1)))"
    done = command(f"{write}; print('said', file=sys.stderr); {at_end}")
    assert (done.returncode, done.stderr) == (ExitCode.OK, "said\ndiscretion test: 1\n")


def test_ends_at_once_but_lets_libraries_end_what_they_began() -> None:
    kept = "import threading; threading.Thread(target=time.sleep, args=(600,)).start()"
    done = command(f"{kept}; atexit.register(print, 'ended'); print('result')")
    assert (done.returncode, done.stdout, done.stderr) == (ExitCode.OK, "result\nended\n", "")


def test_shows_an_interpreter_crash_if_asked_to() -> None:
    body = "import faulthandler; faulthandler._sigsegv()"
    assert command(body).stderr == ""
    assert "Segmentation fault" in command(body, PYTHONFAULTHANDLER="1").stderr


@pytest.mark.parametrize(
    ("body", "redirected", "code", "message"),
    [
        ("print('x' * 10)", "> /dev/full", ExitCode.OUTPUT, "No space left on device"),
        ("print('x' * 99999)", "> /dev/full", ExitCode.OUTPUT, "No space left on device"),
        ("time.sleep(1); print('x' * 10)", "| true; exit ${PIPESTATUS[0]}", ExitCode.OK, ""),
        ("time.sleep(1); print('x' * 99999)", "| true; exit ${PIPESTATUS[0]}", ExitCode.OK, ""),
        ("print('x')", ">&-", ExitCode.OK, ""),
        (r"raise InputError('a\x1b[31m\n\u202eb')", "", ExitCode.INPUT, r"a\x1b[31m\n\u202eb"),
        ("raise LookupError('a secret')", "", ExitCode.INTERNAL, "unexpectedly (LookupError)"),
    ],
)
def test_every_way_to_end_has_an_exit_code_and_at_most_one_line(
    body: str, redirected: str, code: int, message: str
) -> None:
    done = command(body, redirected)
    assert done.returncode == code, done.stderr
    assert message in done.stderr
    assert done.stderr.count("\n") == bool(message)
    assert "secret" not in done.stderr
    assert "left behind" not in done.stderr


def test_output_is_private_unless_an_option_says_otherwise() -> None:
    assert os.umask(0o022) >= 0
    done = command("print(oct(os.umask(0)))")
    assert done.stdout == "0o77\n"
    body = (
        "from pipelines.commands import sample; "
        "atexit.register(lambda: print(oct(os.umask(0)))); "
        "sample.main(['--output', '', '--files', '0', '--readable-by', 'group'])"
    )
    assert command(body).stdout == "0o27\n"


NATIVE = """
import resource, sys
import pipelines
pipelines.IS_COMMAND = True
import polars as pl
from pipelines.cli.run_command import run_command

def panic():
    # Of columns in unaligned chunks polars' encoder panics.
    whole = pl.DataFrame({{"a": [1, 2, 3]}})
    split = pl.concat([whole[:1], whole[1:]], rechunk=False)
    split.with_columns(b=whole["a"]).write_avro("{nowhere}")

def abort():
    resource.setrlimit(resource.RLIMIT_AS, (3 << 30,) * 2)
    pl.repeat(0, 10**10, eager=True).len()

sys.exit(run_command("backlog", {what}))
"""


@pytest.mark.parametrize(
    ("what", "says"),
    [
        ("panic", "failed unexpectedly (PanicException). Set DISCRETION_DEBUG=1 for the traceback"),
        ("abort", "native code gave up, most likely because memory ran out"),
    ],
)
def test_an_abort_in_native_code_prints_one_line(what: str, says: str, tmp_path: Path) -> None:
    script = NATIVE.format(what=what, nowhere=tmp_path / "x.avro")
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False, cwd=ROOT,
        env=environment() | {"RUST_BACKTRACE": "1"},
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (ExitCode.INTERNAL, f"discretion backlog: {says}\n")
