"""How messages are written: for a person, or as one JSON object a line for a log collector.

The format is in the environment, so that the processes that a command starts write the same.
"""

from __future__ import annotations

import argparse
import datetime
import json
import os

from schemas.shown import shown

TEXT, JSON = "text", "json"
VARIABLE = "DISCRETION_LOG_FORMAT"


def add_log_format(parser: argparse.ArgumentParser) -> None:
    """Add the option to a command's parser."""
    parser.add_argument(
        "--log-format",
        choices=(TEXT, JSON),
        action=_Set,
        help="how to write messages on standard error; json: one object a line; default: text",
    )


class _Set(argparse.Action):
    """Sets the format as soon as it is read, so that a later mistake is reported in it."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: object,
        option_string: str | None = None,
    ) -> None:
        os.environ[VARIABLE] = str(values)


def is_json() -> bool:
    """Tell whether messages are written as JSON."""
    return os.environ.get(VARIABLE) == JSON


def line(command: str, message: object, **more: int | float) -> str:
    """Write a message as one line.

    Args:
        command: The command's name.
        message: The message.
        more: Numbers that only JSON has.
    """
    if not is_json():
        return f"discretion {command}: {shown(message)}"
    now = datetime.datetime.now(datetime.UTC).isoformat(timespec="milliseconds")
    return json.dumps({"time": now, "command": command, "message": str(message), **more})
