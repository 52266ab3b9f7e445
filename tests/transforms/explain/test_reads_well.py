"""Pages of random cases under every rulebook: plain words, 80 columns, nothing hidden."""

from __future__ import annotations

import datetime
import json
import random
import re
import unicodedata
from pathlib import Path

import pytest

import schemas
from schemas.explanation import Explanation, json_schema
from schemas.rulebooks import load, names
from tests.helpers.json_schema import problems
from tests.helpers.random_records import frame, random_record
from transforms.explain.case import explain
from transforms.explain.page import WIDTH, page
from transforms.normalize.records import normalize

DAYS = [datetime.date(2011, 11, 17), datetime.date(2016, 3, 1)]
DECLARED = (Path(schemas.__file__).parent / "explanation.schema.json").read_text("utf-8")
SNAKE = re.compile(r"\b[A-Za-z]+_\w+")


def explained(name: str, seed: int) -> Explanation:
    rng = random.Random(f"{name} {seed}")
    row = random_record(rng, known=rng.choice([0.1, 0.5, 0.8])) | {"case_id": "a\x1b[31m\u202eb"}
    day = rng.choice(DAYS)
    records, _ = normalize(frame([row]), day)
    if records.is_empty():
        return explained(name, seed + 1000)
    return explain(records, load(name), day, everything=True)


@pytest.mark.parametrize("name", names())
@pytest.mark.parametrize("seed", range(2))
def test_a_page_reads_well(name: str, seed: int) -> None:
    explanation = explained(name, seed)
    for everything in (False, True):
        lines = [line.text for line in page(explanation, everything=everything)]
        assert not [line for line in lines if len(line) > WIDTH and " " in line.strip()]
        assert not [line for line in lines if SNAKE.search(line)]
        assert not [c for line in lines for c in line if unicodedata.category(c)[0] == "C"]
        assert not [line for line in lines if line != line.rstrip()]
        assert lines[0].startswith("a\\x1b[31m\\u202eb, as of ")
        assert lines[-1] == "It recommends. An attorney decides."


@pytest.mark.parametrize("name", names())
def test_the_json_matches_its_schema(name: str) -> None:
    schema = json.loads(DECLARED)
    content = json.loads(explained(name, 7).model_dump_json())
    assert content["version"] == schema["properties"]["version"]["const"] == 1
    assert list(problems(content, schema, schema)) == []
    assert list(problems(content | {"asked": "many"}, schema, schema)) == ["$.asked is no integer"]


def test_the_stored_schema_matches_the_model() -> None:
    assert json_schema() == DECLARED
