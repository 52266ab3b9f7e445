"""Each example of the built-in rulebooks is its own test."""

from __future__ import annotations

import functools

import pytest

from schemas.rulebook.compiled import Problem
from schemas.rulebook.model import Example
from schemas.rulebooks import load, names
from transforms.explain.examples import example_problems

EXAMPLES = [
    pytest.param(name, index, example, id=f"{name}: {example.name}")
    for name in names()
    for index, example in enumerate(load(name).rulebook.examples)
]


@functools.cache
def problems(name: str) -> list[Problem]:
    return example_problems(load(name))


@pytest.mark.parametrize(("name", "index", "example"), EXAMPLES)
def test_each_example_gives_the_expected_result(name: str, index: int, example: Example) -> None:
    assert [found for found in problems(name) if found.path[:2] == ("examples", index)] == []
    assert example.expect.model_fields_set
