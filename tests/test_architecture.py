"""The direction of imports, as in docs/architecture.md, and the modules that docstrings name."""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def test_imports_follow_the_architecture() -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run(
        [linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout


# A module, possibly with a name in it, in backticks.
NAMED = re.compile(r"`((?:pipelines|schemas|transforms)(?:\.[a-z_]+)+)(?:\.\w+)?(?:\.\w+)?`")


def exists(name: str) -> bool:
    """Tell whether a dotted name is a module or something in one."""
    module, rest = name, ""
    while True:
        try:
            if importlib.util.find_spec(module) is not None:
                break
        except ModuleNotFoundError:
            pass
        module, _, last = module.rpartition(".")
        rest = f"{last}.{rest}" if rest else last
        if "." not in module:
            return False
    return not rest or hasattr(importlib.import_module(module), rest.split(".")[0])


def test_modules_named_in_docstrings_exist() -> None:
    gone = [
        f"{path.relative_to(ROOT)}: {name}"
        for package in ("pipelines", "schemas", "transforms", "scripts")
        for path in (ROOT / package).rglob("*.py")
        for name in NAMED.findall(path.read_text("utf-8"))
        if not exists(name)
    ]
    assert gone == []


def test_a_wheel_has_every_package_and_every_file() -> None:
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["setuptools"]
    tops = [ROOT / top for top in ("pipelines", "schemas", "transforms")]
    packages = {
        ".".join(path.parent.relative_to(ROOT).parts)
        for top in tops
        for path in top.rglob("__init__.py")
    }
    assert set(declared["packages"]) == packages
    data = {
        path
        for top, patterns in declared["package-data"].items()
        for pattern in patterns
        for path in (ROOT / top).glob(pattern)
    }
    others = {
        path
        for top in tops
        for path in top.rglob("*")
        if path.is_file() and path.suffix != ".py" and path.parent.name != "__pycache__"
    }
    assert others - data == set()


def test_nothing_but_the_project_is_at_the_top() -> None:
    if not (ROOT / ".git").exists():
        pytest.skip("not a git checkout")
    done = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    tops = {path.split("/")[0] for path in done.stdout.split("\0") if path}
    assert {top for top in tops if not top.startswith(".")} == {
        "CONTRIBUTING.md", "README.md", "docs", "pipelines", "pyproject.toml",
        "schemas", "scripts", "tests", "transforms",
    }  # fmt: skip
