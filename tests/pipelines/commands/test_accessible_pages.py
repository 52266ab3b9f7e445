"""Pages that a keyboard and a screen reader can use, on a phone and on a screen."""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from typing import Any

import pytest
from selenium.webdriver import Chrome

from pipelines.cli.exit_codes import ExitCode
from pipelines.commands import intake, report, request
from schemas.release_checks import CaseCheck, CodeCheck, ReleaseChecks, TableCheck
from schemas.rulebooks import load
from tests.helpers.browser import browser, needs_browser, serious_findings
from tests.helpers.small_run import write_run
from transforms.assess.frame import Terms
from transforms.eoir.checks_page import checks_page
from transforms.sample.backlog import sample_block

CASE: dict[str, Any] = {"case_id": "C-1", "court": "BAL", "serious_condition": True, "arrests": 1}


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("pages")
    case = folder / "case.json"
    case.write_text(json.dumps(CASE))
    rulebook = load("ice-2011-11-17")
    cases = sample_block(5, 0, clean=True).drop("_number").head(30)
    run = write_run(folder / "out", cases, Terms(rulebook, rulebook.rulebook.issued))
    for command, words in (
        (intake, ["--output", folder / "intake.html", "--lang", "es"]),
        (request, [case, "--output", folder / "request.html"]),
        (report, [run, "--output", folder / "report.html"]),
        (report, [run, "--share", "--output", folder / "shared.html"]),
    ):
        assert command.main([*map(str, words)]) == ExitCode.OK
    (folder / "checks.html").write_text(checks_page(CHECKS), "utf-8")
    return sorted(folder.glob("*.html"))


CHECKS = ReleaseChecks(
    release="new.zip",
    against="old",
    pending_on=None,
    tables=(TableCheck(table="A_TblCase", before=1, now=2, stated=3, quarantined=0, level="stop"),),
    codes=(
        CodeCheck(
            column="A_TblCase.NAT", reason="UNKNOWN_CODE", rows=1, before=0.1, now=0.2, level="look"
        ),
    ),
    fields=(),
    days=(),
    cases=CaseCheck(before=1, now=2, new=1, vanished=0, reappeared=0, level="fine"),
    columns=(),
)


@needs_browser
def test_axe_finds_nothing_serious(pages: list[Path], tmp_path: Path) -> None:
    assert len(pages) == 5
    with browser(tmp_path) as chrome:
        found = {
            (page.name, theme, width): findings
            for page, theme, width in zip(
                pages,
                itertools.cycle(("light", "dark")),
                itertools.cycle((1280, 390)),
                strict=False,
            )
            if (findings := look(chrome, page, theme, width))
        }
    assert found == {}


def look(chrome: Chrome, page: Path, theme: str, width: int) -> list[str]:
    features = [{"name": "prefers-color-scheme", "value": theme}]
    chrome.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
    chrome.set_window_size(width, 900)
    chrome.get(page.as_uri())
    return serious_findings(chrome)
