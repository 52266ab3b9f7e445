"""Hostile texts: in records, in JSON, and in rulebooks."""

from __future__ import annotations

import json
from collections.abc import Callable
from random import Random
from typing import Any

import yaml

from schemas.avro import avro_schema
from schemas.rulebooks import load
from scripts.fault_trials import checks
from scripts.fault_trials.container import build
from scripts.fault_trials.trial import Bench, trial
from scripts.fault_trials.world import backlog_words

# A short rulebook, quick to check.
_SHORT = "dhs-2021-01-20"
# CPU seconds, not counting imports, within which a text must be refused.
_SECONDS = 1.0

TEXTS = (
    "\x1b[2J\x1b]0;owned\x07",
    "[red]bold[/red]",
    "a\nb\rc\td",
    "\u202etxet",
    "\u2066\u2069\u200f",
    "\x00\x01\x7f\x9b31m",
    "a" * 1_000_000,
    "🦊" * 1000,
    "</script><img src=x>",
    "%s%n{0}",
    "../../etc/passwd",
    "=cmd|' /C calc'!A0",
    " " * 50,
    "İ\u0307ß",
)


@trial("hostile texts", "backlog and explain")
def _records(bench: Bench) -> list[str]:
    rows = [dict(row) for row in bench.world.part(0)]
    names = [
        field["name"] for field in avro_schema("case_record")["fields"]
        if field["type"] == ["null", "string"]
    ]  # fmt: skip
    for row in rows[:20]:
        row[bench.source.choice(names)] = bench.source.choice(TEXTS)
    (bench.place / "cases").mkdir()
    schema: Any = avro_schema("case_record")
    (bench.place / "cases/1.avro").write_bytes(build(schema, rows, "snappy", 20).content)
    wrong = checks.ending(bench.run(*backlog_words()), (0,))
    wrong += checks.ending(bench.run("show", "out"), (0,))
    case = bench.source.choice(rows[:20])["case_id"]
    if case is not None and "\0" not in case and len(case) < 1000 and not case.startswith("-"):
        wrong += checks.ending(bench.run("explain", case, "--run", "out", "--all"), (0, 3))
    return wrong


def _deep(source: Random) -> str:
    return '{"case_id": ' + source.choice(("[", '{"a":')) * 100_000


JSON: dict[str, Callable[[Random], str]] = {
    "nesting": _deep,
    "unknown keys": lambda source: json.dumps({f"key{n}\x1b": n for n in range(50_000)}),
    "items": lambda source: json.dumps({"case_id": "a", "convictions": [{}] * 100_000}),
    "long number": lambda source: '{"case_id": "a", "arrests": ' + "9" * 5000 + "}",
    "number": lambda source: '{"case_id": "a", "arrests": 9223372036854775808}',
    "negative": lambda source: '{"case_id": "a", "arrests": -1}',
    "NaN": lambda source: '{"case_id": "a", "arrests": NaN}',
    "twice": lambda source: '{"case_id": "a", "case_id": "b"}',
    "surrogates": lambda source: '{"case_id": "\\ud800"}',
    "list": lambda source: "[]",
    "nothing": lambda source: "",
    "null": lambda source: "null",
    "control characters": lambda source: (
        '{"case_id": "\\u001b[31m\\u202e", "nationality": "\\u0000"}'
    ),
    "noise": lambda source: source.randbytes(500).decode("latin-1"),
    "wrong types": lambda source: json.dumps({"case_id": ["\x1b"], "birth_date": {"\x1b": 1}}),
}


@trial("hostile texts", "explain a JSON record", share=2)
def _json(bench: Bench) -> list[str]:
    name = bench.source.choice(sorted(JSON))
    bench.note(name)
    (bench.place / "case.json").write_text(JSON[name](bench.source), "utf-8")
    ended = bench.run("explain", "case.json")
    seconds = _SECONDS + bench.cpu("explain")
    wrong = checks.ending(ended, (0, 3))
    # Each error in a record has its own line.
    wrong = [each for each in wrong if "reported one problem in" not in each]
    if len(ended.stderr.splitlines()) > 21 or (ended.code and ended.cpu > seconds):
        wrong.append(f"{len(ended.stderr.splitlines())} lines in {ended.cpu:.0f} seconds")
    return wrong


def _mutated(source: Random) -> str:
    """Make a rulebook in which one value is replaced with something else."""
    book: Any = json.loads(load(_SHORT).rulebook.model_dump_json(by_alias=True))
    value: Any = source.choice(
        (None, -1, 10**30, float("nan"), "\x1b[31m", [], {}, [[]], {"\x1b": 1}, True, "a" * 100_000)
    )
    where = book
    while True:
        keys = list(where) if isinstance(where, dict) else list(range(len(where)))
        key = source.choice(keys)
        inner = where[key]
        if not isinstance(inner, (dict, list)) or not inner or source.random() < 0.3:
            where[key] = value
            return yaml.safe_dump(book)
        where = inner


YAML: dict[str, Callable[[Random], str]] = {
    "aliases": lambda source: (
        "a0: &a0 [x, x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]\n" for n in range(1, 60))
    ),
    "unknown keys": lambda source: "".join(f"key{n}: {n}\n" for n in range(50_000)),
    "items": lambda source: "criteria: [" + "x, " * 1_000_000 + "x]",
    "nesting": lambda source: "[" * 50_000,
    "nested blocks": lambda source: "".join(f"{' ' * n}a:\n" for n in range(2_000)),
    "tags": lambda source: "id: !!python/object/apply:os.system [true]",
    "escapes in keys": lambda source: '"\\e[31m\\u202e": 1\n',
    "a long number": lambda source: "id: " + "9" * 100_000,
    "a recursive alias": lambda source: "a: &a [*a]",
    "nothing": lambda source: "",
    "a mutation": _mutated,
    "another mutation": _mutated,
    "a third mutation": _mutated,
}


@trial("hostile texts", "rulebook check", share=2)
def _yaml(bench: Bench) -> list[str]:
    name = bench.source.choice(sorted(YAML))
    bench.note(name)
    (bench.place / "book.yaml").write_text(YAML[name](bench.source), "utf-8")
    ended = bench.run("rulebook", "check", "book.yaml")
    wrong = [each for each in checks.ending(ended, (0, 3)) if "reported one problem in" not in each]
    is_mutation = YAML[name] is _mutated
    seconds = _SECONDS + bench.cpu("rulebook")
    if not is_mutation and (ended.code != 3 or ended.cpu > seconds):
        wrong.append(f"it ended with {ended.code} after {ended.cpu:.0f} seconds")
    return wrong
