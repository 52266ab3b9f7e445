"""The terms of an assessment, from a command's options."""

from __future__ import annotations

import datetime
from typing import Protocol

from schemas.errors import UsageError
from schemas.rulebook.compiled import CompiledRulebook
from transforms.assess.frame import Terms


class HowToAssess(Protocol):
    """The options of a command that assesses a docket."""

    @property
    def presume(self) -> str:
        """`listed` for the presumptions that the rulebook lists, or `none`."""

    @property
    def scope(self) -> str | None:
        """A scope of the rulebook."""

    @property
    def courts(self) -> tuple[str, ...] | None:
        """Court codes."""


def terms_of(options: HowToAssess, rulebook: CompiledRulebook, as_of: datetime.date) -> Terms:
    """Make the terms from the options.

    Args:
        options: The options.
        rulebook: The rulebook, loaded.
        as_of: The as-of date.

    Raises:
        UsageError: The rulebook has no such scope.
    """
    if options.scope is not None and options.scope not in rulebook.scopes:
        known = ", ".join(rulebook.scopes) or "none"
        raise UsageError(f"{rulebook.id} has no scope {options.scope}; it has {known}")
    return Terms(
        rulebook=rulebook,
        as_of=as_of,
        presume=options.presume == "listed",
        scope=options.scope,
        courts=None if options.courts is None else frozenset(options.courts),
    )
