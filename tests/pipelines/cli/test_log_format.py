"""Messages as JSON, for a log collector."""

from __future__ import annotations

import datetime
import json
from typing import Any

import pytest

from pipelines.cli.log_format import VARIABLE
from pipelines.commands import rulebook, show


def records(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


@pytest.fixture(autouse=True)
def _put_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "text")


def test_each_message_is_an_object_and_the_last_says_how_it_ended(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert show.main(["/nowhere\n", "--log-format", "json"]) == 3
    problem, ended = records(capsys)
    assert problem["message"].startswith("/nowhere\n: no finished run there")
    assert {key: ended[key] for key in ("command", "message", "exit_code")} == {
        "command": "show", "message": "ended", "exit_code": 3,
    }  # fmt: skip
    assert ended["seconds"] >= 0
    for record in (problem, ended):
        assert datetime.datetime.fromisoformat(record["time"]).tzinfo == datetime.UTC


def test_a_mistake_in_the_options_is_an_object_too(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        show.main(["--log-format", "json"])
    [record] = records(capsys)
    assert (record["command"], record["exit_code"]) == ("show", 2)


def test_a_command_with_actions_has_the_option(capsys: pytest.CaptureFixture[str]) -> None:
    assert rulebook.main(["show", "nothing", "--log-format", "json"]) != 0
    assert [record["command"] for record in records(capsys)] == ["rulebook", "rulebook"]


def test_text_is_the_default(capsys: pytest.CaptureFixture[str]) -> None:
    assert show.main(["/nowhere"]) == 3
    assert capsys.readouterr().err.startswith("discretion show: /nowhere: no finished run")
