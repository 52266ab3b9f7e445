"""Each example of the rulebooks that ship is a test of its own."""

from __future__ import annotations

import functools

import pytest

from schemas.rulebook import Example
from schemas.rulebook_compile import Problem
from schemas.rulebooks import load, load_text, names, read
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
def test_an_example_comes_out_as_expected(name: str, index: int, example: Example) -> None:
    assert [found for found in problems(name) if found.path[:2] == ("examples", index)] == []
    assert example.expect.model_fields_set


def test_every_example_that_would_be_quarantined_is_named() -> None:
    path, text = read("ice-2011-11-17")
    old = "entries: [{date: 2008-11-17, manner: WITHOUT_INSPECTION}]"
    spoilt = text.replace(old, "entries: [{date: 1970-11-17, manner: WITHOUT_INSPECTION}]")
    found = [problem.reason for problem in example_problems(load_text(path, spoilt))]
    assert found.count("it would be quarantined: an entry is dated before the birth") == 3
    assert text.count(old) == 3
