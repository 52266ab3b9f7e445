"""The rulebooks that come with the project, and loading one by name or from a file."""

from __future__ import annotations

from pathlib import Path

from pydantic import ValidationError

from schemas.cache import cached
from schemas.errors import RulebookError
from schemas.near import close_to
from schemas.rulebook.compiled import CompiledRulebook, Problem
from schemas.rulebook.model import Rulebook

FOLDER = Path(__file__).parent


def names() -> list[str]:
    """Return the names of the rulebooks that come with the project."""
    return sorted(path.stem for path in FOLDER.glob("*.yaml"))


def load(name_or_file: str) -> CompiledRulebook:
    """Load and compile a rulebook.

    Args:
        name_or_file: The name of a rulebook that comes with the project, or the path of a file.

    Returns:
        The compiled rulebook.

    Raises:
        RulebookError: There is no such rulebook, or something is wrong with it.
    """
    if name_or_file in names():
        path = FOLDER / f"{name_or_file}.yaml"
        return cached(path, lambda: load_text(*read(name_or_file)))
    return load_text(*read(name_or_file))


def load_text(path: str, text: str) -> CompiledRulebook:
    """Compile the text of a rulebook file; `path` is its name, for messages.

    Raises:
        RulebookError: Something is wrong with it.
    """
    # Imported here, so that a command whose rulebook is in the cache doesn't wait for PyYAML.
    from schemas.rulebooks.parsed import locate, parse

    compiled, problems = _compiled(parse(path, text))
    if compiled is None:
        raise RulebookError(path, locate(path, text, problems))
    return compiled


def load_kept(path: str, text: str) -> CompiledRulebook:
    """Compile a rulebook that a run keeps; `path` is its name, for messages.

    Raises:
        RulebookError: Something is wrong with it.
    """
    compiled, _ = _compiled(kept(path, text))
    # Only the file's own lines can say what is wrong with it.
    return load_text(path, text) if compiled is None else compiled


def kept(path: str, text: str) -> Rulebook:
    """Parse the JSON of a rulebook that a run keeps, for which YAML takes 40 times as long.

    Raises:
        RulebookError: It doesn't have the form of a rulebook.
    """
    try:
        return Rulebook.model_validate_json(text)
    except ValidationError:
        from schemas.rulebooks.parsed import parse

        return parse(path, text)


def _compiled(rulebook: Rulebook) -> tuple[CompiledRulebook | None, list[Problem]]:
    # Imported here, so that a command that only says what is in one doesn't wait for sqlglot.
    from schemas.rulebook.compile import compile_rulebook

    return compile_rulebook(rulebook)


def read(name_or_file: str) -> tuple[str, str]:
    """Read a rulebook's file name and text."""
    path = FOLDER / f"{name_or_file}.yaml" if name_or_file in names() else Path(name_or_file)
    try:
        return path.name if path.parent == FOLDER else str(path), path.read_text("utf-8")
    except UnicodeDecodeError:
        reason = "is not UTF-8 text"
    except OSError:
        near = close_to(name_or_file, names())
        meant = f"did you mean {near}? " if near else ""
        reason = f"no such rulebook or file; {meant}`discretion rulebook list` lists the rulebooks"
    raise RulebookError(name_or_file, [f"{name_or_file}: {reason}"]) from None
