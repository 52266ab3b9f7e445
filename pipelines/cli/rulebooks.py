"""The rulebook that an option names, and the warnings about using it."""

from __future__ import annotations

import datetime

from pipelines.cli.complain import complain
from schemas.errors import UsageError
from schemas.rulebook.compiled import CompiledRulebook
from schemas.rulebooks import names
from schemas.rulebooks.in_force import IN_FORCE, in_force_on, outside, shipped


def named(command: str, name: str, as_of: datetime.date | None) -> str:
    """Resolve a rulebook option; for `in-force`, say which rulebook that is.

    Args:
        command: The command's name, for messages.
        name: The name of a rulebook that comes with the project, a file, or `in-force`.
        as_of: The as-of date, or None.

    Returns:
        A rulebook's name or file.

    Raises:
        UsageError: No rulebook is in force on the date, or no date is given.
    """
    if name != IN_FORCE:
        return name
    if as_of is None:
        raise UsageError(
            f"--rulebook {IN_FORCE} needs --as-of: the date on which the rulebook is in force"
        )
    found = in_force_on(as_of, shipped())
    complain(command, f"in force on {as_of} for cases in court: {found.id}, {found.title}")
    return found.id


def notices(name: str, rulebook: CompiledRulebook, as_of: datetime.date) -> tuple[str, ...]:
    """Return the warnings that a run must carry about its rulebook.

    Args:
        name: The name or file that it was loaded from.
        rulebook: The rulebook.
        as_of: The as-of date.

    Returns:
        One line if the rulebook isn't in force on the date, and one if it doesn't pass its check.
        The rulebooks that come with the project pass; tests show that.
    """
    lines = [outside(rulebook.rulebook, as_of)]
    if name not in names():
        from transforms.explain.check import check

        if problems := check(rulebook).problems:
            lines.append(
                f"{rulebook.id} does not pass its check ({len(problems)} problems); to see them, "
                f"run discretion rulebook check {name}"
            )
    return tuple(line for line in lines if line is not None)


def warn(command: str, *lines: str | None) -> None:
    """Print warnings on standard error."""
    for line in lines:
        if line is not None:
            complain(command, f"warning: {line}")
