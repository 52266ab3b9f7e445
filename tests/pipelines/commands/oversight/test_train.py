"""A course: made by a real process, taken in a browser, and its results read again."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import WebDriverWait

from pipelines.cli.exit_codes import ExitCode
from pipelines.commands.oversight import train
from tests.helpers.browser import browser, needs_browser, serious_findings

RULEBOOK = "dhs-2021-01-20"
CASES = 4
_TAGS = re.compile(r'<section class="exercise"([^>]*)>')


class Course(NamedTuple):
    page: Path

    @property
    def html(self) -> str:
        return self.page.read_text("utf-8")

    def wanted(self) -> list[dict[str, Any]]:
        """The right answers, as the page holds them."""
        found = []
        for tag in _TAGS.findall(self.html):
            parts = dict(re.findall(r'data-(\w+)="([^"]*)"', tag))
            found.append(
                {
                    "scenario": parts["id"],
                    "route": parts["route"],
                    "reasons": parts["reasons"].split(),
                    "ask": parts["missing"].split()[:1],
                }
            )
        return found

    def results(self, trainee: str, answers: list[dict[str, Any]], **changed: Any) -> str:
        [digest] = re.findall(r'data-digest="([^"]*)"', self.html)
        saved = "2026-01-01T00:00:00.000Z"
        content = {"version": 1, "rulebook": RULEBOOK, "digest": digest, "saved": saved}
        return json.dumps(content | {"trainee": trainee, "answers": answers} | changed)


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    page = tmp_path_factory.mktemp("train") / "course.html"
    words = ["--rulebook", RULEBOOK, "--cases", str(CASES), "--output", str(page)]
    assert train.main(words) == ExitCode.OK
    return Course(page)


def test_the_page_holds_the_cases_and_needs_nothing_else(course: Course) -> None:
    assert len(course.wanted()) == CASES
    assert "default-src &#39;none&#39;" in course.html
    assert re.findall(r'(?:src|href)="(?!#)', course.html) == []
    # Without a script: the file, the answer, and no form.
    assert course.html.count('<details class="answer">') == CASES
    assert "<noscript>" in course.html


def test_results_are_read_again(
    course: Course, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    right = course.wanted()
    routes = {"close": "expedite", "continue": "close", "expedite": "continue"}
    wrong = [{**one, "route": routes[one["route"]]} for one in right]
    (tmp_path / "1.json").write_text(course.results("ana", right))
    (tmp_path / "2.json").write_text(course.results("\x1b[31mben", wrong[:1] + right[1:]))
    assert train.main(["--results", str(tmp_path), "--json"]) == ExitCode.OK
    found = json.loads(capfd.readouterr().out)
    assert [one["route"] for one in found["trainees"]] == [CASES, CASES - 1]
    assert [one["reasons"] for one in found["trainees"]] == [CASES, CASES]
    assert (found["pairs"], found["agreeing"]) == (CASES, CASES - 1)
    assert train.main(["--results", str(tmp_path)]) == ExitCode.OK
    printed = capfd.readouterr().out
    assert "\x1b" not in printed
    assert max(map(len, printed.splitlines())) <= 80
    assert "3 of 4 pairs" in printed.replace("\n", " ")


def test_files_that_cannot_be_used_are_named(
    course: Course, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    right = course.wanted()
    bad = {
        "digest.json": course.results("x", right, digest="another"),
        "other.json": course.results("x", right, rulebook="ice-2011-11-17"),
        "unknown.json": course.results("x", right, rulebook="nobody-knows"),
        "not.json": "{",
        "list.json": "[1]",
        "route.json": course.results("x", [{**right[0], "route": "flee"}]),
    }
    for name, text in bad.items():
        (tmp_path / name).write_text(text)
    assert train.main(["--results", str(tmp_path), "--rulebook", RULEBOOK]) == ExitCode.INPUT
    printed = capfd.readouterr().err
    assert all(name in printed for name in bad), printed
    (tmp_path / "good.json").write_text(course.results("y", right))
    assert train.main(["--results", str(tmp_path), "--rulebook", RULEBOOK]) == ExitCode.DAMAGED
    captured = capfd.readouterr()
    assert captured.err.count("\n") == len(bad)
    assert "  y " in captured.out
    assert "flee" not in captured.err


@pytest.mark.parametrize(
    ("words", "code", "why"),
    [
        ([], ExitCode.USAGE, "give --output"),
        (["--output", "a.html", "--results", "."], ExitCode.USAGE, "give --output"),
        (["--output", "a.pdf"], ExitCode.USAGE, "end the name in .html"),
        (["--output", "a.html", "--cases", "0"], ExitCode.USAGE, "1 or more"),
        (["--output", "a.html", "--json"], ExitCode.USAGE, "goes with --results"),
        (["--results", "nowhere"], ExitCode.INPUT, "nowhere: cannot be read"),
    ],
)
def test_mistakes_are_one_line(
    words: list[str], code: int, why: str, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    assert train.main(words) == code
    printed = capfd.readouterr().err
    assert why in printed
    assert printed.count("\n") == 1
    assert not list(tmp_path.iterdir())


@needs_browser
def test_a_course_is_taken_and_saved(course: Course, tmp_path: Path) -> None:
    wanted = course.wanted()
    with browser(tmp_path / "profile") as chrome:
        folder = tmp_path / "saved"
        folder.mkdir()
        allow = {"behavior": "allow", "downloadPath": str(folder)}
        chrome.execute_cdp_cmd("Browser.setDownloadBehavior", allow)
        chrome.get(course.page.as_uri())
        assert serious_findings(chrome) == []
        chrome.find_element(By.ID, "begin").click()
        assert serious_findings(chrome) == []
        for number, answer in enumerate(wanted):
            take(chrome, answer, wrong=number == 0)
        assert serious_findings(chrome) == []
        score = chrome.find_element(By.CSS_SELECTOR, "#results .score").text
        right = (
            f"route right in {CASES - 1}, all reasons in {CASES}, and a good question in {CASES}"
        )
        assert right in score
        chrome.find_element(By.ID, "trainee").send_keys("Ana 7")
        chrome.find_element(By.ID, "save").click()
        file = folder / f"training-{RULEBOOK}-Ana-7.json"
        WebDriverWait(chrome, 20).until(lambda _: file.exists() and file.stat().st_size)
        assert chrome.execute("getLog", {"type": "browser"})["value"] == []
    saved = json.loads(file.read_text())
    assert saved["trainee"] == "Ana 7"
    assert [one["scenario"] for one in saved["answers"]] == [one["scenario"] for one in wanted]
    assert train.main(["--results", str(folder)]) == ExitCode.OK


def take(chrome: Chrome, answer: dict[str, Any], *, wrong: bool) -> None:
    """Answer the case that is shown, with another route if it is to be wrong."""
    now = chrome.find_element(By.CSS_SELECTOR, ".exercise.now")
    assert now.get_attribute("data-id") == answer["scenario"]
    submit, status = (
        now.find_element(By.CSS_SELECTOR, name) for name in ("[type=submit]", ".please")
    )
    click(chrome, submit)
    assert "Choose a route" in status.text
    others = [route for route in ("close", "continue", "expedite") if route != answer["route"]]
    check(chrome, now, "route", others[0] if wrong else answer["route"])
    for criterion in answer["reasons"]:
        check(chrome, now, "reason", criterion)
    check(chrome, now, "ask", (answer["ask"] or [""])[0])
    click(chrome, submit)
    verdict = [line.text for line in now.find_elements(By.CSS_SELECTOR, ".verdict li")]
    assert ["not right" in line for line in verdict] == [wrong, False, False]
    click(chrome, now.find_element(By.CSS_SELECTOR, ".next"))


def check(chrome: Chrome, now: WebElement, name: str, value: str) -> None:
    click(chrome, now.find_element(By.CSS_SELECTOR, f"input[name={name}][value='{value}']"))


def click(chrome: Chrome, element: WebElement) -> None:
    # Whether or not it is in view, or in a folded list.
    chrome.execute_script("arguments[0].click()", element)
