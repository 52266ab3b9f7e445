"""Tell a catalog that a run starts, and how it ended."""

from __future__ import annotations

import contextlib
import importlib.util
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pipelines.cli.run_command import reason
from pipelines.lineage.datasets import Dataset, given
from schemas.errors import BusyError, UsageError
from transforms.assess.frame import Terms


@dataclass(frozen=True)
class Result:
    """What a run did.

    Args:
        reads: What it read.
        writes: What it wrote.
        counts: How many records went where.
    """

    reads: tuple[Dataset, ...] = ()
    writes: tuple[Dataset, ...] = ()
    counts: Mapping[str, Any] = field(default_factory=dict)


@contextlib.contextmanager
def telling(
    to: str | None, command: str, reads: Sequence[str], about: Mapping[str, Any]
) -> Iterator[Callable[[Result], None]]:
    """Send START, and then COMPLETE, FAIL, or ABORT; nothing that goes wrong with that matters.

    A run that was interrupted, or that found another one at work, is aborted.

    Args:
        to: A file, an address, or None to tell nobody.
        command: The command's name.
        reads: The paths that it reads.
        about: What is known of the run from the start (`of_terms`).

    Yields:
        A function to call with what the run did. Without a call, there was nothing to do.

    Raises:
        UsageError: The client of OpenLineage isn't installed.
    """
    if to is None:
        yield lambda _: None
        return
    if importlib.util.find_spec("openlineage") is None:
        raise UsageError("--lineage: needs pip install openlineage-python")
    # Half a second to import, so only if it is asked for.
    from pipelines.lineage.events import Story, event
    from pipelines.lineage.send import Sender

    sender, done = Sender(command, to), Result()
    story, at_first = Story(str(uuid.uuid4()), command, about), given(reads)

    def finished(result: Result) -> None:
        nonlocal done
        done = result

    sender.send(lambda: event(story, "START", at_first))
    try:
        yield finished
    except BaseException as error:
        is_aborted = isinstance(error, (KeyboardInterrupt, BusyError))
        kind = "ABORT" if is_aborted else "FAIL"
        why = reason(error)
        sender.send(lambda: event(story, kind, at_first, failed=why))
        raise
    sender.send(lambda: event(story, "COMPLETE", done.reads, done.writes, counts=done.counts))


def of_terms(terms: Terms) -> dict[str, Any]:
    """Return the terms of a run, as events have them."""
    return {
        "rulebook": terms.rulebook.id,
        "rulebook_digest": terms.rulebook.digest,
        "as_of": terms.as_of.isoformat(),
        "presume": terms.presume,
        "scope": terms.scope,
        "courts": None if terms.courts is None else sorted(terms.courts),
    }
