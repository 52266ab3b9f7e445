"""`discretion rulebook`, as a user runs it."""

from __future__ import annotations

import os
import subprocess
from html.parser import HTMLParser
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from schemas.rulebooks import load, names
from tests.helpers.commands import argv, discretion, environment


def at(folder: Path, *words: object) -> subprocess.CompletedProcess[str]:
    """A command with a directory as the current one."""
    path = os.pathsep.join([str(Path.cwd()), os.environ.get("PYTHONPATH", "")])
    return subprocess.run(
        argv(*words),
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
        env=environment() | {"PYTHONPATH": path},
    )


def test_a_new_rulebook_passes_its_check_and_is_never_overwritten(tmp_path: Path) -> None:
    done = at(tmp_path, "rulebook", "new", "harbor-2024")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("wrote harbor-2024.yaml; fill it in, and run discretion")
    text = (tmp_path / "harbor-2024.yaml").read_text()
    checked = at(tmp_path, "rulebook", "check", "harbor-2024.yaml")
    assert (checked.returncode, checked.stderr) == (0, "")
    assert checked.stdout == "harbor-2024.yaml: ok, 3 criteria, 7 examples pass\n"
    again = at(tmp_path, "rulebook", "new", "harbor-2024")
    assert (again.returncode, again.stdout) == (4, "")
    assert again.stderr == (
        "discretion rulebook: harbor-2024.yaml: already exists; choose another name or remove it\n"
    )
    assert (tmp_path / "harbor-2024.yaml").read_text() == text


@pytest.mark.parametrize("name", ["../x", "Harbor", "a b", ""])
def test_rejects_an_invalid_name(tmp_path: Path, name: str) -> None:
    done = at(tmp_path, "rulebook", "new", name)
    assert done.returncode == 2
    assert "isn't a valid name; use lower-case letters" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_check_reports_problems_and_what_the_examples_cover(tmp_path: Path) -> None:
    at(tmp_path, "rulebook", "new", "mine")
    file = tmp_path / "mine.yaml"
    spoilt = file.read_text().replace("when: served", "when: served AND NOT served")
    file.write_text(spoilt.replace("when: priority AND favored", "when: favored AND NOT favored"))
    done = at(tmp_path, "rulebook", "check", "mine.yaml", "--coverage", "--html", "found.html")
    assert done.returncode == 3
    lines = done.stderr.splitlines()
    assert any("F1 can never be TRUE: no case can meet its condition" in line for line in lines)
    assert any("no case can reach the row both: its condition is never" in line for line in lines)
    assert all(line.startswith("mine.yaml:") for line in lines)
    # P1: TRUE in one example, FALSE in one, UNKNOWN in one.
    [criterion] = [line for line in done.stdout.splitlines() if line.startswith("P1 ")]
    assert criterion.split()[:4] == ["P1", "1", "1", "1"]
    [row] = [line for line in done.stdout.splitlines() if line.startswith("both ")]
    assert row.split()[1] == "none"


class Cells(HTMLParser):
    """Collects the rows of a page's tables as text."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th"):
            self.rows[-1].append("")
            self.inside = True

    def handle_endtag(self, tag: str) -> None:
        self.inside = self.inside and tag not in ("td", "th")

    def handle_data(self, data: str) -> None:
        if self.inside:
            self.rows[-1][-1] += data


def test_a_check_page_shows_the_counts_and_escapes_text(
    tmp_path: Path,
) -> None:
    at(tmp_path, "rulebook", "new", "mine")
    file = tmp_path / "mine.yaml"
    file.write_text(file.read_text().replace("[A priority:", "<script>x</script> [A priority:"))
    done = at(tmp_path, "rulebook", "check", "mine.yaml", "--html", "found.html")
    assert (done.returncode, done.stderr) == (0, "")
    page = (tmp_path / "found.html").read_text()
    assert "<script>" not in page
    cells = Cells()
    cells.feed(page)
    by_name = {row[0]: row for row in cells.rows}
    assert by_name["P1"][2:] == ["1", "1", "1"]
    assert by_name["A1"][2:] == ["1", "1", "1"]
    assert by_name["both"][-1] == "1"


def test_reports_an_unwritable_page_in_one_line(tmp_path: Path) -> None:
    at(tmp_path, "rulebook", "new", "mine")
    done = at(tmp_path, "rulebook", "check", "mine.yaml", "--html", "no/such/folder.html")
    assert done.returncode == 4
    assert done.stderr == (
        "discretion rulebook: no/such/folder.html: cannot be written (No such file or directory)\n"
    )


def test_a_comparison_lists_the_differences_by_criterion(tmp_path: Path) -> None:
    at(tmp_path, "rulebook", "new", "one")
    text = (tmp_path / "one.yaml").read_text()
    other = text.replace("when: felony_convictions >= 1", "when: felony_convictions >= 2")
    other = other.replace("value: 3", "value: 4").replace("id: one", "id: other")
    (tmp_path / "other.yaml").write_text(other)
    done = at(tmp_path, "rulebook", "diff", "one.yaml", "other.yaml")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == (
        "# From one to other\n\n"
        "## Criteria\n\n"
        "**P1**\n\n"
        "- condition: felony_convictions >= 1\n"
        "  now: felony_convictions >= 2\n\n"
        "## Words the sources leave open\n\n"
        "**enough**\n\n"
        "- value: 3\n"
        "  now: 4\n\n"
    )
    same = at(tmp_path, "rulebook", "diff", "one.yaml", "one.yaml")
    assert same.stdout == "# From one to one\n\nThere are no differences.\n"


@pytest.mark.parametrize("name", names())
def test_prints_a_rulebook_within_80_columns_and_without_fact_names(name: str) -> None:
    done = discretion("rulebook", "show", name)
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    opening, title, *_ = MarkdownIt("commonmark").parse(done.stdout)
    assert (opening.tag, title.content.split()) == ("h1", load(name).rulebook.title.split())
    assert [line for line in lines if len(line) > 80] == []
    for criterion in load(name).criteria:
        assert any(line.startswith(f"**{criterion.id}**") for line in lines)
    words = {word.strip(".,:;()") for line in lines for word in line.split()}
    facts = {fact for c in load(name).criteria for fact in c.condition.facts if "_" in fact}
    assert words & facts == set()
