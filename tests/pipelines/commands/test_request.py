"""Requests and questionnaires as files, written by real processes."""

from __future__ import annotations

import json
import stat
import zipfile
from pathlib import Path

import pytest

from tests.helpers.commands import discretion

CASE = {"case_id": "C-1", "court": "BAL", "convictions": [], "arrests": 0}


@pytest.fixture
def case(tmp_path: Path) -> Path:
    path = tmp_path / "case.json"
    path.write_text(json.dumps(CASE))
    return path


def test_a_draft_is_written_once_for_the_user_only(case: Path, tmp_path: Path) -> None:
    page = tmp_path / "request.html"
    done = discretion("request", case, "--output", page, "--lang", "es")
    assert done.returncode == 0, done.stderr
    assert "check every fact before you sign" in done.stdout
    assert "Preguntas para usted" in page.read_text("utf-8")
    assert stat.S_IMODE(page.stat().st_mode) == 0o600
    again = discretion("request", case, "--output", page)
    assert (again.returncode, again.stderr.count("\n")) == (4, 1)
    assert "already exists" in again.stderr


def test_questions_are_written_as_word(tmp_path: Path) -> None:
    path = tmp_path / "questions.docx"
    done = discretion("intake", "--output", path, "--rulebook", "in-force", "--as-of", "2018-03-01")
    assert done.returncode == 0, done.stderr
    with zipfile.ZipFile(path) as file:
        assert "found guilty" in file.read("word/document.xml").decode()


def test_bad_options_are_one_line(case: Path, tmp_path: Path) -> None:
    for words, code, why in (
        (("request", case, "--output", tmp_path / "x.pdf"), 2, "end the name in .html or .docx"),
        (("request", tmp_path / "no.json", "--output", tmp_path / "x.html"), 3, "no.json"),
        (("intake", "--output", case / "x.html"), 4, "cannot be written"),
    ):
        done = discretion(*words)
        assert (done.returncode, done.stderr.count("\n")) == (code, 1), done.stderr
        assert why in done.stderr
    assert not list(tmp_path.glob("x.*"))
