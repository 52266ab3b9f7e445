"""Options, each declared once, as a dataclass field with its default and its help.

    @dataclass(frozen=True, kw_only=True)
    class Options:
        run: str = declare.argument("a run, or an output directory", metavar="RUN")
        day: datetime.date = declare.option("the day's date", type=declare.date, metavar="DATE")
        json: bool = declare.switch("print the manifest as JSON")
        beam: tuple[str, ...] = ()

`Command` (`pipelines.cli.command`) makes the parser from it. A field's name is the option's name;
an option without a default is required. Options that the command doesn't know go to the field
`beam`, if there is one.
"""

from __future__ import annotations

import argparse
import dataclasses
import datetime
import re
from collections.abc import Iterator
from typing import Any, NamedTuple, TypeVar

from pipelines.engines.engine import IN_PROCESS, Engine, engine_of
from schemas.near import close_to
from schemas.outcomes import ROUTES
from schemas.rulebook.default import DEFAULT
from schemas.shown import shown

Made = TypeVar("Made")
_DECLARED = "declared"
_RUN_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
UMASKS = {"group": 0o027, "all": 0o022}


class _Declared(NamedTuple):
    """How to declare an option to argparse; `flag` is None for a positional argument."""

    flag: str | None
    words: dict[str, Any]


def option(help_: str, *, default: Any = dataclasses.MISSING, flag: str = "", **words: Any) -> Any:
    """Declare an option.

    Args:
        help_: Its help text.
        default: Its default; without one, the option is required.
        flag: Its name, if that isn't the field's.
        words: Other arguments of `argparse.ArgumentParser.add_argument`.
    """
    declared = _Declared(flag, {"help": help_, **words})
    return dataclasses.field(default=default, metadata={_DECLARED: declared})


def switch(help_: str, *, flag: str = "") -> Any:
    """Declare an option without a value: true if given."""
    return option(help_, default=False, flag=flag, action="store_true")


def argument(help_: str | None = None, *, default: Any = dataclasses.MISSING, **words: Any) -> Any:
    """Declare a positional argument."""
    declared = _Declared(None, {"help": help_, **words})
    return dataclasses.field(default=default, metadata={_DECLARED: declared})


def takes_beam_options(options: type) -> bool:
    """Tell whether a command passes unknown options on to Beam, in its field `beam`."""
    return any(each.name == "beam" for each in dataclasses.fields(options))


def add_options(parser: argparse.ArgumentParser, options: type) -> None:
    """Add options to a parser.

    Args:
        parser: The parser.
        options: A dataclass whose fields are declared with the functions above.
    """
    for each, declared in _declared(options):
        words = dict(declared.words)
        if each.default is not dataclasses.MISSING:
            # argparse appends to a list.
            words["default"] = list(each.default) if each.default == () else each.default
        if declared.flag is None:
            parser.add_argument(each.name, **words)
            continue
        if each.default is dataclasses.MISSING:
            words["required"] = True
        parser.add_argument(_flag(each.name, declared), dest=each.name, **words)


def made(options: type[Made], given: argparse.Namespace, rest: list[str]) -> Made:
    """Make the options dataclass from parsed arguments.

    Args:
        options: The dataclass.
        given: The parsed arguments.
        rest: The arguments that the parser didn't know, for Beam.
    """
    values = {each.name: getattr(given, each.name) for each, _ in _declared(options)}
    if rest:
        values["beam"] = rest
    return options(**{name: tuple(v) if isinstance(v, list) else v for name, v in values.items()})


def flags(options: type) -> list[str]:
    """Return the names of a command's options."""
    return [
        _flag(each.name, declared)
        for each, declared in _declared(options)
        if declared.flag is not None
    ]


def _declared(options: type) -> Iterator[tuple[dataclasses.Field[Any], _Declared]]:
    for each in dataclasses.fields(options):
        if _DECLARED in each.metadata:
            yield each, each.metadata[_DECLARED]


def _flag(name: str, declared: _Declared) -> str:
    return declared.flag or f"--{name.replace('_', '-')}"


def date(text: str) -> datetime.date:
    """Parse a date: YYYY-MM-DD."""
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a date; write YYYY-MM-DD") from None


def place(text: str) -> str:
    """Check the name of a file or directory."""
    if not text:
        raise argparse.ArgumentTypeError("is empty; name a file or directory")
    return text


def file_or_address(text: str) -> str:
    """Check the name of a local file, or the address of a web service."""
    scheme, is_address, _ = place(text).partition("://")
    if is_address and scheme not in ("http", "https"):
        raise argparse.ArgumentTypeError(
            f"{scheme}:// isn't possible; write a local file, or an address with http:// or https://"
        )
    return text


def run_id(text: str) -> str:
    """Check the name of a run."""
    if not _RUN_ID.fullmatch(text):
        raise argparse.ArgumentTypeError(
            f"{text!r} isn't a valid run id; write letters, digits, dots, dashes and underscores"
        )
    return text


