"""A headless Chromium, as Debian packages it, for the tests of pages."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_core_python.selenium import Axe
from selenium import webdriver
from selenium.webdriver.chrome.service import Service

MISSING = [name for name in ("chromium", "chromedriver") if shutil.which(name) is None]
needs_browser = pytest.mark.skipif(
    bool(MISSING), reason=f"needs {' and '.join(MISSING)} (Debian: chromium, chromium-driver)"
)
_QUIET = (
    "--headless=new",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--window-size=1280,900",
)


@contextlib.contextmanager
def browser(profile: Path, *, script: bool = True) -> Iterator[webdriver.Chrome]:
    """Start Chromium, and end it.

    Args:
        profile: A directory for its profile.
        script: Whether pages may run scripts.
    """
    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium") or ""
    for argument in (*_QUIET, f"--user-data-dir={profile}"):
        options.add_argument(argument)
    if os.geteuid() == 0:
        # Chromium refuses to run as root otherwise.
        options.add_argument("--no-sandbox")
    if not script:
        setting = "profile.managed_default_content_settings.javascript"
        options.add_experimental_option("prefs", {setting: 2})
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(shutil.which("chromedriver")))
    try:
        yield driver
    finally:
        driver.quit()


def serious_findings(driver: webdriver.Chrome) -> list[str]:
    """Return what axe finds serious or critical on the page that is shown, with the places."""
    # Seconds; it tries every color of every text.
    driver.set_script_timeout(300)
    found = Axe().run(driver)["violations"]
    return [
        f"{one['id']}: {node['target']}: {node['html'][:120]}"
        for one in found
        if one["impact"] in ("serious", "critical")
        for node in one["nodes"]
    ]
