"""Run the docs: every command, program, link, and table in README.md, CONTRIBUTING.md, and docs/.

Fenced blocks are run in order in a new directory:

- `console`: lines after `$ ` are commands; a final `\\` continues on the next line. The lines below
  are the output, ignoring blanks; `...` stands for anything. Without output, only the exit code is
  checked. It must be 0, or N if the command ends in `# exit N`.
- A block whose first line names a file (` ```yaml mine.yaml`) is saved under that name.
- A `python` block without a name is run.

`discretion` is forked from a warm interpreter, to save its start. What scripts run is the installed
program.
"""

from __future__ import annotations

import argparse
import inspect
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from pipelines.cli.command import Command
from pipelines.cli.declare import made
from pipelines.cli.exit_codes import ExitCode
from pipelines.cli.main import main
from pipelines.commands.rulebook import facts_page
from schemas.avro import avro_schema
from schemas.conflicts import CONFLICTS
from schemas.rulebook import model as rulebook
from schemas.worklist import COLUMNS, REASON_CODES
from tests.helpers.warm_program import warm_program
from transforms.avro import bounds

ROOT = Path(__file__).parents[2]
DOCS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
# Replacements for commands that would take long or would run this test again.
INSTEAD = {
    "scripts/backlog": "scripts/backlog --cases 600",
    "scripts/test": "scripts/test --version",
}
# What README.md has run already isn't run again in full.
AGAIN = {"scripts/backlog": "scripts/backlog --help"}
MOST_SECONDS = 300

