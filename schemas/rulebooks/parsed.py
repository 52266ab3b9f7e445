"""Parsed: the text of a rulebook file as the model, and where in the text a problem is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

import yaml
from pydantic import ValidationError

from schemas.errors import RulebookError
from schemas.rulebook.compiled import Problem
from schemas.rulebook.model import Companion, Rulebook
from schemas.rulebooks import FOLDER
from schemas.rulebooks.content import TooMuchError, read_content

COMPANIONS = FOLDER / "companions"
# How many problems of form to list; one mistake can cause many.
MOST_PROBLEMS = 50
Model = TypeVar("Model", Rulebook, Companion)


def parse(path: str, text: str) -> Rulebook:
    """Parse a rulebook file's text into the model, including its companions' parts.

    Raises:
        RulebookError: It isn't YAML, or doesn't have the form of a rulebook.
    """
    rulebook = _model(path, text, Rulebook)
    for index, name in enumerate(rulebook.companions):
        if name not in companions():
            known = ", ".join(companions()) or "none"
            problem = Problem(
                ("companions", index), f"there is no companion {name}; known: {known}"
            )
            raise RulebookError(path, locate(path, text, [problem]))
        rulebook = rulebook.with_companion(_model(*_companion(name), Companion))
    return rulebook


def companions() -> list[str]:
    """Return the names of the companion documents that come with the project."""
    return sorted(path.stem for path in COMPANIONS.glob("*.yaml"))


def _companion(name: str) -> tuple[str, str]:
    path = COMPANIONS / f"{name}.yaml"
    return f"{COMPANIONS.name}/{path.name}", path.read_text("utf-8")


def _model(path: str, text: str, model: type[Model]) -> Model:
    try:
        content = read_content(text)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise RulebookError(path, [f"{path}:{line}: not YAML: {error.problem}"]) from None
    except yaml.reader.ReaderError as error:
        line = text.encode()[: error.position].count(b"\n") + 1
        raise RulebookError(path, [f"{path}:{line}: not YAML: {error.reason}"]) from None
    except RecursionError:
        raise RulebookError(path, [f"{path}: not a rulebook: nested too deeply"]) from None
    except TooMuchError as error:
        raise RulebookError(path, [f"{path}: not a rulebook: {error}"]) from None
    if not isinstance(content, dict):
        raise RulebookError(path, [f"{path}:1: not a rulebook: a mapping of id, criteria ..."])
    try:
        return model.model_validate(content)
    except ValidationError as error:
        # If all items of a list are wrong, pydantic also calls the list too short, which it isn't.
        problems = [
            Problem(tuple(item["loc"]), item["msg"])
            for item in error.errors(include_url=False, include_context=False)
            if not (item["type"] == "too_short" and item["input"])
        ]
        lines = _located([_File.of(path, text)], problems[:MOST_PROBLEMS])
        if (more := len(problems) - MOST_PROBLEMS) > 0:
            lines.append(f"{path}: and {more:,} more such problems")
        raise RulebookError(path, lines) from None


def locate(path: str, text: str, problems: list[Problem]) -> list[str]:
    """Write problems as `FILE:LINE: reason` lines.

    Args:
        path: The file's name, for the message.
        text: Its YAML text.
        problems: What is wrong.

    Returns:
        One line per problem, in the file's order; problems of companions come after the file's own.
    """
    own = _File.of(path, text)
    named = [name for name in own.texts("companions") if name in companions()]
    return _located([own, *(_File.of(*_companion(name)) for name in named)], problems)


def _located(files: list[_File], problems: list[Problem]) -> list[str]:
    located = []
    for problem in problems:
        number, inside = _place(files, problem.path)
        line, where = _line(files[number].root, inside)
        message = f"{files[number].path}:{line}: {where}{': ' if where else ''}{problem.reason}"
        located.append((number, line, message))
    return [message for _, _, message in sorted(located)]


@dataclass(frozen=True)
class _File:
    """A file's name for messages, and its YAML as nodes with line numbers."""

    path: str
    root: yaml.Node | None

    @classmethod
    def of(cls, path: str, text: str) -> _File:
        return cls(path, yaml.compose(text, Loader=yaml.CSafeLoader))

    def part(self, name: str) -> yaml.Node | None:
        """Return the value of a top-level key."""
        pairs = self.root.value if isinstance(self.root, yaml.MappingNode) else []
        return next((value for key, value in pairs if key.value == name), None)

    def texts(self, name: str) -> list[str]:
        """Return the texts in a top-level list."""
        node = self.part(name)
        return [item.value for item in node.value] if isinstance(node, yaml.SequenceNode) else []


def _place(files: list[_File], path: tuple[str | int, ...]) -> tuple[int, tuple[str | int, ...]]:
    """Find the file that a path is in, and the path there; companions' parts come last."""
    if len(path) < 2:
        return 0, path
    part, key, *inside = path
    for number, file in enumerate(files):
        node = file.part(str(part))
        size = len(node.value) if isinstance(node, yaml.CollectionNode) else 0
        if isinstance(node, yaml.MappingNode):
            if key in {name.value for name, _ in node.value}:
                return number, path
        elif isinstance(key, int) and key < size:
            return number, (part, key, *inside)
        elif isinstance(key, int):
            key -= size
    return 0, path


def _line(node: yaml.Node | None, path: tuple[str | int, ...]) -> tuple[int, str]:
    line = 1
    named: list[str] = []
    for key in path:
        found: yaml.Node | None = None
        if isinstance(node, yaml.MappingNode):
            for key_node, value_node in node.value:
                if key_node.value == str(key):
                    found, line = value_node, key_node.start_mark.line + 1
        elif isinstance(node, yaml.SequenceNode) and isinstance(key, int) and key < len(node.value):
            found = node.value[key]
            line = found.start_mark.line + 1
        node = found
        named.append(_label(found, key))
    return line, ".".join(named)


def _label(node: yaml.Node | None, key: str | int) -> str:
    if isinstance(key, int) and isinstance(node, yaml.MappingNode):
        for key_node, value_node in node.value:
            if key_node.value in ("id", "name", "fact"):
                return str(value_node.value)
    return str(key)
