"""The examples in docstrings run."""

from __future__ import annotations

import doctest
import importlib
import pkgutil

import pytest

import pipelines
import schemas
import transforms

WITH_EXAMPLES = [
    info.name
    for package in (schemas, transforms, pipelines)
    for info in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
    if ">>>" in (importlib.util.find_spec(info.name).loader.get_source(info.name) or "")  # type: ignore[union-attr] # a module of this tree has a source loader
]


def test_some_modules_have_examples() -> None:
    assert len(WITH_EXAMPLES) > 15
    assert {"transforms.testing", "pipelines.cli.table"} <= set(WITH_EXAMPLES)


@pytest.mark.parametrize("name", WITH_EXAMPLES)
def test_the_doctests_of_each_module_pass(name: str) -> None:
    done = doctest.testmod(importlib.import_module(name))
    assert done.attempted
    assert not done.failed
