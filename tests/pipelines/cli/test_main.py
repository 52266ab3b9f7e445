"""The `discretion` command: what it prints, its exit codes, and what it doesn't wait for."""

from __future__ import annotations

import datetime
import json
import re
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

from pipelines.cli.main import COMMANDS
from schemas.rulebooks import load, names
from tests.helpers.commands import discretion, environment
from tests.helpers.small_run import write_run
from transforms.assess.frame import Terms
from transforms.testing import case_frame

WHAT_IS_IMPORTED = """
import sys
from pipelines.cli.main import main
try:
    code = main(sys.argv[1:])
except SystemExit as end:
    code = end.code
print(sorted(name for name in sys.modules if name in ("apache_beam", "polars")), file=sys.stderr)
sys.exit(code)
"""


def imported(*words: object) -> subprocess.CompletedProcess[str]:
    """The command, with the slow packages that it imported as the last line on stderr."""
    command = [sys.executable, "-c", WHAT_IS_IMPORTED, *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environment())


def test_help_imports_neither_beam_nor_polars() -> None:
    done = imported("--help")
    assert (done.returncode, done.stderr) == (0, "[]\n")
    assert all(f"  {name} " in done.stdout for name in COMMANDS)


def test_without_a_command_a_usage_error_lists_the_commands() -> None:
    done = discretion()
    assert done.returncode == 2
    assert "usage: discretion COMMAND" in done.stdout


def test_names_an_unknown_command() -> None:
    done = discretion("x\x1b[2J")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("discretion: no command x\\x1b[2J; there are backlog, ")
    assert done.stderr.count("\n") == 1
    near = discretion("backlgo")
    assert near.stderr == "discretion: no command backlgo; did you mean backlog?\n"


def test_prints_the_package_version() -> None:
    done = discretion("--version")
    assert (done.returncode, done.stdout) == (0, f"discretion {version('discretion')}\n")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("--inptu x --output y", "unknown option --inptu; did you mean --input?"),
        ("--input x --output y --runer z", "unknown option --runer; did you mean --runner?"),
        ("--input x --output y --runner Flnk", "Beam has no such runner; did you mean FlinkRunner"),
        ("--input x --output y --runner Prism", "--runner Prism: give --prism_location FILE: "),
        ("--input x --output y --runner a.b.C", "--runner a.b.C: there is no such class"),
        ("--input x --output y --runner PortableRunner", "give --job_endpoint HOST:PORT"),
        ("--input x --output y --direct_num_workers x", "direct_num_workers: invalid int value"),
        ("--input x --output y --direct_num_workers -1", "give a number up to 1,000"),
        ("--input nowhere://x --output y", "nowhere:// isn't supported; the supported ones are"),
    ],
)
def test_reports_mistyped_or_missing_options_in_one_line_with_the_remedy(
    words: str, message: str, tmp_path: Path
) -> None:
    state = tmp_path / "OUT"
    for command in (["backlog"], ["nightly", "--state", state, "--events", tmp_path]):
        options = words if command[0] == "backlog" else words.replace("--output y", "")
        done = discretion(*command, *options.split())
        assert (done.returncode, done.stdout) == (2, ""), done.stderr
        assert message in done.stderr
        assert done.stderr.count("\n") == 1
    assert not (state / "FAILED").exists()


@pytest.mark.parametrize("name", ["backlog", "explain", "show", "rulebook", "sample"])
def test_each_command_has_help(name: str) -> None:
    done = discretion(name, "--help")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(f"usage: discretion {name} ")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (
            "backlog --as-of yesterday",
            "argument --as-of: 'yesterday' is not a date; write YYYY-MM-DD",
        ),
        ("explain", "the following arguments are required: CASE_ID|FILE.json"),
        ("explain 1 --presume all", "argument --presume: invalid choice: 'all'"),
        ("show a b", "unrecognized arguments: b"),
        ("rulebook", "the following arguments are required: "),
        ("rulebook paint", "argument ACTION: invalid choice: 'paint'"),
        ("sample --cases many", "argument --cases: invalid int value: 'many'"),
        ("sample-events --day 2011", "argument --day: '2011' is not a date"),
        ("import-eoir", "the following arguments are required: "),
    ],
)
def test_reports_wrong_options_in_one_line(words: str, message: str) -> None:
    done = discretion(*words.split())
    assert (done.returncode, done.stdout) == (2, "")
    assert re.fullmatch(r"discretion [^\n]*; see --help\n", done.stderr)
    assert done.stderr.startswith(f"discretion {words.split()[0]}")
    assert message in done.stderr


def test_reading_options_of_prune_does_not_import_beam(tmp_path: Path) -> None:
    done = imported("prune", "--state", tmp_path, "--keep", 0)
    last, slow = done.stderr.splitlines()
    assert (done.returncode, slow) == (2, "['polars']")
    assert last.endswith("--keep: give 1 or more")


def test_explaining_a_file_does_not_import_beam(tmp_path: Path) -> None:
    file = tmp_path / "case.json"
    file.write_text(json.dumps({"case_id": "1", "security_risk": True}))
    done = imported("explain", file)
    assert (done.returncode, done.stderr) == (0, "['polars']\n")
    # A priority holds, but F4 (elderly, long here), for example, may not be presumed absent.
    assert done.stdout.startswith("1, as of November 17, 2011\n")
    assert "\nCONTINUE\n  Open: " in done.stdout


def test_reading_a_run_on_a_disk_does_not_import_beam(tmp_path: Path) -> None:
    book = load("ice-2011-11-17")
    cases = case_frame([{"case_id": "1", "security_risk": True}])
    write_run(tmp_path, cases, Terms(book, datetime.date(2011, 11, 17)))
    for words, shown in (("show",), "routed"), (("explain", "1", "--run"), "CONTINUE"):
        done = imported(*words, tmp_path)
        assert (done.returncode, done.stderr) == (0, "['polars']\n")
        assert shown in done.stdout


def test_lists_shows_and_checks_rulebooks() -> None:
    listed = discretion("rulebook", "list")
    assert listed.returncode == 0
    assert all(name in listed.stdout for name in names())
    shown = discretion("rulebook", "show", "ice-2011-11-17")
    assert shown.returncode == 0
    assert shown.stdout.startswith("Guidance to ICE attorneys")
    assert "driving under the influence" in shown.stdout
    checked = discretion("rulebook", "check", "ice-2011-11-17")
    assert checked.returncode == 0, checked.stderr
    assert "\nice-2011-11-17.yaml: ok, " in checked.stdout
    facts = discretion("rulebook", "facts")
    assert "| `felony_convictions` | count |" in facts.stdout


def test_rejects_an_invalid_rulebook_with_the_line(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text("id: mine\ntitle: Mine\n")
    done = discretion("rulebook", "check", file)
    assert (done.returncode, done.stdout) == (3, "")
    assert f"{file}:1: criteria: Field required" in done.stderr
    assert "Traceback" not in done.stderr
