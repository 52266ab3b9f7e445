"""Training files: the results that trainees saved, each checked before it counts."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from schemas.errors import InputError
from schemas.rulebook.compiled import CompiledRulebook
from schemas.rulebooks import load, names
from schemas.shown import shown
from schemas.training import TrainingResult

# A course of a thousand cases has a tenth of this.
MOST_BYTES = 2 << 20


@dataclass(frozen=True)
class TrainingFiles:
    """Results that belong together.

    Args:
        rulebook: The rulebook under which they were all made.
        results: The results, in order of their files' names.
    """

    rulebook: CompiledRulebook
    results: tuple[TrainingResult, ...]


def read_results(folder: str, rulebook: CompiledRulebook | None) -> tuple[TrainingFiles, list[str]]:
    """Read the results in a directory.

    Args:
        folder: A directory with JSON files.
        rulebook: Their rulebook; None for the one that the first of them names.

    Returns:
        The results, and a line for each file that is refused.

    Raises:
        InputError: No file in the directory holds results that can be used.
    """
    try:
        paths = sorted(path for path in Path(folder).iterdir() if path.suffix.lower() == ".json")
    except OSError as error:
        raise InputError(f"{folder}: cannot be read ({error.strerror})") from None
    taken: list[TrainingResult] = []
    refused: list[str] = []
    for path in paths:
        try:
            result = _read(path)
            rulebook = rulebook or _rulebook(result, path)
            _check(result, rulebook, path)
            taken.append(result)
        except InputError as error:
            refused.append(str(error))
    if rulebook is None or not taken:
        raise InputError("\n".join([f"{folder}: has no results that can be used", *refused]))
    return TrainingFiles(rulebook, tuple(taken)), refused


def _read(path: Path) -> TrainingResult:
    try:
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror})") from None
    if len(content) > MOST_BYTES:
        raise InputError(f"{path}: is larger than {MOST_BYTES:,} bytes, too large for results")
    try:
        return TrainingResult.model_validate_json(content)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(map(str, first["loc"])) or "the file"
        raise InputError(
            f"{path}: is not the results of a course ({shown(where)}: "
            f"{first['type'].replace('_', ' ')}); use the file that the course's page saves"
        ) from None


def _rulebook(result: TrainingResult, path: Path) -> CompiledRulebook:
    if result.rulebook not in names():
        raise InputError(
            f"{path}: is about the rulebook {shown(result.rulebook)}, which doesn't come with "
            "the project; name its file with --rulebook"
        )
    return load(result.rulebook)


def _check(result: TrainingResult, rulebook: CompiledRulebook, path: Path) -> None:
    if result.rulebook != rulebook.id:
        raise InputError(f"{path}: is about another rulebook, {shown(result.rulebook)}")
    if result.digest != rulebook.digest:
        raise InputError(
            f"{path}: is about another version of {rulebook.id}; its course must be taken again"
        )
