"""Options that are declared once: how the parser reads them, and what it rejects."""

from __future__ import annotations

import dataclasses
import datetime
from dataclasses import dataclass

import pytest

from pipelines import backlog
from pipelines.cli import declare
from pipelines.cli.exit_codes import ExitCode
from pipelines.cli.parser import CommandParser
from pipelines.nights.options import NightlyOptions


@dataclass(frozen=True, kw_only=True)
class Options:
    """One of each kind."""

    run: str = declare.argument("a run", metavar="RUN")
    day: datetime.date = declare.option("the day", type=declare.date, metavar="DATE")
    files: tuple[str, ...] | None = declare.option("files", default=None, nargs="+")
    answers: tuple[str, ...] = declare.option("answers", default=(), flag="--set", action="append")
    dry_run: bool = declare.dry_run()
    beam: tuple[str, ...] = ()


def parsed(options: type, *words: str) -> object:
    parser = CommandParser()
    declare.add_options(parser, options)
    given, rest = parser.parse_known_args(words)
    return declare.made(options, given, rest)


def test_converts_known_options_and_passes_the_rest_to_beam() -> None:
    words = ("OUT", "--day", "2011-11-17", "--files", "a", "b", "--dry-run", "--runner", "Flink")
    day = datetime.date(2011, 11, 17)
    assert parsed(Options, *words, "--set", "x=1", "--set", "y=2") == Options(
        run="OUT",
        day=day,
        files=("a", "b"),
        answers=("x=1", "y=2"),
        dry_run=True,
        beam=("--runner", "Flink"),
    )
    assert parsed(Options, "OUT", "--day", "2011-11-17") == Options(run="OUT", day=day)


def test_options_are_named_for_their_fields_or_by_a_given_name() -> None:
    assert declare.flags(Options) == ["--day", "--files", "--set", "--dry-run"]


@pytest.mark.parametrize("options", [backlog.Options, NightlyOptions])
def test_options_that_commands_share_have_the_same_help(options: type) -> None:
    parser = CommandParser()
    declare.add_options(parser, options)
    assert "assess only these courts' cases" in parser.format_help()
    assert {each.name for each in dataclasses.fields(options)} >= {"scope", "courts", "presume"}


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ("--courts BALTIMOR", "BALTIMOR isn't a court; did you mean BAL?"),
        ("--courts 1,2", "`discretion codes courts` lists them"),
        ("--courts ,", "names no court"),
        ("--input", "expected at least one argument"),
        ("--run-id ../elsewhere", "'../elsewhere' isn't a valid run id"),
        ("--run-id 2011\n", "isn't a valid run id"),
        ("--as-of 2011-02-30", "'2011-02-30' is not a date"),
    ],
)
def test_rejects_invalid_values(
    words: str, reason: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as end:
        parsed(backlog.Options, "--input", "cases", "--output", "out", *words.split(" "))
    assert end.value.code == ExitCode.USAGE
    assert reason in capsys.readouterr().err


def test_rejects_an_empty_path(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        parsed(backlog.Options, "--input", "cases", "--output", "")
    assert "argument --output: is empty" in capsys.readouterr().err


def test_reads_court_codes_in_any_case() -> None:
    made = parsed(backlog.Options, "--input", "x", "--output", "y", "--courts", " bal, DEN")
    assert isinstance(made, backlog.Options)
    assert made.courts == ("BAL", "DEN")
