"""A real browser, where there is one."""

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page


@pytest.fixture(scope="session")
def browser() -> "Iterator[Browser]":
    api = pytest.importorskip("playwright.sync_api")
    with api.sync_playwright() as started:
        program = shutil.which("chromium") or shutil.which("google-chrome")
        if program is None and not Path(started.chromium.executable_path).exists():
            pytest.skip("no browser here")
        flags = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = started.chromium.launch(executable_path=program, args=flags)
        yield browser
        browser.close()


@pytest.fixture
def browser_page(browser: "Browser") -> "Iterator[Page]":
    """A page of its own a test: nothing of another test is there."""
    page = browser.new_page(viewport={"width": 400, "height": 800})
    yield page
    page.close()