_BLOCK = re.compile(r"^```(\w+)[ ]*([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
_PATH = re.compile(r"`((?:pipelines|schemas|transforms|tests|scripts|docs)/[\w./-]+)`")
_EXIT = re.compile(r"# exit (\d+)$")


@dataclass(frozen=True)
class Block:
    """A fenced block."""

    line: int
    language: str
    file: str
    text: str


def blocks(doc: Path) -> Iterator[Block]:
    text = doc.read_text("utf-8")
    for found in _BLOCK.finditer(text):
        yield Block(text.count("\n", 0, found.start()) + 1, found[1], found[2], found[3])


def commands(text: str) -> Iterator[tuple[str, str]]:
    """Return the commands of a console block, each with its expected output."""
    lines = iter(text.splitlines())
    command, printed = "", list[str]()
    for line in lines:
        if not line.startswith("$ "):
            printed.append(line)
            continue
        if command:
            yield command, "\n".join(printed)
        command, printed = line[2:], []
        while command.endswith("\\"):
            command = f"{command[:-1].rstrip()} {next(lines).strip()}"
    if command:
        yield command, "\n".join(printed)


def checkout(place: Path) -> dict[str, str]:
    """Make a directory look like a checkout after setup, and return its user's environment."""
    shutil.copytree(ROOT / "scripts", place / "scripts")
    shutil.copy(ROOT / "pyproject.toml", place)
    (place / ".venv").mkdir()
    for part in ("bin", "lib", "pyvenv.cfg"):
        (place / ".venv" / part).symlink_to(Path(sys.prefix) / part)
    complete = "cat scripts/requirements.lock pyproject.toml | cksum > .venv/.complete"
    subprocess.run(complete, shell=True, cwd=place, check=True)
    own = ("DISCRETION_DEBUG", "RUST_BACKTRACE", "PYTEST_CURRENT_TEST", "PYTEST_ADDOPTS")
    env = {name: value for name, value in os.environ.items() if name not in own}
    return env | {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}


def run(argv: list[str], place: Path, env: dict[str, str]) -> tuple[int, str]:
    done = subprocess.run(
        argv,
        cwd=place,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=MOST_SECONDS,
    )
    return done.returncode, done.stdout


def check_console(
    block: Block, place: Path, env: dict[str, str], instead: Mapping[str, str]
) -> None:
    for command, wanted in commands(block.text):
        code, got = run(["bash", "-c", instead.get(command, command)], place, env)
        stated = _EXIT.search(command)
        assert code == (int(stated[1]) if stated else 0), f"{command}\n{got}"
        if wanted:
            assert prints(got, wanted), f"$ {command}\nis to print\n{wanted}\nand printed\n{got}"


def prints(got: str, wanted: str) -> bool:
    """Tell whether an output is the expected one, ignoring blanks and the text for `...`."""
    parts = (re.escape(" ".join(part.split())) for part in wanted.split("..."))
    return re.fullmatch(".*".join(parts), " ".join(got.split()), re.DOTALL) is not None


@pytest.fixture(scope="module")
def programs() -> Iterator[Path]:
    with warm_program() as folder:
        yield folder


@pytest.mark.parametrize("doc", DOCS, ids=lambda doc: doc.name)
def test_every_command_in_a_doc_runs(doc: Path, programs: Path, tmp_path: Path) -> None:
    env = checkout(tmp_path)
    env["PATH"] = f"{programs}{os.pathsep}{env['PATH']}"
    instead = INSTEAD if doc == DOCS[0] else INSTEAD | AGAIN
    for block in blocks(doc):
        if block.file:
            (tmp_path / block.file).write_text(block.text, "utf-8")
        elif block.language == "python":
            code, got = run([sys.executable, "-c", block.text], tmp_path, env)
            assert code == 0, f"{doc.name}:{block.line}: {got}"
        elif block.language == "console":
            check_console(block, tmp_path, env, instead)


def test_commands_that_need_a_service_have_options_that_exist(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Indented, as they name a bucket, a broker, or a cluster; they're parsed, but not run.

    The tests of object stores and of Kafka run those of `storage.md` and `streaming.md`.
    """
    parsed: list[str] = []

    def parse(name: str, command: Command[Any], given: argparse.Namespace, rest: list[str]) -> int:
        made(command.options, given, rest)
        parsed.append(name)
        return 0

    monkeypatch.setattr("pipelines.cli.command._run", parse)
    found = [line for doc in DOCS for line in indented(doc.read_text("utf-8"))]
    for line in found:
        main(shlex.split(line, comments=True)[1:])
    assert len(parsed) == len(found) > 10


def indented(text: str) -> Iterator[str]:
    """Return the indented commands; the message of one has a colon behind its name."""
    joined = re.sub(r" \\\n\s*", " ", text)
    for line in re.findall(r"^    (discretion [a-z-]+ .*)$", joined, re.MULTILINE):
        yield line.partition("     (")[0]


def test_reads_console_blocks() -> None:
    text = "$ one --a \\\n    --b\n$ two  # exit 3\nsays ...\n\nmore\n"
    assert list(commands(text)) == [("one --a --b", ""), ("two  # exit 3", "says ...\n\nmore")]


@pytest.mark.parametrize(
    "text",
    ["$ false\n", "$ true  # exit 3\n", "$ echo two\none\n", "$ echo a b c\na ... d\n"],
)
def test_finds_commands_that_fail_or_print_something_else(text: str, tmp_path: Path) -> None:
    with pytest.raises(AssertionError):
        check_console(Block(1, "console", "", text), tmp_path, dict(os.environ), {})


@pytest.mark.parametrize("doc", DOCS, ids=lambda doc: doc.name)
def test_every_link_in_a_doc_has_a_target(doc: Path) -> None:
    text = doc.read_text("utf-8")
    for target in _LINK.findall(text):
        if "://" not in target:
            path, _, heading = target.partition("#")
            other = doc.parent / path if path else doc
            assert other.exists(), target
            assert not heading or heading in headings(other), target
    for path in _PATH.findall(text):
        assert (ROOT / path).exists(), path


def headings(doc: Path) -> set[str]:
    """Return the anchors of a doc's headings."""
    titles = re.findall(r"^#+ (.*)$", doc.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def test_the_fact_catalog_is_current() -> None:
    """`discretion rulebook facts` prints the table."""
    assert "\n".join(facts_page()) in (ROOT / "docs/rulebooks.md").read_text("utf-8")


def test_every_key_of_a_rulebook_is_described() -> None:
    text = (ROOT / "docs/rulebooks.md").read_text("utf-8")
    parts = [
        part
        for _, part in inspect.getmembers(rulebook, inspect.isclass)
        if issubclass(part, BaseModel) and part.__module__ == rulebook.__name__
    ]
    keys = {field.alias or name for part in parts for name, field in part.model_fields.items()}
    assert len(keys) > 40
    assert {key for key in keys if f"`{key}`" not in text} == set()


def test_the_table_of_fields_is_current() -> None:
    assert "\n".join(field_table()) in (ROOT / "docs/data.md").read_text("utf-8")


def test_the_table_of_conflicts_is_current() -> None:
    assert "\n".join(conflict_table()) in (ROOT / "docs/data.md").read_text("utf-8")


def conflict_table() -> Iterator[str]:
    """List the conflicts, with the facts that count as unknown."""
    for conflict in CONFLICTS.values():
        facts = ", ".join(f"`{fact}`" for fact in conflict.facts)
        if len(conflict.facts) > 10:
            facts = "every count and date of convictions"
            facts = facts if "convictions" in conflict.facts else "every fact of a charge"
        yield f"| `{conflict.id}` | {conflict.says} | {facts} |"


def test_the_table_of_worklist_columns_is_current() -> None:
    text = (ROOT / "docs/data.md").read_text("utf-8")
    for one in COLUMNS:
        shared = "yes" if one.shared else ""
        assert f"| `{one.name}` | {one.kind} | {one.says} | {shared} |\n" in text
    for code, says in REASON_CODES.items():
        assert f"| `{code}` | {says} |\n" in text


def field_table() -> Iterator[str]:
    """List the fields of a case record, with their possible values."""
    for field in avro_schema("case_record")["fields"]:
        yield f"| `{field['name']}` | {holds(field)} |"


def holds(field: Any) -> str:
    return "date" if "date as the agency wrote it" in field["doc"] else held(field["type"])


def held(avro_type: Any) -> str:
    match avro_type:
        case ["null", inner]:
            return held(inner)
        case {"type": "enum", "symbols": symbols}:
            return ", ".join(symbols[1:])
        case {"type": "array", "items": items}:
            return f"list of {held(items)}"
        case {"type": "record", "fields": fields}:
            return "; ".join(f"`{field['name']}`: {holds(field)}" for field in fields)
        case "string":
            return "text"
        case "boolean":
            return "true or false"
    return {"int": "whole number"}[avro_type]


def test_the_table_of_exit_codes_is_current() -> None:
    text = (ROOT / "docs/tutorial.md").read_text("utf-8")
    rows = re.findall(r"^\| (\d+) \| (\w+) \|", text, re.MULTILINE)
    assert [(int(code), name) for code, name in rows] == [(c.value, c.name) for c in ExitCode]


@pytest.mark.parametrize("name", ["data.md", "reliability.md"])
def test_the_documented_bounds_are_the_readers(name: str) -> None:
    text = (ROOT / "docs" / name).read_text("utf-8")
    mib = [bounds.HEADER_BYTES, bounds.BLOCK_BYTES, bounds.RECORD_BYTES, bounds.ALWAYS_BYTES]
    wanted = {f"{number >> 20} MiB" for number in mib}
    wanted |= {f"{number:,}" for number in (bounds.BLOCK_RECORDS, bounds.ITEMS, bounds.TYPES)}
    wanted |= {f"{bounds.GROWTH} times", f"{bounds.DEPTH} |"}
    assert {number for number in wanted if number not in text} == set()
