"""The explain command, run as its users run it."""

from __future__ import annotations

import json
import os
import pty
import re
import subprocess
import unicodedata
from pathlib import Path
from typing import Any

import pytest

from tests.helpers.commands import argv, discretion, environment

VETERAN: dict[str, Any] = {
    "case_id": "one",
    "military_service": [{"who": "SELF", "status": "HONORABLE_DISCHARGE"}],
}


@pytest.fixture
def case(tmp_path: Path) -> Path:
    file = tmp_path / "case.json"
    file.write_text(json.dumps(VETERAN))
    return file


def test_the_page_names_the_facts_behind_the_reasons(case: Path) -> None:
    done = discretion("explain", case)
    assert (done.returncode, done.stderr) == (0, "")
    page = " ".join(done.stdout.split())
    assert re.search(r" F1, [^:]*: military service, the respondent ", page)
    assert done.stdout.endswith("\nIt recommends. An attorney decides.\n")
    assert "\x1b" not in done.stdout


def test_an_answer_shows_what_it_changes(case: Path) -> None:
    done = discretion("explain", case, "--set", "gang-member=yes", "--set", "served=no")
    assert (done.returncode, done.stderr) == (0, "")
    page = " ".join(done.stdout.split())
    assert (
        "With the answers given Answered, but not on file: known gang member; "
        "no military service by the respondent." in page
    )
    assert "P3 from unknown to true" in page
    as_json = json.loads(discretion("explain", case, "--set", "served=no", "--json").stdout)
    assert as_json["version"] == 1
    assert [answer["fact"] for answer in as_json["answers"]] == ["served"]


@pytest.mark.parametrize("answer", ["served", "servd=yes", "served=perhaps"])
def test_an_invalid_answer_is_a_usage_error(case: Path, answer: str) -> None:
    done = discretion("explain", case, "--set", answer)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("discretion explain: --set: ")
    assert done.stderr.count("\n") == 1
    assert "perhaps" not in done.stderr


def test_on_a_terminal_only_headings_are_bold(case: Path) -> None:
    main, side = pty.openpty()
    env = {name: value for name, value in environment().items() if name != "NO_COLOR"}
    with subprocess.Popen(argv("explain", case), stdout=side, env=env) as done:
        os.close(side)
        printed = b""
        while chunk := _read(main):
            printed += chunk
    os.close(main)
    assert done.returncode == 0
    text = printed.decode().replace("\r\n", "\n")
    assert "\x1b[1mWhy\x1b[0m\n" in text
    plain = re.sub(r"\x1b\[[01]m", "", text)
    assert plain == discretion("explain", case).stdout


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65536)
    except OSError:
        # This is how Linux reports that the other side is gone.
        return b""


def test_data_is_never_markup_and_never_controls_the_terminal(tmp_path: Path) -> None:
    case = {
        "case_id": "[bold]one[/] \x1b[2J\u202e",
        "court": "BAL",
        "convictions": [{"grade": "FELONY", "category": "\x1b]0;[red]x", "offense": "a\x07\u2066"}],
    }
    (tmp_path / "case.json").write_text(json.dumps(case))
    done = discretion("explain", tmp_path / "case.json", "--all")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("[bold]one[/] \\x1b[2J\\u202e, as of ")
    assert not {
        char for char in done.stdout.replace("\n", "") if unicodedata.category(char)[0] == "C"
    }


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        (None, ["cannot be read (No such file or directory)"]),
        ("{", ["line 1, column 1: is not JSON"]),
        ("[]", ["must be an object of fields, like {...}"]),
        ('{"color": 1}', ["color: there is no such field; docs/data.md lists them"]),
        (
            '{"custody": "JAIL", "arrests": "many", "convictions": [{"grad": "FELONY"}]}',
            [
                "custody: must be DETAINED, RELEASED or NEVER_DETAINED, or null if it isn't known",
                "convictions[0].grad: there is no such field; did you mean grade",
                "arrests: must be a whole number, or null if it isn't known",
            ],
        ),
        (
            "{}",
            ["case_id: the record has no case_id (MISSING_CASE_ID); a backlog would quarantine it"],
        ),
    ],
)
def test_reports_every_error_in_a_case(tmp_path: Path, text: str | None, lines: list[str]) -> None:
    file = tmp_path / "case.json"
    if text is not None:
        file.write_text(text)
    done = discretion("explain", file)
    assert (done.returncode, done.stdout) == (3, "")
    errors = done.stderr.splitlines()
    assert all(line.startswith(f"discretion explain: {file}: ") for line in errors)
    assert [line.removeprefix(f"discretion explain: {file}: ") for line in errors] == lines
