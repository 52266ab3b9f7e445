"""Take the pictures that the docs show: a report in Chromium, or a workbook in LibreOffice."""

from __future__ import annotations

import base64
import os
import shutil
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from selenium import webdriver
from selenium.webdriver.chrome.service import Service

from pipelines.cli import declare
from pipelines.cli.command import Command
from pipelines.cli.exit_codes import ExitCode
from schemas.errors import InputError
from scripts.workbook_picture import template_picture, worklist_picture

WIDTH, HEIGHT = 1280, 1170
# Where an element is, with a margin.
_BOX = """
const part = document.getElementById(arguments[0]);
if (!part) return null;
const { left, top, width, height } = part.getBoundingClientRect();
return [left + scrollX - 24, top + scrollY, width + 48, height];
"""


@dataclass(frozen=True, kw_only=True)
class Options:
    """Which page, and where its picture goes."""

    page: str | None = declare.argument(
        "a page, or a worklist (.xlsx); default: the latest report in out/reports",
        default=None,
        nargs="?",
        metavar="FILE",
    )
    output: str | None = declare.option(
        "the picture, which is replaced; default: one of docs",
        default=None,
        type=declare.place,
        metavar="FILE",
    )
    part: str | None = declare.option(
        "only the part of the page with this anchor, such as against",
        default=None,
        metavar="ANCHOR",
    )
    workbook: bool = declare.switch("of the template filled in for three clients, not of a page")
    dark: bool = declare.switch("in dark colors")


def _run(options: Options) -> int:
    if options.workbook:
        output = options.output or "docs/workbook.png"
        Path(output).write_bytes(template_picture())
        print(f"{output}: a picture of a workbook")
        return ExitCode.OK
    page = Path(options.page) if options.page else _latest()
    if not page.is_file():
        raise InputError(f"{page}: no such file")
    if page.suffix == ".xlsx":
        output, picture = options.output or "docs/worklist.png", worklist_picture(page)
    else:
        output = options.output or "docs/report.png"
        picture = _picture(page, options.part, dark=options.dark)
    Path(output).write_bytes(picture)
    print(f"{output}: a picture of {page}")
    return ExitCode.OK


def _latest() -> Path:
    found = sorted(Path("out/reports").glob("*.html"), key=lambda path: path.stat().st_mtime)
    if not found:
        raise InputError("out/reports: has no report; run scripts/backlog first")
    return found[-1]


def _picture(page: Path, part: str | None, *, dark: bool) -> bytes:
    missing = [name for name in ("chromium", "chromedriver") if shutil.which(name) is None]
    if missing:
        raise InputError(f"{missing[0]}: isn't installed (Debian: chromium, chromium-driver)")
    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium") or ""
    options.add_argument("--headless=new")
    options.add_argument("--hide-scrollbars")
    if os.geteuid() == 0:
        # Chromium refuses to run as root otherwise.
        options.add_argument("--no-sandbox")
    with tempfile.TemporaryDirectory() as profile:
        options.add_argument(f"--user-data-dir={profile}")
        driver = webdriver.Chrome(options=options, service=Service(shutil.which("chromedriver")))
        try:
            colors = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
            driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [colors]})
            size = {"width": WIDTH, "height": HEIGHT, "deviceScaleFactor": 1, "mobile": False}
            driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
            driver.get(page.resolve().as_uri())
            time.sleep(1)
            clip = _clip(driver, part) if part else {}
            shot = driver.execute_cdp_cmd("Page.captureScreenshot", clip)
        finally:
            driver.quit()
    return base64.b64decode(shot["data"])


def _clip(driver: webdriver.Chrome, part: str) -> dict[str, Any]:
    """Return the place of a part of the page, as much of it as a picture holds."""
    box = driver.execute_script(_BOX, part)
    if box is None:
        raise InputError(f"--part {part}: the page has no such anchor")
    x, y, width, height = box
    place = {"x": x, "y": y, "width": width, "height": min(height, HEIGHT), "scale": 1}
    return {"clip": place, "captureBeyondViewport": True}


main = Command("picture", __doc__, Options, _run, program="scripts/").main

if __name__ == "__main__":
    sys.exit(main())