def court_codes(text: str) -> tuple[str, ...]:
    """Parse courts separated by commas, by their codes or names."""
    from schemas.codes import aliases, code_key

    known = aliases("courts")
    found = []
    for court in filter(None, map(str.strip, text.split(","))):
        if (code := known.get(code_key(court))) is None:
            near = close_to(code_key(court), known)
            instead = f"did you mean {known[near]}? " if near else ""
            raise argparse.ArgumentTypeError(
                f"{shown(court)} isn't a court; {instead}`discretion codes courts` lists them"
            )
        found.append(code)
    if not found:
        raise argparse.ArgumentTypeError("names no court; write codes such as BAL,DEN")
    return tuple(found)


def route_names(text: str) -> tuple[str, ...]:
    """Parse routes separated by commas."""
    found = tuple(name.strip().lower() for name in text.split(",") if name.strip())
    for name in found:
        if name not in ROUTES:
            near = close_to(name, ROUTES)
            hint = f"did you mean {near}?" if near else f"the routes are {', '.join(ROUTES)}"
            raise argparse.ArgumentTypeError(f"{name!r} isn't a route; {hint}")
    if not found:
        raise argparse.ArgumentTypeError(f"names no route; the routes are {', '.join(ROUTES)}")
    return found


def rulebook(*, of_run: bool = False) -> Any:
    """Declare the rulebook option.

    Args:
        of_run: Whether the default is the run's own; the value is None then.
    """
    return option(
        "a rulebook's name or file, or in-force: the one in force on the as-of date; "
        f"{_otherwise(of_run)}{DEFAULT}",
        default=None if of_run else DEFAULT,
        metavar="NAME|FILE|in-force",
    )


def as_of(day: str = "the day the guidance was issued", *, of_run: bool = False) -> Any:
    """Declare the as-of date.

    Args:
        day: The default, in words.
        of_run: Whether the default is the run's own.
    """
    help_ = f"assess cases as of this date; {_otherwise(of_run)}{day}"
    return option(help_, default=None, type=date, metavar="DATE")


def presume(*, of_run: bool = False) -> Any:
    """Declare the option for the rulebook's presumptions.

    Args:
        of_run: Whether the default is the run's own; the value is None then.
    """
    return option(
        f"apply the presumptions that the rulebook lists, or none; {_otherwise(of_run)}listed",
        default=None if of_run else "listed",
        choices=("listed", "none"),
    )


def _otherwise(of_run: bool) -> str:
    return "default: as in the run, else " if of_run else "default: "


def run() -> Any:
    """Declare the run that a command reads."""
    return argument("a run, or an output directory (its latest run)", metavar="RUN")


def cases(before: str = "", **words: Any) -> Any:
    """Declare the case files that a command reads.

    Args:
        before: What the help says first.
        words: Such as a default; without one, the option is required.
    """
    help_ = (
        f"{before}Avro files, globs, or directories; workbooks (.xlsx); .csv, .ndjson, or .parquet "
        "files; a directory with cases.csv"
    )
    return option(help_, nargs="+", metavar="FILES", **words)


def scope() -> Any:
    """Declare a scope."""
    return option(
        "assess only the cases in this scope of the rulebook", default=None, metavar="NAME"
    )


def courts(help_: str = "assess only these courts' cases") -> Any:
    """Declare courts."""
    return option(help_, default=None, type=court_codes, metavar="BAL,DEN")


def routes() -> Any:
    """Declare routes."""
    return option("only these routes", default=None, type=route_names, metavar="close,...")


def state() -> Any:
    """Declare the directory of the nights."""
    return option("the state: the directory of the nights", type=place, metavar="OUT")


def readable_by() -> Any:
    """Declare who may read the output; by default, only the user."""
    help_ = "who else may read the output; default: nobody"
    return option(help_, default=None, choices=sorted(UMASKS))


def engine() -> Any:
    """Declare the engine that runs the work."""
    return option(
        f"what does the work: {IN_PROCESS}, which is the default; flink, a cluster whose job "
        "server listens at HOST:PORT or here; or prism (docs/cluster.md)",
        default=Engine(),
        type=engine_of,
        metavar="flink[=HOST:PORT]|prism",
    )


def lineage() -> Any:
    """Declare where events about the run go."""
    return option(
        "tell a catalog what the run reads and writes: append OpenLineage events to this file, or "
        "send them to this address",
        default=None,
        type=file_or_address,
        metavar="FILE|http://HOST:PORT",
    )


def kafka_config() -> Any:
    """Declare a file with settings of Kafka's client."""
    help_ = "for Kafka: a file of settings, such as credentials, by librdkafka's names"
    return option(help_, default=None, type=place, metavar="FILE")


def manifest_json() -> Any:
    """Declare the option to print the manifest as JSON."""
    return switch("print the manifest as JSON", flag="--json")


def dry_run() -> Any:
    """Declare the option to only report what would be done."""
    return switch("only report what would be done")


def machine_json() -> Any:
    """Declare the option to print the result as JSON."""
    return switch("print JSON", flag="--json")


def number(default: int) -> Any:
    """Declare a number of whatever the option is named for."""
    return option(f"default: {default}", default=default, type=int, metavar="N")
